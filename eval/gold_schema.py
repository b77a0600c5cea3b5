"""The form of a gold case: one JSON line, checked on reading and on adding."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from eval.metrics.answers import squad_normalise
from eval.records import Case, Evidence

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=4000)]

#: What a case may be tagged with. The first group is the kind of question, and each case has
#: one of them at least; the second says what makes it hard.
Tag = Literal[
    "who", "what", "when", "where", "how_many", "why", "how", "yes_no",
    "attribution", "relative_date", "several_articles", "contradiction", "spelling",
    "paraphrase", "follow_up", "topic_change", "update", "undated",
    "unanswerable", "near_miss",
]  # fmt: skip
#: How a later turn hangs on those before it; each has one at most.
#: - pronoun: "who is he?". demonstrative: "who claimed that attack?". definite: "the group", which
#:   the turn before tells. ellipsis: words are left out ("and in Baghdad?", "by whom?"). also: asks
#:   for more of the kind ("who else?"). time: placed by what came before ("what happened next?").
#: - correction: "no, I meant Erbil". named: goes on with its subject and names it in full.
#: - change: another subject, to be asked as it stands. back: returns to an earlier one, naming it.
#: A turn on who says so is tagged attribution and needs none of these.
Tie = Literal[
    "pronoun", "demonstrative", "definite", "ellipsis", "also", "time",
    "correction", "named", "change", "back",
]  # fmt: skip
TIES = frozenset(get_args(Tie))
KINDS = frozenset({"who", "what", "when", "where", "how_many", "why", "how", "yes_no"})


def _written(value: object) -> object:
    """A day is written as text: pydantic would take a number for seconds since 1970."""
    if not isinstance(value, str | date):
        raise ValueError('a day is written as "YYYY-MM-DD"')
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GoldEvidence(_Strict):
    """A sentence of an article."""

    article: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,200}$")]
    quote: Text = Field(description="Verbatim from the article's cleaned text")


class GoldCase(_Strict):
    """One question, what counts as a right answer, and the sentences that prove it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
    question: Text
    answers: tuple[Text, ...] = Field(
        default=(), description="Acceptable short answers; empty: the articles do not answer"
    )
    evidence: tuple[Annotated[tuple[GoldEvidence, ...], Field(min_length=1)], ...] = Field(
        default=(),
        description="Facts to be proved, each a list of sentences of which any one proves it",
    )
    tags: Annotated[tuple[Literal[Tag, Tie], ...], Field(min_length=1)]
    as_of: Annotated[date, BeforeValidator(_written)] | None = None
    conversation: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")] | None = (
        None
    )
    turn: Annotated[int, Field(ge=1, le=20)] | None = Field(
        default=None, description="The place in its conversation, from 1"
    )
    standalone: Text | None = Field(
        default=None, description="The question in full; every turn after the first has one"
    )
    note: str | None = Field(default=None, description="For people: why it is hard")

    @model_validator(mode="after")
    def _holds_together(self) -> GoldCase:
        is_unanswerable = "unanswerable" in self.tags
        if is_unanswerable == bool(self.answers):
            raise ValueError("a case has answers, or the tag unanswerable; not both, not neither")
        empty = [answer for answer in self.answers if not squad_normalise(answer)]
        if empty:
            raise ValueError(f"the answer {empty[0]!r} has no word by which it could be compared")
        if bool(self.answers) != bool(self.evidence):
            raise ValueError("a case with answers needs evidence, and one without has none")
        if not KINDS & set(self.tags):
            raise ValueError(f"tags need one of {', '.join(sorted(KINDS))}")
        if "near_miss" in self.tags and not is_unanswerable:
            raise ValueError("near_miss is for unanswerable cases")
        if (self.conversation is None) != (self.turn is None):
            raise ValueError("conversation and turn go together")
        follows = self.turn is not None and self.turn > 1
        if follows != (self.standalone is not None):
            raise ValueError("standalone goes with the second and later turns of a conversation")
        if follows and not {"follow_up", "topic_change"} & set(self.tags):
            raise ValueError("a later turn is tagged follow_up or topic_change")
        ties = TIES & set(self.tags)
        if ties and not follows:
            raise ValueError(f"{sorted(ties)[0]} is for the second and later turns")
        if len(ties) > 1:
            raise ValueError(f"one way of hanging on, not {' and '.join(sorted(ties))}")
        if ties and ("topic_change" in self.tags) != bool(ties & {"change", "back"}):
            raise ValueError("change and back go with topic_change, the others with follow_up")
        return self

    def to_case(self) -> Case:
        """The case as the harness runs it."""
        facts = tuple(
            tuple(Evidence(one.article, one.quote) for one in fact) for fact in self.evidence
        )
        return Case(
            id=self.id,
            question=self.question,
            answers=self.answers,
            is_answerable=bool(self.answers),
            as_of=self.as_of,
            evidence=facts,
            relevant={one.article: 1 for fact in facts for one in fact},
            tags=self.tags,
            conversation=self.conversation,
            turn=self.turn or 1,
            standalone=self.standalone,
        )
