#!/usr/bin/env bash
# pywa 4.5.0: since 2026 a person on WhatsApp may be known by an id alone, two letters, a dot and up to
# 128 letters and digits, which a request names in `recipient` in place of `to`. pywa tells an id from a
# number by a pattern of digits: one with a letter in it goes out in `to`, which is for numbers and
# groups, and the network refuses it.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pywa==4.5.0"
cd "$work"
cat > try.py <<'PY'
import importlib.metadata, json
import httpx
from pywa import WhatsApp

asked = []

def network(request):
    asked.append(json.loads(request.content))
    return httpx.Response(200, json={"messaging_product": "whatsapp", "contacts": [{"input": "x", "wa_id": "250788000301"}],
                                     "messages": [{"id": "wamid.1"}]})

wa = WhatsApp(phone_id="1", token="t", session=httpx.Client(transport=httpx.MockTransport(network)))
CASES = {
    "250788000301": "to",
    "RW.13491208655302741918": "recipient",
    "RW.ENT.11815799212886844830": "recipient",
    "RW.84f1Q7Hq2": "to",
}
print("pywa", importlib.metadata.version("pywa"))
for address, expected in CASES.items():
    wa.send_message(address, "hi")
    [named] = [name for name in ("to", "recipient") if asked[-1].get(name)]
    print(f"{address}: in `{named}`, as {asked[-1].get('recipient_type')}")
    assert named == expected, address
PY
"$work/venv/bin/python" try.py
