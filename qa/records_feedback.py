"""What people think of an answer, and an answer as it is kept. Moments are in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from qa.records import Answer, Record


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer was a good one, from somebody who read it. Untrusted text."""

    answer_id: str
    is_positive: bool
    reason: str | None = None  #: in the reader's words
    owner: str = ""  #: who gives it, as `Question.owner`; not told of feedback that is kept


class KeptFeedback(Record):
    """What became of feedback. The reason is kept too, and not told again."""

    answer_id: str
    is_positive: bool
    given: datetime = Field(description="When it was given, UTC")
    has_replaced: bool = Field(description="Whether there was feedback on this answer already")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as the journal holds it."""

    answer: Answer
    asked: datetime  #: when it was given
    feedback: Feedback | None = None  #: the latest
    judged: datetime | None = None  #: when the feedback was given
