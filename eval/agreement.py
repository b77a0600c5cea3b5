"""How far the judge and the deterministic measures agree: pure functions of a run's cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eval.records import ScoredCase


@dataclass(frozen=True, slots=True)
class Agreement:
    """The 2x2 table of two yes-or-no ratings of the same cases."""

    both_yes: int = 0
    judge_only: int = 0  #: the judge says yes, the measure no
    measure_only: int = 0  #: the measure says yes, the judge no
    both_no: int = 0
    without_verdict: int = 0  #: cases with the measure and without the judge's verdict; in no share

    @property
    def cases(self) -> int:
        """Cases rated by both."""
        return self.both_yes + self.judge_only + self.measure_only + self.both_no

    @property
    def share_agreed(self) -> float | None:
        """Share of the cases that both rate alike; None without cases."""
        return (self.both_yes + self.both_no) / self.cases if self.cases else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, -1..1: agreement beyond what chance would give.

            kappa = (p_o - p_e) / (1 - p_e)
            p_o = share agreed
            p_e = share yes by judge * share yes by measure + the same of no

        J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological
        Measurement 20(1), 1960. None without cases, and where chance alone would agree always
        (p_e = 1: both give one and the same rating throughout).
        """
        cases = self.cases
        judged = self.both_yes + self.judge_only
        measured = self.both_yes + self.measure_only
        # Times the square of the cases, in whole numbers: no rounding decides whether it is 1.
        agreed = (self.both_yes + self.both_no) * cases
        by_chance = judged * measured + (cases - judged) * (cases - measured)
        if by_chance == cases * cases:
            return None
        return (agreed - by_chance) / (cases * cases - by_chance)


def agreement(ratings: Iterable[tuple[bool | None, bool]]) -> Agreement:
    """The table of (judge's verdict, measure's) of each case; None is no verdict."""
    counts = {(judged, measured): 0 for judged in (True, False, None) for measured in (True, False)}
    for rating in ratings:
        counts[rating] += 1
    return Agreement(
        both_yes=counts[True, True],
        judge_only=counts[True, False],
        measure_only=counts[False, True],
        both_no=counts[False, False],
        without_verdict=counts[None, True] + counts[None, False],
    )


def correctness_agreement(scored: Iterable[ScoredCase]) -> Agreement:
    """Verdicts of correctness against the measure `right`, over the judged run's answers to
    questions that have acceptable answers."""
    asked = [one for one in _answers(scored) if one.case.answers]
    return agreement(
        (one.outcome.verdict.is_correct, one.values["right"] == 1)
        for one in asked
        if one.outcome.verdict is not None and "right" in one.values
    )


def faithfulness_agreement(scored: Iterable[ScoredCase]) -> Agreement:
    """Verdicts of faithfulness against `citation_recall` being 1, over the judged run's answers
    that cite something."""
    asked = [one for one in _answers(scored) if one.outcome.prediction.citations]
    return agreement(
        (one.outcome.verdict.is_faithful, one.values["citation_recall"] == 1)
        for one in asked
        if one.outcome.verdict is not None and "citation_recall" in one.values
    )


def _answers(scored: Iterable[ScoredCase]) -> list[ScoredCase]:
    """Cases that were answered: abstentions and passages alone are judged by nobody."""
    return [
        one
        for one in scored
        if one.outcome.prediction is not None and one.outcome.prediction.is_answer
    ]
