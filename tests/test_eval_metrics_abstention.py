"""Abstention, against counts by hand and the risk-coverage curve by brute force."""

from __future__ import annotations

import random
from itertools import permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.abstention import (
    Decision,
    abstention_f1,
    abstention_precision,
    abstention_recall,
    best_at_recall,
    risk_coverage,
    risk_coverage_area,
    thinned,
    thresholds,
)

decisions = st.lists(
    st.builds(
        Decision,
        is_answerable=st.booleans(),
        did_answer=st.booleans(),
        right=st.sampled_from([0.0, 0.5, 1.0]),
        confidence=st.sampled_from([None, 0.0, 0.3, 0.9, 1.0]),
    ),
    max_size=12,
)


def answered(right: float, confidence: float | None = None, *, answerable: bool = True) -> Decision:
    return Decision(answerable, True, right, confidence)


def abstained(*, answerable: bool) -> Decision:
    return Decision(answerable, False)


def test_nothing_is_no_measure() -> None:
    assert abstention_precision([]) is abstention_recall([]) is abstention_f1([]) is None
    assert risk_coverage([]) == [] and risk_coverage_area([]) is None


def test_precision_recall_and_f1_take_the_unanswerable_as_positive() -> None:
    cases = [
        *[abstained(answerable=False)] * 3,
        abstained(answerable=True),
        *[answered(0, answerable=False)] * 2,
        *[answered(1)] * 10,
    ]
    assert abstention_precision(cases) == pytest.approx(3 / 4)
    assert abstention_recall(cases) == pytest.approx(3 / 5)
    assert abstention_f1(cases) == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_what_does_not_apply_is_none_and_what_fails_is_zero() -> None:
    never = [answered(1), answered(0, answerable=False)]
    assert abstention_precision(never) is None
    assert abstention_recall(never) == abstention_f1(never) == 0
    in_vain = [abstained(answerable=True)]
    assert abstention_recall(in_vain) is None
    assert abstention_precision(in_vain) == abstention_f1(in_vain) == 0
    assert abstention_f1([answered(1)]) is None


def test_the_curve_of_a_worked_example() -> None:
    cases = [
        answered(1, 0.2),
        answered(1, 0.9),
        answered(1, 0.8, answerable=False),  # an error, whatever it says
        answered(0, 0.5),
        abstained(answerable=False),
    ]
    curve = risk_coverage(cases)
    assert [x for x, _ in curve] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1])
    assert [y for _, y in curve] == pytest.approx([0, 1 / 2, 2 / 3, 2 / 4, 3 / 5])
    assert risk_coverage_area(cases) == pytest.approx(fmean([0, 1 / 2, 2 / 3, 2 / 4, 3 / 5]))


def test_without_a_confidence_an_answer_comes_after_those_with_one_and_before_abstentions() -> None:
    cases = [abstained(answerable=True), answered(1), answered(0, 0.0), answered(0, float("nan"))]
    assert [y for _, y in risk_coverage(cases)] == pytest.approx([1, 1.5 / 2, 2 / 3, 3 / 4])


def test_ties_are_the_mean_over_all_orders() -> None:
    """The definition itself: each order of the tied cases, risks averaged."""
    tied = [answered(right, 0.5) for right in (1, 1, 0, 0.5, 0)]
    curves = [
        [fmean(one.loss for one in order[:count]) for count in range(1, 6)]
        for order in permutations(tied)
    ]
    expected = [fmean(column) for column in zip(*curves, strict=True)]
    assert [y for _, y in risk_coverage(tied)] == pytest.approx(expected)


@given(decisions, st.integers(0, 1000))
def test_the_measures_do_not_depend_on_the_order(cases: list[Decision], seed: int) -> None:
    shuffled = random.Random(seed).sample(cases, len(cases))
    for measure in (abstention_precision, abstention_recall, abstention_f1, risk_coverage_area):
        assert measure(shuffled) == pytest.approx(measure(cases))
    flat = [one for point in risk_coverage(cases) for one in point]
    assert flat == pytest.approx([one for point in risk_coverage(shuffled) for one in point])


@given(decisions)
def test_the_measures_are_bounded_and_the_curve_ends_at_all_cases(cases: list[Decision]) -> None:
    for measure in (abstention_precision, abstention_recall, abstention_f1, risk_coverage_area):
        value = measure(cases)
        assert value is None or 0 <= value <= 1
    if cases:
        assert risk_coverage(cases)[-1] == pytest.approx((1, fmean(one.loss for one in cases)))


def test_knowing_what_is_wrong_makes_the_area_smaller() -> None:
    knowing = [answered(1, 0.9), answered(1, 0.8), answered(0, 0.2), answered(0, 0.1)]
    unknowing = [answered(1, 0.5), answered(1, 0.5), answered(0, 0.5), answered(0, 0.5)]
    deluded = [answered(0, 0.9), answered(0, 0.8), answered(1, 0.2), answered(1, 0.1)]
    areas = [risk_coverage_area(one) for one in (knowing, unknowing, deluded)]
    assert areas == sorted(areas) and areas[1] == pytest.approx(0.5)


def test_thresholds_of_a_worked_example() -> None:
    cases = [
        abstained(answerable=False),  # whatever the threshold
        answered(1, 0.1, answerable=False),
        answered(1, 0.3),
        answered(0, 0.3, answerable=False),
        answered(1, 0.8),
    ]
    found = [(one.confidence, one.precision, one.recall) for one in thresholds(cases)]
    assert found == [
        (0.1, 1, pytest.approx(1 / 3)),
        (0.3, 1, pytest.approx(2 / 3)),
        (0.8, pytest.approx(3 / 4), 1),
        (float("inf"), pytest.approx(3 / 5), 1),
    ]
    assert best_at_recall(cases, 0.6).confidence == 0.3
    assert best_at_recall(cases, 0.7).precision == pytest.approx(3 / 4)


def test_thresholds_of_nothing_and_where_nothing_is_due() -> None:
    assert thresholds([]) == thresholds([answered(1, 0.5)]) == []
    assert best_at_recall([], 0.7) is best_at_recall([answered(1, 0.5)], 0.7) is None
    (untold,) = thresholds([answered(1, answerable=False)])
    assert (untold.precision, untold.recall) == (1, 1)


@given(decisions)
def test_a_threshold_is_what_abstaining_below_it_comes_to(cases: list[Decision]) -> None:
    """The definition: each answer below it, or without a confidence, taken back, and measured."""
    for one in thresholds(cases):
        taken = [
            Decision(
                case.is_answerable,
                case.did_answer
                and case.confidence is not None
                and case.confidence >= one.confidence,
            )
            for case in cases
        ]
        assert one.precision == abstention_precision(taken)
        assert one.recall == abstention_recall(taken)


@given(decisions, st.sampled_from([0.0, 0.5, 0.7, 1.0]))
def test_the_best_threshold_is_no_worse_than_any_with_the_recall(
    cases: list[Decision], recall: float
) -> None:
    best = best_at_recall(cases, recall)
    others = [one for one in thresholds(cases) if one.recall >= recall and one.precision]
    if best is None:
        assert not others
    else:
        assert best.recall >= recall
        assert all(one.precision <= best.precision for one in others)


def test_a_thinned_curve_keeps_its_ends_and_order() -> None:
    curve = [(place / 100, 1 - place / 100) for place in range(101)]
    found = thinned(curve, 50)
    assert len(found) == 50
    assert found[0] == curve[0] and found[-1] == curve[-1]
    assert found == sorted(set(found))
    assert thinned(curve, 101) == curve
    assert thinned([]) == []
