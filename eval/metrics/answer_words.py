"""The words by which an answer is held against an acceptable one, and whether it stands there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_MARK = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")  # a citation's number is no part of the answer
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASHES = str.maketrans({"—": " ", "―": " ", "–": "-", "‐": "-", "‑": "-", "−": "-", "’": "'"})
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?!\w)", re.I)
#: A dotted abbreviation, a number with its separators (2.5, 1,200, 7-6, 15:30), or letters.
#: Hyphens part words: "al-Dam" and "al Dam" are the same, and "45-year-old" tells an age.
_WORD = re.compile(
    r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])"
    r"|\d+(?:[.,:/-]\d+)*"
    r"|%|[^\W\d_]+(?:'[^\W\d_]+)*",
    re.I,
)
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_DROPPED = frozenset("a an the".split())
_ORDINAL = frozenset("st nd rd th".split())

#: Acronyms that in small letters are common words.
_AMBIGUOUS = frozenset("US WHO IT IS".split())
_SMALL_NUMBERS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety""".split()
)
_MAGNITUDES = frozenset(
    """dozen hundred thousand million billion trillion percent
    dozens hundreds thousands millions billions trillions k m mn bn tn""".split()
)
_NUMBER_WORDS = _SMALL_NUMBERS | _MAGNITUDES
_NEGATIONS = frozenset(
    """not no never nor neither non without except isn't wasn't aren't weren't don't doesn't didn't
    hasn't haven't hadn't cannot can't won't""".split()
)
_PREPOSITIONS = frozenset("at by for from in of on to with".split())


def stands(wanted: list[str], said: list[str]) -> bool:
    """Whether the wanted words stand in what was said, one after the other, and mean themselves.

    "yes" and "no" have to come first. A number counts only where it is the whole number: not as
    a part of "2.5", "2 million", "2%", "two hundred" or "twenty-two". What is negated directly
    before it ("not Erbil", "not by Iran") does not count.
    """
    if wanted in (["yes"], ["no"]):
        return said[:1] == wanted
    size = len(wanted)
    return any(
        said[place : place + size] == wanted
        and not _is_negated(said[:place])
        and not _is_part_of_number(wanted, said[:place], said[place + size :])
        for place in range(len(said) - size + 1)
    )


def _is_negated(before: Sequence[str]) -> bool:
    if before and before[-1] in _PREPOSITIONS:
        before = before[:-1]
    return bool(before) and before[-1] in _NEGATIONS


def _is_part_of_number(wanted: list[str], before: Sequence[str], after: Sequence[str]) -> bool:
    first, last = wanted[0], wanted[-1]
    if after and _is_number(last):
        goes_on = last in _NUMBER_WORDS and after[0] in _NUMBER_WORDS
        is_split = last.isdigit() and len(after[0]) == 3 and after[0].isdigit()  # "2 000"
        if goes_on or is_split or after[0] in _MAGNITUDES:
            return True
    if not before or first not in _NUMBER_WORDS:
        return False
    if before[-1] == "and":
        return len(before) > 1 and before[-2] in _MAGNITUDES
    if first in _MAGNITUDES:
        return _is_number(before[-1]) or before[-1] == "half"
    return before[-1] in _NUMBER_WORDS  # "twenty two", but not "in 2021 two people"


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in _NUMBER_WORDS


def answer_words(text: str, tells_capitals: bool = True) -> list[str]:
    """The words by which answers are compared, in order, without a/an/the and citation marks.

    `tells_capitals`: "US" and "us" are two words; not so where what was answered has no capitals
    at all.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", _MARK.sub(" ", text)))
    text = _POSSESSIVE.sub(" ", text.translate(_DASHES))
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word[0].isdigit():
            word = _THOUSANDS.sub("", word)
        elif word == "%":
            word = "percent"
        else:
            word = word.replace(".", "")
            if not (tells_capitals and word in _AMBIGUOUS):
                word = word.casefold()
        if word == "cent" and found[-1:] == ["per"]:
            found[-1] = "percent"
        elif word in _ORDINAL and text[match.start() - 1 : match.start()].isdigit():
            continue  # "15th" is 15
        elif word not in _DROPPED:
            found.append(word)
    return found
