"""Paired comparison, against enumeration of all sign patterns and worked examples."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wilcoxon

from eval.metrics.paired import holm, paired

pytestmark = pytest.mark.filterwarnings("error")


def units(count: int) -> list[str]:
    return [f"u{n}" for n in range(count)]


def enumerated(differences: list[float]) -> float:
    """p by trying every pattern of signs."""
    observed = abs(sum(differences))
    patterns = list(product((1, -1), repeat=len(differences)))
    large = sum(
        abs(sum(sign * one for sign, one in zip(signs, differences, strict=True)))
        >= observed - 1e-9
        for signs in patterns
    )
    return large / len(patterns)


def test_no_cases_or_unequal_ones_are_refused() -> None:
    assert holm([]) == []
    with pytest.raises(ValueError, match="no values"):
        paired([], [], [])
    with pytest.raises(ValueError, match="as many"):
        paired([1.0], [1.0, 0.0], ["a"])


def test_the_same_run_twice_does_not_differ() -> None:
    found = paired([0.1, 1, 0], [0.1, 1, 0], units(3))
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert (found.wins, found.losses, found.ties, found.cases) == (0, 0, 3, 3)


def test_wins_losses_ties_and_direction() -> None:
    found = paired([0, 0, 1, 1, 0.5], [1, 1, 0, 1, 0.5], units(5))
    assert (found.wins, found.losses, found.ties) == (2, 1, 2)
    assert found.difference == pytest.approx(0.2)
    assert found.low <= 0.2 <= found.high


@pytest.mark.parametrize("seed", range(6))
def test_p_of_few_cases_is_that_of_all_sign_patterns(seed: int) -> None:
    chance = random.Random(seed)
    first = [chance.choice([0.0, 0.5, 1.0]) for _ in range(9)] + [1.0] * 30
    second = [chance.choice([0.0, 0.5, 1.0]) for _ in range(9)] + [1.0] * 30
    differences = [b - a for a, b in zip(first, second, strict=True)]
    found = paired(first, second, units(39))
    assert found.p == pytest.approx(enumerated(differences[:9]))


def test_one_case_that_differs_shows_nothing_and_six_of_six_do() -> None:
    assert paired([0, 0], [1, 0], units(2)).p == 1
    assert paired([0] * 6, [1] * 6, units(6)).p == pytest.approx(2 / 2**6)


def test_p_of_many_cases_is_near_that_of_another_test() -> None:
    chance = random.Random(4)
    first = [chance.random() for _ in range(80)]
    second = [one + chance.gauss(0.02, 0.1) for one in first]
    found = paired(first, second, units(80))
    theirs = wilcoxon(first, second).pvalue
    assert found.p == pytest.approx(theirs, abs=0.1)
    assert (found.p < 0.05) is (not found.low <= 0 <= found.high)


def test_turns_of_a_conversation_change_sign_together() -> None:
    """Eight turns won in two conversations are two observations, not eight."""
    of = ["a"] * 4 + ["b"] * 4
    assert paired([0] * 8, [1] * 8, of).p == pytest.approx(2 / 2**2)
    assert paired([0] * 8, [1] * 8, units(8)).p == pytest.approx(2 / 2**8)
    assert paired([0, 1], [1, 0], ["a", "a"]).p == 1  # they cancel out within the conversation


def test_the_result_is_the_same_each_time() -> None:
    chance = random.Random(2)
    first, second = ([float(chance.random() < 0.6) for _ in range(100)] for _ in range(2))
    assert paired(first, second, units(100)) == paired(first, second, units(100))


outcomes = st.lists(
    st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 2, st.sampled_from("abcdefgh")),
    min_size=1,
    max_size=10,
)


@given(outcomes)
@settings(max_examples=50)
def test_swapping_the_runs_turns_the_difference_round(cases) -> None:
    first, second, of = zip(*cases, strict=True)
    there, back = paired(first, second, of), paired(second, first, of)
    assert there.difference == pytest.approx(-back.difference)
    assert (there.wins, there.losses, there.ties) == (back.losses, back.wins, back.ties)
    assert there.p == pytest.approx(back.p) and 0 < there.p <= 1
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_holms_correction_of_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([0.02]) == [0.02]


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_lies_between_none_and_bonferroni(p_values) -> None:
    corrected = holm(p_values)
    for one, by_holm in zip(p_values, corrected, strict=True):
        assert one <= by_holm <= min(1, one * len(p_values)) + 1e-12 or one == by_holm == 1
    pairs = sorted(zip(p_values, corrected, strict=True))
    assert [one for _, one in pairs] == sorted(corrected)
