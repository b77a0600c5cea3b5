"""What the search for short answers takes and gives: a sentence, and spans in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from qa.days import Day
from qa.words import Word

#: Where another clause begins.
CLAUSE = re.compile(r"[,;:—–]|\band\b|\bwhile\b|\bbut\b")


@dataclass(frozen=True, slots=True)
class Span:
    """A candidate short answer; offsets in code points of the sentence."""

    start: int
    end: int
    score: float  #: 0..1, by its shape and place alone
    day: Day | None = None  #: what a date resolves to


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a sentence offers to the search for spans."""

    text: str
    words: list[Word]
    matched: Mapping[int, float]  #: index of a word → weight of the question's word that it meets
    lower: Collection[str]  #: words that the passages also write without a capital, folded
    published: date | None
    places: Collection[str] = frozenset()  #: names that the passages have behind "in", folded
    verb_is_elsewhere: bool = False  #: another sentence has the verb whose doer is asked for
