"""Days and amounts in a sentence, by the measure that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.days import find_days
from qa.span_names import is_of_another
from qa.span_records import Sentence, Span
from qa.target import Target
from qa.words import NUMBER_WORDS

_SEQUENCE = re.compile(
    r"\b(?:follow(?:s|ed|ing)?|after|before|since|earlier|previous(?:ly)?|later|preceded)\b", re.I
)
_NUMBER_WORD = r"(?:" + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True)) + r")"
_NUMBER = (
    rf"(?:\d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?|\b{_NUMBER_WORD}(?:[- ]{_NUMBER_WORD})*\b)"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion|dozen)s?\b)?"
)
_ABOUT = r"(?:\b(?:at least|more than|less than|fewer than|up to|over)\s)?"
_UNITS = {
    "money": rf"{_ABOUT}(?:(?:US|A|C|AU)?[$£€¥]\s?{_NUMBER}(?:[ -]?(?:m|bn|k)\b)?"
    rf"|{_NUMBER}\s(?:US\s)?(?:dollars|euros|pounds|yen|rupees|yuan|cents)\b)",
    "percent": rf"{_ABOUT}{_NUMBER}\s?(?:%|percent\b|per cent\b|percentage points\b)",
    "duration": rf"{_ABOUT}(?:{_NUMBER}|a|an)[ -](?:half[ -])?"
    r"(?:second|minute|hour|day|week|month|year|decade)s?\b(?:[ -]long\b)?",
    "age": r"(?<=aged )\d{1,3}\b|\b\d{1,3}(?=[- ]years?[- ]old\b)|(?<=, )\d{1,3}(?=[,.])"
    r"|(?<=age of )\d{1,3}\b|(?<=turned )\d{1,3}\b",
    "distance": rf"{_ABOUT}{_NUMBER}[ -](?:square[ -])?(?:miles?|kilomet\w+|met(?:er|re)s?|"
    r"feet|foot|inch(?:es)?|km|mph|yards?|acres?|pounds|tons?|tonnes?|kg|mile|light-years?)\b",
    "count": rf"{_ABOUT}(?:a )?{_NUMBER}",
}
_MEASURES = {
    name: re.compile(pattern, re.I if name == "count" else 0) for name, pattern in _UNITS.items()
}


def find_when(sentence: Sentence, target: Target) -> Iterator[Span]:
    """Days, months and years; of a day only its year where the question asks for a year."""
    year_only = target.heads[:1] == ("year",)
    found = find_days(sentence.text, sentence.published)
    several = len({dated.day for dated in found}) > 2  # a list of events, each with its day
    for dated in found:
        start, end, score = dated.start, dated.end, 0.45 - 0.2 * several
        if year_only:
            year = re.search(r"(?:19|20)\d{2}", sentence.text[start:end])
            score = score if year else 0.2
            start, end = (start + year.start(), start + year.end()) if year else (start, end)
        if _is_sequel(sentence, start):
            score -= 0.4
        if is_of_another(sentence, start, end):
            score -= 0.3
        yield Span(start, end, score, dated.day)


def _is_sequel(sentence: Sentence, start: int) -> bool:
    """Whether a date tells of what came before or after the thing asked about.

    So it does in "the attack on A was followed on Monday by", where "followed" parts the two, and
    not in "it followed the attack on A on Sunday".
    """
    ends = [sentence.words[i].end for i in sentence.matched if sentence.words[i].end <= start]
    clause = re.split(r"[,;:]", sentence.text[max(ends, default=0) : start])[-1]
    return bool(_SEQUENCE.search(re.sub(r"\b(?:since|before|after)\s*$", "", clause)))


def find_how_many(sentence: Sentence, target: Target) -> Iterator[Span]:
    """Amounts of the asked-for measure, of any where the question names none."""
    dates = [(d.start, d.end) for d in find_days(sentence.text, sentence.published)]
    money = {m.start() for m in _MEASURES["money"].finditer(sentence.text)}
    money |= {m.start() for m in _MEASURES["percent"].finditer(sentence.text)}
    wanted = [target.measure] if target.measure else ["money", "percent", "count"]
    for name in wanted:
        for match in _MEASURES[name].finditer(sentence.text):
            start, end = match.span()
            before = sentence.text[start - 1 : start]
            if any(start < b and a < end for a, b in dates) or before in tuple("-$£€¥."):
                continue
            if before.isalnum() or (name == "count" and start in money):
                continue
            score = 0.45 if name != "count" else 0.35 if target.measure else 0.25
            if is_of_another(sentence, start, end):
                score -= 0.25 if name == "count" else 0.1
            if name == "count":
                score += _counted(sentence, target, start, end)
            if re.search(r"\bfrom $", sentence.text[:start]) and re.match(
                r"[^,.;]{0,30} to \S*\d", sentence.text[end:]
            ):
                score -= 0.15  # "from 100 to 90": what it was before
            yield Span(start, end, score)


def _counted(sentence: Sentence, target: Target, start: int, end: int) -> float:
    """What a number gains or loses by the noun beside it."""
    following = [w for w in sentence.words if w.start >= end][:3]
    preceding = [w for w in sentence.words if w.end <= start][-2:]
    change = -0.15 if sentence.text[start:end].lower() in ("one", "hundred") else 0.0
    if {w.key for w in following} & set(target.heads):
        return change + 0.08
    if {w.key for w in preceding} & set(target.heads):
        return change + 0.08
    other = following and re.fullmatch(r"[a-z]{3,}[^s]s", following[0].text)
    if target.heads and other and following[0].text not in ("others", "was"):
        return change - 0.2  # "three attacks" are not people
    return change
