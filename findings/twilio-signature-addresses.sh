#!/usr/bin/env bash
# Two packages of Twilio's judge the same webhook (twilio 9.13.0 for Python, 6.3.1 for JavaScript). What is
# signed is the address as it was called. Python puts the address together again first: a `?` at its
# end and capitals in its scheme are lost, so that what was signed with them is refused; JavaScript
# takes it. Python drops a port by cutting at the first colon, so that an IPv6 host never fits without
# its port. A query that was signed escaped and is seen as it reads fits in JavaScript alone.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "twilio==9.13.0"
cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts "twilio@6.3.1" >/dev/null
cat > judge.js <<'JS'
const twilio = require("twilio");
const cases = JSON.parse(process.argv[2]);
const judged = cases.map(([signature, url]) =>
  twilio.validateRequest("token", signature, url, { Body: "hi" }));
console.log(JSON.stringify([require("twilio/package.json").version, judged]));
JS
cat > try.py <<'PY'
import base64, hmac, importlib.metadata, json, subprocess
from twilio.request_validator import RequestValidator

def sign(url):
    return base64.b64encode(hmac.digest(b"token", (url + "Bodyhi").encode(), "sha1")).decode()

# what Twilio called and signed, what the server sees of it
CASES = {
    "as it was called": ("https://a.example/x", "https://a.example/x"),
    "with the usual port, seen without": ("https://a.example:443/x", "https://a.example/x"),
    "a question mark at the end": ("https://a.example/x?", "https://a.example/x?"),
    "capitals in the scheme": ("HTTPS://a.example/x", "HTTPS://a.example/x"),
    "an IPv6 host without its port": ("https://[2001:db8::1]/x", "https://[2001:db8::1]:8443/x"),
    "an apostrophe in the query": ("https://a.example/x?n=O'Neil", "https://a.example/x?n=O'Neil"),
    "escaped when it was signed": ("https://a.example/x?n=a%20b", "https://a.example/x?n=a b"),
}
pairs = [(sign(signed), seen) for signed, seen in CASES.values()]
python = [RequestValidator("token").validate(url, {"Body": "hi"}, s) for s, url in pairs]
told = subprocess.run(["node", "judge.js", json.dumps(pairs)], capture_output=True, text=True, check=True)
version, javascript = json.loads(told.stdout)
print("twilio", importlib.metadata.version("twilio"), "(Python)", version, "(JavaScript)")
BOTH, JAVASCRIPT_ALONE = (True, True), (False, True)
EXPECTED = [BOTH, BOTH, JAVASCRIPT_ALONE, JAVASCRIPT_ALONE, JAVASCRIPT_ALONE, BOTH, JAVASCRIPT_ALONE]
for name, one, other, expected in zip(CASES, python, javascript, EXPECTED, strict=True):
    print(f"{name}: Python {one}, JavaScript {other}")
    assert (one, other) == expected, (name, one, other)
PY
"$work/venv/bin/python" try.py
