"""The journal: the answers that were given, and what people thought of them.

Conversations lie in the same file (`qa.conversations`), their turns among the answers. The file
lies in the data folder and is no part of the index: no fact comes from it, and an answer never
fails because it can't be kept. Other processes may read it while the service runs.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from qa.errors import AnswerNotFound, AnswersNotKept, FeedbackNotKept, JournalUnreadable
from qa.journal_file import JournalFile, Losses
from qa.journal_schema import COLUMNS, NAME, delete_journal, read_journal
from qa.records import Answer
from qa.records_feedback import Feedback, KeptAnswer, KeptFeedback

_log = logging.getLogger("dateline.journal")

Result = TypeVar("Result")

_JUDGED_TIMES = 10  #: judged answers are kept so many times as long


class Journal:
    """Keeps the latest `most` answers in the data folder `folder`. Safe to share by threads.

    Turns of conversations stay beyond that, and go with their conversation: see
    `qa.conversations_room`. With 0 it keeps none, and deletes what was kept before. A damaged file
    is set aside.
    """

    def __init__(
        self, folder: Path, most: int, quiet_seconds: float = 60.0, rest_seconds: float = 2.0
    ) -> None:
        self.most = most
        self.file = JournalFile(folder / NAME, rest_seconds)
        self._losses = Losses(self.file.path, quiet_seconds)
        try:
            if most:
                self.file.run(self._shorten)
            elif delete_journal(self.file.path):
                _log.info("%s is deleted: DATELINE_KEPT_ANSWERS is 0", self.file.path)
        except (sqlite3.Error, OSError) as error:
            self._losses.say(error)

    def keep(self, answer: Answer) -> None:
        """Keep an answer that is no turn of a conversation.

        Raises nothing: if it can't be kept the log says so, now and then.
        """
        if self.most:
            self.try_to_keep(lambda connection: self.add(connection, answer, now()))

    def try_to_keep(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """What `work` returns, its changes committed; None, and a line in the log, where it can't
        be done. `work` may run twice."""
        try:
            result = self.file.run(work, may_rest=True)
        except (sqlite3.Error, OSError, ValueError) as error:  # the last: lone surrogates
            self._losses.add(error)
            return None
        self._losses.end()
        return result

    def add(
        self,
        connection: sqlite3.Connection,
        answer: Answer,
        asked: str,
        conversation_id: str | None = None,
    ) -> None:
        """Add a row, as a turn where a conversation is named; and one for one that comes goes."""
        added = connection.execute(
            "INSERT INTO answers (id, asked, conversation_id, answer) VALUES (?, ?, ?, ?)",
            (answer.id, asked, conversation_id, answer.model_dump_json()),
        )
        self._prune(connection, added.lastrowid or 0)

    def judge(self, feedback: Feedback) -> KeptFeedback:
        """Keep feedback on an answer, in the place of earlier feedback on it.

        Raises `AnswerNotFound`, also for a turn of somebody else's conversation,
        `AnswersNotKept` where none is kept, and `FeedbackNotKept`.
        """
        if not self.most:
            raise AnswersNotKept("DATELINE_KEPT_ANSWERS is 0: no answer is kept.")
        judged = now()

        def update(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT is_positive IS NOT NULL, (SELECT owner FROM conversations c "
                "WHERE c.id = conversation_id) FROM answers WHERE id = ?",
                (feedback.answer_id,),
            ).fetchone()
            if found is None or found[1] not in (None, feedback.owner):
                raise AnswerNotFound("no answer of that id is kept")
            connection.execute(
                "UPDATE answers SET is_positive = ?, reason = ?, judged = ? WHERE id = ?",
                (int(feedback.is_positive), feedback.reason, judged, feedback.answer_id),
            )
            return bool(found[0])

        try:
            has_replaced = self.file.run(update)
        except (sqlite3.Error, OSError, ValueError) as error:
            raise FeedbackNotKept(f"{self.file.path} can't be written ({error})") from error
        return KeptFeedback(
            answer_id=feedback.answer_id,
            is_positive=feedback.is_positive,
            given=datetime.fromisoformat(judged),
            has_replaced=has_replaced,
        )

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self.file.close()

    def _shorten(self, connection: sqlite3.Connection) -> None:
        """All at once where fewer are kept than before; afterwards one goes for one that comes."""
        (last,) = connection.execute("SELECT max(number) FROM answers").fetchone()
        self._prune(connection, last or 0)

    def _prune(self, connection: sqlite3.Connection, last: int) -> None:
        """The latest stay; and those that somebody judged, who took the trouble, ten times as
        long; and turns."""
        connection.execute(
            # By the index: turns that stay are not walked through each time.
            "DELETE FROM answers INDEXED BY answers_of_conversation WHERE conversation_id IS NULL "
            "AND number <= ? AND (is_positive IS NULL OR number <= ?)",
            (last - self.most, last - _JUDGED_TIMES * self.most),
        )


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
            yield from readable(connection.execute(query, values), path)
    except sqlite3.Error as error:
        raise JournalUnreadable(f"The answers in {path} can't be read ({error}).") from error


def readable(rows: Iterable[tuple], path: Path) -> Iterator[KeptAnswer]:
    """Rows of `COLUMNS` as answers. What can't be read is left out, and the log says so."""
    for row in rows:
        try:
            yield _kept(row)
        except (ValidationError, ValueError, TypeError):
            _log.warning("answer number %r in %s can't be read", row[0], path)


def _kept(row: tuple) -> KeptAnswer:
    _, answer_id, asked, _, answer, is_positive, reason, judged = row
    return KeptAnswer(
        answer=Answer.model_validate_json(answer),
        asked=datetime.fromisoformat(asked),
        feedback=None if is_positive is None else Feedback(answer_id, bool(is_positive), reason),
        judged=datetime.fromisoformat(judged) if judged else None,
    )


def now() -> str:
    """This moment as the file holds it."""
    return text_of(datetime.now(UTC))


def text_of(moment: datetime) -> str:
    """A moment, with its time zone, as the file holds it: such texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
