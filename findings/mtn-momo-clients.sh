#!/usr/bin/env bash
# Two clients for MTN MoMo that others published:
# - mtnmomo 3.0.1 (PyPI): the country of a number is put to Uganda. +250788123456 (Rwanda) and
#   +233241234567 (Ghana) leave as 256788123456 and 256241234567, whatever the target environment:
#   another person is asked to pay, or is paid.
# - mtn-momo 2.0.0 (npm): of a failed payment it reads `reason` as a word. The schema's own shape, an
#   object with a code, becomes UnspecifiedError, so that "declined" and "too little money" look
#   alike. Give a number as digits with its country code, and read both shapes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mtnmomo==3.0.1
cat > try.py <<'PY'
import http.server, importlib.metadata, json, sys, threading
from mtnmomo.collection import Collection

asked = []

class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        is_token = self.path.endswith("/token/")
        if not is_token:
            asked.append((self.headers["X-Target-Environment"], json.loads(body)["payer"]["partyId"]))
        told = b'{"access_token":"t","token_type":"access_token","expires_in":3600}' if is_token else b""
        self.send_response(200 if is_token else 202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_):
        pass

web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
threading.Thread(target=web.serve_forever, daemon=True).start()
print("mtnmomo", importlib.metadata.version("mtnmomo"))
for environment, number in (("mtnrwanda", "+250788123456"), ("mtnghana", "+233241234567")):
    client = Collection({
        "ENVIRONMENT": environment,
        "BASE_URL": f"http://127.0.0.1:{web.server_port}",
        "CALLBACK_HOST": "piga.example",
        "COLLECTION_PRIMARY_KEY": "0c0ffee0-0000-4000-8000-000000000001",
        "COLLECTION_USER_ID": "7c2f0c0e-6a55-4d0f-8a4b-1d6c9d3f5b10",
        "COLLECTION_API_SECRET": "s",
    })
    client.requestToPay(mobile=number, amount="1500", external_id="1", currency="RWF")
    print(f"    {number} leaves as", asked[-1])
if asked != [("mtnrwanda", "256788123456"), ("mtnghana", "256241234567")]:
    sys.exit("mtnmomo behaves otherwise now.")
PY
venv/bin/python -W ignore try.py
npm init --yes >/dev/null 2>&1
npm install --silent --no-audit --no-fund --ignore-scripts mtn-momo@2.0.0 >/dev/null
cat > try.js <<'JS'
const http = require("http");
const { create } = require("mtn-momo");
let reason;
const web = http.createServer((req, res) => {
  req.resume().on("end", () => {
    res.setHeader("Content-Type", "application/json");
    const told = req.url.endsWith("/token/")
      ? { access_token: "t", token_type: "access_token", expires_in: 3600 }
      : { amount: "5", currency: "EUR", externalId: "1", status: "FAILED", reason };
    res.end(JSON.stringify(told));
  });
});
web.listen(0, "127.0.0.1", async () => {
  const baseUrl = `http://127.0.0.1:${web.address().port}`;
  const collections = create({ baseUrl, environment: "sandbox", callbackHost: "piga.example" }).Collections({
    userId: "7c2f0c0e-6a55-4d0f-8a4b-1d6c9d3f5b10", userSecret: "s", primaryKey: "k",
  });
  console.log("mtn-momo", require("mtn-momo/package.json").version);
  const names = [];
  for (reason of ["APPROVAL_REJECTED", { code: "APPROVAL_REJECTED", message: "Declined" }]) {
    await collections.getTransaction("1").catch((error) => names.push(error.name));
    console.log(`    reason ${JSON.stringify(reason)} is read as ${names.at(-1)}`);
  }
  const same = names.join() === "ApprovalRejectedError,UnspecifiedError";
  if (!same) console.log("mtn-momo behaves otherwise now.");
  process.exit(same ? 0 : 1);
});
JS
node try.js
echo "As described: numbers of two countries leave as Uganda's, and an object's reason is lost."
