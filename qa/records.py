"""What travels through answering: question → understood → reading → answer.

The pydantic models are the JSON of the HTTP service and of `dateline ask --json`;
the dataclasses stay inside. Offsets `start`/`end` are Unicode code points of the
article's cleaned text, `answer_start`/`answer_end` of `Answer.text`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from index.records import Filters, Hit
from qa.days import Period


class Status(StrEnum):
    """Whether the articles answer the question."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


class AbstainReason(StrEnum):
    """Why there is no answer."""

    EMPTY_INDEX = "EMPTY_INDEX"
    NO_RELEVANT_PASSAGES = "NO_RELEVANT_PASSAGES"
    LOW_SUPPORT = "LOW_SUPPORT"
    OUT_OF_DATE_RANGE = "OUT_OF_DATE_RANGE"
    NOT_A_QUESTION = "NOT_A_QUESTION"


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A turn of the conversation before a question that may be a follow-up of it."""

    question: str  #: as it was typed
    standalone: str  #: as it was understood
    text: str = ""  #: what was answered, with or without citation numbers; "" where nothing was
    short_answers: tuple[str, ...] = ()  #: the few words that answered, the best first
    articles: tuple[str, ...] = ()  #: ids of the cited articles


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.

    `history` are the turns before it, oldest first, where the asker keeps them; None: the desk
    keeps the conversation, a new one where `conversation` is None.
    """

    text: str
    conversation: str | None = None  #: the conversation's id
    history: tuple[PastTurn, ...] | None = None
    owner: str = ""  #: whose conversation it is: a digest of the API key, "" without keys
    as_of: date | None = None  #: the day it is asked as of; None: today
    filters: Filters = field(default_factory=Filters)
    top_k: int = 8  #: passages to show


Kind = Literal["who", "when", "where", "how_many", "why", "how", "what", "yes_no", "other"]


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the reader needs it."""

    text: str  #: the question, standing alone, whitespace tidied
    as_of: date
    kind: Kind  #: the type of answer asked for: evidence, not a rule
    terms: tuple[str, ...] = ()  #: its content words, lower case, in order
    names: tuple[str, ...] = ()  #: its capitalised names, as written
    when: Period | None = None  #: the days that it asks about; None: it names no clear time


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence that may answer, and the words in it that do."""

    hit: Hit
    start: int  #: the sentence, in the article's text
    end: int
    support: float  #: 0..1, how well the sentence supports an answer
    span: tuple[int, int] | None = None  #: the short answer, in the article's text
    span_score: float = 0.0  #: 0..1, the answer's probability, all findings that give it together
    answer: int = 0  #: number of the answer that it gives: 0 the best; equal ones say the same


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in the passages: findings best first."""

    findings: tuple[Finding, ...] = ()
    confidence: float = 0.0  #: 0..1, that the passages answer the question and answer 0 is it
    passages: tuple[Hit, ...] = ()  #: the hits in the reader's order, where it has one


class Record(BaseModel):
    """Base of the records that leave the process."""

    model_config = ConfigDict(frozen=True)


class Citation(Record):
    """Both sides of a citation: the words in the source, and the words of the answer they prove."""

    number: int = Field(ge=1, description="The n of [n] in the answer's text")
    article_id: str
    passage_id: str
    title: str
    url: str | None
    source: str | None = Field(description="The outlet, null where the article does not tell")
    published: date | None
    quote: str = Field(
        description="Verbatim: the article's text from start to end, without the names that the "
        "answer's text adds in brackets"
    )
    start: int = Field(description="Code points into the article's cleaned text")
    end: int
    answer_start: int = Field(description="Code points into the answer's text")
    answer_end: int
    verification: Literal["verbatim", "supported", "unsupported"]
    support: float = Field(ge=0, le=1)


class ShortAnswer(Record):
    """The few words asked for, and where they stand in the source."""

    text: str = Field(
        description="Verbatim: the article's text from start to end; only the answer to a "
        'yes-or-no question is "yes" or "no", and start to end is the sentence that proves it'
    )
    citation: int = Field(ge=1, description="The number of the citation that proves it")
    start: int = Field(description="Code points into the cited article's cleaned text")
    end: int
    confidence: float = Field(ge=0, le=1)


class Position(Record):
    """One of the things that the sources say, and who says it."""

    value: str
    citations: tuple[int, ...]
    published: date | None = Field(
        default=None, description="The day on which a cited article first gave it"
    )


class Conflict(Record):
    """Sources that do not say the same: they disagree, or the later ones know more."""

    about: str
    positions: tuple[Position, ...] = Field(description="The answer's own first")
    kind: Literal["disagreement", "update"] = Field(
        default="disagreement",
        description='"update": a number that grew from report to report, the latest one first',
    )


class AppliedFilters(Record):
    """The filters that the search really used; empty fields were not applied."""

    sources: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    undated: Literal["kept", "dropped"] | None = Field(
        default=None, description="What a date filter did with articles that carry no date"
    )


class FoundPassage(Record):
    """A passage as `/search` and an abstention show it."""

    passage_id: str
    article_id: str
    title: str
    url: str | None
    source: str | None
    published: date | None
    text: str
    start: int
    end: int
    score: float
    parts: dict[str, float] = Field(description="Where the score came from")


class Answer(Record):
    """The answer: the same from `/ask`, the stream's `final_answer` and `dateline ask --json`."""

    id: str
    conversation_id: str | None
    question: str
    standalone_question: str
    as_of: date
    status: Status
    abstain_reason: AbstainReason | None
    text: str
    short_answer: ShortAnswer | None
    also: tuple[ShortAnswer, ...] = Field(
        default=(), description="Further answers, where the question asks for several"
    )
    confidence: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="How probable it is that the articles answer and that this is the answer, "
        "also where it abstains",
    )
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    independent_sources: int = Field(
        description="Sources that give this answer: outlets and copies counted once, articles with "
        "another value not"
    )
    passages: tuple[FoundPassage, ...] = Field(description="The passages read, best first")
    applied_filters: AppliedFilters
    engine: str
    index_version: str
    timings_ms: dict[str, float]
    usage: dict[str, int] | None


class SearchResult(Record):
    """The passages alone."""

    query: str
    passages: tuple[FoundPassage, ...]
    applied_filters: AppliedFilters
    index_version: str
    timings_ms: dict[str, float]
