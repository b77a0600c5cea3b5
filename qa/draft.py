"""An answer before it is proved: what writing makes and verification checks."""

from __future__ import annotations

from dataclasses import dataclass

from qa.records import AbstainReason, Citation, Conflict, ShortAnswer, Status

NOT_SAID = "The articles do not say."


@dataclass(frozen=True, slots=True)
class Insertion:
    """A name put in brackets behind a pronoun or a noun of a quote: "He [Nouri al-Maliki] said".

    `text[answer_start:answer_end]` of the answer is the whole of it, " [Nouri al-Maliki]", with
    the space; the name stands in the cited article from `start` to `end`.
    """

    citation: int  #: the number of the citation in whose words it stands
    answer_start: int
    answer_end: int
    start: int  #: code points into the cited article's cleaned text
    end: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer without the particulars of the request."""

    text: str
    status: Status
    abstain_reason: AbstainReason | None = None
    short_answer: ShortAnswer | None = None
    also: tuple[ShortAnswer, ...] = ()  #: further answers, where several were asked for
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    independent_sources: int = 0  #: outlets that give this answer, copies counted once
    insertions: tuple[Insertion, ...] = ()  #: all that the text adds within its quotes
    confidence: float = 0.0  #: 0..1, what the status was decided by


def abstain(reason: AbstainReason, confidence: float = 0.0) -> Draft:
    """An answer that says that there is none."""
    return Draft(NOT_SAID, Status.ABSTAINED, reason, confidence=confidence)
