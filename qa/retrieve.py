"""Find the passages for a question: dense and lexical search, fused.

Both searches name candidates. Each candidate's score is its cosine with the question
(exact, from its stored vector, also where only the lexical search named it), plus its
BM25 score scaled to 0..1 over the list (a CombSUM: Fox and Shaw, "Combination of Multiple
Searches", TREC-2, 1994), less a little the further down in the article it stands, since
news tells the most important first; all times a factor for how near the article's
publication is to the day the question is asked as of. Weights: `RetrievalConfig`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from index.records import Filters, Hit, Passage, Scored
from qa.independence import containment, shingles


@dataclass(frozen=True, slots=True)
class RetrievalConfig:
    """How the lists are fused. Tuned on RealTime QA's development weeks only."""

    candidates: int = 100  #: passages taken from each index
    lexical_weight: float = 0.38  #: of the scaled BM25 score; the cosine counts 1
    depth_weight: float = 0.009  #: lost for each e-fold of characters before the passage
    nearness_weight: float = 0.6  #: how much an article of the very day gains
    nearness_days: float = 30.0  #: after so many days the gain is down to 1/e
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

        `Hit.parts` tells each index's rank and score, the factor for nearness in time
        (1 for an article without a date) and how many copies were collapsed into the hit.
        """
        depth = max(self.config.candidates, k)
        vector = self._embedder.embed_query(text)
        dense = self._store.search_dense(vector, depth, filters)
        lexical = self._store.search_lexical(text, depth, filters)
        parts = gather(dense, lexical)
        vectors = self._store.vectors_of([one for one in parts if "dense" not in parts[one]])
        hits = []
        for passage in self._store.passages(list(parts)):
            part = parts[passage.id]
            if "dense" not in part and passage.id in vectors:
                part["dense"] = float(vectors[passage.id] @ vector)
            part["nearness"] = self._nearness(passage.published, as_of)
            hits.append(Hit(passage, self._score(part, passage.start), part))
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        return collapse(hits, k, self.config.copy_share)

    def _score(self, part: dict[str, float], start: int) -> float:
        """0..1: 1 for a first passage of the very day that is best in every way."""
        config = self.config
        relevance = (
            part.get("dense", 0.0)
            + config.lexical_weight * part.get("lexical_scaled", 0.0)
            - config.depth_weight * math.log1p(start)
        )
        most = (1 + config.lexical_weight) * (1 + config.nearness_weight)
        return max(0.0, relevance) * part["nearness"] / most

    def _nearness(self, published: date | None, as_of: date | None) -> float:
        if published is None or as_of is None:
            return 1.0
        days = abs((as_of - published).days)
        return 1 + self.config.nearness_weight * math.exp(-days / self.config.nearness_days)


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
