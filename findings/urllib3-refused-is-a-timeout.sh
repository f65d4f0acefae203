#!/bin/sh
# urllib3: a connection that is refused at once is a ConnectTimeoutError.
# Fails when that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check urllib3==2.8.0
cat >"$folder/run.py" <<'END'
import socket
import time

import urllib3
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, TimeoutError

print("urllib3", urllib3.__version__)
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
pool = urllib3.HTTPConnectionPool("127.0.0.1", port, timeout=urllib3.Timeout(connect=30))
begun = time.monotonic()
try:
    pool.request("GET", "/", retries=False)
except Exception as error:
    took_s = time.monotonic() - begun
    print(f"after {took_s:.1f} s:", type(error).__name__)
    print("classes:", ", ".join(kind.__name__ for kind in type(error).__mro__[:4]))
    assert took_s < 5, "it was refused at once"
    assert type(error) is NewConnectionError
    assert isinstance(error, ConnectTimeoutError), "changed: no ConnectTimeoutError any more"
    print("`except ConnectTimeoutError` takes it:", isinstance(error, ConnectTimeoutError))
    print("`except TimeoutError` takes it:", isinstance(error, TimeoutError))
else:
    raise SystemExit("somebody listens there")
END
"$folder/venv/bin/python" "$folder/run.py"
