"""The journal's file: how it is made, opened, and set aside when it is damaged.

Format 1 had answers alone, format 2 has the conversations that they are turns of.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

NAME = "answers.sqlite"  #: in the data folder
#: Where a damaged journal goes, beside it. Only the last one is kept: a failing disk would
#: otherwise fill what room is left.
DAMAGED = NAME + ".damaged"
_SIDE_FILES = ("", "-wal", "-shm")
_FORMAT = 2
#: Milliseconds an answer may wait for whoever else has the file locked.
_PATIENCE = 500

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY,   -- in the order in which they were given
    id TEXT NOT NULL UNIQUE,
    asked TEXT NOT NULL,          -- UTC, ISO 8601
    conversation_id TEXT,         -- that it is a turn of; NULL: of none that is kept
    answer TEXT NOT NULL,         -- the whole Answer as JSON
    is_positive INTEGER,          -- feedback: 1, 0, or NULL while there is none
    reason TEXT,
    judged TEXT                   -- when the feedback was given
);
CREATE INDEX IF NOT EXISTS answers_of_conversation ON answers (conversation_id, number);
CREATE TABLE conversations (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,          -- a digest of the API key, '' without keys
    title TEXT NOT NULL,          -- its first question
    started TEXT NOT NULL,        -- UTC, ISO 8601, as `updated`, so that texts sort by time
    updated TEXT NOT NULL         -- when its last answer was given
);
CREATE INDEX conversations_of_owner ON conversations (owner, updated, id);
CREATE INDEX conversations_by_time ON conversations (updated);
-- In format 1 it was whatever a client had sent: it names nothing.
UPDATE answers SET conversation_id = NULL WHERE conversation_id IS NOT NULL;
"""
COLUMNS = "number, id, asked, conversation_id, answer, is_positive, reason, judged"


class LaterFormat(sqlite3.DatabaseError):
    """A later release of Dateline wrote the file: it is left as it is."""


class WrongTables(sqlite3.DatabaseError):
    """A SQLite file, and not a journal."""


def open_journal(path: Path) -> sqlite3.Connection:
    """A connection that writes. Raises `sqlite3.Error` and `OSError`.

    A file that is not there is made, one of an earlier format is brought to this one. It is its
    owner's alone, since questions are private, and SQLite gives its side files the same mode.
    """
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    elif path.is_file() and path.stat().st_mode & 0o077:
        with suppress(OSError):  # another user's: whether it can be written SQLite says
            path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=_PATIENCE / 1000, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > _FORMAT:
        raise LaterFormat(f"a later release of Dateline wrote it (format {found})")
    # Other processes read while this one writes.
    connection.execute("PRAGMA journal_mode = WAL")
    # A commit does not wait for the disk. A kill of the process loses nothing; a power cut may
    # lose the last few answers and never damages the file. They are a record of what was said,
    # which is not worth making everybody who asks wait some milliseconds more.
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        if found < _FORMAT:
            connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_FORMAT}; COMMIT;")
        connection.execute(f"SELECT {COLUMNS} FROM answers LIMIT 0")
        connection.execute("SELECT id, owner, title, started, updated FROM conversations LIMIT 0")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise WrongTables(str(error)) from error


def read_journal(path: Path) -> sqlite3.Connection:
    """A connection that only reads, while another process may write. Raises `sqlite3.Error`."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether no answer can be kept in this file any more, however long one waits."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    # The low byte is the kind of error; the rest says where SQLite met it.
    is_broken = code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return is_broken or isinstance(error, WrongTables)


def set_aside(path: Path) -> Path:
    """Move the file away, and tell where to. Raises `OSError`."""
    aside = path.with_name(DAMAGED)
    for suffix in _SIDE_FILES:
        former = aside.with_name(aside.name + suffix)
        former.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(former)
    return aside


def delete_journal(path: Path) -> bool:
    """Delete it, and one that was set aside. Whether there was any. Raises `OSError`."""
    names = [name + suffix for name in (path.name, DAMAGED) for suffix in _SIDE_FILES]
    there = [one for name in names if (one := path.with_name(name)).exists()]
    for one in there:
        one.unlink(missing_ok=True)
    return bool(there)
