"""Compare the derived indexes with the catalogue, passage by passage.

Counts are not enough: an index can hold the right number of wrong rows.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.catalogue import Catalogue
from index.errors import VectorStoreError
from index.lexical import LexicalIndex
from index.lexical_schema import digest_of
from index.rows import digest_of as digest_of_row
from index.vectors import VectorIndex, labels_match

#: Chroma normalises what it stores; our vectors have unit length but for rounding.
_TOLERANCE = 1e-4
#: How many passages are looked up by their own vector: damage to the search graph does
#: not show in the rows.
_PROBES = 100
#: Among many nearly equal vectors an approximate search misses one now and then: only when
#: more than this share of the probes is missed is the graph damaged.
_MISSED = 0.2


@dataclass(frozen=True, slots=True)
class Difference:
    """How an index differs from the catalogue: passage ids."""

    missing: tuple[str, ...] = ()  #: in the catalogue only
    extra: tuple[str, ...] = ()  #: in the index only
    wrong: tuple[str, ...] = ()  #: in both, with another content
    unreachable: tuple[str, ...] = ()  #: stored rightly, but the search does not find them

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.wrong or self.unreachable)

    @property
    def can_be_mended(self) -> bool:
        """Whether adding and deleting makes it right: what a kill leaves, not damage."""
        return not (self.wrong or self.unreachable)

    def __str__(self) -> str:
        parts = [
            f"{len(ids)} {name}"
            for name, ids in (
                ("missing", self.missing),
                ("left over", self.extra),
                ("wrong", self.wrong),
                ("not found by search", self.unreachable),
            )
            if ids
        ]
        return ", ".join(parts) or "no difference"


def catalogue_problems(catalogue: Catalogue) -> list[str]:
    """What is damaged, in words; empty when every page, row and reference is sound."""
    try:
        found = [f"SQLite: {problem}" for problem in catalogue.structure_problems()]
        for kind, row_id, values, digest in catalogue.rows_with_digests():
            if digest_of_row(values) != digest:
                found.append(f"{kind} {row_id}: its row is not what was stored")
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        return [f"SQLite: {error}"]
    return found


def compare_vectors(catalogue: Catalogue, vectors: VectorIndex) -> Difference:
    """Every id, vector and label in Chroma against the catalogue.

    Raises `VectorStoreError` when Chroma can't be read at all.
    """
    left = set(vectors.ids())
    missing, wrong, sound = [], [], []
    for batch in catalogue.walk():
        held = vectors.rows([passage.id for passage, _ in batch if passage.id in left])
        for passage, vector in batch:
            row = held.get(passage.id)
            if row is None:
                missing.append(passage.id)
            elif not labels_match(passage, row[1]) or not _close(vector, row[0]):
                wrong.append(passage.id)
            else:
                sound.append(passage.id)
        left.difference_update(held)
    unreachable = []
    probes = catalogue.vectors(sound[:: max(1, len(sound) // _PROBES)])
    for passage_id, vector in probes.items():
        found = vectors.search(vector, 50)
        # Another passage with the same words has the same vector: the score decides.
        if not found or (
            passage_id not in {one.passage_id for one in found} and found[0].score < 1 - _TOLERANCE
        ):
            unreachable.append(passage_id)
    if len(unreachable) <= _MISSED * len(probes):
        unreachable = []
    return Difference(tuple(missing), tuple(sorted(left)), tuple(wrong), tuple(unreachable))


def check_tables(folder: Path) -> None:
    """Whether embedded Chroma's own SQLite file is sound. Raises `VectorStoreError`."""
    path = folder / "chroma.sqlite3"
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            line = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise VectorStoreError(f"Chroma's tables in {path} can't be read ({error}).") from error
    if line != "ok":
        raise VectorStoreError(f"Chroma's tables in {path} are damaged ({line}).")


def compare_lexical(catalogue: Catalogue, lexical: LexicalIndex) -> Difference:
    """Every id and digest in the lexical index against the catalogue.

    Raises `LexicalIndexDamaged` when a file's checksum does not hold.
    """
    lexical.verify()
    held = lexical.ids()
    missing, wrong = [], []
    for batch in catalogue.walk():
        for passage, _ in batch:
            digest = held.pop(passage.id, None)
            if digest is None:
                missing.append(passage.id)
            elif digest != digest_of(passage):
                wrong.append(passage.id)
    return Difference(tuple(missing), tuple(sorted(held)), tuple(wrong))


def _close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    if ours.shape != theirs.shape:
        return False
    length = float(np.linalg.norm(ours)) or 1.0
    return bool(np.allclose(ours / length, theirs, atol=_TOLERANCE))
