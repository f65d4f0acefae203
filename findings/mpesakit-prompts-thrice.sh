#!/usr/bin/env bash
# mpesakit 2.2.0, a client for Safaricom's M-Pesa:
# - a prompt (STK push) whose answer does not come within ten seconds is asked for again, twice, by
#   itself. Daraja has no key by which it would know a request again: the payer is prompted three
#   times, and may pay three times. Payouts go the same way.
# - the request's Timestamp is the machine's own time. Daraja's is Nairobi's: on a server in UTC it
#   is three hours old.
# Takes about two minutes. Ask once, call a time-out unknown, and write times in Africa/Nairobi.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mpesakit==2.2.0
cat > try.py <<'PY'
import http.server, importlib.metadata, json, sys, threading, time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
from mpesakit import MpesaClient

asked = []

class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"access_token": "t", "expires_in": "3599"})
    def do_POST(self):
        asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        time.sleep(11)  # a slow day: the prompt is out, and the answer comes late
        self.answer({"MerchantRequestID": "1", "CheckoutRequestID": "ws_CO_1", "ResponseCode": "0",
                     "ResponseDescription": "Success", "CustomerMessage": "Success"})
    def answer(self, told):
        body = json.dumps(told).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # nobody waits any more
    def log_message(self, *_):
        pass

web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
threading.Thread(target=web.serve_forever, daemon=True).start()
print("mpesakit", importlib.metadata.version("mpesakit"))
client = MpesaClient(consumer_key="k", consumer_secret="s", environment="sandbox")
client.http_client.base_url = f"http://127.0.0.1:{web.server_port}"
try:
    client.stk_push(
        business_short_code=174379, passkey="p", transaction_type="CustomerPayBillOnline",
        amount=100, party_a="254712345678", party_b="174379", phone_number="254712345678",
        callback_url="https://shop.example/mpesa", account_reference="A1", transaction_desc="Bread",
    )
    outcome = "no error"
except Exception as error:
    outcome = type(error).__name__
print(f"    one call, answered after eleven seconds: {len(asked)} prompts, and {outcome}")
stamp = datetime.strptime(asked[0]["Timestamp"], "%Y%m%d%H%M%S")
nairobi = datetime.now(ZoneInfo("Africa/Nairobi")).replace(tzinfo=None)
hours = round((nairobi - stamp).total_seconds() / 3600)
print(f"    Timestamp on a machine in UTC is {hours} hours behind Nairobi's clocks")
if len(asked) != 3 or hours != 3:
    sys.exit("mpesakit behaves otherwise now.")
PY
TZ=UTC venv/bin/python -W ignore try.py
echo "As described: three prompts for one call, and the time of the wrong zone."
