#!/usr/bin/env bash
# osmo-hlr 1.5.0 (Debian 12), USSD over GSUP, with an external entity and an MSC on its port:
# - a last screen of 113 octets (129 characters) is dropped, and nobody is told: no error goes to the
#   application, because one is sent for requests only, and nothing to the phone. 112 octets arrive.
#   The length of a component is read as one octet, whatever BER says of values above 127.
# - an empty answer, which a phone sends when somebody presses Send on nothing, is an error to the
#   phone and never reaches the application; so is a phone's ReturnError.
# - a phone that cancels ends the session at the HLR, and the application is not told.
# - a ReturnError of the application reaches the phone as another one: facilityNotSupported.
# - of two applications of one name the first gets everything; the second is greeted all the same.
# Needs osmo-hlr 1.5.0 (apt-get install osmo-hlr).
set -eu
command -v osmo-hlr >/dev/null || { echo "osmo-hlr is not installed: apt-get install osmo-hlr"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > hlr.cfg <<'CFG'
log stderr
 logging level main error
line vty
 bind 127.99.5.1
ctrl
 bind 127.99.5.1
hlr
 gsup
  bind ip 127.99.5.1
 euse app
 ussd route prefix *384* external app
CFG
cat > try.py <<'PY'
import queue, socket, struct, subprocess, sys, threading, time

HOST, IMSI = "127.99.5.1", bytes.fromhex("09710000000000f1")
BEGIN, CONTINUE, END, REQUEST, RESULT = 1, 2, 3, 0x20, 0x22

class Peer:
    """A connection to the HLR under a name; what comes in, without what greets."""
    def __init__(self, name):
        self.inbox, self.greeted = queue.Queue(), threading.Event()
        self.line = socket.create_connection((HOST, 4222), 5)
        self.name = name
        threading.Thread(target=self.read, daemon=True).start()
        assert self.greeted.wait(5)
        time.sleep(0.2)
    def frame(self, protocol, payload):
        self.line.sendall(struct.pack(">HB", len(payload), protocol) + payload)
    def read(self):
        stream = self.line.makefile("rb")
        while head := stream.read(3):
            length, protocol = struct.unpack(">HB", head)
            payload = stream.read(length)
            if protocol == 0xFE and payload[0] == 4:
                said = b""
                for tag, word in ((8, b"0/0/0"), (1, self.name), (0, self.name)):
                    said += struct.pack(">H", len(word) + 2) + bytes([tag]) + word + b"\0"
                self.frame(0xFE, b"\x05" + said)
                self.greeted.set()
            elif protocol == 0xEE and payload[0] == 5:
                self.inbox.put(payload[1:])
    def send(self, kind, session, state, facility=b""):
        octets = bytes([kind, 1, 8]) + IMSI + struct.pack(">BBIBBB", 0x30, 4, session, 0x31, 1, state)
        if facility:
            octets += bytes([0x35, len(facility)]) + facility
        self.frame(0xEE, b"\x05" + octets)
    def next(self):
        try:
            return self.inbox.get(timeout=0.7)
        except queue.Empty:
            return None

def tlv(tag, value):
    length = bytes([len(value)]) if len(value) < 128 else bytes([0x81, len(value)])
    return bytes([tag]) + length + value
def ussd(string): return tlv(0x30, b"\x04\x01\x0f" + tlv(4, string))
def dial(): return tlv(0xA1, b"\x02\x01\x05\x02\x01\x3b" + ussd(bytes.fromhex("aa198ea68ac146")))
def ask(): return tlv(0xA1, b"\x02\x01\x01\x02\x01\x3c" + ussd(b"\x31"))
def answer(string): return tlv(0xA2, b"\x02\x01\x01" + tlv(0x30, b"\x02\x01\x3c" + ussd(string)))
def end(octets): return tlv(0xA2, b"\x02\x01\x05" + tlv(0x30, b"\x02\x01\x3b" + ussd(b"x" * octets)))

hlr = subprocess.Popen(["osmo-hlr", "-c", "hlr.cfg", "-l", "hlr.db"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(100):
        try:
            socket.create_connection((HOST, 4222), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    app, msc = Peer(b"EUSE-app"), Peer(b"MSC-1")
    seen = {}
    def begin(session):
        msc.send(REQUEST, session, BEGIN, dial())
        assert app.next()
    for session, octets in ((1, 112), (2, 113)):
        begin(session)
        app.send(RESULT, session, END, end(octets))
        seen[f"an end of {octets} octets"] = (bool(msc.next()), bool(app.next()))
    for session, what, facility in ((3, "an answer", answer(b"\x31")), (4, "an empty answer", answer(b"")), (5, "a phone's error", bytes.fromhex("a306020101020148"))):
        begin(session)
        app.send(REQUEST, session, CONTINUE, ask())
        assert msc.next()
        msc.send(REQUEST, session, CONTINUE, facility)
        seen[what] = (bool(msc.next()), bool(app.next()))
    begin(6)
    msc.send(REQUEST, 6, END)
    seen["a phone that cancels"] = (bool(msc.next()), bool(app.next()))
    begin(7)
    app.send(RESULT, 7, END, bytes.fromhex("a306020105020122"))
    told = msc.next()
    error = told[told.index(b"\x35") + 2 :].hex() if told else ""
    second = Peer(b"EUSE-app")
    begin(8)
    two = second.next() is None
finally:
    hlr.terminate()
    hlr.wait(10)
version = subprocess.run(["osmo-hlr", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
print(version)
for what, (phone, application) in seen.items():
    print(f"{what}: {'something' if phone else 'nothing'} to the phone, {'something' if application else 'nothing'} to the application")
print("an application's error a306020105020122 reaches the phone as", error)
print("a second application of the name gets", "nothing" if two else "something")
wanted = {
    "an end of 112 octets": (True, False),
    "an end of 113 octets": (False, False),
    "an answer": (False, True),
    "an empty answer": (True, False),
    "a phone's error": (True, False),
    "a phone that cancels": (False, False),
}
if seen != wanted or error != "a306020100020115" or not two:
    sys.exit("The behaviour has changed.")
print("As described.")
PY
python3 try.py
