"""Why a case counts as wrong, in words: what the report shows of single cases."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.answers import holds_answer
from eval.metrics.evidence import meets_any
from eval.records import Case, CitedQuote, Outcome, Prediction, ScoredCase


@dataclass(frozen=True, slots=True)
class Kind:
    """A way of failing."""

    title: str
    word: str  #: in a table
    counted: str  #: after a number: "3 answered wrongly"
    about: str


#: The kinds of failing, in the order of the report.
KINDS = {
    "unfounded": Kind(
        "Answered, though the articles do not answer",
        "should have abstained",
        "answered though the articles do not answer",
        "Silence would have been right.",
    ),
    "wrong": Kind(
        "Wrong answers",
        "wrong",
        "answered wrongly",
        "An answer was given, and no acceptable one stands in it.",
    ),
    "silent": Kind(
        "Abstained, though the articles answer",
        "should have answered",
        "abstained though the articles answer",
        "The gold set names sentences that answer these.",
    ),
    "unfound": Kind(
        "Not found",
        "not found",
        "not found",
        "Nothing of what was sought is among the passages.",
    ),
    "unproved": Kind(
        "Right, but not well proved",
        "right, weak proof",
        "right but not well proved",
        "The citations miss a gold sentence, or do not bear the answer out.",
    ),
}
#: Where an acceptable answer stood: what went wrong came after that.
STOOD = {
    "text": "In the answer's text",
    "passages": "In its passages",
    "nowhere": "In none of them",
    "": "Not known",
}
_READ = 20_000  #: characters of an answer that are looked through
_LONG = 3000  #: characters of a quote beyond which it is not held against the gold sentences
_MOST_SENTENCES = 100  #: of a case, that a quote is held against


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that failed, and why."""

    place: int  #: in the run's cases, from 0
    scored: ScoredCase
    kind: str  #: of `KINDS`
    reasons: tuple[str, ...]  #: sentences
    measures: tuple[str, ...]  #: that say so
    stood: str  #: where an acceptable answer stood: a key of `STOOD`

    @property
    def urgency(self) -> tuple[int, float, int]:
        """Sorts the worst first: by kind, then what it was surest of."""
        prediction = self.scored.outcome.prediction
        confidence = prediction.confidence if prediction else None
        sure = confidence if confidence is not None and math.isfinite(confidence) else 0.0
        return list(KINDS).index(self.kind), -sure, self.place


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of a conversation, as a case shows it."""

    question: str
    given: str


def findings(cases: Sequence[ScoredCase]) -> list[Finding]:
    """The cases that failed, the worst first."""
    found = (_finding(place, one) for place, one in enumerate(cases))
    return sorted((one for one in found if one is not None), key=lambda one: one.urgency)


def given_in_short(outcome: Outcome) -> str:
    """What was answered, in a few words."""
    prediction = outcome.prediction
    if prediction is None:
        return "failed to run"
    if prediction.status == "abstained":
        return "abstained"
    if prediction.short_answer:
        return prediction.short_answer
    if prediction.text:
        return prediction.text
    count = len(prediction.passages)
    return f"{count} passage{'' if count == 1 else 's'}" if count else "nothing"


def earlier_turns(cases: Iterable[tuple[Case, Outcome]]) -> dict[str, list[tuple[int, Turn]]]:
    """Conversation → its turns with their numbers, in order."""
    found: dict[str, list[tuple[int, Turn]]] = {}
    for case, outcome in cases:
        if case.conversation is not None:
            turn = Turn(case.question, given_in_short(outcome))
            found.setdefault(case.conversation, []).append((case.turn, turn))
    return {name: sorted(turns, key=lambda one: one[0]) for name, turns in found.items()}


def is_gold(citation: CitedQuote, case: Case) -> bool | None:
    """Whether a quote is of a sentence that the gold set names; None where it names none."""
    if not case.evidence or len(citation.quote) > _LONG:
        return None
    named = [one for fact in case.evidence for one in fact]
    return meets_any(citation, named[:_MOST_SENTENCES])


def _finding(place: int, one: ScoredCase) -> Finding | None:
    prediction = one.outcome.prediction
    if prediction is None:
        return None
    kind, reasons, measures = _kind_of(one, prediction)
    if kind is None:
        return None
    stood, where = _where_the_answer_stood(one, prediction)
    if kind in ("wrong", "silent") and where:
        reasons.append(where)
    return Finding(place, one, kind, tuple(reasons), tuple(measures), stood)


def _kind_of(one: ScoredCase, prediction: Prediction) -> tuple[str | None, list[str], list[str]]:
    """The kind of failing, if any; why, in sentences; and the measures that say so."""
    case, values = one.case, one.values
    wrong = [name for name in ("right", "decided_rightly") if values.get(name, 1.0) < 1]
    if wrong and case.is_answerable is False:
        return "unfounded", ["The articles do not answer this, and it was answered."], wrong
    if wrong and not prediction.is_answer:
        why = f" ({prediction.abstain_reason})" if prediction.abstain_reason else ""
        return "silent", [f"It abstained{why}, and the articles answer this."], wrong
    if wrong:
        where = "short answer" if prediction.short_answer else "answer"
        also = [name for name in ("em", "f1") if name in values]
        return "wrong", [f"No acceptable answer stands in the {where}."], wrong + also
    if "right" not in values and (missed := _missed(values)):
        return ("unfound", *missed)
    weak = {name: told for name, told in _weaknesses(values) if values[name] < 1}
    return ("unproved", list(weak.values()), list(weak)) if weak else (None, [], [])


def _missed(values: Mapping[str, float]) -> tuple[list[str], list[str]] | None:
    """What a search did not find, at the deepest rank that was measured."""
    for prefix, what in (("answer_recall@", "an acceptable answer"), ("hits@", "a relevant one")):
        deepest = max(_ranks(values, prefix), default=None)
        if deepest is not None:
            name = f"{prefix}{deepest}"
            told = f"None of the first {deepest} passages is or holds {what}."
            return None if values[name] > 0 else ([told], [name])
    return None


def _weaknesses(values: Mapping[str, float]) -> list[tuple[str, str]]:
    """(measure, what it means where it is below 1), of those that the case has."""
    recalled = values.get("evidence_recall", 1.0)
    told = {
        "quote_exactness": "A quote does not stand in its article where it says.",
        "evidence_recall": f"Only {recalled:.0%} of the facts to be proved are."
        if recalled
        else "No gold sentence is cited.",
        "citation_recall": "A sentence of the answer is not supported by what is cited for it.",
        "judged_correct": "The judging model holds the answer for incorrect.",
        "judged_faithful": "The judging model holds the answer for not borne out by its quotes.",
    }
    return [(name, why) for name, why in told.items() if name in values]


def _where_the_answer_stood(one: ScoredCase, prediction: Prediction) -> tuple[str, str]:
    """Which of `STOOD`, and that in words: did the search miss it, the reading, or the choice of
    the short answer?"""
    values = one.values
    if holds_answer(prediction.text[:_READ], one.case.answers):
        return "text", "An acceptable answer stands in its text, and was not picked out."
    reciprocal = values.get("answer_mrr")
    ranks = sorted(_ranks(values, "answer_recall@"))
    if reciprocal:
        rank = round(1 / reciprocal)
        return "passages", f"An acceptable answer stood in passage {rank}: found, not taken."
    held = next((k for k in ranks if values[f"answer_recall@{k}"] > 0), None)
    if held is not None:
        return (
            "passages",
            f"An acceptable answer stood in the first {held} passages: found, not taken.",
        )
    if reciprocal is None and not ranks:
        return "", "" if prediction.passages else "It came without passages."
    return "nowhere", "None of its passages held an acceptable answer: the search missed it."


def _ranks(values: Mapping[str, float], prefix: str) -> list[int]:
    tails = (name.removeprefix(prefix) for name in values if name.startswith(prefix))
    return [int(tail) for tail in tails if tail.isdecimal()]
