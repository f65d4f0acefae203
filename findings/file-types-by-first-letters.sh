#!/usr/bin/env bash
# What a file is by its bytes, as filetype 1.2.0 and puremagic 1.30 say it. Two letters make a picture
# and three make a sound: a note that begins with "BM" is image/bmp, one that begins with "ID3" is
# audio/mpeg, in both packages and before anything else of it is looked at. Of a voice note (Opus in
# Ogg, as RFC 7845 begins one) filetype says audio/ogg and puremagic application/ogg, which is no audio.
# So who takes "image/…" takes the note; who refuses "audio/…" by puremagic refuses another note, and takes the
# voice note.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "filetype==1.2.0" "puremagic==1.30"
cat > "$work/try.py" <<'PY'
import importlib.metadata
import filetype, puremagic

OPUS = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0"
PAGE = b"OggS\0\x02" + b"\0" * 8 + b"\x01\0\0\0" + b"\0" * 8 + b"\x01" + bytes([len(OPUS)]) + OPUS
CASES = {
    "a note": (b"BM Kigali: my licence is on its way.\n", "image/bmp", "image/x-ms-bmp"),
    "another note": (b"ID3 is the name of our shop.\n", "audio/mpeg", "audio/mpeg"),
    "a note that begins otherwise": (b"My licence is on its way.\n", None, None),
    "a voice note": (PAGE, "audio/ogg", "application/ogg"),
    "a document": (b"%PDF-1.4\n%%EOF\n", "application/pdf", "application/pdf"),
}

def by_puremagic(content):
    try:
        return puremagic.from_string(content, mime=True)
    except puremagic.PureError:
        return None

for name in ("filetype", "puremagic"):
    print(name, importlib.metadata.version(name))
for name, (content, one, other) in CASES.items():
    found = filetype.guess(content)
    said = (found.mime if found else None, by_puremagic(content))
    print(f"{name}, {content[:12]!r}: filetype {said[0]}, puremagic {said[1]}")
    assert said == (one, other), (name, said)
PY
"$work/venv/bin/python" "$work/try.py"
