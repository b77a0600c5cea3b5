"""Connections to one SQLite file: one that writes, and a pool of those that read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.rows import translated

#: Readers kept open. Threads come and go in a service; connections must not pile up.
_KEPT = 8


class Connections:
    """Any number of threads read at a time, one writes. SQLite's errors become ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.RLock()
        self._pooling = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        try:
            self._write = self._connect()
        except sqlite3.DatabaseError as error:
            raise translated(error, path) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=30, isolation_level=None, check_same_thread=False
        )
        # Only a new file takes it: with SQLite's 4 KiB a page holds one passage and much air.
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: an acknowledged article survives a power cut, not only a kill.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own for a while."""
        with self._pooling:
            connection = self._idle.pop() if self._idle else None
        try:
            if connection is None:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
            yield connection
        except sqlite3.DatabaseError as error:
            raise translated(error, self._path) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pooling:
            if not self._closed and len(self._idle) < _KEPT:
                self._idle.append(connection)
                return
        connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; durable when it ends."""
        with self._writing:
            try:
                self._write.execute("BEGIN IMMEDIATE")
                yield self._write
                self._write.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                self._roll_back()
                raise translated(error, self._path) from error
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        if self._write.in_transaction:
            self._write.execute("ROLLBACK")

    def close(self) -> None:
        """Write everything back into the one file and let go of it. Safe to call twice."""
        with self._writing, self._pooling:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self._write.close()
