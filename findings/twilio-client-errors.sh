#!/usr/bin/env bash
# twilio 9.13.0 (Python): what its client takes for an error, and as which. A 429 or 400 in the form of
# RFC 9457 (`type`, `title`, `status`, `code`), which newer parts of the API answer with, raises
# TwilioServiceException: no kin of TwilioRestException, which is what one catches. create() of a 204
# without a body is a message whose sid is None, and no error. fetch() of a 302 is a record of
# None. A dict for `content_variables` is sent as one value for each of its keys. No time-out is set.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "twilio==9.13.0"
cd "$work"
cat > try.py <<'PY'
import importlib.metadata, json, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

LEGACY = {"code": 20429, "message": "Too Many Requests", "status": 429}
PROBLEM = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "code": 20429}
answer, bodies = [0, b""], []

class Api(BaseHTTPRequestHandler):
    def do_POST(self):
        bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self.send_response(answer[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])
    do_GET = do_POST
    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = Client("AC" + "0" * 32, "token", http_client=TwilioHttpClient(timeout=5))
client.api.base_url = f"http://127.0.0.1:{server.server_port}"

def create(**more):
    return client.messages.create(to="+250788000301", from_="+250788000210", body="hi", **more)

def caught(status, body, call=create):
    answer[:] = [status, json.dumps(body).encode() if body is not None else b""]
    try:
        found = call()
    except TwilioException as error:
        return type(error).__name__, isinstance(error, TwilioRestException)
    return "no error", found.sid, found.status

print("twilio", importlib.metadata.version("twilio"))
answer[:] = [201, b'{"sid": "SM1", "status": "queued"}']
create(content_sid="HX1", content_variables={"1": "Aline", "2": "500"})
sent = [part for part in bodies[-1].split("&") if part.startswith("ContentVariables")]
CASES = {
    "429 in the older words": (caught(429, LEGACY), ("TwilioRestException", True)),
    "429 in the words of RFC 9457": (caught(429, PROBLEM), ("TwilioServiceException", False)),
    "create, 204 without a body": (caught(204, None), ("no error", None, None)),
    "fetch, 302": (caught(302, {}, client.messages("SM" + "0" * 32).fetch), ("no error", None, None)),
    "a dict of variables": (sent, ["ContentVariables=1", "ContentVariables=2"]),
    "time-out by default": (TwilioHttpClient().timeout, None),
}
for name, (got, expected) in CASES.items():
    print(f"{name}: {got}")
    assert got == expected, (name, got, expected)
PY
"$work/venv/bin/python" try.py
