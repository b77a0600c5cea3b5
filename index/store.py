"""The data folder: catalogue, vectors and lexical index, opened, kept in step and closed.

An article is acknowledged when `put` returns: then it is in the catalogue and both
indexes. A kill before that leaves at most rows in the indexes that no catalogue row
stands behind; they are never shown (every hit is read from the catalogue) and the
next opening removes them.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
import uuid
from collections.abc import Callable, Sequence

import numpy as np

from index.catalogue import Catalogue
from index.check import catalogue_problems
from index.config import IndexConfig
from index.errors import CatalogueDamaged, FolderFull, IndexingError, ModelMismatch
from index.lexical import LexicalIndex
from index.lock import FolderLock
from index.records import Filters, Passage, Scored
from index.recover import open_lexical, open_vectors, sealed_parts
from index.rows import Entry
from index.seal import SealState, break_seal, holds_anything, read_seal, write_seal
from index.vectors import VectorIndex

_log = logging.getLogger("dateline.store")

Progress = Callable[[str], None]  #: told in words what is being done


class Store:
    """Everything in one data folder. One process, any number of threads."""

    def __init__(self, config: IndexConfig, lock: FolderLock, progress: Progress | None) -> None:
        self.config = config
        self.mended: list[str] = []  #: what the opening found and put right, in words
        self._lock = lock
        self._progress = progress or (lambda _: None)
        self._writing = threading.RLock()
        self._is_sealed = False
        self._is_unsure = False  #: a write failed half-way: leave unsealed, so it is checked
        self._changes = 0
        self._version: tuple[int, str] | None = None
        self._seal: SealState | None = None
        self.catalogue: Catalogue
        self.vectors: VectorIndex
        self.lexical: LexicalIndex

    @classmethod
    def open(
        cls,
        config: IndexConfig,
        model: str | None,
        dimension: int,
        purpose: str,
        progress: Progress | None = None,
    ) -> Store:
        """Take the folder, check it against its seal or row by row, rebuild what differs.

        `model` and `dimension` name the embedding model whose vectors it holds; None takes
        whatever it was made with, for those who embed nothing. Raises
        `FolderInUse`, `FormatTooNew`, `ModelMismatch`, `CatalogueDamaged`, `FolderFull` or
        `VectorStoreError` (a Chroma server that is not there, or a collection not ours).
        """
        lock = FolderLock.acquire(config.data, purpose)
        store = cls(config, lock, progress)
        try:
            seal = store._seal = read_seal(config.data, sealed_parts(config))
            store._open_catalogue(seal, model, dimension)
            store.vectors = open_vectors(config, store.catalogue, seal, store._mend)
            store.lexical = open_lexical(config, store.catalogue, seal, store._mend)
        except BaseException:
            store._let_go()
            raise
        store._is_sealed = seal.exists and not store.mended
        return store

    # -- opening ------------------------------------------------------------

    def _open_catalogue(self, seal: SealState, model: str | None, dimension: int) -> None:
        path = self.config.data / "catalogue.sqlite"
        is_new = not holds_anything(self.config.data)
        self.catalogue = Catalogue.open(path, may_create=is_new)
        if not is_new and seal.has_changed("catalogue.sqlite"):
            self._progress("checking the catalogue")
            problems = catalogue_problems(self.catalogue)
            if not problems and seal.exists:
                self._mend("catalogue: its file was changed, but every row is as it was stored")
            if problems:
                raise CatalogueDamaged(
                    f"The catalogue {path} is damaged: {problems[0]}"
                    + (f", and {len(problems) - 1} more." if len(problems) > 1 else ".")
                    + " Put a backup of the data folder in its place, or move the folder away "
                    "and index the articles again."
                )
        self._check_model(model, dimension)

    def _check_model(self, model: str | None, dimension: int) -> None:
        catalogue = self.catalogue
        if model is None:
            return
        wanted = {"model": model, "dimension": str(dimension), "recipe": self._recipe}
        if catalogue.meta("owner") is None:
            with catalogue.transaction() as connection:
                pairs = {**wanted, "owner": uuid.uuid4().hex}.items()
                connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", pairs)
        kept = {key: catalogue.meta(key) for key in wanted}
        if kept != wanted:
            raise ModelMismatch(
                f"The data folder {self.config.data} was made with {kept['model']} "
                f"({kept['dimension']} dimensions, passages {kept['recipe']}), and this is {model} "
                f"({dimension} dimensions, passages {self._recipe}). Use the settings that it was "
                "made with, or name a new folder with --data and index the articles again."
            )

    @property
    def _recipe(self) -> str:
        return f"{self.config.passage_tokens}+{self.config.title_tokens}"

    def _mend(self, what: str) -> None:
        """Called before anything is put right."""
        break_seal(self.config.data)
        self.mended.append(what)
        self._progress(what)

    # -- writing ------------------------------------------------------------

    def put(self, entries: Sequence[Entry]) -> None:
        """Store articles with their passages, replacing earlier versions of them.

        When this returns they are durable, and every search in this process sees them.
        Raises `FolderFull` or `VectorStoreError`; then none of them was taken.
        """
        if not entries:
            return
        passages = [passage for entry in entries for passage in entry.passages]
        vectors = np.concatenate([entry.vectors for entry in entries])
        new = {passage.id for passage in passages}
        with self._writing:
            self._need_room(vectors.nbytes)
            self._unseal()
            try:
                with self.catalogue.transaction() as connection:
                    replaced = [
                        one for entry in entries for one in self.catalogue.put(connection, entry)
                    ]
                    self.vectors.upsert(passages, vectors)
                    self.lexical.add(passages)
                    self.lexical.commit()
            except BaseException:
                self._is_unsure = True
                raise
            self._changes += 1
            self._forget([one for one in replaced if one not in new])

    def withdraw(self, article_id: str) -> None:
        """Remove an article for good; no search returns it from now on. `ArticleNotFound`."""
        with self._writing:
            # No room is asked for: an article must be withdrawable also when the disk is full.
            self._unseal()
            with self.catalogue.transaction() as connection:
                removed = self.catalogue.withdraw(connection, article_id)
            self._changes += 1
            self._forget(removed)

    def _forget(self, ids: Sequence[str]) -> None:
        """Delete passages from the indexes that the catalogue has already forgotten.

        No search shows them any more, so a failure here costs nothing but room: it is
        logged, and the next opening deletes what is left over.
        """
        if not ids:
            return
        try:
            self.vectors.delete(ids)
            self.lexical.delete(ids)
            self.lexical.commit()
        except IndexingError as error:
            self._is_unsure = True
            _log.warning("%d passages are left over until the next opening: %s", len(ids), error)

    def _need_room(self, size: int) -> None:
        """Raises `FolderFull` when `size` bytes of vectors and what comes with them don't fit."""
        free = shutil.disk_usage(self.config.data).free
        # SQLite survives a full disk; Chroma's files may not.
        needed = self.config.reserve_bytes + 4 * size
        if free < needed:
            raise FolderFull(
                f"Only {free // 2**20} MB are free where {self.config.data} is, and "
                f"{needed // 2**20} MB are needed. Free some space and run the command again; "
                "what was acknowledged is kept and still answers."
            )

    def _unseal(self) -> None:
        """Before any write: from now on the files are not as they were sealed."""
        if self._is_sealed:
            break_seal(self.config.data)
            self._is_sealed = False

    # -- reading ------------------------------------------------------------

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The live passages with these ids, in the order asked."""
        return self.catalogue.passages(ids)

    def vectors_of(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """Passage id → its vector, as it was embedded."""
        return self.catalogue.vectors(ids)

    def search_dense(
        self, vector: np.ndarray, k: int, filters: Filters | None = None
    ) -> list[Scored]:
        """The k passages nearest to a query's vector, with cosine similarities."""
        return self.vectors.search(vector, k, filters)

    def search_lexical(self, text: str, k: int, filters: Filters | None = None) -> list[Scored]:
        """The k passages that match the words best, with BM25 scores."""
        return self.lexical.search(text, k, filters)

    @property
    def version(self) -> str:
        """Names the set of articles: the same articles give the same version everywhere."""
        changes = self._changes
        if self._version is None or self._version[0] != changes:
            digest = hashlib.blake2b(digest_size=6)
            for article_id, fingerprint in self.catalogue.fingerprints():
                digest.update(f"{article_id}\x1f{fingerprint}\x1e".encode())
            self._version = (changes, digest.hexdigest())
        return self._version[1]

    # -- closing ------------------------------------------------------------

    def close(self) -> None:
        """Close everything, seal the folder and let others have it. Safe to call twice."""
        with self._writing:
            if not self._lock.is_held:
                return
            try:
                self._close_indexes()
                if not self._is_unsure:
                    write_seal(self.config.data, sealed_parts(self.config), self._seal)
            except OSError as error:
                # Nothing is lost: without a seal the next opening compares every row.
                _log.warning("%s could not be sealed (%s)", self.config.data, error.strerror)
            finally:
                self._lock.release()

    def _close_indexes(self) -> None:
        for name in ("lexical", "vectors", "catalogue"):
            if hasattr(self, name):
                getattr(self, name).close()

    def _let_go(self) -> None:
        """After a failed opening: close what was opened, seal nothing."""
        try:
            self._close_indexes()
        finally:
            self._lock.release()
