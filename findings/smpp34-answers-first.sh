#!/usr/bin/env bash
# smpp34 1.5.0, the client for asyncio: a deliver_sm is answered with ESME_ROK before the application
# has asked for it, so that a text or a receipt which the message centre has crossed off its list is
# lost when the process dies before `next()`, or while it stores what `next()` gave. There is no way
# to answer later, or with a status that says "come again". Its codec does what it says.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "smpp34==1.5.0"
cat > "$work/try.py" <<'PY'
import asyncio, socket, sys
import smpp34

async def main():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = smpp34.Server(host="127.0.0.1", port=port)
    await server.start()
    client = smpp34.Client(host="127.0.0.1", port=port, system_id="a", password="b", bind_type="TRX")
    smsc = await client.connect()
    esme = await asyncio.wait_for(server.next(), 10)
    answer = await asyncio.wait_for(
        esme.deliver_sm("8100", b"500", source_addr="250788000001"), 10
    )
    print("smpp34", smpp34.__version__)
    print("the centre was told:", "ESME_ROK" if answer.is_success else hex(answer.command_status))
    print("and the application had not called next() yet")
    event = await asyncio.wait_for(smsc.next(), 10)
    print("only now it reads:", event.short_message)
    await smsc.unbind()
    await client.stop()
    await server.stop()
    await asyncio.sleep(0.5)
    return answer.is_success and event.short_message == b"500"

if not asyncio.run(main()):
    sys.exit("The behaviour has changed.")
print("As described: answered first, read later.")
PY
"$work/venv/bin/python" "$work/try.py"
