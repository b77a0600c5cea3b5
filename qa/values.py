"""Whether two short answers say the same."""

from __future__ import annotations

import re

from qa.days import DAY_NAMES
from qa.names import same_name
from qa.words import NUMBER_WORDS, STOPWORDS, words

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
           "m": 1e6, "bn": 1e9, "k": 1e3, "dozen": 12.0}  # fmt: skip
_LEAST = r"at least|more than|over|no fewer than|not less than|upwards of"
_MOST = r"at most|less than|fewer than|up to|under|as many as|no more than|nearly|almost"
_ABOUT = r"about|around|some|roughly|approximately|an estimated|estimated"
_QUALIFIER = re.compile(rf"^(?:(?:{_LEAST}|{_MOST}|{_ABOUT}|an?|the|[$£€¥])\s*)+", re.I)
#: What two numbers of different things may differ by, where both say it.
_MEASURES = (
    re.compile(r"%|\bper ?cent\b|\bpercentage\b", re.I),
    re.compile(r"[$£€¥]|\b(?:dollars?|euros?|pounds|yen|rupees|yuan)\b", re.I),
    re.compile(r"\b(?:" + "|".join(sorted(DAY_NAMES)) + r")\b"),
)
_WEEKDAY = re.compile(r"^(?:[A-Z][a-z]+day(?: [a-z]+)?,? )(?=\S)")
_NEAR = 0.1  # "about 40" and "42" do not contradict each other


def number(text: str) -> float | None:
    """The first number of a text, "forty-two" and "1.5 million" included; None without one."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    if found:
        value = float(found.group().replace(",", "").rstrip("."))
        return value * _scale(text[found.end() :].lower())[0]
    return _in_words(text.lower())


def _in_words(text: str) -> float | None:
    """The first number written out: "two", "twenty-five", "a hundred and ten", "two dozen"."""
    first = next((m for m in re.finditer(r"[a-z]+", text) if m.group() in NUMBER_WORDS), None)
    if first is None:
        return None
    value, rest = float(NUMBER_WORDS[first.group()]), text[first.end() :]
    while True:
        scale, size = _scale(rest)
        if size:
            value, rest = value * scale, rest[size:]
            continue
        more = re.match(r"(?:\s+and\s+|[\s-]+)([a-z]+)\b", rest)
        if more is None or more[1] not in NUMBER_WORDS or NUMBER_WORDS[more[1]] >= 100:
            return value
        if NUMBER_WORDS[more[1]] >= 10 and value < 100 or not value or value % 10:
            return value  # "two, three": no sum
        value, rest = value + NUMBER_WORDS[more[1]], rest[more.end() :]


def _scale(rest: str) -> tuple[float, int]:
    """What the word behind a number multiplies it by, and that word's length; (1, 0) if none."""
    found = re.match(r"[\s-]*([a-z]+)", rest)
    if found and found[1].rstrip("s") in _SCALES:
        return _SCALES[found[1].rstrip("s")], found.end()
    return 1.0, 0


def amount(text: str) -> float | None:
    """The number of a text that is one, "at least 40 people"; None for "Apollo 11" and "F-16"."""
    bare = _QUALIFIER.sub("", _WEEKDAY.sub("", text.strip()))
    found = re.match(r"(\d)|([a-z]+)", bare, re.I)
    if found is None or (found[2] and found[2].lower() not in NUMBER_WORDS):
        return None
    return number(bare)


def compatible(one: str, other: str) -> bool:
    """Whether two amounts can both be right: equal, bounds that hold, or rounded ones.

    "at least 3" and "5" are; "3" and "5" are not. What is no amount contradicts nothing.
    """
    first, second = number(one), number(other)
    if first is None or second is None or first == second:
        return True
    for bound, its, value in ((one, first, second), (other, second, first)):
        if re.search(rf"\b(?:{_LEAST})\b", bound, re.I) and value >= its:
            return True
        if re.search(rf"\b(?:{_MOST})\b", bound, re.I) and value <= its:
            return True
        near = re.search(rf"\b(?:{_ABOUT}|nearly|almost)\b", bound, re.I)
        if near and abs(value - its) <= _NEAR * max(value, its):
            return True
    return False


def same_value(one: str, other: str) -> bool:
    """Whether two short answers agree: numbers by size, names across spellings, else words."""
    first, second = amount(one), amount(other)
    if first is not None and second is not None:
        return first == second and not _of_other_measure(one, other)
    keys = _content(one), _content(other)
    if keys[0] and keys[0] == keys[1]:
        return True
    if (first is None) != (second is None):
        return False
    names = _bare(one), _bare(other)
    digits = re.findall(r"\d+", names[0]), re.findall(r"\d+", names[1])
    if digits[0] or digits[1]:  # "F-16" and "F-35", "Apollo 11" and "Apollo 12"
        return digits[0] == digits[1] and (keys[0] <= keys[1] or keys[1] <= keys[0])
    if names[0][:1].isupper() and names[1][:1].isupper():
        return same_name(*names)
    return False


def _content(text: str) -> frozenset[str]:
    found = {word.key for word in words(text)}
    return frozenset(found - STOPWORDS or found)


def _bare(text: str) -> str:
    return re.sub(r"^(?:the|an?)\s", "", text.strip(), flags=re.I)


def _of_other_measure(one: str, other: str) -> bool:
    """Whether equal numbers measure different things: "12 May" and "12 March", "5%" and "$5"."""
    said = [
        [{found.lower() for found in measure.findall(text)} for measure in _MEASURES]
        for text in (one, other)
    ]
    if said[0][2] and said[1][2]:
        return not said[0][2] & said[1][2]
    return any(
        said[0][i] and said[1][k] and not said[0][k] and not said[1][i]
        for i in range(3)
        for k in range(3)
        if i != k
    )
