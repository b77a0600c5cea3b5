"""Which articles are one source: copies of one another, and those of one outlet."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.records import source_key
from qa.words import fold

_SHINGLE = 5  # words


def shingles(text: str, size: int = _SHINGLE) -> frozenset[tuple[str, ...]]:
    """Every run of `size` words of a text; a shorter text is one run."""
    found = re.findall(r"\w+", fold(text))
    if not found:
        return frozenset()
    last = max(1, len(found) - size + 1)
    return frozenset(tuple(found[i : i + size]) for i in range(last))


def containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """|A ∩ B| / min(|A|, |B|), 0..1; 0 where either is empty (Broder 1997, of the smaller set)."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def group_copies(texts: Sequence[str], threshold: float = 0.6) -> list[int]:
    """For each text the index of the first text that it copies, or its own: (n,) group labels."""
    sets = [shingles(text) for text in texts]
    labels: list[int] = []
    for index, own in enumerate(sets):
        labels.append(index)
        for earlier in range(index):
            if containment(own, sets[earlier]) >= threshold:
                labels[index] = labels[earlier]
                break
    return labels


def count_sources(articles: Sequence[tuple[str, str | None]], threshold: float = 0.6) -> int:
    """How many independent sources a list of (text, outlet) has.

    Copies are one source and so are articles of one outlet, also where only a chain of both joins
    them: an outlet's own report, another of it, and a copy of that elsewhere. An article that does
    not tell its outlet is joined by copying alone.
    """
    labels = group_copies([text for text, _ in articles], threshold)
    outlets: dict[str, int] = {}
    for index, (_, outlet) in enumerate(articles):
        if not outlet or not outlet.strip():
            continue
        own, other = labels[index], labels[outlets.setdefault(source_key(outlet), index)]
        labels = [other if label == own else label for label in labels]
    return len(set(labels))
