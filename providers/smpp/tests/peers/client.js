// An ESME of npm's smpp: binds, sends what it is told to, writes what it gets as lines of JSON.
const smpp = require("smpp");
const readline = require("readline");

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const [port, password] = process.argv.slice(2);
const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` });

session.on("error", (error) => say({ error: error.code }));
session.on("close", () => say({ closed: true }));
session.on("connect", () => {
  session.bind_transceiver({ system_id: "piga", password }, (pdu) => say({ bound: pdu.command_status }));
});
session.on("deliver_sm", (pdu) => {
  const body = pdu.short_message;
  say({
    deliver: {
      from: pdu.source_addr,
      esm: pdu.esm_class,
      text: body.message !== undefined ? String(body.message) : String(body),
      udh: body.udh ? body.udh.map((one) => one.toString("hex")) : null,
      id: pdu.receipted_message_id || null,
      state: pdu.message_state === undefined ? null : Number(pdu.message_state),
      ussd: pdu.ussd_service_op === undefined ? null : Number(pdu.ussd_service_op),
    },
  });
  session.send(pdu.response());
});

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const told = JSON.parse(line);
  if (told.unbind) {
    session.unbind({}, (pdu) => say({ unbound: pdu.command_status }));
    return;
  }
  if (told.enquire) {
    session.enquire_link({}, (pdu) => say({ enquired: pdu.command_status }));
    return;
  }
  const fields = told.submit;
  if (fields.its_session_info) fields.its_session_info = Buffer.from(fields.its_session_info, "hex");
  session.submit_sm(fields, (pdu) => say({ sent: pdu.command_status, id: pdu.message_id || null }));
});
