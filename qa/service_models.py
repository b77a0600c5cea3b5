"""What clients send. A field's description is also what a client is told that got it wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from index.date import FIRST_YEAR, LAST_YEAR, read_date
from index.records import Filters
from index.url import LONGEST as LONGEST_URL
from index.url import read_url
from qa.records import Question
from qa.records_articles import NewArticle
from qa.records_feedback import Feedback

LONGEST_QUESTION = 4000  #: characters, after trimming
LONGEST_REASON = 2000  #: likewise, of feedback
#: pydantic's error types that carry a message of ours
TOO_LONG = "question_too_long"
WRONG_RANGE = "date_range"
OUR_WORDS = (TOO_LONG, WRONG_RANGE)
ARTICLE_ID = r"^[A-Za-z0-9._:\-]{1,200}$"
CONVERSATION_ID = r"^[A-Za-z0-9_\-]{1,200}$"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _clean(value: Any) -> Any:
    """NUL has no meaning in any text, and breaks what comes after."""
    return value.replace("\x00", "").strip() if isinstance(value, str) else value


def _question(value: str) -> str:
    if not value:
        raise ValueError
    if len(value) > LONGEST_QUESTION:
        raise PydanticCustomError(
            TOO_LONG, f"at most {LONGEST_QUESTION:,} characters of text are read as a question"
        )
    return value


def _day(value: Any) -> date:
    """Only YYYY-MM-DD, in years that leave room to count days before and after."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError
    day = date.fromisoformat(value)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError
    return day


def _moment(value: str) -> str:
    if read_date(value) is None:
        raise ValueError
    return value


def _address(value: str) -> str:
    if read_url(value) is None:
        raise ValueError
    return value


def _text(value: str) -> str:
    if not value:
        raise ValueError
    return value


Asked = Annotated[
    str,
    BeforeValidator(_clean),
    AfterValidator(_question),
    Field(
        description=f"1 to {LONGEST_QUESTION:,} characters of text",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_QUESTION},
    ),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    Field(description=f"a day as YYYY-MM-DD, from {FIRST_YEAR} to {LAST_YEAR}"),
]
Moment = Annotated[
    str,
    BeforeValidator(_clean),
    AfterValidator(_moment),
    Field(
        max_length=100,
        description=f"a date or a time as in ISO 8601, from {FIRST_YEAR} to {LAST_YEAR}",
        examples=["2021-02-24", "2021-02-24T10:30:00Z"],
    ),
]
Name = Annotated[str, BeforeValidator(_clean), Field(min_length=1, max_length=200)]
Names = Annotated[
    list[Name],
    Field(max_length=50, description="a list of up to 50 names of 1 to 200 characters"),
]
Id = Annotated[
    str, Field(pattern=ARTICLE_ID, description="1 to 200 characters of A-Z a-z 0-9 . _ : -")
]
Address = Annotated[
    str,
    AfterValidator(_address),
    Field(
        max_length=LONGEST_URL,
        description=f"a whole http or https address of up to {LONGEST_URL:,} characters",
    ),
]
Outlet = Annotated[
    str,
    BeforeValidator(_clean),
    Field(max_length=200, description="the outlet's name, up to 200 characters"),
]
Conversation = Annotated[
    str,
    Field(
        pattern=CONVERSATION_ID,
        description="1 to 200 characters of A-Z a-z 0-9 _ -",
    ),
]
Stream = Annotated[
    bool,
    Field(strict=True, description="true for Server-Sent Events, false for JSON"),
]
TopK = Annotated[
    int, Field(strict=True, ge=1, le=50, description="passages to show, a whole number 1 to 50")
]
AnswerId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_\-]{1,200}$",
        description="the id of an answer: 1 to 200 characters of A-Z a-z 0-9 _ -",
    ),
]
Verdict = Annotated[bool, Field(strict=True, description="true for a good answer, false for not")]
Reason = Annotated[
    str,
    BeforeValidator(_clean),
    Field(
        max_length=LONGEST_REASON,
        description=f"why, in up to {LONGEST_REASON:,} characters of text",
    ),
]


class Body(BaseModel):
    """Base of all bodies: what is not known is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class FiltersBody(Body):
    """Which articles may answer. An article without a date passes a filter on dates."""

    sources: Names | None = None
    published_from: Day | None = None
    published_to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.published_from, self.published_to
        if first and last and first > last:
            raise PydanticCustomError(
                WRONG_RANGE, "published_from must not be later than published_to"
            )
        return self

    def filters(self) -> Filters:
        """The same as the index takes it."""
        return Filters(tuple(self.sources or ()), self.published_from, self.published_to)


OptionalFilters = Annotated[
    FiltersBody | None,
    Field(description="an object of sources, published_from and published_to, each optional"),
]


class AskBody(Body):
    """A question over the articles, the next of a conversation or the first of a new one.

    The answer has the conversation's id. Without `stream` the Accept header decides.
    """

    question: Asked
    conversation_id: Conversation | None = None
    as_of: Day | None = None
    filters: OptionalFilters = None
    top_k: TopK | None = None
    stream: Stream | None = None

    def to_question(self, owner: str) -> Question:
        """The same as the desk takes it, from the owner of an API key ("" without keys)."""
        asked = Question(
            self.question,
            conversation=self.conversation_id,
            owner=owner,
            as_of=self.as_of,
            filters=self.filters.filters() if self.filters else Filters(),
        )
        return asked if self.top_k is None else replace(asked, top_k=self.top_k)


class SearchBody(Body):
    """Words to find passages by."""

    query: Asked
    as_of: Day | None = None
    filters: OptionalFilters = None
    top_k: TopK = 10


class ArticleBody(Body):
    """An article to add, or to put in the place of its former version."""

    title: Annotated[
        str,
        BeforeValidator(_clean),
        Field(max_length=2000, description="0 to 2,000 characters of text"),
    ] = ""
    text: Annotated[
        str,
        BeforeValidator(_clean),
        AfterValidator(_text),
        Field(
            description="the article's text, not empty",
            json_schema_extra={"minLength": 1},
        ),
    ]
    id: Id | None = None
    url: Address | None = None
    source: Outlet | None = None
    authors: Names | None = None
    published: Moment | None = None
    updated: Moment | None = None

    def to_article(self) -> NewArticle:
        """The same as the desk takes it."""
        return NewArticle(
            text=self.text,
            title=self.title,
            id=self.id,
            url=self.url,
            source=self.source or None,
            authors=tuple(self.authors or ()),
            published=read_date(self.published),
            updated=read_date(self.updated),
        )


class FeedbackBody(Body):
    """Whether an answer was a good one. Given again, it takes the place of what was given."""

    answer_id: AnswerId
    is_positive: Verdict
    reason: Reason | None = None

    def to_feedback(self, owner: str) -> Feedback:
        """The same as the desk takes it, from the owner of an API key ("" without keys)."""
        return Feedback(self.answer_id, self.is_positive, self.reason or None, owner)
