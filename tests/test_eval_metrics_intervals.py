"""Bootstrap intervals, against normal theory, scipy's own and the definition."""

from __future__ import annotations

import random
import warnings
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from eval.metrics.abstention import Decision, abstention_f1
from eval.metrics.intervals import interval, interval_of, interval_of_ratio

pytestmark = pytest.mark.filterwarnings("error")


def units(count: int) -> list[str]:
    return [f"u{n}" for n in range(count)]


def sample(count: int, seed: int = 3) -> list[float]:
    chance = random.Random(seed)
    return [chance.random() for _ in range(count)]


def test_there_is_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        interval([], [])
    assert interval_of_ratio([], [], []) is None
    assert interval_of_ratio([0, 0], [0, 0], ["a", "b"]) is None
    assert interval_of(lambda places: None, ["a", "b"]) is None
    assert interval_of(lambda places: len(places) or None, []) is None
    with pytest.raises(ValueError, match="as many"):
        interval([1.0, 2.0], ["a"])


def test_one_case_or_equal_cases_give_an_interval_without_width() -> None:
    for values, of in (([0.3], ["a"]), ([0.3, 0.3], ["a", "a"]), ([1.0] * 9, units(9))):
        found = interval(values, of)
        assert found.low == pytest.approx(found.value) == pytest.approx(found.high)
        assert found.value == pytest.approx(values[0]) and found.cases == len(values)
    one = interval_of(lambda places: 0.5, ["a"])
    assert (one.value, one.low, one.high, one.cases) == (0.5, 0.5, 0.5, 1)


def test_the_interval_is_that_of_normal_theory_for_many_cases() -> None:
    values = sample(400)
    found = interval(values, units(400))
    half = 1.96 * stdev(values) / 20
    assert found.value == pytest.approx(fmean(values))
    assert found.low == pytest.approx(fmean(values) - half, abs=0.1 * half)
    assert found.high == pytest.approx(fmean(values) + half, abs=0.1 * half)


def test_the_interval_is_scipys() -> None:
    values = sample(30)
    theirs = bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(9)
    ).confidence_interval
    ours = interval(values, units(30))
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.06 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.06 * width)


def test_the_interval_is_the_same_each_time_and_another_with_another_seed() -> None:
    values = sample(50)
    assert interval(values, units(50)) == interval(values, units(50))
    assert interval(values, units(50), seed=1) != interval(values, units(50))
    mean = {"statistic": lambda places: fmean(values[place] for place in places)}
    assert interval_of(units=units(50), **mean) == interval_of(units=units(50), **mean)


def test_turns_of_a_conversation_are_drawn_together() -> None:
    """Each case four times, as one unit: the same interval as each once, not half as wide."""
    values = sample(40)
    once = interval(values, units(40))
    turns = [value for value in values for _ in range(4)]
    together = interval(turns, [unit for unit in units(40) for _ in range(4)])
    assert (together.low, together.high) == pytest.approx((once.low, once.high))
    assert together.cases == 160
    apart = interval(turns, units(160))
    assert apart.high - apart.low == pytest.approx((once.high - once.low) / 2, rel=0.2)


def test_units_are_drawn_whole_for_any_statistic() -> None:
    of = ["a", "b", "a", "c", "b", "a"]
    seen = []
    interval_of(lambda places: seen.append(sorted(places)) or 0.0, of, resamples=50)
    assert seen[0] == list(range(6)) and len(seen) > 50
    for places in seen:
        counts = [places.count(place) for place in range(6)]
        assert counts[0] == counts[2] == counts[5] and counts[1] == counts[4]
        assert counts[0] + counts[1] + counts[3] == 3


def test_a_ratio_and_a_statistic_that_is_one_agree() -> None:
    """F1 of abstaining is 2·both / (abstained + unanswerable): a ratio of sums."""
    chance = random.Random(5)
    cases = [Decision(chance.random() < 0.7, chance.random() < 0.7) for _ in range(120)]
    both = [2.0 * (not one.is_answerable and not one.did_answer) for one in cases]
    total = [float(not one.is_answerable) + (not one.did_answer) for one in cases]
    fast = interval_of_ratio(both, total, units(120))
    slow = interval_of(lambda places: abstention_f1([cases[p] for p in places]), units(120))
    assert fast.value == pytest.approx(slow.value)
    assert fast.low == pytest.approx(slow.low, abs=0.03)
    assert fast.high == pytest.approx(slow.high, abs=0.03)
    assert fast.cases == sum(one > 0 for one in total)


def test_draws_without_a_figure_are_left_out_without_a_warning() -> None:
    found = interval_of_ratio([1, 0, 0, 0], [2, 0, 0, 0], units(4))
    assert (found.value, found.low, found.high, found.cases) == (0.5, 0.5, 0.5, 1)
    rare = interval_of(lambda places: 0.5 if 0 in places else None, units(4))
    assert (rare.low, rare.high) == (0.5, 0.5)


values_and_units = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from("abcdef")), min_size=1, max_size=12
)


@given(values_and_units)
@settings(max_examples=50)
def test_an_interval_lies_within_the_values_and_holds_the_mean_of_its_units(cases) -> None:
    values, of = zip(*cases, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = interval(values, of)
    slack = 1e-12
    assert min(values) - slack <= found.low <= found.high <= max(values) + slack
    assert found.value == pytest.approx(fmean(values))
    shifted = interval([value + 1 for value in values], of)
    assert (shifted.low, shifted.high) == pytest.approx((found.low + 1, found.high + 1))
