"""The catalogue: the truth about articles, passages and their vectors, in SQLite.

Chroma and the lexical index are derived from it and can be rebuilt from it without
embedding again. Every row carries a digest of its content, so that damage inside a
value, which SQLite itself does not notice, is found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.catalogue_schema import FORMAT, SCHEMA
from index.connections import Connections
from index.errors import ArticleNotFound, CatalogueDamaged, FormatTooNew
from index.records import Passage
from index.rows import (
    ARTICLE_COLUMNS,
    PASSAGE_COLUMNS,
    Entry,
    Known,
    Stored,
    article_row,
    digest_of,
    marks,
    now,
    passage_of,
    passage_rows,
    stored_of,
)

_STORED = (
    f"{ARTICLE_COLUMNS}, (SELECT count(*) FROM passages WHERE article_id = articles.id) AS passages"
)
_PASSAGE_VALUES = 'id, article_id, start, "end", text, sentences, vector'


class Catalogue:
    """Articles, versions, passages and vectors."""

    def __init__(self, path: Path) -> None:
        """Prefer `Catalogue.open`."""
        self._connections = Connections(path)
        self.transaction = self._connections.transaction

    @classmethod
    def open(cls, path: Path, may_create: bool = True) -> Catalogue:
        """Open, or create unless told that there must be one.

        Raises `FormatTooNew`, `CatalogueDamaged` (also for a file without our tables when
        there must be one) or `FolderFull`.
        """
        if not may_create and (not path.exists() or not path.stat().st_size):
            raise _gone(path)
        catalogue = cls(path)
        try:
            catalogue._check_format(path, may_create)
        except BaseException:
            catalogue.close()
            raise
        return catalogue

    def _check_format(self, path: Path, may_create: bool) -> None:
        if not self._rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            if not may_create:
                raise _gone(path)
            with self.transaction() as connection:
                for statement in SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute("INSERT INTO meta VALUES ('format', ?)", (str(FORMAT),))
        found = int(self.meta("format") or 0)
        if found > FORMAT:
            raise FormatTooNew(
                f"{path.parent} was written by a later release of Dateline (format {found}, "
                f"this one reads up to {FORMAT}). Upgrade Dateline; nothing was changed."
            )

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple]:
        with self._connections.reading() as connection:
            return connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Write everything back into the one file and let go of it."""
        self._connections.close()

    # -- meta ---------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    # -- writing ------------------------------------------------------------

    def put(self, connection: sqlite3.Connection, entry: Entry) -> list[str]:
        """Store one article inside a `transaction`; returns the ids of the passages it replaces."""
        article = entry.article
        known = self.known(article.id, connection)
        replaced = self._remove_passages(connection, article.id) if known else []
        version = known.version + 1 if known else 1
        row = article_row(article, version, entry.fingerprint, entry.content)
        connection.execute(
            f"INSERT INTO articles ({ARTICLE_COLUMNS}, digest) VALUES ({marks(13)}) "
            "ON CONFLICT (id) DO UPDATE SET version = excluded.version, "
            "fingerprint = excluded.fingerprint, content = excluded.content, "
            "title = excluded.title, text = excluded.text, url = excluded.url, "
            "source = excluded.source, authors = excluded.authors, "
            "published = excluded.published, updated = excluded.updated, "
            "fetched = excluded.fetched, digest = excluded.digest",
            (*row, digest_of(row)),
        )
        connection.execute("DELETE FROM withdrawn WHERE article_id = ?", (article.id,))
        connection.executemany(
            f"INSERT INTO passages ({_PASSAGE_VALUES}, digest) VALUES ({marks(8)})",
            passage_rows(entry),
        )
        event = "updated" if known else "added"
        self._remember(connection, article.id, version, entry.fingerprint, event)
        return replaced

    def withdraw(self, connection: sqlite3.Connection, article_id: str) -> list[str]:
        """Forget an article inside a `transaction`; returns its passages' ids.

        Raises `ArticleNotFound`. A note that it was withdrawn stays, so that indexing the
        same folder again does not bring it back unasked.
        """
        known = self.known(article_id, connection)
        if known is None:
            raise ArticleNotFound("There is no article with this id; it may have been withdrawn.")
        removed = self._remove_passages(connection, article_id)
        connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        row = (article_id, known.content, now())
        connection.execute(
            "INSERT OR REPLACE INTO withdrawn VALUES (?, ?, ?, ?)", (*row, digest_of(row))
        )
        self._remember(connection, article_id, known.version, known.fingerprint, "withdrawn")
        return removed

    @staticmethod
    def _remove_passages(connection: sqlite3.Connection, article_id: str) -> list[str]:
        rows = connection.execute("SELECT id FROM passages WHERE article_id = ?", (article_id,))
        removed = [row[0] for row in rows]
        connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
        return removed

    @staticmethod
    def _remember(
        connection: sqlite3.Connection, article_id: str, version: int, fingerprint: str, event: str
    ) -> None:
        connection.execute(
            "INSERT INTO history (article_id, version, fingerprint, event, at) "
            "VALUES (?, ?, ?, ?, ?)",
            (article_id, version, fingerprint, event, now()),
        )

    # -- reading ------------------------------------------------------------

    def known(self, article_id: str, connection: sqlite3.Connection | None = None) -> Known | None:
        """The live version of an article, or None."""
        query = "SELECT version, fingerprint, content FROM articles WHERE id = ?"
        values = (article_id,)
        rows = connection.execute(query, values) if connection else self._rows(query, values)
        return next((Known(*row) for row in rows), None)

    def holder_of(self, content: str) -> str | None:
        """The id of the article that has this content fingerprint, or None."""
        query = "SELECT id FROM articles WHERE content = ? ORDER BY id LIMIT 1"
        rows = self._rows(query, (content,))
        return rows[0][0] if rows else None

    def was_withdrawn(self, article_id: str, content: str | None = None) -> bool:
        """Whether this article was withdrawn, or one of the same content under another id."""
        query = "SELECT 1 FROM withdrawn WHERE article_id = ? OR content = ? LIMIT 1"
        return bool(self._rows(query, (article_id, content)))

    def article(self, article_id: str) -> Stored:
        """One article. Raises `ArticleNotFound`."""
        rows = self._rows(f"SELECT {_STORED} FROM articles WHERE id = ?", (article_id,))
        if not rows:
            raise ArticleNotFound("There is no article with this id; it may have been withdrawn.")
        return stored_of(rows[0])

    def page(self, after: str | None, limit: int) -> list[Stored]:
        """Up to `limit` articles by id, after the id `after`; without their text."""
        columns = _STORED.replace(" text,", " '',")
        query = f"SELECT {columns} FROM articles WHERE id > ? ORDER BY id LIMIT ?"
        return [stored_of(row) for row in self._rows(query, (after or "", limit))]

    def listing(self) -> list[tuple[str, str | None, str | None]]:
        """(id, outlet, YYYY-MM-DD of publication) of every article; reads the whole table."""
        return self._rows("SELECT id, source, published FROM articles")

    def without_text(self, ids: Sequence[str]) -> list[Stored]:
        """These articles without their text, in the order asked; those that are gone left out."""
        columns = _STORED.replace(" text,", " '',")
        rows = self._in(f"SELECT {columns} FROM articles WHERE id IN", ids)
        found = {row[0]: stored_of(row) for row in rows}
        return [found[id] for id in ids if id in found]

    def texts(self, ids: Sequence[str], longest: int) -> dict[str, str]:
        """Article id → the first `longest` code points of its text."""
        query = f"SELECT id, substr(text, 1, {int(longest)}) FROM articles WHERE id IN"
        return dict(self._in(query, ids))

    def passage_ids(self, article_ids: Sequence[str]) -> dict[str, list[str]]:
        """Article id → its passages' ids, in order."""
        query = "SELECT article_id, start, id FROM passages WHERE article_id IN"
        found: dict[str, list[str]] = {}
        for article_id, _, passage_id in sorted(self._in(query, article_ids)):
            found.setdefault(article_id, []).append(passage_id)
        return found

    def articles_of(self, passage_ids: Sequence[str]) -> dict[str, str]:
        """Passage id → the article's id, of those that are live."""
        return dict(self._in("SELECT id, article_id FROM passages WHERE id IN", passage_ids))

    def _in(self, query: str, ids: Sequence[str]) -> Iterator[tuple]:
        """Rows of a query that ends with IN, for any number of ids: SQLite takes not so many."""
        for begin in range(0, len(ids), 500):
            part = ids[begin : begin + 500]
            yield from self._rows(f"{query} ({marks(len(part))})", part)

    def is_empty(self) -> bool:
        return not self._rows("SELECT 1 FROM passages LIMIT 1")

    def counts(self) -> tuple[int, int]:
        """(articles, passages)"""
        counted = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        articles, passages = self._rows(counted)[0]
        return articles, passages

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The live passages with these ids, in the order asked; ids that are gone are left out."""
        rows = self._in(
            f"SELECT {PASSAGE_COLUMNS} FROM passages p JOIN articles a ON a.id = p.article_id "
            "WHERE p.id IN",
            ids,
        )
        found = {row[0]: passage_of(row) for row in rows}
        return [found[passage_id] for passage_id in ids if passage_id in found]

    def vectors(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of these passages, (dimension,) float32 each."""
        rows = self._in("SELECT id, vector FROM passages WHERE id IN", ids)
        return {id: np.frombuffer(vector, np.float32) for id, vector in rows}

    def passages_of(self, article_id: str) -> list[tuple[Passage, np.ndarray]]:
        """One article's passages in order, with their vectors."""
        return [
            pair for batch in self._walk("p.article_id = ?", (article_id,), 1000) for pair in batch
        ]

    def walk(self, batch: int = 2000) -> Iterator[list[tuple[Passage, np.ndarray]]]:
        """Every passage with its vector, in the order stored, in batches."""
        return self._walk("1", (), batch)

    def _walk(
        self, where: str, values: tuple[object, ...], batch: int
    ) -> Iterator[list[tuple[Passage, np.ndarray]]]:
        last = -1
        while True:
            rows = self._rows(
                f"SELECT {PASSAGE_COLUMNS}, p.vector, p.number FROM passages p "
                f"JOIN articles a ON a.id = p.article_id WHERE {where} AND p.number > ? "
                "ORDER BY p.number LIMIT ?",
                (*values, last, batch),
            )
            if not rows:
                return
            last = rows[-1][-1]
            yield [(passage_of(row), np.frombuffer(row[-2], np.float32)) for row in rows]

    def fingerprints(self) -> list[tuple[str, str]]:
        """(article id, fingerprint) of every live article, by id."""
        return self._rows("SELECT id, fingerprint FROM articles ORDER BY id")

    def rows_with_digests(self) -> Iterator[tuple[str, str, tuple[object, ...], bytes]]:
        """(kind, id, stored values, digest as stored) of every row that carries a digest."""
        tables = {
            "article": f"SELECT {ARTICLE_COLUMNS}, digest FROM articles",
            "passage": f"SELECT {_PASSAGE_VALUES}, digest FROM passages",
            "withdrawal": "SELECT article_id, content, at, digest FROM withdrawn",
        }
        with self._connections.reading() as connection:
            for kind, query in tables.items():
                for row in connection.execute(query):
                    yield kind, row[0], row[:-1], row[-1]

    def structure_problems(self) -> list[str]:
        """What SQLite itself finds wrong with the file, its indexes and its references."""
        lines = [line for (line,) in self._rows("PRAGMA integrity_check(10)") if line != "ok"]
        orphans = self._rows("PRAGMA foreign_key_check")
        return lines + [f"a row of {row[0]} belongs to no article" for row in orphans]


def _gone(path: Path) -> CatalogueDamaged:
    return CatalogueDamaged(
        f"The catalogue {path} is gone or empty, and it is the truth of this folder. Put a "
        "backup of the data folder in its place, or move the folder away and index again."
    )
