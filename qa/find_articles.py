"""Find articles by words: dense and lexical search over passages, grouped by article."""

from __future__ import annotations

from typing import Protocol

from index.records import Filters
from qa.retrieve import QueryEmbedder, RetrievalConfig, Searchable, gather

#: Nearest by meaning, but not near: 200 neighbours are found for any nonsense.
LEAST_COSINE = 0.3

_FEWEST = 200  # passages taken from each index


class Articles(Protocol):
    """What grouping needs of a catalogue."""

    def articles_of(self, passage_ids: list[str]) -> dict[str, str]: ...


class Findable(Searchable, Protocol):
    """What finding needs of a store."""

    @property
    def catalogue(self) -> Articles: ...


def find_articles(
    store: Findable, embedder: QueryEmbedder, text: str, source: str | None, limit: int
) -> list[str]:
    """Ids of the articles whose passages fit best, best first; [] where none fits.

    A passage's score is `qa.retrieve`'s relevance without regard to its place, an article's that
    of its best passage: near-identical ones stay, since who browses wants to see them. It fits if
    it shares a word, or is near in meaning. `source` "": articles that tell no outlet; the caller
    drops what else it finds then, as the lexical index can't filter by what is not there.
    """
    depth = max(_FEWEST, 2 * limit)
    filters = None if source is None else Filters(sources=(source,))
    vector = embedder.embed_query(text)
    dense = store.search_dense(vector, depth, filters)
    lexical = store.search_lexical(text, depth, filters if source else None)
    parts = gather([one for one in dense if one.score >= LEAST_COSINE], lexical)
    cosines = {id: part["dense"] for id, part in parts.items() if "dense" in part}
    for id, own in store.vectors_of([id for id in parts if id not in cosines]).items():
        cosines[id] = float(own @ vector)
    weight = RetrievalConfig().lexical_weight
    best: dict[str, float] = {}
    holders = store.catalogue.articles_of(list(parts))
    for id, part in parts.items():
        if id in holders:  # else it was withdrawn just now
            score = cosines.get(id, 0.0) + weight * part.get("lexical_scaled", 0.0)
            best[holders[id]] = max(score, best.get(holders[id], float("-inf")))
    ordered = sorted(best, key=lambda id: (-best[id], id))
    return ordered if source == "" else ordered[:limit]
