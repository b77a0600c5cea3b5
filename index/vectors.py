"""The passages' vectors in Chroma: embedded in the data folder, or on a Chroma server.

Derived from the catalogue. Chroma is always given our vectors and never a text, so
its own embedding function, which downloads a model, cannot run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

from index.errors import VectorStoreError
from index.records import UNDATED, Filters, Passage, Scored, day_number, source_key

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

#: Chroma takes 5,461 rows at most in one call; smaller batches keep its log small.
BATCH = 2000
#: ef_search 200 gave recall@10 .997 against exact search on 20,000 vectors, 100 gave .985.
_HNSW = {"space": "cosine", "ef_construction": 100, "max_neighbors": 16, "ef_search": 200}


class VectorIndex:
    """One Chroma collection. Every failure of Chroma's is a `VectorStoreError`."""

    def __init__(self, client: ClientAPI, collection: Collection) -> None:
        self._client = client
        self._collection = collection

    @classmethod
    def embedded(
        cls, folder: Path, name: str, owner: dict[str, str], may_create: bool = True
    ) -> VectorIndex:
        """Open or create the collection in `folder`.

        `owner` says whose vectors these are (model, dimension, data folder); a collection
        that says otherwise is refused, and the store builds it anew.
        """

        def connect() -> ClientAPI:
            import chromadb
            from chromadb.config import Settings

            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(
                str(folder), settings=Settings(anonymized_telemetry=False)
            )

        return cls._opened(connect, name, owner, f"the vector index in {folder}", may_create)

    @classmethod
    def server(
        cls, url: str, name: str, owner: dict[str, str], may_create: bool = True
    ) -> VectorIndex:
        """The same on a Chroma server at "http://host:port" (or https)."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise VectorStoreError(
                "The Chroma server's address must look like http://host:8000 (DATELINE_CHROMA_URL)."
            )

        def connect() -> ClientAPI:
            import chromadb
            from chromadb.config import Settings

            return chromadb.HttpClient(
                host=parts.hostname or "",
                port=parts.port or (443 if parts.scheme == "https" else 8000),
                ssl=parts.scheme == "https",
                settings=Settings(anonymized_telemetry=False),
            )

        where = f"the Chroma server at {parts.hostname}:{parts.port or 8000}"
        return cls._opened(connect, name, owner, where, may_create)

    @classmethod
    def _opened(
        cls,
        connect: Callable[[], ClientAPI],
        name: str,
        owner: dict[str, str],
        where: str,
        may_create: bool,
    ) -> VectorIndex:
        client = _guarded(connect, f"{where} can't be opened")
        try:
            collection = _guarded(
                lambda: _collection(client, name, owner, may_create), f"{where} can't be read"
            )
            kept = {key: str(value) for key, value in (collection.metadata or {}).items()}
            if kept != owner:
                raise CollectionNotOurs(
                    f"The collection {name!r} on {where} belongs to something else (another data "
                    "folder or another embedding model). Name another one with DATELINE_COLLECTION."
                )
        except BaseException:
            client.close()
            raise
        return cls(client, collection)

    def close(self) -> None:
        _guarded(self._client.close, "the vector index can't be closed")

    def upsert(self, passages: Sequence[Passage], vectors: np.ndarray) -> None:
        """Store `vectors[i]` (float32, unit length) for `passages[i]`."""
        for begin in range(0, len(passages), BATCH):
            part = passages[begin : begin + BATCH]
            self._call(
                "upsert",
                ids=[passage.id for passage in part],
                embeddings=vectors[begin : begin + BATCH],
                metadatas=[_labels(passage) for passage in part],
            )

    def delete(self, ids: Sequence[str]) -> None:
        for begin in range(0, len(ids), BATCH):
            self._call("delete", ids=list(ids[begin : begin + BATCH]))

    def search(self, vector: np.ndarray, k: int, filters: Filters | None = None) -> list[Scored]:
        """The k nearest passages with their cosine similarity, best first."""
        result = self._call(
            "query",
            query_embeddings=[vector],
            n_results=k,
            where=_where(filters),
            include=["distances"],
        )
        pairs = zip(result["ids"][0], result["distances"][0], strict=True)
        scored = [Scored(passage_id, 1.0 - float(distance)) for passage_id, distance in pairs]
        return sorted(scored, key=lambda one: (-one.score, one.passage_id))

    def count(self) -> int:
        return self._call("count")

    def ids(self) -> list[str]:
        """Every id that Chroma holds."""
        return self._call("get", include=[])["ids"]

    def rows(self, ids: Sequence[str]) -> dict[str, tuple[np.ndarray, dict[str, Any]]]:
        """Id → vector and labels of those of `ids` that it holds."""
        found: dict[str, tuple[np.ndarray, dict[str, Any]]] = {}
        for begin in range(0, len(ids), BATCH):
            part = list(ids[begin : begin + BATCH])
            page = self._call("get", ids=part, include=["embeddings", "metadatas"])
            rows = zip(np.asarray(page["embeddings"], np.float32), page["metadatas"], strict=True)
            found.update(zip(page["ids"], rows, strict=True))
        return found

    def _call(self, method: str, **arguments: Any) -> Any:
        return _guarded(
            lambda: getattr(self._collection, method)(**arguments),
            f"the vector index failed at {method}",
        )


def _collection(
    client: ClientAPI, name: str, owner: dict[str, str], may_create: bool
) -> Collection:
    from chromadb.errors import NotFoundError

    # get_or_create would write to Chroma's files although nothing changes.
    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        if not may_create:
            raise
        return client.create_collection(
            name,
            metadata=dict(owner),
            configuration={"hnsw": dict(_HNSW)},
            embedding_function=None,
        )


class CollectionNotOurs(VectorStoreError):
    """The collection was made for another data folder, model or dimension."""


def labels_match(passage: Passage, labels: dict[str, Any]) -> bool:
    """Whether what Chroma filters by is what the passage says."""
    return labels == _labels(passage)


def _labels(passage: Passage) -> dict[str, Any]:
    # Chroma refuses ranges over strings: days are numbers.
    day = day_number(passage.published)
    return {"published": day, "source": source_key(passage.source or "")}


def _where(filters: Filters | None) -> dict[str, Any] | None:
    """Chroma's form of our filters; None when nothing is filtered."""
    if not filters:
        return None
    clauses: list[dict[str, Any]] = []
    if filters.sources:
        clauses.append({"source": {"$in": [source_key(source) for source in filters.sources]}})
    days: list[dict[str, Any]] = []
    if filters.published_from:
        days.append({"published": {"$gte": filters.published_from.toordinal()}})
    if filters.published_to:
        days.append({"published": {"$lte": filters.published_to.toordinal()}})
    if days:
        dated = _all_of([*days, {"published": {"$ne": UNDATED}}])
        undated = {"published": UNDATED}
        clauses.append({"$or": [dated, undated]} if filters.keep_undated else dated)
    return _all_of(clauses)


def _all_of(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return clauses[0] if len(clauses) == 1 else {"$and": clauses}


def _guarded(action: Callable[[], Any], what: str) -> Any:
    """Run a call into Chroma. Its Rust core's panics are no `Exception`s: they are caught too."""
    try:
        return action()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        reason = f"{type(error).__name__}: {error}"[:300]
        raise VectorStoreError(f"{what[0].upper()}{what[1:]} ({reason}).") from error
