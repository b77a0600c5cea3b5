"""Rows of the catalogue and the records they stand for, and back again."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from index.errors import CatalogueDamaged, FolderFull
from index.records import Article, Passage

ARTICLE_COLUMNS = (
    "id, version, fingerprint, content, title, text, url, source, authors, published, updated, "
    "fetched"
)
PASSAGE_COLUMNS = (
    'p.id, p.article_id, p.start, p."end", p.text, p.sentences, a.title, a.url, a.source, '
    "a.published"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it is stored: its passages in order, `vectors[i]` for `passages[i]`."""

    article: Article
    fingerprint: str  #: of everything but id and fetched
    content: str  #: of what makes two files the same article
    passages: tuple[Passage, ...]
    vectors: np.ndarray  #: (passages, dimension) float32


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalogue knows of an article id."""

    version: int
    fingerprint: str
    content: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An article with what storing added to it."""

    article: Article
    version: int  #: 1 for the first, one more for every change of its content
    passages: int


def marks(count: int) -> str:
    return ", ".join("?" * count)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def digest_of(values: Iterable[object]) -> bytes:
    """128 bits over a row's values and their borders."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        digest.update(f"{type(value).__name__}{len(data)}:".encode())
        digest.update(data)
    return digest.digest()


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def article_row(
    article: Article, version: int, fingerprint: str, content: str
) -> tuple[object, ...]:
    return (
        article.id,
        version,
        fingerprint,
        content,
        article.title,
        article.text,
        article.url,
        article.source,
        json.dumps(article.authors, ensure_ascii=False),
        _day(article.published),
        _day(article.updated),
        article.fetched.isoformat(timespec="seconds") if article.fetched else None,
    )


def passage_rows(entry: Entry) -> Iterator[tuple[object, ...]]:
    vectors = np.ascontiguousarray(entry.vectors, dtype=np.float32)
    for passage, vector in zip(entry.passages, vectors, strict=True):
        row = (
            passage.id,
            passage.article_id,
            passage.start,
            passage.end,
            passage.text,
            json.dumps(passage.sentences, separators=(",", ":")),
            vector.tobytes(),
        )
        yield (*row, digest_of(row))


def stored_of(row: Sequence) -> Stored:
    article = Article(
        id=row[0],
        title=row[4],
        text=row[5],
        url=row[6],
        source=row[7],
        authors=tuple(json.loads(row[8])),
        published=date.fromisoformat(row[9]) if row[9] else None,
        updated=date.fromisoformat(row[10]) if row[10] else None,
        fetched=datetime.fromisoformat(row[11]) if row[11] else None,
    )
    return Stored(article, version=row[1], passages=row[12])


def passage_of(row: Sequence) -> Passage:
    return Passage(
        id=row[0],
        article_id=row[1],
        start=row[2],
        end=row[3],
        text=row[4],
        sentences=tuple((begin, end) for begin, end in json.loads(row[5])),
        title=row[6],
        url=row[7],
        source=row[8],
        published=date.fromisoformat(row[9]) if row[9] else None,
    )


def translated(error: sqlite3.DatabaseError, path: Path) -> Exception:
    """SQLite's error as one of ours that says what to do."""
    text = str(error)
    if "full" in text or "readonly" in text or "disk I/O" in text or "unable to open" in text:
        return FolderFull(
            f"The catalogue in {path.parent} can't be written ({text}). Free space or make the "
            "folder writable, then run the command again; what was acknowledged is kept."
        )
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return CatalogueDamaged(
            f"The catalogue {path} is damaged ({text}). Put a backup of the data folder in its "
            "place, or move the folder away and index the articles again."
        )
    return error
