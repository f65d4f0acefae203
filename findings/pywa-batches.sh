#!/usr/bin/env bash
# pywa 4.5.0: WhatsApp posts several updates in one webhook (up to 1,000, say its documents). pywa's
# handler answers 200 and handles the very first only: a second message, a second change and a second
# entry are gone without a line in the log. So is a `failed` status, which comes without `contacts`:
# it is logged as a KeyError, answered 200, and no handler hears that the message was not delivered.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pywa==4.5.0"
cd "$work"
cat > try.py <<'PY'
import importlib.metadata, json, logging
from pywa import WhatsApp

class Lines(logging.Handler):
    def emit(self, record):
        logged.append(record.levelname)

logged, heard = [], []
logging.getLogger("pywa").addHandler(Lines(logging.WARNING))
logging.getLogger("pywa").propagate = False
wa = WhatsApp(phone_id="1", token="t", server=None, verify_token="v", app_secret="s")
wa.on_message()(lambda _, message: heard.append(message.text))
wa.on_message_status()(lambda _, status: heard.append(status.status.value))

CONTACT = {"profile": {"name": "A"}, "wa_id": "250788000301", "user_id": "RW.123456"}
META = {"display_phone_number": "1", "phone_number_id": "1"}

def text(words):
    return {"from": "250788000301", "from_user_id": "RW.123456", "id": f"wamid.{words}",
            "timestamp": "1796000000", "type": "text", "text": {"body": words}}

def change(**value):
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": META, **value}}

def post(*entries):
    heard.clear(), logged.clear()
    body = {"object": "whatsapp_business_account",
            "entry": [{"id": "9", "changes": changes} for changes in entries]}
    answer = wa.webhook_update_handler(json.dumps(body).encode())
    return answer, list(heard), list(logged)

both = {"contacts": [CONTACT]}
failed = {"id": "wamid.x", "status": "failed", "timestamp": "1796000000", "recipient_id": "250788000301",
          "errors": [{"code": 131047, "title": "Re-engagement", "message": "Re-engagement"}]}
CASES = {
    "one message": (post([change(**both, messages=[text("a")])]), ["a"], []),
    "two messages": (post([change(**both, messages=[text("b"), text("c")])]), ["b"], []),
    "two changes": (post([change(**both, messages=[text("d")]), change(**both, messages=[text("e")])]), ["d"], []),
    "two entries": (post([change(**both, messages=[text("f")])], [change(**both, messages=[text("g")])]), ["f"], []),
    "a failed status": (post([change(statuses=[failed])]), [], ["ERROR"]),
}
print("pywa", importlib.metadata.version("pywa"))
for name, (got, *expected) in CASES.items():
    print(f"{name}: answered {got[0]}, handled {got[1]}, logged {got[2]}")
    assert got == (("ok", 200), *expected), name
PY
"$work/venv/bin/python" try.py
