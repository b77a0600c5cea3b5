"""The measures that only a set of cases has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.metrics.abstention import (
    Decision,
    abstention_f1,
    abstention_precision,
    abstention_recall,
    risk_coverage_area,
)
from eval.metrics.conversations import Turn, every_turn_right
from eval.metrics.costs import percentile
from eval.records import Case, ScoredCase


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is taken of each case, and what of all of that."""

    of: Callable[[ScoredCase], Any]
    value: Callable[[Sequence[Any]], float | None]


def decision_of(one: ScoredCase) -> Decision:
    """What a system made of a case that tells whether it is answerable."""
    prediction = one.outcome.prediction
    if prediction is None or one.case.is_answerable is None:
        raise ValueError(f"{one.case.id} is no decision to be measured")
    return Decision(
        is_answerable=one.case.is_answerable,
        did_answer=prediction.is_answer,
        right=one.values.get("right", 0.0),
        confidence=prediction.confidence,
    )


def decisions_of(scored: Sequence[ScoredCase]) -> list[Decision]:
    """Of the cases of which it is known whether they are right."""
    return [decision_of(one) for one in scored if _is_judged(one)]


def with_conversations(cases: Sequence[Case], scored: Sequence[ScoredCase]) -> list[ScoredCase]:
    """The cases with two measures more: `follow_up_right` of each later turn, and
    `conversation_right`, of a whole conversation, at its last turn."""
    rights = {one.case.id: one.values.get("right") for one in scored}
    turns = [
        Turn(case.conversation, case.turn, rights.get(case.id))
        for case in cases
        if case.conversation is not None
    ]
    whole = dict(zip((c.id for c in cases if c.conversation), every_turn_right(turns), strict=True))
    found = []
    for one in scored:
        more: dict[str, float] = {}
        right, conversation = one.values.get("right"), whole.get(one.case.id)
        if one.case.turn > 1 and right is not None:
            more["follow_up_right"] = right
        if conversation is not None:
            more["conversation_right"] = conversation
        found.append(replace(one, values={**one.values, **more}))
    return found


def _is_decision(one: ScoredCase) -> bool:
    prediction = one.outcome.prediction
    return (
        prediction is not None
        and prediction.status is not None
        and one.case.is_answerable is not None
    )


def _is_judged(one: ScoredCase) -> bool:
    return _is_decision(one) and "right" in one.values


def _milliseconds(q: float) -> Statistic:
    return Statistic(lambda one: one.outcome.milliseconds, lambda values: percentile(values, q))


def _tells(kind: str) -> Callable[[ScoredCase], bool]:
    return lambda one: _tokens(one, kind) is not None


def _tokens(one: ScoredCase, kind: str) -> int | None:
    prediction = one.outcome.prediction
    return (prediction.usage or {}).get(kind) if prediction is not None else None


def _mean_tokens(kind: str) -> Statistic:
    return Statistic(lambda one: _tokens(one, kind), lambda values: sum(values) / len(values))


#: Measure → (the cases that it is of, how it is taken).
SET_MEASURES: dict[str, tuple[Callable[[ScoredCase], bool], Statistic]] = {
    "abstention_precision": (_is_decision, Statistic(decision_of, abstention_precision)),
    "abstention_recall": (_is_decision, Statistic(decision_of, abstention_recall)),
    "abstention_f1": (_is_decision, Statistic(decision_of, abstention_f1)),
    "risk_coverage_area": (_is_judged, Statistic(decision_of, risk_coverage_area)),
    "latency_p50_ms": (lambda _: True, _milliseconds(50)),
    "latency_p95_ms": (lambda _: True, _milliseconds(95)),
    "latency_p99_ms": (lambda _: True, _milliseconds(99)),
    "prompt_tokens": (_tells("prompt_tokens"), _mean_tokens("prompt_tokens")),
    "completion_tokens": (_tells("completion_tokens"), _mean_tokens("completion_tokens")),
}
