#!/usr/bin/env bash
# USSD over SMPP with the two Python libraries that are looked after. smpplib 2.2.4 cannot read a
# deliver_sm that carries ussd_service_op, the parameter that begins every session: KeyError, with
# `allow_unknown_opt_params` too, before any handler is called, and the message is never answered.
# aiosmpplib 0.7.4 takes the parameter as text only, so that "2" leaves as 0x32: a centre reads
# "reserved". Both read and write SMS well.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "smpplib==2.2.4" "aiosmpplib==0.7.4"
cat > "$work/try.py" <<'PY'
import importlib.metadata, struct, sys
from smpplib import smpp
from smpplib.client import Client
import aiosmpplib

body = (
    b"USSD\0\x01\x01250788000001\0\0\0*384#\0\0\0\0\0\0\0\0\0\0\x05*384#"
    + struct.pack(">HHB", 0x0501, 1, 1)
)
octets = struct.pack(">IIII", 16 + len(body), 5, 0, 1) + body
client = Client("127.0.0.1", 2775, allow_unknown_opt_params=True)
try:
    smpp.parse_pdu(octets, client=client, allow_unknown_opt_params=True)
    read = "read"
except Exception as error:
    read = f"{type(error).__name__}: {error}"
print("smpplib", importlib.metadata.version("smpplib"), "reads a dialled code:", read)

USSD_SERVICE_OP = 0x0501
try:
    aiosmpplib.OptionalParam(USSD_SERVICE_OP, 2)
    number = "taken"
except ValueError as error:
    number = f"ValueError: {error}"
octets = aiosmpplib.OptionalParam(USSD_SERVICE_OP, "2").tlv.hex()
print("aiosmpplib", importlib.metadata.version("aiosmpplib"), "writes 2:", number)
print('and "2" as', octets, "where the specification has 0501000102")
if read != "KeyError: 'ussd_service_op'" or "of type `str`" not in number or octets != "0501000132":
    sys.exit("The behaviour has changed.")
print("As described: neither holds a USSD session.")
PY
"$work/venv/bin/python" "$work/try.py"
