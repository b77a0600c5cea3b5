"""Find the passages for a question: dense and lexical search, fused.

Both searches name candidates. Each candidate's score is its cosine with the question
(exact, from its stored vector, also where only the lexical search named it), plus its
BM25 score scaled to 0..1 over the list (a CombSUM: Fox and Shaw, "Combination of Multiple
Searches", TREC-2, 1994), less a little the further down in the article it stands, since
news tells the most important first; all times a factor for how near the article's
publication is to the time that the question names ("in May", "on Monday": `qa.asked_time`), or to
the day it is asked as of where it names none or one that is not over. Weights: `RetrievalConfig`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from index.records import Filters, Hit, Passage, Scored
from qa.asked_time import asked_time
from qa.days import Period
from qa.independence import containment, shingles


@dataclass(frozen=True, slots=True)
class RetrievalConfig:
    """How the lists are fused. Tuned on RealTime QA's development weeks only."""

    candidates: int = 100  #: passages taken from each index
    lexical_weight: float = 0.38  #: of the scaled BM25 score; the cosine counts 1
    depth_weight: float = 0.009  #: lost for each e-fold of characters before the passage
    nearness_weight: float = 0.6  #: how much an article of the very day gains
    nearness_days: float = 30.0  #: after so many days the gain is down to 1/e
    named_times: bool = True  #: whether a time that the question names counts, or only `as_of`
    undated_as: int = 8  #: most relevant dated passages, whose mean gain an undated one has
    copy_share: float = 0.8  #: passages sharing so much of their word sequences are copies


class Searchable(Protocol):
    """What retrieving needs of a store."""

    def search_dense(self, vector: np.ndarray, k: int, filters: Filters | None) -> list[Scored]: ...

    def search_lexical(self, text: str, k: int, filters: Filters | None) -> list[Scored]: ...

    def passages(self, ids: Sequence[str]) -> list[Passage]: ...

    def vectors_of(self, ids: Sequence[str]) -> dict[str, np.ndarray]: ...


class QueryEmbedder(Protocol):
    def embed_query(self, text: str) -> np.ndarray: ...


class Retriever:
    """Searches both indexes of a store."""

    def __init__(
        self, store: Searchable, embedder: QueryEmbedder, config: RetrievalConfig | None = None
    ) -> None:
        self._store = store
        self._embedder = embedder
        self.config = config or RetrievalConfig()

    def retrieve(
        self, text: str, k: int, as_of: date | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        """The k best passages for a question, best first, near-identical ones collapsed.

        `as_of` None: time does not count. `Hit.parts` tells each index's rank and score, the
        factor for nearness in time and how many copies were collapsed into the hit.
        """
        depth = max(self.config.candidates, k)
        vector = self._embedder.embed_query(text)
        dense = self._store.search_dense(vector, depth, filters)
        lexical = self._store.search_lexical(text, depth, filters)
        parts = gather(dense, lexical)
        vectors = self._store.vectors_of([one for one in parts if "dense" not in parts[one]])
        passages = self._store.passages(list(parts))
        for passage in passages:
            if "dense" not in parts[passage.id] and passage.id in vectors:
                parts[passage.id]["dense"] = float(vectors[passage.id] @ vector)
        relevance = [self._relevance(parts[one.id], one.start) for one in passages]
        near = nearest_to(text if self.config.named_times else "", as_of)
        factors = self._nearness(passages, relevance, near)
        most = (1 + self.config.lexical_weight) * (1 + self.config.nearness_weight)
        hits = [
            # 1 is a first passage of the very day that is best in every way.
            Hit(passage, relevant * factor / most, parts[passage.id] | {"nearness": factor})
            for passage, relevant, factor in zip(passages, relevance, factors, strict=True)
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        return collapse(hits, k, self.config.copy_share)

    def _relevance(self, part: dict[str, float], start: int) -> float:
        """Without regard to time: 0 .. 1 + lexical_weight."""
        config = self.config
        return max(
            0.0,
            part.get("dense", 0.0)
            + config.lexical_weight * part.get("lexical_scaled", 0.0)
            - config.depth_weight * math.log1p(start),
        )

    def _nearness(
        self, passages: Sequence[Passage], relevance: Sequence[float], near: Period | None
    ) -> list[float]:
        """The factor of each passage, 1 for all where there is no time to be near to.

        The most relevant passages tend to be near, so that the mean of all would put undated ones
        back, and no factor at all still more: theirs is the mean of the most relevant.
        """
        if near is None:
            return [1.0] * len(passages)
        weight, days = self.config.nearness_weight, self.config.nearness_days
        factors = {
            place: 1 + weight * closeness(passage.published, near, days)
            for place, passage in enumerate(passages)
            if passage.published is not None
        }
        order = sorted(factors, key=lambda place: (-relevance[place], passages[place].id))
        top = [factors[place] for place in order[: self.config.undated_as]]
        undated = sum(top) / len(top) if top else 1.0
        return [factors.get(place, undated) for place in range(len(passages))]


def nearest_to(text: str, as_of: date | None) -> Period | None:
    """The days that articles gain by being near to; None where time does not count.

    A time that is over is told of then and soon after. Of one that is not ("this week", "since
    June", "next year"), and where the question names none, the latest articles tell.
    """
    if as_of is None:
        return None
    when = asked_time(text, as_of)
    return when if when is not None and when.last < as_of else Period(as_of, as_of)


def closeness(published: date, near: Period, days: float) -> float:
    """0..1: 1 within the period, down to 1/e so many days before it or after it.

    What takes longer is told of longer: after a period it fades over the period's own length where
    that is more, since last year's figures come out this year.
    """
    before, after = (near.first - published).days, (published - near.last).days
    if before > 0:
        return math.exp(-before / days)
    length = (near.last - near.first).days + 1
    return math.exp(-max(0, after) / max(days, length))


def gather(dense: Sequence[Scored], lexical: Sequence[Scored]) -> dict[str, dict[str, float]]:
    """Passage id → what each index says of it: score and rank, and BM25 scaled to 0..1."""
    parts: dict[str, dict[str, float]] = {}
    for name, scored in (("dense", dense), ("lexical", lexical)):
        for rank, one in enumerate(scored, start=1):
            part = parts.setdefault(one.passage_id, {})
            part[name] = one.score
            part[f"{name}_rank"] = float(rank)
    if lexical:
        best, worst = lexical[0].score, lexical[-1].score
        for one in lexical:
            scaled = (one.score - worst) / (best - worst) if best > worst else 1.0
            parts[one.passage_id]["lexical_scaled"] = scaled
    return parts


def collapse(hits: Sequence[Hit], k: int, share: float) -> list[Hit]:
    """The first k hits that are not near-identical to a better one.

    A copy is counted in the better hit's parts["copies"] when it comes before the list
    is full, so that nothing is read further than needed.
    """
    kept: list[Hit] = []
    seen: list[frozenset[tuple[str, ...]]] = []
    copies: list[int] = []
    for hit in hits:
        if len(kept) == k:
            break
        mine = shingles(hit.passage.text)
        for position, other in enumerate(seen):
            if containment(mine, other) >= share:
                copies[position] += 1
                break
        else:
            kept.append(hit)
            seen.append(mine)
            copies.append(0)
    return [
        Hit(hit.passage, hit.score, {**hit.parts, "copies": float(count)})
        for hit, count in zip(kept, copies, strict=True)
    ]
