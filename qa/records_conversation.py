"""A conversation as the service tells of it. Moments are in UTC."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from qa.records import Answer, Record


class Turn(Record):
    """A question of a conversation, and its answer as it was given then."""

    asked: datetime = Field(description="When the answer was given, UTC")
    answer: Answer
    is_positive: bool | None = Field(default=None, description="Feedback on it; null: none yet")
    withdrawn: tuple[str, ...] = Field(
        default=(), description="Ids of cited articles that the index no longer holds"
    )


class Conversation(Record):
    """A chat's turns, oldest first."""

    id: str
    started: datetime
    updated: datetime = Field(description="When its last answer was given")
    turns: tuple[Turn, ...]


class ConversationSummary(Record):
    """A conversation without its turns."""

    id: str
    title: str = Field(description="Its first question")
    started: datetime
    updated: datetime
    turns: int = Field(ge=1)


class ConversationPage(Record):
    """A page of the list of conversations, the one asked last first."""

    items: tuple[ConversationSummary, ...]
    next_cursor: str | None = Field(description="Hand it back for the next page; null on the last")


class Suggestions(Record):
    """Questions that could be asked next, each of which the articles answer; may be none."""

    questions: tuple[str, ...]
