"""Who is on the other side: a name, a number, a merchant's code, out of one stretch of text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.payments.evidence.networks import Network
from core.payments.evidence.numbering import Country, e164
from core.payments.evidence.template import CUT


@dataclass(frozen=True, slots=True)
class Party:
    """`msisdn` is in E.164, or as printed where digits are hidden."""

    name: str | None = None
    msisdn: str | None = None
    code: str | None = None
    words: str = ""  # the whole stretch
    is_behind_gateway: bool = False


NOBODY = Party()


_SENTENCE_END = re.compile(r"[.!](?=[\s\x1f*]|$)")
_INITIALS = re.compile(r"[a-z](?:\.[a-z]){0,3}")
_NOT_AN_END = frozenset({"co", "st", "dr", "mr", "mrs", "ms", "eng", "hon", "prof", "rev", "ets"})
_NUMBER = re.compile(
    r"(?<![\w*+])(?=[+*xX]{0,12}\d)(?:\d{2,4}\*{2,4} \*{2,4} \d{2,4}"
    r"|(?<=\()\+?\d{2,4}(?: \d{2,3}){2,5}(?=\))"
    r"|\+?[\dxX*]{7,16}|\*{1,12}\d{2,4})(?![\w*])"
)
_PLACEHOLDER = re.compile(r"<[^<>]{0,20}>")
_CODE_FIRST = re.compile(r"([A-Z]?\d{4,8})\s*-\s*(?=\D)")
_LABEL = (
    r"(?:till|paybill|merchant|agent|code|number|no|id|(?<=, )(?:account|acct|acc|a/c|meter|ref))"
)
_CODE_LAST = re.compile(
    rf"[\s(,-]+(?:(?:{_LABEL}\b[\s.:#]*){{1,3}}(?P<labelled>[\d-]{{4,20}})"
    r"|(?P<code>\d{4,8}))\)?$",
    re.IGNORECASE,
)
_CODE_BEFORE_NAME = re.compile(r"(\d{5,8})\s+(?=[A-Za-z])")  # an agent's: `20068466 FELIX MONDE`
_ONLY_A_CODE = re.compile(r"\d{4,8}")
_IN_BRACKETS = re.compile(r"\(([^()]{2,80})\)$")
_AGENT = re.compile(r"(?:agent|wakala|agente)\s*(?:-\s*|(?=\d{4}))", re.IGNORECASE)
_OTHER_NETWORK = re.compile(
    r"^(?:(?:airtel|vodacom|tigo|mixx|halotel|ttcl)[a-z ]{0,12} receiver\s+"
    r"|(?:mixx by yas|tigo pesa|halopesa|airtel money|m-pesa)\s*-\s*(?=\+?\d{9}))",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:\s+-\s+|\s+(?:on|in|via|from)\s+)(?:mtn|airtel|m-?pesa|vodacom|tigo|mixx|halopesa|telecel"
    r"|vodafone|at money|airteltigo|orange|moov|wave|ghanapay)[\w \x28\x29-]{0,30}$",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(
    r"[\s,]+(?:with|on|at|via|for|by|to|from|and|dated|le|the|has|was|is|of|kuri)$", re.IGNORECASE
)
_BANK_BEFORE = re.compile(r"[A-Z]{3,8};\s+(?=\S)")
_BEFORE_NUMBER = re.compile(
    r"[\s(](?:on|of|no|number|tel|phone|msisdn|numero)[\s:.(]*$", re.IGNORECASE
)
_EDGES = " \t\r\n.,;:-–"


def find_end(low: str, start: int, end: int, network: Network) -> int:
    """Where a name that begins at `start` ends, in lower case: before a read detail, a sentence's
    end, or words that no name has."""
    cut = low.find(CUT, start, end)
    end = cut if cut >= 0 else end
    if network.ends and (found := network.ends.search(low, start + 1, end)):
        end = found.start()
    for found in _SENTENCE_END.finditer(low, start, end):
        before = low[start : found.start()].rsplit(None, 1)
        last = before[-1].strip("(") if before else ""
        follows = low[found.end() : end].lstrip()
        if _INITIALS.fullmatch(last) and follows:
            continue
        if last in _NOT_AN_END or follows.startswith("("):
            continue
        return found.start()
    return end


def read_party(
    text: str, start: int, end: int, network: Network, countries: Mapping[str, Country]
) -> Party:
    """Take `text[start:end]` apart; what is neither a number nor a code is the name."""
    words = _PLACEHOLDER.sub(" ", text[start:end]).replace("\n", " ").strip(_EDGES)
    if (agent := _AGENT.match(words)) is not None:
        words = words[agent.end() :]
    words = words.removeprefix("agent ")  # the noun; `Agent Sophia` is a name in Rwanda
    words = _LOOSE_END.sub("", _OTHER_NETWORK.sub("", words)).strip(_EDGES)
    words, msisdn = _take_number(words, network.country, countries)
    while (trailing := _TRAILING.search(words)) is not None and trailing.start() > 0:
        words = words[: trailing.start()].strip(_EDGES)
    if (bank := _BANK_BEFORE.match(words)) is not None:
        words = words[bank.end() :]
    if (whole := _IN_BRACKETS.match(words)) is not None:
        words = whole[1]
    code = None
    if (first := _CODE_FIRST.match(words) or _CODE_BEFORE_NAME.match(words)) is not None:
        code, words = first[1], words[first.end() :]
    elif (last := _CODE_LAST.search(words)) is not None and last.start() > 0:
        code, words = last["labelled"] or last["code"], words[: last.start()]
    name = _LOOSE_END.sub("", words).strip(_EDGES).rstrip("(").strip(_EDGES)
    if code is None and _ONLY_A_CODE.fullmatch(name):
        code, name = name, ""
    return Party(name or None, msisdn, code, text[start:end])


def _take_number(
    words: str, country: Country, countries: Mapping[str, Country]
) -> tuple[str, str | None]:
    """`words` without the telephone number that stands in them, and the number."""
    for found in _NUMBER.finditer(words):
        printed = found.group()
        if "*" not in printed:
            printed = printed.replace(" ", "")
        is_masked = not printed.removeprefix("+").isdigit()
        whole = None if is_masked else e164(printed, country, countries)
        if whole is None and not is_masked and len(printed) < 10:
            continue  # a merchant's code, or digits of a name
        before, after = words[: found.start()], words[found.end() :]
        if before.rstrip().endswith("(") and ")" in after:
            before, after = before.rstrip()[:-1], after[after.index(")") + 1 :]
        before = _BEFORE_NUMBER.sub("", before)
        rest = f"{before.strip(_EDGES)} {after.strip(_EDGES)}".strip(_EDGES)
        return rest, whole or printed
    return words, None
