#!/usr/bin/env bash
# granian 2.8.7, WSGI: when a client goes away in the middle of a request's body, the application is
# called all the same, and reading the body answers b"" and no error, whether the body had a length
# or came in chunks; `read(size)` answers what had come, as if it were all. Who takes an empty body
# for "nothing was typed" acts on half a request: compare what was read with Content-Length, and of
# a body in chunks take only what `read()` gives, and never an empty one. It has no limit of its own.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "granian==2.8.7"
cd "$work"
cat > app.py <<'PY'
import pathlib

def application(environ, start_response):
    try:
        size = int(environ["QUERY_STRING"] or -1)
        read = environ["wsgi.input"].read
        body = read() if size < 0 else read(size)
        said = f"read {len(body)} bytes: {body!r}"
    except Exception as error:
        said = f"raised {type(error).__name__}: {error}"
    with pathlib.Path("seen").open("a") as seen:
        seen.write(f"{environ['PATH_INFO']} {said}\n")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]
PY
cat > try.py <<'PY'
import importlib.metadata, pathlib, socket, subprocess, sys, time

with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
server = subprocess.Popen(
    [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "app:application"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
)
try:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            time.sleep(0.1)
    HEAD = "POST {} HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n"
    CASES = {
        "/whole": HEAD.format("/whole", "Transfer-Encoding: chunked") + "a\r\namount=500\r\n0\r\n\r\n",
        "/cut": HEAD.format("/cut", "Transfer-Encoding: chunked") + "8\r\namount=5\r\n",
        "/in": HEAD.format("/in", "Transfer-Encoding: chunked") + "8\r\namount=5\r\n4\r\n00",
        "/size": HEAD.format("/size?100", "Transfer-Encoding: chunked") + "8\r\namount=5\r\n4\r\n00",
        "/length": HEAD.format("/length", "Content-Length: 10") + "amount=5",
    }
    for said in CASES.values():
        with socket.create_connection(("127.0.0.1", port), 2) as client:
            client.sendall(said.encode())
            client.shutdown(socket.SHUT_WR)
            time.sleep(0.5)
    time.sleep(0.5)
finally:
    server.terminate()
    server.wait(10)
print("granian", importlib.metadata.version("granian"))
seen = pathlib.Path("seen").read_text().splitlines()
print(*seen, sep="\n")
wanted = {
    "/whole read 10 bytes: b'amount=500'",
    "/cut read 0 bytes: b''",
    "/in read 0 bytes: b''",
    "/size read 10 bytes: b'amount=500'",
    "/length read 0 bytes: b''",
}
if set(seen) != wanted:
    sys.exit("The behaviour has changed.")
print("As described: a cut body is an empty one, and no error.")
PY
"$work/venv/bin/python" try.py
