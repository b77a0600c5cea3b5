"""The catalogue's tables."""

from __future__ import annotations

FORMAT = 1  #: of the data folder; raised when an older release could not read what we write

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    content TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, url TEXT, source TEXT,
    authors TEXT NOT NULL, published TEXT, updated TEXT, fetched TEXT, digest BLOB NOT NULL
);
CREATE INDEX articles_by_content ON articles (content);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id), start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, text TEXT NOT NULL, sentences TEXT NOT NULL,
    vector BLOB NOT NULL, digest BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id, start);
CREATE TABLE history (
    number INTEGER PRIMARY KEY, article_id TEXT NOT NULL, version INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, event TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX history_by_article ON history (article_id);
CREATE TABLE withdrawn (
    article_id TEXT PRIMARY KEY, content TEXT NOT NULL, at TEXT NOT NULL, digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX withdrawn_by_content ON withdrawn (content);
"""
