#!/usr/bin/env bash
# africastalking 2.0.3, AirtimeService.send:
# - the idempotency key of an order stays in the service's headers, and goes out again with the next
#   order that is given none, for another number and amount: a server that keeps its word answers
#   the second customer's order with the first one's outcome.
# - the list of recipients that is given is changed in place; given again, as when a request that
#   never left is sent again, it is refused as incomplete.
# - amounts `nan`, `inf`, `-5` and `1e3` pass its check and are sent as they are.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "africastalking==2.0.3"
cd "$work"
cat > try.py <<'PY'
import http.server, importlib.metadata, json, sys, threading, urllib.parse
from africastalking.Airtime import AirtimeService

asked = []

class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body))
        asked.append((self.headers.get("Idempotency-Key"), json.loads(form["recipients"])))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *_):
        pass

web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
threading.Thread(target=web.serve_forever, daemon=True).start()
airtime = AirtimeService("sandbox", "key")
airtime._baseUrl = f"http://127.0.0.1:{web.server_port}/version1/airtime"
failed = []

def told(what, seen, expected):
    print(f"{what}:\n    {seen}")
    if seen != expected:
        failed.append(what)
        print(f"    but it was {expected}")

def one(number, amount):
    return {"phoneNumber": number, "amount": amount, "currency_code": "RWF"}

print("africastalking", importlib.metadata.version("africastalking"))
airtime.send(recipients=[one("+250788000001", "100")], idempotency_key="order-1")
airtime.send(recipients=[one("+250788000002", "500")])
told("the keys of two orders, the second given none", [key for key, _ in asked], ["order-1"] * 2)
again = [one("+250788000003", "100")]
airtime.send(recipients=again)
told("the list that was given, afterwards", again, [{"phoneNumber": "+250788000003", "amount": "RWF 100"}])
try:
    airtime.send(recipients=again)
    said = "sent"
except ValueError as error:
    said = str(error).partition(" for recipient")[0]
told("the same list again", said, "must specify phoneNumber, currencyCode and amount")
asked.clear()
for amount in ("nan", "inf", "-5", "1e3"):
    airtime.send(recipients=[one("+250788000004", amount)])
told("amounts that are sent", [each["amount"] for _, [each] in asked], ["RWF nan", "RWF inf", "RWF -5", "RWF 1e3"])
sys.exit("it behaves otherwise by now: " + ", ".join(failed) if failed else 0)
PY
"$work/venv/bin/python" try.py
