"""Conversations, and what answers cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.conversations import Turn, every_turn_right
from eval.metrics.costs import percentile


def test_nothing_is_no_measure() -> None:
    assert percentile([], 50) is None
    assert every_turn_right([]) == []


TURNS = [
    Turn("a", 1, 1), Turn("a", 2, 1), Turn("a", 3, 1),
    Turn("b", 2, 0), Turn("b", 1, 1),
    Turn("c", 1, 1), Turn("c", 2, None),
    Turn("d", 1, 0.5), Turn("d", 2, 1),
]  # fmt: skip


def test_a_conversation_is_judged_at_its_last_turn() -> None:
    assert every_turn_right(TURNS) == [None, None, 1, 0, None, None, None, None, 0]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_percentiles_lie_between_the_values_and_are_linear_between_neighbours(values, q) -> None:
    found = percentile(values, q)
    ordered = sorted(values)
    place = (len(ordered) - 1) * q / 100
    below = ordered[int(place)]
    above = ordered[min(int(place) + 1, len(ordered) - 1)]
    assert found == pytest.approx(
        below + (above - below) * (place - int(place)), rel=1e-6, abs=1e-6
    )


def test_percentiles_of_a_worked_example() -> None:
    assert percentile([7.0], 99) == 7
    assert [percentile([4, 1, 3, 2], q) for q in (0, 50, 95, 100)] == pytest.approx(
        [1, 2.5, 3.85, 4]
    )
    assert percentile(np.arange(101), 95) == 95
