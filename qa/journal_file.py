"""The journal's file in use: one connection that writes, and what happens when it can't."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from qa.journal_schema import is_damage, open_journal, set_aside

_log = logging.getLogger("dateline.journal")

Result = TypeVar("Result")


class JournalFile:
    """Runs transactions on the file at `path`, one at a time. Safe to share by threads.

    A damaged file is set aside, one that somebody deleted is begun anew.
    """

    def __init__(self, path: Path, rest_seconds: float) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._is_suspect = False  # the last transaction failed
        self._rests_until = 0.0
        self._rest_seconds = rest_seconds

    def run(self, work: Callable[[sqlite3.Connection], Result], may_rest: bool = False) -> Result:
        """What `work` returns, its changes committed; on a new file if the old one is damaged.

        `may_rest`: while another process holds the file every try waits, and answers would wait in
        line for it; so for `rest_seconds` after such a try, fail at once. Raises `sqlite3.Error`,
        `OSError`, and what `work` raises, which takes its changes back.
        """
        with self._lock:
            if may_rest and time.monotonic() < self._rests_until:
                raise sqlite3.OperationalError("the last try failed a moment ago")
            try:
                return self._try(work)
            except sqlite3.Error as error:
                if not is_damage(error):
                    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                        self._rests_until = time.monotonic() + self._rest_seconds
                    raise
                aside = set_aside(self.path)
                _log.error(
                    "%s is damaged (%s); it is now %s, and a new one is begun",
                    self.path, error, aside.name,
                )  # fmt: skip
            return self._try(work)

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with self._lock:
            self._disconnect()

    def _try(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            connection = self._connected()
            with connection:
                return work(connection)
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                self._disconnect()
            self._is_suspect = True
            raise

    def _connected(self) -> sqlite3.Connection:
        connection = self._connection
        if connection is not None:
            # Somebody may have deleted the file: what goes into it would be seen by nobody.
            with suppress(FileNotFoundError):
                if self.path.stat().st_ino == self._inode:
                    return self._reopened() if self._is_suspect else connection
            self._disconnect()
        return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = open_journal(self.path)
        self._connection, self._is_suspect = connection, False
        self._inode = self.path.stat().st_ino
        return connection

    def _reopened(self) -> sqlite3.Connection:
        """A new connection after a failure, before the old one is let go: on a full disk the last
        one takes files with it that can't be made again, and nothing could be read any more."""
        old = self._connection
        assert old is not None
        try:
            new = self._open()
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                raise
            return old
        with suppress(sqlite3.Error):
            old.close()
        with suppress(sqlite3.Error):
            # The log's room is used again once the file itself has what it holds.
            new.execute("PRAGMA wal_checkpoint")
        return new

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # of a full disk: it was told when it was written
                connection.close()


class Losses:
    """Tells the log of answers that were not kept: the first, and then how many, now and then."""

    def __init__(self, path: Path, quiet_seconds: float) -> None:
        self._path = path
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()
        self._count = 0
        self._told: float | None = None  # when, by the monotonic clock; None: all is well

    def say(self, error: Exception) -> None:
        _log.warning("answers can't be kept in %s (%s)", self._path, error)

    def add(self, error: Exception) -> None:
        with self._lock:
            self._count += 1
            now = time.monotonic()
            if self._told is not None and now - self._told < self._quiet_seconds:
                return
            self._told = now
            # Of an answer with what is no text the error would tell the words.
            why = error if isinstance(error, sqlite3.Error | OSError) else type(error).__name__
            _log.warning(
                "an answer can't be kept in %s (%s); so far %d were not. Questions are answered "
                "all the same",
                self._path, why, self._count,
            )  # fmt: skip

    def end(self) -> None:
        if self._told is None:
            return
        with self._lock:
            if self._told is not None:
                _log.info("answers are kept again; %d were not", self._count)
            self._count, self._told = 0, None
