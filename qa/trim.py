"""A short answer trimmed as a person would: no preposition before it, no clause behind it.

Only words that are written small are ever taken away at the ends of a name, so that "Theresa May",
"Will Smith" and "March of Dimes" stay whole.
"""

from __future__ import annotations

import re

from qa.days import DAY_NAMES
from qa.records import Kind
from qa.words import NUMBER_WORDS, key, word_set

_OPEN, _CLOSE = "([{“‘«", ")]}”’»"
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»"}
_MOST = 500  # characters of a span, from which on it is no short answer
_ENDS = " \t\r\n,;:!?–—-…"
#: Cut where they lead an answer of that type; "near", "since" and "after" say something.
_PREPOSITIONS = word_set("in on at by of to from for with into as via")
_JOINING = word_set("and or but that which who whom where when while because than as if")
_TRAILING = _JOINING | word_set(
    """in on at by of to from for with into a an the is was are were be been has have had will would
    his her its their near"""
)
_SHORTENED = word_set(
    "Jr. Sr. Inc. Ltd. Corp. Co. Bros. St. Ave. No. etc. Jan. Feb. Aug. Sept. Oct. Nov. Dec."
)
_ABOUT = word_set("about around some roughly approximately circa")
_COUNTED = word_set("people persons individuals others")
_AMOUNT = re.compile(
    r"^(?:(?:at least|more than|less than|fewer than|up to|over|nearly|almost|as many as) )?"
    r"(?:a |an )?(?:\d[\d,.]*\d|\d|" + "|".join(NUMBER_WORDS) + r")(?:[- ](?:"
    + "|".join(NUMBER_WORDS) + r"|thousand|million|billion|trillion))*\b",
    re.I,
)  # fmt: skip
_A_NUMBER = re.compile(
    r"(?:dozen|hundred|thousand|million|billion|few|half|third|quarter|decade|year|month|week|day|"
    r"hour|minute|couple)s?\b",
    re.I,
)
_CLAUSE = re.compile(
    r",\s(?:who|whom|whose|which|where|when|while|after|before|as|but|because|although|including|"
    r"according|with|said|says|a|an|the|his|her|its|their|one|then|now|also|aged|\d{1,3}\b(?!\d))"
    r"(?!\w)"
)
_SAID = re.compile(r",\s[^,]{0,60}\b(?:said|says|told)\b[^,]*$")
_NUMBERED = re.compile(r",\s\d")


