"""What travels through measuring: dataset → case → prediction → outcome → scores.

Pydantic models are written to run folders and read back; dataclasses stay inside. Offsets are
Unicode code points; times are milliseconds unless their name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from index.records import Filters, Found, Rejected


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that proves an answer."""

    article: str  #: the article's id
    quote: str  #: verbatim from the article's cleaned text


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what counts as right.

    `evidence` is a tuple of facts that must each be proved, and each fact a tuple of the
    sentences of which any one proves it. `relevant` grades whole articles (id → grade above 0),
    for datasets with relevance judgements. Both are empty where the dataset does not tell.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()  #: acceptable short answers; empty: none, or not told
    is_answerable: bool | None = None  #: None: the dataset does not tell
    as_of: date | None = None
    filters: Filters = field(default_factory=Filters)
    evidence: tuple[tuple[Evidence, ...], ...] = ()
    relevant: dict[str, int] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    conversation: str | None = None  #: id of the conversation that it is a turn of
    turn: int = 1  #: its place there, from 1
    standalone: str | None = None  #: the question in full, where `question` needs the turns before

    @property
    def unit(self) -> str:
        """What is drawn as one when cases are resampled: the conversation, or the case."""
        return f"conversation {self.conversation}" if self.conversation else self.id


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions, and the articles that they are asked over."""

    name: str  #: as `--dataset` names it, without a path: "gold", "squad"
    cases: tuple[Case, ...]  #: turns of a conversation stand together and in order
    corpus: Callable[[], Iterable[Found | Rejected]]  #: the articles; may be called again
    fingerprint: str  #: of all the files it was read from
    corpus_fingerprint: str | None = None  #: of the articles' files alone; None: not told apart


class Record(BaseModel):
    """Base of what is written to a run folder."""

    model_config = ConfigDict(frozen=True)


Tokens = Annotated[int, Field(ge=0, le=10**12)]


class CitedQuote(Record):
    """A citation as a system gave it; what a system does not tell is None."""

    number: int
    article_id: str
    quote: str
    start: int | None = None  #: in the article's cleaned text
    end: int | None = None
    answer_start: int | None = None  #: in the answer's text
    answer_end: int | None = None
    verification: str | None = None
    support: float | None = None


class RankedPassage(Record):
    """A passage as a system ranked it."""

    article_id: str
    text: str
    score: float | None = None
    title: str = ""
    start: int | None = None


class Prediction(Record):
    """What a system answered. `status` is None for a system that only retrieves."""

    status: Literal["answered", "partial", "abstained"] | None = None
    abstain_reason: str | None = None
    text: str = ""
    short_answer: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None  #: None: the system does not tell
    citations: tuple[CitedQuote, ...] = ()
    passages: tuple[RankedPassage, ...] = ()  #: best first
    standalone_question: str | None = None
    conversation_id: str | None = None
    engine: str | None = None
    timings_ms: dict[str, float] = {}
    usage: dict[str, Tokens] | None = None  #: "prompt_tokens", "completion_tokens"

    @property
    def is_answer(self) -> bool:
        return self.status in ("answered", "partial")


class Verdict(Record):
    """What a language model made of an answer; see `eval.judge`."""

    is_correct: bool | None = None  #: None: it was not asked, or gave no verdict
    is_faithful: bool | None = None
    error: str | None = None  #: why there is no verdict


class Outcome(Record):
    """One case as it went. Exactly one of `prediction` and `error` is there."""

    case_id: str
    prediction: Prediction | None = None
    error: str | None = None  #: in words; the case is counted as failed, never as a zero
    milliseconds: float = 0.0  #: wall-clock time of the call, as the asker waits
    verdict: Verdict | None = None

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Outcome:
        if (self.prediction is None) == (self.error is None):
            raise ValueError("an outcome has a prediction or an error")
        return self


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """A case that ran, and its measures: name → value. One that does not apply is absent."""

    case: Case
    outcome: Outcome
    values: dict[str, float]


class Measure(Record):
    """A measure over cases, with its bootstrap 95% interval."""

    value: float
    low: float
    high: float
    cases: int  #: that it was taken over


class Point(Record):
    """A point of a curve."""

    x: float
    y: float


class Scores(Record):
    """A run in figures. A measure that applies to no case is absent, never 0."""

    cases: int  #: asked
    failed: int  #: of them, how many gave an error instead of a prediction
    measures: dict[str, Measure]
    by_tag: dict[str, dict[str, Measure]]  #: tag → the measures over its cases
    recall_curve: tuple[Point, ...] = ()  #: k → share found among the first k
    risk_coverage: tuple[Point, ...] = ()  #: share answered → share wrong of them
    latencies_ms: tuple[float, ...] = ()  #: of each case that ran, in the order asked
    notes: tuple[str, ...] = ()  #: what a reader of the figures has to know
