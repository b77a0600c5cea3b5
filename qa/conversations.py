"""Conversations: kept in the journal's file, each turn an answer there, so feedback finds it.

A conversation is its owner's alone: somebody else's id is like one that never was. Its row is
written with its first answer, so that a question that nobody waited for leaves none behind.
"""

from __future__ import annotations

import logging
import re
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from qa.conversations_list import page_of, place_of
from qa.conversations_room import (
    ConversationLimits,
    drop_beyond,
    drop_expired,
    has_room,
    make_room,
)
from qa.errors import (
    ConversationFull,
    ConversationNotFound,
    ConversationsNotKept,
    JournalUnreadable,
    TooManyConversations,
)
from qa.journal import Journal, readable, text_of
from qa.journal_schema import COLUMNS
from qa.records import Answer, PastTurn
from qa.records_conversation import Conversation, ConversationPage, Turn
from qa.records_feedback import KeptAnswer
from qa.stand_alone import past_turn

_log = logging.getLogger("dateline.journal")

PAST_TURNS = 20  #: the last turns that a follow-up is understood from
_IDLE = timedelta(hours=1)  #: a single question older than this may go to make room
_SWEEP = timedelta(hours=1)  #: how often those that expired are deleted
_ID = re.compile(r"conv_[0-9a-f]{32}")

Result = TypeVar("Result")
Clock = Callable[[], datetime]  #: the moment, with its time zone


@dataclass(frozen=True, slots=True)
class Ongoing:
    """The conversation that a question is asked in."""

    id: str | None  #: None: nothing is kept
    owner: str
    past: tuple[PastTurn, ...] = ()  #: the last of its turns, oldest first
    is_new: bool = False