def trim(
    text: str, start: int, end: int, kind: Kind, heads: tuple[str, ...] = ()
) -> tuple[int, int]:
    """The place of the trimmed answer in a sentence: code points of `text`, never empty.

    `heads` are the keys of the noun that a question counts: "40" answers "how many people" as well
    as "40 people". What would leave nothing is not taken away. Of "why" and "how" only the marks
    at the ends are cut, for "to" and "by" carry the answer there.
    """
    start, end = _whole_words(text, start, end)
    if end - start > _MOST:
        return start, end
    place = _marks(text, start, end)
    if kind not in ("why", "how", "yes_no"):
        place = _clause(text, *place, kind)
        if kind == "how_many":
            place = _counted(text, *place, heads)
        place = _ends(text, *place, kind)
        place = _marks(text, *place)
    return place if text[slice(*place)].strip() else (start, end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Out to the borders of the words that a span begins and ends in."""
    start, end = max(0, start), min(len(text), end)
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _marks(text: str, start: int, end: int) -> tuple[int, int]:
    """Without marks at the ends, and with quotation marks and brackets in pairs or not at all."""
    while True:
        before = start, end
        while start < end and (text[start] in _ENDS or text[start] in ".'" + _CLOSE):
            if text[start] == "’" and text[start + 1 : end][:1].isalnum():
                break  # "’Ndrangheta"
            start += 1
        while start < end and (text[end - 1] in _ENDS or text[end - 1] in _OPEN):
            end -= 1
        if start < end and text[end - 1] == "." and not _is_abbreviation(text[start:end]):
            end -= 1
        start, end = _balanced(text, start, end)
        if (start, end) == before:
            return start, end


def _is_abbreviation(said: str) -> bool:
    """Whether the last full stop belongs to its word: "U.S.", "Jr.", "Inc.", "p.m."."""
    last = said.split()[-1] if said.split() else ""
    return bool(re.search(r"(?:\b[^\W\d_]\.){2,}$", last)) or last in _SHORTENED


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    said = text[start:end]
    paired = len(said) > 1 and _PAIRS.get(said[0]) == said[-1]
    if paired and said.find(said[-1]) == len(said) - 1:
        return start + 1, end - 1  # all of it stands between them
    if len(said) > 1 and said[0] == said[-1] == '"' and '"' not in said[1:-1]:
        return start + 1, end - 1
    if said.count('"') == 1:
        at = said.index('"')
        return (start + at + 1, end) if at < len(said) / 2 else (start, start + at)
    for left, right in _PAIRS.items():
        opened, closed = said.rfind(left), said.find(right)
        if said.count(left) > said.count(right):
            after = text.find(right, end)
            if opened > 0 and end <= after <= end + 1:
                return start, after + 1
            return (start, start + opened) if opened > 0 else (start + 1, end)
        if said.count(right) > said.count(left):
            return (start + closed + 1, end) if closed < len(said) / 2 else (start, start + closed)
    return start, end


def _clause(text: str, start: int, end: int, kind: Kind) -> tuple[int, int]:
    """Without the clause or the by-name that a comma parts from the answer.

    A list of three keeps its commas: "guns, a car and two boats".
    """
    if (tail := _SAID.search(text, start, end)) and tail.start() > start:
        end = tail.start()
    said = text[start:end]
    for found in _CLAUSE.finditer(said):
        rest = said[found.start() :]
        if re.search(r",?\s(?:and|or|as well as)\s", rest) and not re.match(
            r",\s(?:who|whom|whose|which|where|when|after|before|according|including)\b", rest
        ):
            continue
        if _NUMBERED.match(rest) and kind in ("when", "how_many"):
            continue
        if kind == "when" and re.match(r",\s(?:the|a)\s", rest):
            continue
        return start, start + found.start()
    found = re.search(r",\s[a-z]", said) if kind in ("where", "who") else None
    if found and not re.search(r"\s(?:and|or)\s", said[found.start() :]):
        return start, start + found.start()
    return start, end


def _counted(text: str, start: int, end: int, heads: tuple[str, ...]) -> tuple[int, int]:
    """Without "about", and without the noun that the question counts already."""
    words = re.compile(r"\S+")
    while (first := words.match(text, start, end)) and first.group().lower() in _ABOUT:
        if not words.search(text, first.end(), end):
            break
        start = words.search(text, first.end(), end).start()  # type: ignore[union-attr]
    found = _AMOUNT.match(text[start:end])
    if found and re.fullmatch(r"[- ]years?[- ]old", text[start + found.end() : end]):
        return start, start + found.end()
    if found:
        rest = text[start + found.end() : end]
        noun = re.match(r"\s([a-z]+)\b", rest)
        asked = noun is not None and (noun[1] in _COUNTED or key(noun[1]) in heads)
        if asked and not _AMOUNT.search(rest) and not re.search(r"\d", rest):
            return start, start + found.end()
    return start, end


def _ends(text: str, start: int, end: int, kind: Kind) -> tuple[int, int]:
    """Without small words at either end that only tie the answer to its sentence."""
    while True:
        said = text[start:end]
        first = re.match(r"([^\W\d_]+)(\s+)(?=\S)", said)
        if first is None or not _is_loose(said, first, at_start=start == 0, kind=kind):
            break
        start += first.end()
    while True:
        last = re.search(r"[\s,]+(\w+)$", text[start:end])
        if last is None or last[1] not in _TRAILING:
            break
        end = start + last.start()
    possessive = re.search(r"[^\W\d_](['’]s?)$", text[start:end])
    if possessive and re.match(r"\s(?!(?:has|is|was|will|said|says|had|and|or|to|in|on)\b)\w",
                               text[end:]):  # fmt: skip
        end = start + possessive.start(1)
    return start, end


def _is_loose(said: str, first: re.Match[str], at_start: bool, kind: Kind) -> bool:
    word, rest = first[1], said[first.end() :]
    if not (word.islower() or at_start):
        return False  # "The Hague", "In Treatment"
    lower, following = word.lower(), rest.split()[0]
    if at_start and word[0].isupper() and len(rest.split()) == 1 and following[0].islower():
        return False
    if lower in ("a", "an"):
        return not _A_NUMBER.match(rest)
    if lower == "the":
        # "the Red Hand" and "the 12 May", but "the mayor": a person says that with "the".
        return following[0].isupper() or following[0].isdigit() or len(rest.split()) > 2
    if lower in _JOINING - {"as", "than", "if"}:
        return True
    if lower == "both":
        return " and " in rest
    if lower in _PREPOSITIONS and following.lower() not in ("least", "most"):
        return kind != "when" or lower in ("in", "on", "at") and _names_time(rest)
    return False


def _names_time(rest: str) -> bool:
    first = rest.split()[0].rstrip(",.")
    return (
        first[0].isdigit()
        or first in DAY_NAMES
        or first.lower() in ("the", "early", "late", "mid")
        or first[:3] in DAY_NAMES
    )
