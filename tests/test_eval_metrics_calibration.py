"""Calibration, against figures by hand and the definitions by brute force."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import defaultdict
from fractions import Fraction
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.calibration import (
    bins_of_equal_mass,
    bins_of_equal_width,
    brier_score,
    expected_calibration_error,
)

BOTH = (bins_of_equal_width, bins_of_equal_mass)
#: Some confidences that are borders of bins, and many ties.
answers = st.lists(
    st.tuples(
        st.one_of(st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.0]), st.floats(0, 1)),
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=40,
)
counts = st.integers(1, 15)


def split(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [told for told, _ in pairs], [right for _, right in pairs]


def test_nothing_is_no_measure() -> None:
    assert bins_of_equal_width([], []) == bins_of_equal_mass([], []) == []
    assert expected_calibration_error([]) is brier_score([], []) is None


def test_a_worked_example_by_width() -> None:
    told, right = [0.05, 0.1, 0.11, 0.9, 0.95, 1.0], [0, 1, 0, 1, 1, 0]
    found = bins_of_equal_width(told, right)
    borders = [(one.low, one.high, one.cases) for one in found]
    assert borders == [(0.0, 0.1, 2), (0.1, 0.2, 1), (0.8, 0.9, 1), (0.9, 1.0, 2)]
    assert [one.confidence for one in found] == pytest.approx([0.075, 0.11, 0.9, 0.975])
    assert [one.right for one in found] == pytest.approx([0.5, 0, 1, 0.5])
    assert [one.gap for one in found] == pytest.approx([-0.425, 0.11, -0.1, 0.475])
    by_hand = (2 * 0.425 + 0.11 + 0.1 + 2 * 0.475) / 6
    assert expected_calibration_error(found) == pytest.approx(by_hand)


def test_a_worked_example_by_mass() -> None:
    told, right = [0.9, 0.1, 0.2, 0.8, 0.3], [1, 0, 0, 1, 1]
    found = bins_of_equal_mass(told, right, 2)
    assert [(one.low, one.high, one.cases) for one in found] == [(0.1, 0.3, 3), (0.8, 0.9, 2)]
    assert [one.right for one in found] == pytest.approx([1 / 3, 1])
    by_hand = (3 * abs(0.2 - 1 / 3) + 2 * 0.15) / 5
    assert expected_calibration_error(found) == pytest.approx(by_hand)


def test_the_brier_score_of_a_worked_example() -> None:
    assert brier_score([0.9, 0.6, 0.2], [1, 0, 0]) == pytest.approx((0.01 + 0.36 + 0.04) / 3)
    assert brier_score([0.25] * 4, [1, 0, 0, 0]) == pytest.approx(0.1875)


def test_borders_belong_to_the_bin_below() -> None:
    """Also those that binary fractions miss: 0.3 times 10 is above 3."""
    tenths = [k / 10 for k in range(1, 11)]
    assert [one.high for one in bins_of_equal_width(tenths, [1] * 10)] == tenths
    assert bins_of_equal_width([0.0], [1])[0].high == 0.1


def test_answers_of_one_confidence_are_one_bin_by_mass() -> None:
    assert len(bins_of_equal_mass([0.4] * 7, [1, 0, 1, 0, 1, 0, 1], 3)) == 1
    found = bins_of_equal_mass([0.1, 0.4, 0.4, 0.4, 0.4, 0.9], [0] * 6, 3)
    assert [one.cases for one in found] == [5, 1]


def test_a_calibrated_and_a_boastful_system() -> None:
    draws = random.Random(4)
    told = [draws.random() for _ in range(20_000)]
    fair = [float(draws.random() < one) for one in told]
    never = [0.0] * len(told)
    for bins in BOTH:
        assert expected_calibration_error(bins(told, fair)) < 0.02
        assert expected_calibration_error(bins(told, never)) == pytest.approx(fmean(told))


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan"), float("inf")])
def test_what_is_no_share_is_refused(wrong: float) -> None:
    for measure in (*BOTH, brier_score):
        with pytest.raises(ValueError, match=r"a confidence of .* is not in 0\.\.1"):
            measure([0.5, wrong], [1, 0])
        with pytest.raises(ValueError, match=r"a right of .* is not in 0\.\.1"):
            measure([0.5, 0.5], [1, wrong])
        with pytest.raises(ValueError, match="as many"):
            measure([0.5, 0.5], [1])


def test_no_bins_at_all_are_refused() -> None:
    for bins in BOTH:
        with pytest.raises(ValueError, match="0 bins"):
            bins([0.5], [1], 0)


@given(answers, counts)
def test_by_width_is_the_definition_case_by_case(
    pairs: list[tuple[float, float]], count: int
) -> None:
    """Another way to the same: a dictionary of places among the borders, exact sums."""
    borders = [k / count for k in range(1, count + 1)]
    groups = defaultdict(list)
    for told, right in pairs:
        groups[bisect_left(borders, told)].append((Fraction(told), Fraction(right)))
    gaps = [
        abs(sum(right for _, right in group) - sum(told for told, _ in group))
        for group in groups.values()
    ]
    found = expected_calibration_error(bins_of_equal_width(*split(pairs), count))
    if not pairs:
        assert found is None
    else:
        assert found == pytest.approx(float(sum(gaps) / len(pairs)), abs=1e-9)


@given(answers, counts, st.integers(0, 1000))
def test_bins_hold_every_answer_once_in_order_whatever_the_order(
    pairs: list[tuple[float, float]], count: int, seed: int
) -> None:
    shuffled = random.Random(seed).sample(pairs, len(pairs))
    for bins in BOTH:
        found = bins(*split(pairs), count)
        again = bins(*split(shuffled), count)
        assert len(found) <= count
        assert sum(one.cases for one in found) == len(pairs)
        assert all(a.high <= b.low for a, b in zip(found, found[1:], strict=False))
        for one, other in zip(found, again, strict=True):
            assert one.low - 1e-9 <= one.confidence <= one.high + 1e-9
            assert (one.low, one.high, one.cases) == (other.low, other.high, other.cases)
            assert (one.confidence, one.right) == pytest.approx((other.confidence, other.right))


@given(answers.filter(len), counts)
def test_by_mass_no_bin_is_larger_than_its_share_but_by_a_tie(
    pairs: list[tuple[float, float]], count: int
) -> None:
    told, right = split(pairs)
    share = -(-len(told) // count)
    for one in bins_of_equal_mass(told, right, count):
        inside = [value for value in told if one.low <= value <= one.high]
        assert len(inside) == one.cases
        # Without those that tie with the surest, it holds less than its share.
        assert sum(value < one.high for value in inside) < share


@given(answers.filter(len), counts)
def test_the_measures_are_bounded_and_one_bin_compares_the_means(
    pairs: list[tuple[float, float]], count: int
) -> None:
    told, right = split(pairs)
    assert 0 <= brier_score(told, right) <= 1
    whole = abs(fmean(told) - fmean(right))
    for bins in BOTH:
        assert expected_calibration_error(bins(told, right, 1)) == pytest.approx(whole, abs=1e-9)
        # Gaps of opposite signs cancel in one bin and not in several.
        several = expected_calibration_error(bins(told, right, count))
        assert whole - 1e-9 <= several <= 1 + 1e-9
