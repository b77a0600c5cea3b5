"""Searches alone, without a reader: by words, by meaning, and both fused as we do it."""

from __future__ import annotations

import os
from collections.abc import Callable

from eval.records import Prediction, RankedPassage
from eval.systems import Asked
from eval.systems.from_answer import passage_of
from index.embed import Embedder
from index.records import Hit, Scored
from index.store import Store
from qa.retrieve import Retriever

DEPTH = 100  #: passages asked for
Search = Callable[[Asked], tuple[RankedPassage, ...]]


class Retrieval:
    """Implements `eval.systems.System`: passages only, so its predictions have no status."""

    def __init__(self, name: str, store: Store, embedder: Embedder, search: Search) -> None:
        self.name = name
        self._store = store
        self._embedder = embedder
        self._search = search
        self.most_jobs = os.cpu_count() or 1

    @classmethod
    def by_words(cls, store: Store, embedder: Embedder, depth: int = DEPTH) -> Retrieval:
        """BM25 alone."""

        def search(asked: Asked) -> tuple[RankedPassage, ...]:
            return _passages(store, store.search_lexical(asked.question, depth, asked.filters))

        return cls("bm25", store, embedder, search)

    @classmethod
    def by_meaning(cls, store: Store, embedder: Embedder, depth: int = DEPTH) -> Retrieval:
        """The embedding model alone."""

        def search(asked: Asked) -> tuple[RankedPassage, ...]:
            vector = embedder.embed_query(asked.question)
            return _passages(store, store.search_dense(vector, depth, asked.filters))

        return cls("dense", store, embedder, search)

    @classmethod
    def fused(cls, store: Store, embedder: Embedder, depth: int = DEPTH) -> Retrieval:
        """Both, as questions are answered from."""
        retriever = Retriever(store, embedder)

        def search(asked: Asked) -> tuple[RankedPassage, ...]:
            hits = retriever.retrieve(asked.question, depth, asked.as_of, asked.filters)
            return tuple(passage_of(hit) for hit in hits)

        return cls("hybrid", store, embedder, search)

    def settings(self) -> dict[str, str]:
        return {
            "embedding_model": self._embedder.identity,
            "index_version": self._store.version,
        }

    def answer(self, asked: Asked) -> Prediction:
        return Prediction(passages=self._search(asked), engine=self.name)

    def close(self) -> None:
        self._store.close()


def _passages(store: Store, scored: list[Scored]) -> tuple[RankedPassage, ...]:
    by_id = {one.id: one for one in store.passages([one.passage_id for one in scored])}
    return tuple(
        passage_of(Hit(passage, one.score))
        for one in scored
        if (passage := by_id.get(one.passage_id)) is not None
    )
