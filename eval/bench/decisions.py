"""Whether to answer: what a system decided of each question, and all that is measured of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.bench.asking import asked_of
from eval.bench.measures import AIM, DIGITS, mean, ratio
from eval.metrics.abstention import (
    Decision,
    Threshold,
    best_at_recall,
    risk_coverage,
    risk_coverage_area,
    thinned,
)
from eval.metrics.answers import is_right
from eval.metrics.calibration import (
    Bin,
    bins_of_equal_mass,
    bins_of_equal_width,
    brier_score,
    expected_calibration_error,
)
from eval.metrics.evidence import meets_any
from eval.records import Case, Prediction
from eval.systems import System

STATUSES = ("answered", "partial", "abstained")
MOST_POINTS = 50  #: of a curve


@dataclass(frozen=True, slots=True)
class Decided:
    """A case, what a system made of it, and what it would have answered without thresholds."""

    case: Case
    given: Prediction
    unbound: Prediction  #: an abstention only where there was nothing to read

    @property
    def right(self) -> float:
        """How right the answer without thresholds is; 0 of an unanswerable case."""
        return rightness(self.case, self.unbound)


def decided(shipped: System, unbound: System, cases: Sequence[Case]) -> list[Decided]:
    """Ask `shipped` every case, and `unbound`, the same without thresholds, where that abstains."""
    found = []
    for case in cases:
        given = shipped.answer(asked_of(case))
        found.append(
            Decided(case, given, given if given.is_answer else unbound.answer(asked_of(case)))
        )
    return found


def rightness(case: Case, prediction: Prediction) -> float:
    """1 or 0. Judged by the acceptable answers; where the dataset has none, by whether a sentence
    is cited that its annotators named."""
    if not case.is_answerable or not prediction.is_answer:
        return 0.0
    if case.answers:
        return float(is_right(prediction.text, prediction.short_answer, case.answers))
    named = [one for fact in case.evidence for one in fact]
    return float(any(meets_any(one, named) for one in prediction.citations))


def summary(found: Sequence[Decided]) -> dict[str, Any]:
    """Everything of one set; a measure that does not apply is None.

    {cases, unanswerable, precision, recall, F1: {value, low, high, cases} | None,
    answered: {answerable, unanswerable}, "by status": {status: {cases, right}}, "right of the
    answered", reasons: {name: count}, "at recall 0.7": {confidence, precision, recall},
    risk_coverage: {area, curve: [[coverage, risk], …]}, reliability: {equal mass, equal width},
    ECE: likewise, Brier}
    """
    curve = [
        Decision(bool(one.case.is_answerable), one.unbound.is_answer, one.right, _confidence(one))
        for one in found
    ]
    # What a question without anything to read would be answered with is nothing: no confidence.
    read = [one for one in found if one.unbound.is_answer]
    told = [_confidence(one) for one in read]
    rights = [one.right for one in read]
    bins = {
        "equal mass": bins_of_equal_mass(told, rights),
        "equal width": bins_of_equal_width(told, rights),
    }
    due = [not one.case.is_answerable for one in found]
    reasons = Counter(one.given.abstain_reason or "" for one in found if not one.given.is_answer)
    return {
        "cases": len(found),
        "unanswerable": sum(due),
        **_abstaining(found, due),
        "answered": {
            "answerable": _answered(found, True),
            "unanswerable": _answered(found, False),
        },
        "by status": {status: _of_status(found, status) for status in STATUSES},
        "right of the answered": mean(
            [one.right for one in found if one.given.is_answer],
            [one.case.unit for one in found if one.given.is_answer],
        ),
        "reasons": dict(sorted(reasons.items())),
        f"at recall {AIM}": _threshold(best_at_recall(curve, AIM)),
        "risk_coverage": {
            "area": _rounded(risk_coverage_area(curve)),
            "curve": [
                [round(x, DIGITS), round(y, DIGITS)]
                for x, y in thinned(risk_coverage(curve), MOST_POINTS)
            ],
        },
        "reliability": {kind: [_bin(one) for one in some] for kind, some in bins.items()},
        "ECE": {kind: _rounded(expected_calibration_error(some)) for kind, some in bins.items()},
        "Brier": _rounded(brier_score(told, rights)),
    }


def _abstaining(found: Sequence[Decided], due: Sequence[bool]) -> dict[str, Any]:
    """Precision, recall and F1 of abstaining as shipped, with intervals.

    The same sums as in `eval.metrics.abstention`: each is a ratio of counts.
    """
    units = [one.case.unit for one in found]
    gave_up = [not one.given.is_answer for one in found]
    both = [float(a and b) for a, b in zip(gave_up, due, strict=True)]
    return {
        "precision": ratio(both, [float(one) for one in gave_up], units),
        "recall": ratio(both, [float(one) for one in due], units),
        "F1": ratio(
            [2 * one for one in both],
            [float(a) + float(b) for a, b in zip(gave_up, due, strict=True)],
            units,
        ),
    }


def _of_status(found: Sequence[Decided], status: str) -> dict[str, Any]:
    """How many, and how right; of an abstention, how right what it kept to itself would be."""
    some = [one.right for one in found if one.given.status == status]
    return {"cases": len(some), "right": round(sum(some) / len(some), DIGITS) if some else None}


def _answered(found: Sequence[Decided], is_answerable: bool) -> float | None:
    some = [one.given.is_answer for one in found if one.case.is_answerable == is_answerable]
    return round(sum(some) / len(some), DIGITS) if some else None


def _confidence(one: Decided) -> float:
    return one.unbound.confidence or 0.0


def _threshold(one: Threshold | None) -> dict[str, float | None] | None:
    """For JSON, which has no infinity: a threshold of 1 is never reached but by certainty."""
    if one is None:
        return None
    bound = 1.0 if math.isinf(one.confidence) else one.confidence
    return {
        "confidence": _rounded(bound),
        "precision": _rounded(one.precision),
        "recall": _rounded(one.recall),
    }


def _bin(one: Bin) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in asdict(one).items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
