"""The list of conversations, in pages: the one asked last first."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta

from qa.conversations_room import TURNS
from qa.errors import BadRequest
from qa.journal import text_of
from qa.records_conversation import ConversationPage, ConversationSummary

_CURSOR = re.compile(r"([0-9]{1,14})-([0-9a-f]{32})")  # milliseconds since 1970, and the id
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[str, str]  #: where a page ends: when its last one was asked last, and its id


def page_of(
    connection: sqlite3.Connection, owner: str, since: str, after: Place | None, limit: int
) -> ConversationPage:
    """Up to `limit` of an owner's, asked since a moment. One asked meanwhile goes to the top of
    the list: then it is on no later page, and none is on two."""
    where, values = "owner = ? AND updated >= ?", (owner, since)
    if after is not None:
        where, values = f"{where} AND (updated, id) < (?, ?)", (*values, *after)
    rows = connection.execute(
        f"SELECT id, title, started, updated, {TURNS} FROM conversations c WHERE {where} "
        "ORDER BY updated DESC, id DESC LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    items = tuple(
        ConversationSummary(
            id=id,
            title=title,
            started=datetime.fromisoformat(started),
            updated=datetime.fromisoformat(updated),
            turns=turns,
        )
        for id, title, started, updated, turns in rows[:limit]
    )
    return ConversationPage(
        items=items, next_cursor=_cursor(items[-1]) if len(rows) > limit else None
    )


def place_of(cursor: str | None) -> Place | None:
    """Raises `BadRequest` for a cursor that no page ever gave."""
    if cursor is None:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise BadRequest("cursor must be the next_cursor of an earlier page, or left out.")
    return text_of(_EPOCH + timedelta(milliseconds=int(found[1]))), f"conv_{found[2]}"


def _cursor(last: ConversationSummary) -> str:
    milliseconds = (last.updated - _EPOCH) // timedelta(milliseconds=1)
    return f"{milliseconds}-{last.id.removeprefix('conv_')}"
