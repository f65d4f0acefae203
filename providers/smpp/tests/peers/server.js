// A message centre of npm's smpp: writes what it gets as lines of JSON, delivers what it is told to.
const smpp = require("smpp");
const readline = require("readline");

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
let session = null;
let ids = 0;

const server = smpp.createServer({}, (opened) => {
  opened.on("error", () => {});
  const bind = (pdu) => {
    if (pdu.password !== "pw") {
      opened.send(pdu.response({ command_status: smpp.ESME_RBINDFAIL }));
      return;
    }
    session = opened;
    opened.send(pdu.response({ system_id: "npm" }));
    say({ bound: pdu.system_id, version: pdu.interface_version });
  };
  opened.on("bind_transceiver", bind);
  opened.on("submit_sm", (pdu) => {
    const body = pdu.short_message;
    ids += 1;
    say({
      submit: {
        from: pdu.source_addr,
        to: pdu.destination_addr,
        coding: pdu.data_coding,
        esm: pdu.esm_class,
        registered: pdu.registered_delivery,
        ton: [pdu.source_addr_ton, pdu.dest_addr_ton],
        // Decoded by npm's smpp; a header, if there is one, stands beside.
        text: body.message !== undefined ? String(body.message) : String(body),
        udh: body.udh ? body.udh.map((one) => one.toString("hex")) : null,
        payload: pdu.message_payload ? String(pdu.message_payload.message) : null,
        ussd: pdu.ussd_service_op === undefined ? null : Number(pdu.ussd_service_op),
        info: pdu.its_session_info ? pdu.its_session_info.toString("hex") : null,
        type: pdu.service_type,
      },
    });
    const refused = body.message === "refuse me" ? { command_status: smpp.ESME_RTHROTTLED } : {};
    if (refused.command_status && ids % 2 === 0) {
      delete refused.command_status;
    }
    opened.send(pdu.response({ message_id: "npm-" + ids, ...refused }));
  });
  opened.on("enquire_link", (pdu) => {
    say({ enquired: true });
    opened.send(pdu.response());
  });
  opened.on("unbind", (pdu) => {
    say({ unbound: true });
    opened.send(pdu.response());
    opened.close();
  });
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const told = JSON.parse(line);
  if (told.enquire) {
    session.enquire_link({}, (pdu) => say({ answered: pdu.command_status }));
    return;
  }
  const fields = told.deliver;
  for (const name of ["its_session_info"]) {
    if (fields[name]) fields[name] = Buffer.from(fields[name], "hex");
  }
  if (fields.udh) {
    fields.short_message = { udh: Buffer.from(fields.udh, "hex"), message: fields.text };
    delete fields.udh;
    delete fields.text;
  }
  session.deliver_sm(fields, (pdu) => say({ answered: pdu.command_status }));
});

server.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
