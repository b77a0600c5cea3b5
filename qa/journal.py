"""The journal: the answers that were given, and what people thought of them.

It lies in the data folder and is no part of the index: nothing is answered from it, and an answer
never fails because it can't be kept. Other processes may read it while the service runs.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from qa.errors import AnswerNotFound, AnswersNotKept, FeedbackNotKept, JournalUnreadable
from qa.journal_schema import (
    COLUMNS,
    NAME,
    delete_journal,
    is_damage,
    open_journal,
    read_journal,
    set_aside,
)
from qa.records import Answer
from qa.records_feedback import Feedback, KeptAnswer, KeptFeedback

_log = logging.getLogger("dateline.journal")

Result = TypeVar("Result")


_JUDGED_TIMES = 10  #: judged answers are kept so many times as long


class Journal:
    """Keeps the latest `most` answers in the data folder `folder`. Safe to share by threads.

    With 0 it keeps none, and deletes what was kept before. A damaged file is set aside.
    """

    def __init__(
        self, folder: Path, most: int, quiet_seconds: float = 60.0, rest_seconds: float = 2.0
    ) -> None:
        self._path = folder / NAME
        self._most = most
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._rests_until = 0.0
        self._rest_seconds = rest_seconds
        self._losses = _Losses(self._path, quiet_seconds)
        try:
            if most:
                self._run(self._shorten)
            elif delete_journal(self._path):
                _log.info("%s is deleted: DATELINE_KEPT_ANSWERS is 0", self._path)
        except (sqlite3.Error, OSError) as error:
            self._losses.say(error)

    def keep(self, answer: Answer) -> None:
        """Keep an answer. Raises nothing: if it can't be kept the log says so, now and then."""
        if not self._most:
            return
        try:
            row = (answer.id, _now(), answer.conversation_id, answer.model_dump_json())

            def add(connection: sqlite3.Connection) -> None:
                added = connection.execute(
                    "INSERT INTO answers (id, asked, conversation_id, answer) VALUES (?, ?, ?, ?)",
                    row,
                )
                self._prune(connection, added.lastrowid or 0)

            self._run(add, may_rest=True)
        except (sqlite3.Error, OSError, ValueError) as error:  # the last: lone surrogates
            self._losses.add(error)
        else:
            self._losses.end()

    def judge(self, feedback: Feedback) -> KeptFeedback:
        """Keep feedback on an answer, in the place of earlier feedback on it.

        Raises `AnswerNotFound`, `AnswersNotKept` where none is kept, and `FeedbackNotKept`.
        """
        if not self._most:
            raise AnswersNotKept("DATELINE_KEPT_ANSWERS is 0: no answer is kept.")
        now = _now()

        def update(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT is_positive IS NOT NULL FROM answers WHERE id = ?", (feedback.answer_id,)
            ).fetchone()
            if found is None:
                raise AnswerNotFound("no answer of that id is kept")
            connection.execute(
                "UPDATE answers SET is_positive = ?, reason = ?, judged = ? WHERE id = ?",
                (int(feedback.is_positive), feedback.reason, now, feedback.answer_id),
            )
            return bool(found[0])

        try:
            has_replaced = self._run(update)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise FeedbackNotKept(f"{self._path} can't be written ({error})") from error
        return KeptFeedback(
            answer_id=feedback.answer_id,
            is_positive=feedback.is_positive,
            given=datetime.fromisoformat(now),
            has_replaced=has_replaced,
        )

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with self._lock:
            self._disconnect()

    def _run(self, work: Callable[[sqlite3.Connection], Result], may_rest: bool = False) -> Result:
        """What `work` returns, its changes committed; on a new file if the old one is damaged.

        `may_rest`: while another process holds the file every try waits, and answers would wait in
        line for it; so for `rest_seconds` after such a try, fail at once.
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
                aside = set_aside(self._path)
                _log.error(
                    "%s is damaged (%s); it is now %s, and a new one is begun",
                    self._path, error, aside.name,
                )  # fmt: skip
            return self._try(work)

    def _try(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        try:
            connection = self._connected()
            with connection:
                return work(connection)
        except (sqlite3.Error, OSError):
            self._disconnect()  # the next one tries from the start
            raise

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None:
            # Somebody may have deleted the file: what goes into it would be seen by nobody.
            with suppress(FileNotFoundError):
                if self._path.stat().st_ino == self._inode:
                    return self._connection
            self._disconnect()
        self._connection = open_journal(self._path)
        self._inode = self._path.stat().st_ino
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # of a full disk: it was told when it was written
                connection.close()

    def _shorten(self, connection: sqlite3.Connection) -> None:
        """All at once where fewer are kept than before; afterwards one goes for one that comes."""
        (last,) = connection.execute("SELECT max(number) FROM answers").fetchone()
        self._prune(connection, last or 0)

    def _prune(self, connection: sqlite3.Connection, last: int) -> None:
        """The latest stay; and those that somebody judged, who took the trouble, ten times as
        long."""
        connection.execute(
            "DELETE FROM answers WHERE number <= ? AND (is_positive IS NULL OR number <= ?)",
            (last - self._most, last - _JUDGED_TIMES * self._most),
        )


class _Losses:
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


def kept_answers(
    folder: Path, *, only_judged: bool = False, most: int | None = None
) -> Iterator[KeptAnswer]:
    """Answers kept in a data folder: those with a thumb down, then the others, the latest first.

    The folder may be another process's. What can't be read is left out, and the log says so.
    Raises `JournalUnreadable`.
    """
    where = "WHERE is_positive IS NOT NULL" if only_judged else ""
    # Without LIMIT is LIMIT -1.
    query = f"SELECT {COLUMNS} FROM answers {where} ORDER BY is_positive IS 0 DESC, number DESC"
    yield from _read(folder, f"{query} LIMIT ?", -1 if most is None else most)


def kept_answer(folder: Path, answer_id: str) -> KeptAnswer | None:
    """One of them, by its id. Raises `JournalUnreadable`."""
    query = f"SELECT {COLUMNS} FROM answers WHERE id = ?"
    return next(_read(folder, query, answer_id), None)


def _read(folder: Path, query: str, *values: object) -> Iterator[KeptAnswer]:
    path = folder / NAME
    if not path.exists():
        raise JournalUnreadable(
            f"{folder} holds no answers: `dateline serve` keeps those that it gives there, unless "
            "DATELINE_KEPT_ANSWERS is 0. Name another folder with --data."
        )
    try:
        with closing(read_journal(path)) as connection:
            for row in connection.execute(query, values):
                try:
                    yield _kept(row)
                except (ValidationError, ValueError, TypeError):
                    _log.warning("answer number %r in %s can't be read", row[0], path)
    except sqlite3.Error as error:
        raise JournalUnreadable(f"The answers in {path} can't be read ({error}).") from error


def _kept(row: tuple) -> KeptAnswer:
    _, answer_id, asked, _, answer, is_positive, reason, judged = row
    return KeptAnswer(
        answer=Answer.model_validate_json(answer),
        asked=datetime.fromisoformat(asked),
        feedback=None if is_positive is None else Feedback(answer_id, bool(is_positive), reason),
        judged=datetime.fromisoformat(judged) if judged else None,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
