"""What the search for names in a sentence takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qa.words import Word


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a sentence offers to the search for names."""

    text: str
    words: list[Word]
    lower: Collection[str]  #: words that the passages also write without a capital, folded
