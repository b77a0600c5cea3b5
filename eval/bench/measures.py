"""Means of a benchmark's questions, with their intervals, as result files hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from eval.metrics.intervals import interval, interval_of_ratio
from eval.records import Measure

DIGITS = 4
T = TypeVar("T")
AIM = 0.7  #: recall of abstaining that is aimed at


def rounded(measure: Measure) -> dict[str, Any]:
    """`{value, low, high, cases}`, for JSON."""
    found = {key: round(getattr(measure, key), DIGITS) for key in ("value", "low", "high")}
    return {**found, "cases": measure.cases}


def mean(values: Sequence[float], units: Sequence[str]) -> dict[str, Any] | None:
    """Mean with its 95% interval; None for no values."""
    return rounded(interval(values, units)) if len(values) else None


def ratio(
    parts: Sequence[float], wholes: Sequence[float], units: Sequence[str]
) -> dict[str, Any] | None:
    """sum of parts / sum of wholes with its 95% interval; None where the wholes sum to 0."""
    found = interval_of_ratio(parts, wholes, units)
    return None if found is None else rounded(found)


def evenly(items: Sequence[T], count: int | None) -> Sequence[T]:
    """At most `count` of the items from everywhere among them, for a trial; all for None."""
    if count is None or count >= len(items):
        return items
    return [items[place * len(items) // count] for place in range(count)]
