#!/usr/bin/env bash
# airtelmoney-py 1.0.6, a client for Airtel Money: its check of a callback's hash writes the JSON
# again and hashes that. A callback that is signed over what was sent is refused where the sender
# writes a letter or a slash in another way: é in UTF-8, or \/. Cut the transaction out of the raw
# body, and hash those bytes.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check airtelmoney-py==1.0.6
cat > try.py <<'PY'
import base64, hashlib, hmac, importlib.metadata, json, sys
from airtelmoney import AirtelMoney

print("airtelmoney-py", importlib.metadata.version("airtelmoney-py"))
client = AirtelMoney("client", "key", base_url="http://127.0.0.1:1")
taken = []
for name, message in (("plain letters", "Paid RWF 5000"), ("a name with \u00e9", "Paid RWF 5000 to Andr\u00e9"), ("an escaped slash", "Paid 30\\/11")):
    sent = '{"id":"A1","message":"%s","status_code":"TS"}' % message
    hashed = base64.b64encode(hmac.new(b"key", sent.encode(), hashlib.sha256).digest()).decode()
    body = '{"transaction":%s,"hash":"%s"}' % (sent, hashed)
    taken.append(client.collection.verify_callback_hash(json.loads(body), "key"))
    print(f"    signed over what was sent, {name}: {'taken' if taken[-1] else 'refused'}")
if taken != [True, False, False]:
    sys.exit("airtelmoney-py behaves otherwise now.")
PY
venv/bin/python -W ignore try.py
echo "As described: a true hash is refused where the JSON could be written in another way."
