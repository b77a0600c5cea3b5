"""Bootstrap 95% intervals, by the percentile method (Efron and Tibshirani, 1993, chapter 13).

What is drawn again and again, with replacement, is units and not cases: the turns of one
conversation stand or fall together, and drawn one by one they would make the interval too narrow.
The draws come from a seed, so that the same figures give the same interval on every machine.

An interval says what another sample of like questions might give. It is no wider than the cases
differ: where all are equal, or there is one unit only, it has no width, which is a lack of
information and not certainty. `Measure.cases` says how many they were.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from eval.records import Measure

#: Draws for means and ratios, which are cheap, and for other statistics.
RESAMPLES, FEW_RESAMPLES = 2000, 1000
_BATCH = 250  #: draws at a time, which bounds memory: 250 x 2,000 units x 8 bytes are 4 MB

#: The measure of the cases at these places; None where it does not apply to them. A place comes
#: as often as its unit was drawn.
Statistic = Callable[[list[int]], float | None]


def interval(values: Sequence[float], units: Sequence[str], seed: int = 0) -> Measure:
    """The mean of a measure over cases, with its interval.

    Args:
        values: (n,) one for each case; a case that the measure does not apply to is left out.
        units: (n,) what each is drawn with (`Case.unit`).

    Raises `ValueError` for no values: there is no mean of nothing, leave the measure out.
    """
    found = interval_of_ratio(values, [1.0] * len(values), units, seed)
    if found is None:
        raise ValueError("there is no mean of no values; leave the measure out")
    return found


def interval_of_ratio(
    parts: Sequence[float], wholes: Sequence[float], units: Sequence[str], seed: int = 0
) -> Measure | None:
    """sum of parts / sum of wholes, with its interval; much faster than `interval_of`.

    Precision, recall and F1 over cases have this form, and a mean over some of the cases: there
    `wholes` is 1 for the cases that count and 0 for the others.

    Args:
        parts, wholes: (n,) what each case adds to the sums; wholes not negative.
        units: (n,) what each is drawn with.

    `Measure.cases` is the number of those with a whole above 0. None where the wholes sum to 0.
    Draws in which they do are left out of the interval.
    """
    codes, count = unit_codes(units)
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    if not part.shape == whole.shape == codes.shape:
        raise ValueError("parts, wholes and units have to be as many")
    if not whole.sum() > 0:
        return None
    summed = np.stack([np.bincount(codes, column, count) for column in (part, whole)])
    value = float(part.sum() / whole.sum())
    cases = int(np.count_nonzero(whole))
    return _measured(value, _ratios(*summed, seed), cases)


def interval_of(
    statistic: Statistic, units: Sequence[str], seed: int = 0, resamples: int = FEW_RESAMPLES
) -> Measure | None:
    """Any statistic over a set of cases, with its interval.

    Args:
        statistic: is given places in `units`, in no particular order and some repeatedly; it
            must not take a repeated case for one case.
        units: (n,) what each case is drawn with.

    `Measure.cases` is n. None where the statistic does not apply to the cases as they are; draws
    that it does not apply to are left out of the interval.
    """
    value = statistic(list(range(len(units))))
    if value is None:
        return None
    codes, count = unit_codes(units)
    members = [[] for _ in range(count)]
    for place, code in enumerate(codes.tolist()):
        members[code].append(place)

    def of_units(drawn: np.ndarray) -> float:
        found = statistic([place for unit in drawn.tolist() for place in members[unit]])
        return np.nan if found is None else found

    drawn = _draws((np.arange(count),), of_units, seed, vectorized=False, n_resamples=resamples)
    return _measured(float(value), drawn, len(units))


def _ratios(parts: np.ndarray, wholes: np.ndarray, seed: int) -> np.ndarray:
    """(RESAMPLES,) ratio of the sums over drawn units, NaN where the wholes sum to 0."""

    def ratio(part: np.ndarray, whole: np.ndarray, axis: int) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return part.sum(axis) / whole.sum(axis)

    how = {"paired": True, "vectorized": True, "n_resamples": RESAMPLES, "batch": _BATCH}
    return _draws((parts, wholes), ratio, seed, **how)


def _draws(
    data: tuple[np.ndarray, ...], statistic: Callable, seed: int, **how: bool | int
) -> np.ndarray:
    """The statistic of each draw; empty for a single unit, of which there is but one draw."""
    if len(data[0]) < 2:
        return np.array([])
    from scipy.stats import DegenerateDataWarning, bootstrap

    with warnings.catch_warnings():
        # Draws without a figure (NaN) are dropped below; scipy's own interval is not used.
        warnings.simplefilter("ignore", DegenerateDataWarning)
        rng = np.random.default_rng(seed)
        found = bootstrap(data, statistic, method="percentile", rng=rng, **how)
    return found.bootstrap_distribution


def _measured(value: float, draws: np.ndarray, cases: int) -> Measure:
    """With the 2.5th and the 97.5th percentile of the draws that gave a figure."""
    told = draws[~np.isnan(draws)]
    low, high = np.quantile(told, [0.025, 0.975]) if len(told) else (value, value)
    return Measure(value=value, low=float(low), high=float(high), cases=cases)


def unit_codes(units: Sequence[str]) -> tuple[np.ndarray, int]:
    """(n,) a number for each case's unit, from 0 in order of appearance, and how many units."""
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(unit, len(numbers)) for unit in units]
    return np.array(codes, dtype=int), len(numbers)
