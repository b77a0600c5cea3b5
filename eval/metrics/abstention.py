"""Measures of not answering, as pure functions of a set of cases.

The positive class is the unanswerable cases: precision is how many of the abstentions were due,
recall how many of the due ones came. The risk-coverage curve asks whether the system knows when
it is wrong: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification",
JMLR 11, 2010; its area as in Geifman and El-Yaniv, "Selective Classification for Deep Neural
Networks", 2017, arXiv:1705.08500.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Decision:
    """What a system made of one case of which the dataset tells whether it is answerable.

    An unanswerable case that was answered is an error, whatever the answer: there `right` is 0.
    """

    is_answerable: bool
    did_answer: bool
    right: float = 0.0  #: 0..1, of the answer; of no account where there was none
    confidence: float | None = None  #: None: the system does not tell

    @property
    def loss(self) -> float:
        """What the answer costs, 0..1: 1 - right; 1 for any answer to an unanswerable case, and
        for an abstention, which counts only where the curve runs on to a coverage of 1."""
        return 1.0 - self.right if self.did_answer and self.is_answerable else 1.0


def abstention_precision(decisions: Iterable[Decision]) -> float | None:
    """Unanswerable and abstained / abstained. None where there was no abstention."""
    abstained = [one for one in decisions if not one.did_answer]
    return _share(sum(not one.is_answerable for one in abstained), len(abstained))


def abstention_recall(decisions: Iterable[Decision]) -> float | None:
    """Unanswerable and abstained / unanswerable. None where every case is answerable."""
    unanswerable = [one for one in decisions if not one.is_answerable]
    return _share(sum(not one.did_answer for one in unanswerable), len(unanswerable))


def abstention_f1(decisions: Iterable[Decision]) -> float | None:
    """F1 = 2PR/(P+R) = 2·both / (abstained + unanswerable).

    None where there was no abstention and none was due.
    """
    both = total = 0
    for one in decisions:
        both += not (one.did_answer or one.is_answerable)
        total += (not one.did_answer) + (not one.is_answerable)
    return _share(2 * both, total)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Threshold:
    """What abstaining from every answer with a confidence below `confidence` would come to."""

    confidence: float  #: infinity: to abstain always
    precision: float | None  #: of abstaining; None where it never abstains
    recall: float


def thresholds(decisions: Iterable[Decision]) -> list[Threshold]:
    """Precision and recall of abstaining at every threshold that makes a difference, rising.

    From the lowest confidence, at which nothing more is abstained from, to infinity. Abstentions,
    and answers without a confidence, are abstained from at all of them. Empty where every
    case is answerable: there is nothing to find.
    """
    cases = list(decisions)
    due = sum(not one.is_answerable for one in cases)
    if not due:
        return []
    by_rank: dict[float, list[Decision]] = {}
    for one in cases:
        by_rank.setdefault(_rank(one), []).append(one)
    untold = [rank for rank in by_rank if rank <= -sys.float_info.max]
    abstained = [one for rank in untold for one in by_rank.pop(rank)]
    count, found = len(abstained), sum(not one.is_answerable for one in abstained)
    curve = []
    for rank in sorted(by_rank):
        curve.append(Threshold(rank, _share(found, count), found / due))
        count += len(by_rank[rank])
        found += sum(not one.is_answerable for one in by_rank[rank])
    curve.append(Threshold(math.inf, _share(found, count), found / due))
    return curve


def best_at_recall(decisions: Iterable[Decision], recall: float) -> Threshold | None:
    """The threshold of the highest precision among those whose recall is `recall` or more.

    Of equal ones that with the higher recall. It is chosen by the answers it is measured on, so it
    says what the confidence could do and not what a threshold set beforehand does. None where
    every case is answerable.
    """
    enough = [one for one in thresholds(decisions) if one.recall >= recall]
    told = [one for one in enough if one.precision is not None]
    return max(told, key=lambda one: (one.precision, one.recall), default=None)


def risk_coverage(decisions: Sequence[Decision]) -> list[tuple[float, float]]:
    """(coverage, risk) for 1, 2, … all n cases answered, the most confident first.

    coverage = answered / n; risk = mean loss of the answered. Answers without a confidence come
    after all that have one, and abstentions last, each as wrong. Cases of equal confidence are
    taken in the mean over all their orders, so that the curve does not depend on the order in
    which they are given. Empty for no cases.
    """
    risks = _risks(decisions)
    return [(place / len(risks), float(risk)) for place, risk in enumerate(risks, start=1)]


def risk_coverage_area(decisions: Sequence[Decision]) -> float | None:
    """AURC = mean of the risk over the n coverages 1/n, 2/n, … 1. Lower is better; 0..1.

    None for no cases.
    """
    risks = _risks(decisions)
    return float(risks.mean()) if len(risks) else None


def thinned(curve: Sequence[tuple[float, float]], most: int = 50) -> list[tuple[float, float]]:
    """At most `most` (2 or more) points of a curve, its ends among them, evenly over its points."""
    if len(curve) <= most:
        return list(curve)
    return [curve[round(place * (len(curve) - 1) / (most - 1))] for place in range(most)]


def _risks(decisions: Sequence[Decision]) -> np.ndarray:
    """(n,) mean loss of the first 1, 2, … n cases."""
    ranks = np.array([_rank(one) for one in decisions], dtype=float)
    losses = np.array([one.loss for one in decisions], dtype=float)
    _, group, sizes = np.unique(-ranks, return_inverse=True, return_counts=True)
    # In the mean over the orders of a group, each of its places costs the group's mean loss.
    mean = np.bincount(group, weights=losses, minlength=len(sizes)) / sizes
    return np.repeat(mean, sizes).cumsum() / np.arange(1, len(losses) + 1)


def _rank(one: Decision) -> float:
    """Higher comes first; below every confidence where none is told, and lowest when abstained."""
    if not one.did_answer:
        return -math.inf
    if one.confidence is None or math.isnan(one.confidence):
        return -sys.float_info.max
    return one.confidence
