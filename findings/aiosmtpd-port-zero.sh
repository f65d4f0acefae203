#!/usr/bin/env bash
# aiosmtpd 1.4.6, Controller: with port=0 the system gives a free port and the server listens there,
# but start() looks whether it answers at port 0 itself, and raises ConnectionRefusedError. The same
# server started by asyncio at port 0 works. A test that wants a free port has to choose one before.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "aiosmtpd==1.4.6"
cd "$work"
cat > try.py <<'PY'
import asyncio, importlib.metadata, smtplib, sys, threading
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

print("aiosmtpd", importlib.metadata.version("aiosmtpd"))
controller = Controller(Sink(), hostname="127.0.0.1", port=0)
try:
    controller.start()
    said = "started"
except OSError as error:
    said = type(error).__name__
listens = controller.server.sockets[0].getsockname()[1] if controller.server else 0
print(f"Controller(port=0).start(): {said}; it listens at a port of the system's: {listens > 0}")
try:
    controller.stop()
except Exception as error:
    print(f"stop() afterwards: {type(error).__name__}")

ready, ports = threading.Event(), []

async def serve():
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    ports.append(server.sockets[0].getsockname()[1])
    ready.set()
    await asyncio.sleep(3)
    server.close()

threading.Thread(target=asyncio.run, args=(serve(),), daemon=True).start()
ready.wait(5)
with smtplib.SMTP("127.0.0.1", ports[0], timeout=5) as smtp:
    answered = smtp.noop()[0]
print("the same server by asyncio at port 0 answers NOOP with", answered)
ok = said == "ConnectionRefusedError" and listens > 0 and answered == 250
sys.exit(0 if ok else "it behaves otherwise by now")
PY
"$work/venv/bin/python" try.py
