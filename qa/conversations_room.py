"""Which conversations go, so that the journal's file stays bounded.

A conversation goes as a whole: turns of one that is still asked never go one by one. It goes
- when its owner deletes it, with all feedback on it (in `qa.conversations`);
- so many days after its last turn;
- when there are more turns than answers are kept: the conversations asked least recently go;
- when its owner has as many as one may have and begins another, if it is a single question that
  nobody went on with for an hour.
In the last three cases answers that somebody judged stay as answers of no conversation, so that
feedback is kept as long as without conversations (see `qa.journal`).

Every function runs inside a transaction of the journal's file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

#: The number of turns of a row of `conversations c`.
TURNS = "(SELECT count(*) FROM answers WHERE conversation_id = c.id)"


@dataclass(frozen=True, slots=True)
class ConversationLimits:
    """How much is kept of conversations. Checked when a question comes in: what is asked at the
    same moment may exceed them by its number."""

    turns: int = 200  #: of one conversation
    conversations: int = 10_000  #: of one owner
    days: int = 30  #: that one is kept after its last turn; 0: for ever


def drop(connection: sqlite3.Connection, ids: Iterable[str]) -> int:
    """Forget conversations, but for what was judged in them. Returns how many."""
    count = 0
    for id in ids:
        connection.execute(
            "UPDATE answers SET conversation_id = NULL "
            "WHERE conversation_id = ? AND is_positive IS NOT NULL",
            (id,),
        )
        connection.execute("DELETE FROM answers WHERE conversation_id = ?", (id,))
        connection.execute("DELETE FROM conversations WHERE id = ?", (id,))
        count += 1
    return count


def drop_expired(connection: sqlite3.Connection, since: str) -> int:
    """Forget those whose last turn was before `since`. Returns how many."""
    rows = connection.execute("SELECT id FROM conversations WHERE updated < ?", (since,))
    return drop(connection, [id for (id,) in rows])


def drop_beyond(connection: sqlite3.Connection, most: int, but: str = "") -> int:
    """Forget those asked least recently until `most` turns are left. Returns how many.

    The conversation `but` stays.
    """
    counted = "SELECT count(*) FROM answers WHERE conversation_id IS NOT NULL"
    excess = connection.execute(counted).fetchone()[0] - most
    if excess <= 0:
        return 0
    ids = []
    for id, turns in connection.execute(
        f"SELECT id, {TURNS} FROM conversations c WHERE id <> ? ORDER BY updated, number", (but,)
    ):
        ids.append(id)
        excess -= turns
        if excess <= 0:
            break
    return drop(connection, ids)


def has_room(connection: sqlite3.Connection, owner: str, most: int) -> bool:
    """Whether `owner`, who may have `most`, may begin another."""
    return _count(connection, owner) < most


def make_room(connection: sqlite3.Connection, owner: str, most: int, idle_since: str) -> bool:
    """The same, after single questions asked before `idle_since` went for it, the oldest first."""
    excess = _count(connection, owner) - most + 1
    rows = connection.execute(
        f"SELECT id FROM conversations c WHERE owner = ? AND updated < ? AND {TURNS} <= 1 "
        "ORDER BY updated, id LIMIT ?",
        (owner, idle_since, max(0, excess)),
    )
    return drop(connection, [id for (id,) in rows]) >= excess


def _count(connection: sqlite3.Connection, owner: str) -> int:
    counted = "SELECT count(*) FROM conversations WHERE owner = ?"
    return connection.execute(counted, (owner,)).fetchone()[0]
