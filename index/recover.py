"""Open the derived indexes, compare them with the catalogue, and put right what differs.

What a kill leaves (rows missing or left over) is added and deleted; an index with wrong
rows, or one that can't be read, is built again from the catalogue's own vectors.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence

import numpy as np

from index.catalogue import Catalogue
from index.check import check_tables, compare_lexical, compare_vectors
from index.config import IndexConfig
from index.errors import LexicalIndexDamaged, VectorStoreError
from index.lexical import LexicalIndex
from index.seal import PARTS, SealState
from index.vectors import CollectionNotOurs, VectorIndex

Mend = Callable[[str], None]  #: told in words what will be put right, before it is


def sealed_parts(config: IndexConfig) -> tuple[str, ...]:
    """The parts of the data folder that the seal covers: not vectors on a server."""
    return tuple(part for part in PARTS if part != "chroma" or not config.chroma_url)


def touches_graph(seal: SealState) -> bool:
    """Whether a file of Chroma's search graph is not as it was sealed."""
    return any("/chroma.sqlite3" not in file for file in seal.changed_in("chroma"))


def connect_vectors(
    config: IndexConfig, catalogue: Catalogue, may_create: bool = True
) -> VectorIndex:
    """Chroma as configured, for this catalogue and its model."""
    owner = {key: catalogue.meta(key) or "" for key in ("owner", "model", "dimension")}
    if config.chroma_url:
        return VectorIndex.server(config.chroma_url, config.collection, owner, may_create)
    return VectorIndex.embedded(config.data / "chroma", config.collection, owner, may_create)


def open_vectors(
    config: IndexConfig, catalogue: Catalogue, seal: SealState, mend: Mend
) -> VectorIndex:
    """The vector index, equal to the catalogue.

    Raises `VectorStoreError` when a Chroma server can't be used; the embedded one is
    built again instead.
    """
    # Chroma touches its tables whenever it is opened, so only its other files, the search
    # graph's, tell of damage by having changed; its tables are compared row by row.
    if not config.chroma_url and touches_graph(seal):
        return _rebuilt_vectors(config, catalogue, mend, "its files are not as they were left")
    vectors = None
    try:
        if not config.chroma_url and seal.has_changed("chroma"):
            check_tables(config.data / "chroma")
        vectors = connect_vectors(config, catalogue)
        if not config.chroma_url and not seal.has_changed("chroma"):
            return vectors
        difference = compare_vectors(catalogue, vectors)
    except VectorStoreError as error:
        if vectors is not None:
            vectors.close()
        if config.chroma_url:
            raise
        is_foreign = isinstance(error, CollectionNotOurs)
        reason = "it belongs to another catalogue" if is_foreign else str(error)
        return _rebuilt_vectors(config, catalogue, mend, reason)
    if difference.can_be_mended:
        if difference:
            mend(f"vector index: {difference}")
        vectors.delete(difference.extra)
        for part in _batches(difference.missing):
            kept = catalogue.vectors(part)
            vectors.upsert(catalogue.passages(part), np.stack([kept[one] for one in part]))
        return vectors
    if config.chroma_url:
        vectors.delete(vectors.ids())
    vectors.close()
    return _rebuilt_vectors(config, catalogue, mend, str(difference))


def _rebuilt_vectors(
    config: IndexConfig, catalogue: Catalogue, mend: Mend, reason: str
) -> VectorIndex:
    mend(f"vector index built again from the catalogue: {reason}")
    if not config.chroma_url:
        shutil.rmtree(config.data / "chroma", ignore_errors=True)
    vectors = connect_vectors(config, catalogue)
    for batch in catalogue.walk():
        vectors.upsert([one for one, _ in batch], np.stack([row for _, row in batch]))
    return vectors


def open_lexical(
    config: IndexConfig, catalogue: Catalogue, seal: SealState, mend: Mend
) -> LexicalIndex:
    """The lexical index, equal to the catalogue."""
    if seal.changed_in("lexical"):
        return _rebuilt_lexical(config, catalogue, mend, "its files are not as they were left")
    lexical = None
    try:
        lexical = LexicalIndex.open(config.data / "lexical")
        if not seal.has_changed("lexical"):
            return lexical
        difference = compare_lexical(catalogue, lexical)
    except LexicalIndexDamaged as error:
        if lexical is not None:
            lexical.close()
        return _rebuilt_lexical(config, catalogue, mend, str(error))
    if difference.can_be_mended:
        if difference:
            mend(f"lexical index: {difference}")
        lexical.delete(difference.extra)
        for part in _batches(difference.missing):
            lexical.add(catalogue.passages(part))
        lexical.commit()
        return lexical
    lexical.close()
    return _rebuilt_lexical(config, catalogue, mend, str(difference))


def _rebuilt_lexical(
    config: IndexConfig, catalogue: Catalogue, mend: Mend, reason: str
) -> LexicalIndex:
    mend(f"lexical index built again from the catalogue: {reason}")
    shutil.rmtree(config.data / "lexical", ignore_errors=True)
    lexical = LexicalIndex.open(config.data / "lexical")
    for batch in catalogue.walk():
        lexical.add([passage for passage, _ in batch])
    lexical.commit()
    return lexical


def _batches(ids: Sequence[str], size: int = 1000) -> list[Sequence[str]]:
    return [ids[begin : begin + size] for begin in range(0, len(ids), size)]
