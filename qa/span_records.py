"""What the search for names in a sentence takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from qa.words import Word


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a sentence offers to the search for names."""

    text: str
    words: list[Word]
    matched: Mapping[int, float]  #: index of a word → weight of the question's word that it meets
    lower: Collection[str]  #: words that the passages also write without a capital, folded
    published: date | None
