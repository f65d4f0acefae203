#!/usr/bin/env bash
# rapidfuzz 3.14.6, choosing an option by what somebody wrote:
# - the default scorer of process.extractOne, WRatio, gives 90 of 100 to any text that is a part of a
#   much longer label: the answer "a" is as near to "balances" as a slip of one letter, and "no" to
#   "know".
# - two texts that are cleaned to nothing are the same to fuzz.ratio (100), and have nothing in common
#   for WRatio, QRatio and token_set_ratio (0): with the library's own cleaning, an answer of an emoji
#   alone chooses a label such as "...", surely.
# - nothing is cleaned unless one asks: "SAVE" and "save" have nothing in common.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "rapidfuzz==3.14.6"
cd "$work"
cat > try.py <<'PY'
import importlib.metadata, sys
from rapidfuzz import fuzz, process, utils

failed = []

def told(what, seen, expected):
    print(f"{what}:\n    {seen}")
    if seen != expected:
        failed.append(what)
        print(f"    but it was {expected}")

print("rapidfuzz", importlib.metadata.version("rapidfuzz"))
labels = ["save", "balances", "statement"]
told("extractOne of 'a'", process.extractOne("a", labels[1:])[:2], ("balances", 90.0))
told("WRatio of 'no' and 'know'", fuzz.WRatio("no", "know"), 90.0)
told("WRatio of 'balnces' and 'balances'", round(fuzz.WRatio("balnces", "balances")), 93)
told("ratio of 'a' and 'balances'", round(fuzz.ratio("a", "balances")), 22)
nothing = [fuzz.ratio("", ""), fuzz.WRatio("", ""), fuzz.QRatio("", ""), fuzz.token_set_ratio("", "")]
told("ratio, WRatio, QRatio, token_set_ratio of nothing and nothing", nothing, [100.0, 0.0, 0.0, 0.0])
clean = utils.default_process
told("'👍' cleaned", clean("👍"), "")
chosen = process.extractOne("👍", ["Save", "...", "Balances"], scorer=fuzz.ratio, processor=clean)
told("'👍' among Save, ..., Balances by ratio, cleaned", chosen, ("...", 100.0, 1))
told("ratio of 'SAVE' and 'save'", fuzz.ratio("SAVE", "save"), 0.0)
sys.exit("it behaves otherwise by now: " + ", ".join(failed) if failed else 0)
PY
"$work/venv/bin/python" try.py