class Conversations:
    """Those kept in a journal's file. Safe to share by threads.

    Every method but `begin` and `keep` raises `JournalUnreadable` where the file can't be read,
    or written if it has to be, and those that are given an id `ConversationNotFound`, which is
    `ConversationsNotKept` where nothing is kept.
    """

    def __init__(
        self,
        journal: Journal,
        limits: ConversationLimits | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._journal = journal
        self._limits = limits or ConversationLimits()
        self._clock = clock
        self._swept: datetime | None = None
        self._since_pruned = 0
        if journal.most:
            try:
                journal.file.run(self._sweep)
            except (sqlite3.Error, OSError) as error:
                _log.warning(
                    "old conversations in %s can't be deleted (%s)", journal.file.path, error
                )

    def begin(self, owner: str) -> Ongoing:
        """A new conversation, of which nothing is kept yet. Raises `TooManyConversations`."""
        if not self._journal.most:
            return Ongoing(None, owner)
        limits, idle_since = self._limits, self._before(_IDLE)

        def work(connection: sqlite3.Connection) -> bool:
            if has_room(connection, owner, limits.conversations):
                return True
            drop_expired(connection, self._since())
            return make_room(connection, owner, limits.conversations, idle_since)

        try:
            may_begin = self._journal.file.run(work, may_rest=True)
        except (sqlite3.Error, OSError):
            may_begin = True  # it costs no answer; that it can't be kept is told when it is tried
        if not may_begin:
            raise TooManyConversations(
                f"There are {limits.conversations} conversations, as many as one may have. Delete "
                f"some, or wait {_minutes(_IDLE)}: a question that nobody went on with then makes "
                "room."
            )
        return Ongoing(f"conv_{secrets.token_hex(16)}", owner, is_new=True)

    def resume(self, id: str, owner: str) -> Ongoing:
        """One that is kept, with its last turns. Raises `ConversationFull`."""
        most = min(self._limits.turns, self._journal.most)

        def work(connection: sqlite3.Connection) -> list[tuple]:
            self._find(connection, id, owner)
            counted = "SELECT count(*) FROM answers WHERE conversation_id = ?"
            if connection.execute(counted, (id,)).fetchone()[0] >= most:
                raise ConversationFull(
                    f"This conversation has {most} turns, as many as one may have. Start a new one."
                )
            return _rows(connection, id, PAST_TURNS)

        past = tuple(past_turn(one.answer) for one in self._readable(self._run(work)))
        return Ongoing(id, owner, past)

    def keep(self, ongoing: Ongoing, answer: Answer) -> Answer:
        """Keep the answer as the conversation's next turn; what is returned is what is stored.

        Where it is not kept, because the conversation was deleted meanwhile or because a new one
        can't be written, its `conversation_id` is None; one that is there goes on without it.
        Raises nothing.
        """
        if ongoing.id is None:
            return answer
        id, asked = ongoing.id, text_of(self._clock())

        def work(connection: sqlite3.Connection) -> bool:
            if ongoing.is_new:
                connection.execute(
                    "INSERT INTO conversations (id, owner, title, started, updated) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (id, ongoing.owner, answer.question, asked, asked),
                )
            elif not connection.execute(
                "UPDATE conversations SET updated = max(updated, ?) WHERE id = ? AND owner = ?",
                (asked, id, ongoing.owner),
            ).rowcount:
                return False
            self._journal.add(connection, answer, asked, id)
            self._tidy(connection, id)
            return True

        is_kept = self._journal.try_to_keep(work)
        if is_kept is False or (is_kept is None and ongoing.is_new):
            return answer.model_copy(update={"conversation_id": None})
        return answer

    def read(self, id: str, owner: str, is_held: Callable[[str], bool]) -> Conversation:
        """One with its turns; `is_held` tells by its id whether the index holds an article."""

        def work(connection: sqlite3.Connection) -> tuple[tuple[str, str], list[tuple]]:
            return self._find(connection, id, owner), _rows(connection, id)

        (started, updated), rows = self._run(work)
        held: dict[str, bool] = {}
        turns = []
        for kept in self._readable(rows):
            cited = dict.fromkeys(one.article_id for one in kept.answer.citations)
            held.update((one, is_held(one)) for one in cited if one not in held)
            turns.append(
                Turn(
                    asked=kept.asked,
                    answer=kept.answer,
                    is_positive=kept.feedback.is_positive if kept.feedback else None,
                    withdrawn=tuple(one for one in cited if not held[one]),
                )
            )
        return Conversation(
            id=id,
            started=datetime.fromisoformat(started),
            updated=datetime.fromisoformat(updated),
            turns=tuple(turns),
        )

    def answers(self, id: str, owner: str, most: int = PAST_TURNS) -> list[Answer]:
        """The last answers of one, oldest first."""

        def work(connection: sqlite3.Connection) -> list[tuple]:
            self._find(connection, id, owner)
            return _rows(connection, id, most)

        return [one.answer for one in self._readable(self._run(work))]

    def page(self, owner: str, cursor: str | None, limit: int) -> ConversationPage:
        """Those of one owner, the one asked last first. Raises `BadRequest` for a bad cursor."""
        after = place_of(cursor)
        if not self._journal.most:
            return ConversationPage(items=(), next_cursor=None)
        return self._run(lambda it: page_of(it, owner, self._since(), after, limit))

    def delete(self, id: str, owner: str) -> None:
        """Delete one with its answers and the feedback on them."""

        def work(connection: sqlite3.Connection) -> None:
            self._find(connection, id, owner)
            connection.execute("DELETE FROM answers WHERE conversation_id = ?", (id,))
            connection.execute("DELETE FROM conversations WHERE id = ?", (id,))

        self._run(work)

    # -- inside ----------------------------------------------------------------

    def _run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        if not self._journal.most:
            raise ConversationsNotKept("DATELINE_KEPT_ANSWERS is 0: no conversation is kept.")
        try:
            return self._journal.file.run(work)
        except (sqlite3.Error, OSError) as error:
            path = self._journal.file.path
            raise JournalUnreadable(
                f"The conversations in {path} can't be used: {error}."
            ) from error

    def _find(self, connection: sqlite3.Connection, id: str, owner: str) -> tuple[str, str]:
        """When it was begun and when it was asked last."""
        found = None
        if _ID.fullmatch(id):  # any other may hold what SQLite takes for no text
            found = connection.execute(
                "SELECT started, updated FROM conversations "
                "WHERE id = ? AND owner = ? AND updated >= ?",
                (id, owner, self._since()),
            ).fetchone()
        if found is None:
            raise ConversationNotFound("There is no such conversation; start a new one.")
        return found

    def _readable(self, rows: list[tuple]) -> list[KeptAnswer]:
        return list(readable(rows, self._journal.file.path))

    def _tidy(self, connection: sqlite3.Connection, id: str) -> None:
        """Not after every turn: to count them takes longer the more there are."""
        self._since_pruned += 1
        if self._swept is None or abs(self._clock() - self._swept) >= _SWEEP:
            self._sweep(connection, id)
        elif self._since_pruned >= self._journal.most // 100:
            self._prune(connection, id)

    def _sweep(self, connection: sqlite3.Connection, but: str = "") -> None:
        if count := drop_expired(connection, self._since()):
            _log.info("%d conversations are %d days old and deleted", count, self._limits.days)
        self._prune(connection, but)
        self._swept = self._clock()

    def _prune(self, connection: sqlite3.Connection, but: str) -> None:
        most = self._journal.most
        if count := drop_beyond(connection, most, but):
            _log.info("%d conversations are deleted: %d answers are kept at most", count, most)
        self._since_pruned = 0

    def _since(self) -> str:
        """A conversation whose last turn was before it has expired."""
        return self._before(timedelta(days=self._limits.days)) if self._limits.days else ""

    def _before(self, span: timedelta) -> str:
        return text_of(self._clock() - span)


def _rows(connection: sqlite3.Connection, id: str, most: int = -1) -> list[tuple]:
    """The last `most` turns, oldest first."""
    query = f"SELECT {COLUMNS} FROM answers WHERE conversation_id = ? ORDER BY number DESC LIMIT ?"
    return connection.execute(query, (id, most)).fetchall()[::-1]


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"
