#!/usr/bin/env bash
# pycrate 0.8.1: the Facility of USSD (3GPP TS 24.080) is one object a process, guarded by a lock that
# waits five milliseconds and then raises. Two threads that decode at once, or one that is preempted
# in the middle, end in PycrateErr for a valid message: a server with threads needs a lock of its own
# around every message. Installed it takes some 260 MB, of which the ASN.1 modules of other protocols
# are nearly all.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "pycrate==0.8.1"
cd "$work"
cat > try.py <<'PY'
import importlib.metadata, pathlib, sys, threading, time
import pycrate_asn1dir
from pycrate_mobile import TS24080_SS as ss

DIAL = bytes.fromhex("a11402010502013b300c04010f0407aa198ea68ac146")  # *384*10#

def decode():
    try:
        facility = ss.Facility()
        facility.from_bytes(DIAL)
        return type(facility.get_val()).__name__
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def beside(held_s):
    """What one thread gets while another is busy with a message for so long."""
    started, found = threading.Event(), []
    def busy():
        ss.asn_ss_acquire()
        started.set()
        time.sleep(held_s)
        ss.asn_ss_release()
    thread = threading.Thread(target=busy)
    thread.start()
    started.wait()
    found = decode()
    thread.join()
    return found

alone, together = decode(), beside(0.05)
top = pathlib.Path(pycrate_asn1dir.__file__).parent
size_mb = sum(file.stat().st_size for file in top.rglob("*") if file.is_file()) / 1e6
print("pycrate", importlib.metadata.version("pycrate"))
print("alone:", alone)
print("while another thread is in the middle of a message, 50 ms:", together)
print(f"its ASN.1 modules take {size_mb:.0f} MB")
if "PycrateErr: unable to acquire the SS ASN.1 module" not in together or "Error" in alone or "Err" in alone:
    sys.exit("The behaviour has changed.")
print("As described.")
PY
"$work/venv/bin/python" try.py
