#!/usr/bin/env bash
# Kannel 1.4.5 (Debian 12), bearerbox and smsbox on loopback:
# - `%a` of a get-url squeezes blanks, also in UCS-2, where a blank's byte is half of a letter: of
#   " €" (00 20 20 AC) one byte is lost, and every letter behind it is another one. `%b` is exact.
# - sendsms to two numbers, one of which a black list denies: the answer is 202 `0: Accepted for
#   delivery`, the denied one is dropped, and nothing says which or that. Alone it is 400.
# - an SMSC of the kind http, system-type kannel, puts a message's own dlr-url into the one that it
#   gives to the next gateway as it is, without escaping it. The next gateway sees that address, and
#   fills its escapes: `%d` and `&to=%p` of the inner address become parts of the outer one.
# Needs Kannel (apt-get install kannel), curl, and Python for the servers around it.
set -eu
PATH=$PATH:/usr/sbin
command -v bearerbox >/dev/null || { echo "Kannel is not installed: apt-get install kannel"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > try.py <<'PY'
import http.server, re, socket, subprocess, sys, threading, time, urllib.parse, urllib.request

def ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return found

ADMIN, BOXES, PHONES, SENDSMS, BACK = ports(5)
fetched = []

class Web(http.server.BaseHTTPRequestHandler):
    """Our hooks, and the sendsms of the next gateway: both keep what is asked for."""
    def do_GET(self):
        fetched.append(self.path)
        said = {"/next": b"0: Accepted for delivery", "/blac": b"+250788000002\n"}
        body = said.get(self.path[:5], b"")
        self.send_response(202 if self.path.startswith("/next") else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
threading.Thread(target=web.serve_forever, daemon=True).start()
HERE = f"http://127.0.0.1:{web.server_port}"
open("kannel.conf", "w").write(f"""
group = core
admin-port = {ADMIN}
admin-password = none
admin-interface = 127.0.0.1
smsbox-port = {BOXES}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 3

group = smsc
smsc = fake
smsc-id = phones
host = 127.0.0.1
port = {PHONES}
connect-allow-ip = 127.0.0.1
allowed-prefix = "+250"

group = smsc
smsc = http
smsc-id = next
system-type = kannel
send-url = "{HERE}/next"
dlr-url = "http://127.0.0.1:{BACK}/?username=u&password=p"
port = {BACK}
connect-allow-ip = 127.0.0.1
smsc-username = u
smsc-password = p
allowed-prefix = "+233"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {SENDSMS}
sendsms-interface = 127.0.0.1
log-level = 3

group = sendsms-user
username = piga
password = secret
black-list = "{HERE}/black"

group = sms-service
keyword = default
catch-all = true
get-url = "{HERE}/in?a=%a&b=%b&coding=%c"
max-messages = 0
omit-empty = true
""")
boxes = []
def start(program, port):
    boxes.append(subprocess.Popen([program, "kannel.conf"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL))
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{program} does not listen")

def sendsms(to, **more):
    asked = {"username": "piga", "password": "secret", "from": "8100", "to": to, "text": "hi", **more}
    url = f"http://127.0.0.1:{SENDSMS}/cgi-bin/sendsms?{urllib.parse.urlencode(asked)}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()

def wait(holds):
    for _ in range(100):
        if holds():
            return
        time.sleep(0.1)

failed = []
def told(what, seen, expected):
    print(f"{what}:\n    {seen}")
    if seen != expected:
        failed.append(what)
        print(f"    but it was {expected}")

try:
    start("bearerbox", BOXES)
    start("smsbox", SENDSMS)
    phone = socket.create_connection(("127.0.0.1", PHONES), 10)
    time.sleep(1)
    words = urllib.parse.quote_plus("100 €!".encode("utf-16-be"))
    phone.sendall(f"+250788000001 8100 ucs2 {words}\n".encode())
    wait(lambda: any(path.startswith("/in") for path in fetched))
    query = urllib.parse.parse_qs(
        next(path for path in fetched if path.startswith("/in")).partition("?")[2],
        encoding="latin-1")
    read = {name: query[name][0].encode("latin-1").decode("utf-16-be", "replace") for name in "ab"}
    told("%a of `100 €!` in UCS-2", read["a"], "100 가\ufffd")
    told("%b of it", read["b"], "100 €!")
    both, alone = sendsms("+250788000001 +250788000002"), sendsms("+250788000002")
    told("to a good number and a denied one", both, (202, "0: Accepted for delivery"))
    time.sleep(1)
    phone.setblocking(False)
    told("what came of both", re.findall(r"\+\d+", phone.recv(65536).decode()), ["+250788000001"])
    told("to the denied one alone", alone,
         (400, "Number(s) has/have been denied by white- and/or black-lists."))
    inner = f"{HERE}/report?id=7&type=%d&to=%p"
    sendsms("+233244000001", **{"dlr-mask": "31", "dlr-url": inner})
    wait(lambda: any(path.startswith("/next") for path in fetched))
    onward = next(path for path in fetched if path.startswith("/next"))
    outer = urllib.parse.parse_qs(onward.partition("?")[2])["dlr-url"][0]
    shown = re.sub(r"127.0.0.1:\d+", "HOST", re.sub(r"dlr-mid=[0-9a-f-]+", "dlr-mid=ID", outer))
    told("the dlr-url that the next gateway is given", shown,
         "http://HOST/?username=u&password=p&dlr-url=http://HOST/report?id=7&type=%d&to=%p"
         "&dlr-mask=%d&dlr-mid=ID")
finally:
    for box in reversed(boxes):
        box.terminate()
    for box in boxes:
        box.wait(15)
sys.exit("it behaves otherwise by now: " + ", ".join(failed) if failed else 0)
PY
bearerbox --version 2>&1 | head -n 1
python3 try.py
