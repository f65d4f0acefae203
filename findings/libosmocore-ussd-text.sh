#!/usr/bin/env bash
# libosmocore 1.7.0 (libosmogsm18 of Debian 12): its decoder of USSD text, gsm_7bit_decode_n_ussd,
# takes the last character off a text of two whose last one is 4, 5, 6 or 7: "14" is read as "1",
# "27" as "2". It looks for a carriage return that pads the last octet, and compares the upper seven
# bits of that octet whether or not a septet stands there. An application that reads answers with it
# takes option 14 for option 1. Its encoder is right: pycrate 0.8.1 reads what that writes, and both
# agree on the octets. Needs libosmogsm18 (apt-get install osmo-hlr).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pycrate==0.8.1"
cd "$work"
cat > try.py <<'PY'
import ctypes, ctypes.util, importlib.metadata, itertools, subprocess, sys
from pycrate_mobile.TS23038 import decode_7b, encode_7b

name = ctypes.util.find_library("osmogsm")
if name is None:
    sys.exit("libosmogsm is not installed: apt-get install osmo-hlr")
library = ctypes.CDLL(name)

def pack(text):
    found, size = ctypes.create_string_buffer(200), ctypes.c_int()
    library.gsm_7bit_encode_n_ussd(found, 200, text.encode(), ctypes.byref(size))
    return found.raw[: size.value]

def unpack(octets):
    found = ctypes.create_string_buffer(200)
    library.gsm_7bit_decode_n_ussd(found, 200, octets, len(octets) * 8 // 7)
    return found.value.decode("latin-1")

texts = ["".join(each) for length in (1, 2, 3, 4) for each in itertools.product("0123456789", repeat=length)]
lost = {text: unpack(pack(text)) for text in texts if unpack(pack(text)) != text}
print(name, "and pycrate", importlib.metadata.version("pycrate"))
for text in ("14", "27", "18", "114"):
    octets = pack(text)
    said = decode_7b(octets) if len(text) % 8 != 7 else text
    print(f"{text!r} is {octets.hex()}; libosmogsm reads {unpack(octets)!r}, pycrate {said!r}")
    assert encode_7b(text)[0] == octets and said == text
print(f"{len(lost)} of {len(texts)} texts of one to four digits lose their last character")
if set(lost) != {first + last for first in "0123456789" for last in "4567"}:
    sys.exit("The behaviour has changed.")
print("As described: the texts of two digits that end in 4, 5, 6 or 7.")
PY
"$work/venv/bin/python" try.py
