"""Which articles are near-identical to one another: syndicated copies.

Candidates are the neighbours of an article's own passages in the vector index; the judge is
`qa.independence`, as where an answer's sources are counted, on the articles' texts. The work of
one request is bounded whatever the articles are: see `CopiesConfig`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.records import Filters, Scored
from qa.independence import containment, shingles


@dataclass(frozen=True, slots=True)
class CopiesConfig:
    """What makes a copy, and how far it is looked for."""

    containment: float = 0.6  #: share of five-word runs, as `ReaderConfig.copy_containment`
    least_cosine: float = 0.7  #: of two passages, below which their articles are not compared
    probes: int = 3  #: passages of an article whose neighbours are looked at
    neighbours: int = 24  #: looked at of each
    most_copies: int = 50  #: of one article
    longest: int = 40_000  #: code points of an article that are compared
    most_compared: int = 2_000_000  #: code points that one request compares


class Articles(Protocol):
    """What looking for copies needs of a catalogue."""

    def passage_ids(self, article_ids: Sequence[str]) -> dict[str, list[str]]: ...

    def articles_of(self, passage_ids: Sequence[str]) -> dict[str, str]: ...

    def texts(self, ids: Sequence[str], longest: int) -> dict[str, str]: ...


class Neighbourly(Protocol):
    """What it needs of a store."""

    @property
    def catalogue(self) -> Articles: ...

    def vectors_of(self, ids: Sequence[str]) -> dict[str, np.ndarray]: ...

    def search_dense(
        self, vector: np.ndarray, k: int, filters: Filters | None = None
    ) -> list[Scored]: ...


Pair = tuple[str, str]


def copies_of(
    store: Neighbourly, ids: Sequence[str], config: CopiesConfig | None = None
) -> dict[str, list[str]]:
    """Each of `ids` with the ids of its copies, the most alike first; [] where it has none.

    Where articles are too many or too long to compare them all, the likeliest pairs are.
    """
    config = config or CopiesConfig()
    pairs = _candidates(store, ids, config)
    likeliest = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    told = list(dict.fromkeys(id for pair in likeliest for id in pair))
    texts = _within(store.catalogue, told, config)
    runs = {id: shingles(text) for id, text in texts.items()}
    found: dict[str, list[tuple[float, str]]] = {id: [] for id in ids}
    for one, other in likeliest:
        if one in runs and other in runs:
            share = containment(runs[one], runs[other])
            if share >= config.containment:
                for id, copy in ((one, other), (other, one)):
                    if id in found:
                        found[id].append((-share, copy))
    return {id: [copy for _, copy in sorted(found[id])[: config.most_copies]] for id in found}


def _candidates(store: Neighbourly, ids: Sequence[str], config: CopiesConfig) -> dict[Pair, float]:
    """Pairs of articles, the lesser id first, with the best cosine of two of their passages."""
    passages = store.catalogue.passage_ids(ids)
    probes = {id: _spread(own, config.probes) for id, own in passages.items()}
    vectors = store.vectors_of([passage for own in probes.values() for passage in own])
    near: list[tuple[str, Scored]] = []
    for id, own in probes.items():
        for passage in own:
            if passage in vectors:
                scored = store.search_dense(vectors[passage], config.neighbours)
                near += [(id, one) for one in scored if one.score >= config.least_cosine]
    holders = store.catalogue.articles_of(list({one.passage_id for _, one in near}))
    pairs: dict[Pair, float] = {}
    for id, one in near:
        other = holders.get(one.passage_id, id)  # of one just withdrawn there is no holder
        if other != id:
            pair = (min(id, other), max(id, other))
            pairs[pair] = max(one.score, pairs.get(pair, 0.0))
    return pairs


def _spread(passages: Sequence[str], count: int) -> list[str]:
    """Up to `count` of an article's passages, from its first to its last."""
    if len(passages) <= count:
        return list(passages)
    return [passages[round(i * (len(passages) - 1) / (count - 1))] for i in range(count)]


def _within(catalogue: Articles, ids: Sequence[str], config: CopiesConfig) -> dict[str, str]:
    """The texts of the first articles, of as many as may be compared."""
    texts: dict[str, str] = {}
    left = config.most_compared
    for begin in range(0, len(ids), 50):
        for id, text in catalogue.texts(ids[begin : begin + 50], config.longest).items():
            left -= len(text)
            if left < 0:
                return texts
            texts[id] = text
    return texts
