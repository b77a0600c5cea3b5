"""What travels through indexing: found → article → passages → hits.

All records are frozen. Offsets are Unicode code points of the *cleaned* text of
the article; dates are calendar days; scores have no unit and grow with relevance.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Found:
    """One article as a file holds it, before cleaning. Every string is untrusted."""

    origin: str  #: where it was found, for people: "path", "path:line" or "stdin:line"
    key: str  #: what identifies it among its like when it has no id and no URL (relative path)
    text: str  #: the body, marks and all
    id: str | None = None  #: the id that the file gives, if any
    url: str | None = None
    title: str | None = None
    source: str | None = None  #: the outlet, as the file names it
    authors: tuple[str, ...] = ()
    published: str | None = None  #: as written in the file; `index.date` reads it
    updated: str | None = None  #: likewise


@dataclass(frozen=True, slots=True)
class Rejected:
    """One file or row that could not be taken, and why."""

    origin: str  #: "path", "path:line" or "stdin:line"
    reason: str  #: a sentence for people that says what to do; never quotes the content


@dataclass(frozen=True, slots=True)
class Article:
    """One news article, cleaned. What the file did not tell is None or empty, never guessed."""

    id: str  #: 1 to 200 characters of A-Z a-z 0-9 . _ : -
    title: str  #: may be empty
    text: str  #: cleaned text; all offsets count its code points; never empty
    url: str | None = None
    source: str | None = None  #: outlet
    authors: tuple[str, ...] = ()
    published: date | None = None  #: day of publication, UTC where the source gave a zone
    updated: date | None = None  #: day of the last change that the source tells of
    fetched: datetime | None = None  #: when it came to us, UTC; no part of the fingerprint


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article: `article.text[start:end] == text`, always."""

    id: str  #: derived from article id, version and offsets: the same on every machine
    article_id: str
    start: int  #: code points into the article's text
    end: int
    text: str
    sentences: tuple[tuple[int, int], ...] = ()  #: (start, end) of each sentence in the article
    title: str = ""
    url: str | None = None
    source: str | None = None
    published: date | None = None


UNDATED = 0  #: the day number of what has no date; real ones start at 1


def day_number(day: date | None) -> int:
    """A day as both indexes keep it: `date.toordinal()`, or UNDATED."""
    return day.toordinal() if day else UNDATED


def source_key(source: str) -> str:
    """What outlets are compared by: composed, without case or surrounding space."""
    whole = source.encode("utf-8", "replace").decode("utf-8")
    # Cut, since tantivy leaves out a term of more than 64 KiB without a word.
    return unicodedata.normalize("NFC", whole).strip().casefold()[:1000]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be searched. Empty means everything."""

    sources: tuple[str, ...] = ()  #: outlets, compared without regard to case
    published_from: date | None = None  #: first day, inclusive
    published_to: date | None = None  #: last day, inclusive
    keep_undated: bool = True  #: an undated article passes a date filter unless told otherwise

    def __bool__(self) -> bool:
        return bool(self.sources or self.published_from or self.published_to)


class Scored(NamedTuple):
    """What a single index returns: a passage's id and that index's own score."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question."""

    passage: Passage
    score: float  #: fused, 0..1, comparable within one search only
    parts: dict[str, float] = field(default_factory=dict)
    #: where the score came from: "dense_rank", "dense" (cosine), "lexical_rank", "lexical" (BM25)
