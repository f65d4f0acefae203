#!/usr/bin/env bash
# npm's smpp 0.5.1: a text with a letter of the GSM alphabet goes out as GSM-7 octets under
# data_coding 1, which the specification calls IA5 (ASCII): "5€ $_" is 35 1B65 20 02 11. A peer that
# reads 1 as ASCII shows control characters where €, $ and _ stood, and "@" becomes NUL. With plain
# letters both are the same, so that it is seen late. Read coding 1 as GSM-7 where octets are in it
# that nobody types.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null 2>&1
npm install --silent --no-audit --no-fund --ignore-scripts smpp@0.5.1 >/dev/null
cat > try.js <<'JS'
const smpp = require("smpp");
const { version } = require("smpp/package.json");
const pdu = new smpp.PDU("submit_sm", {
  source_addr: "8100", destination_addr: "250788000001", short_message: "5€ $_@",
});
const octets = pdu.toBuffer();
const at = octets.indexOf(Buffer.from("250788000001\0", "latin1")) + 13;
const tail = octets.subarray(at);
const coding = tail[7];
const text = tail.subarray(10, 10 + tail[9]).toString("hex");
console.log("npm smpp", version);
console.log("data_coding", coding, "octets", text);
if (coding !== 1 || text !== "351b6520021100") {
  console.error("The behaviour has changed.");
  process.exit(1);
}
console.log("As described: GSM-7 under the number of ASCII.");
JS
node try.js
