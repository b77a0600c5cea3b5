"""Paired comparison of two runs over the same cases.

The question is whether the second run differs from the first by more than chance, and by how
much. Pairing takes out what makes some questions harder than others. The test is Fisher's
randomisation: were the runs alike, each difference might as well have had the other sign
(Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information
Retrieval Evaluation", CIKM 2007). Both the test and the interval take units as wholes, as
`eval.metrics.intervals` explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.intervals import interval, unit_codes

#: Sign patterns tried; with 13 differing units or fewer, all 2**13 of them, and p is exact.
PERMUTATIONS = 9999
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Paired:
    """How the second run differs from the first in one measure."""

    difference: float  #: mean of second - first
    low: float  #: of its bootstrap 95% interval
    high: float
    p: float  #: two-sided; how often chance alone gives a difference as large
    wins: int  #: cases in which the second is higher
    losses: int
    ties: int

    @property
    def cases(self) -> int:
        return self.wins + self.losses + self.ties


def paired(
    first: Sequence[float], second: Sequence[float], units: Sequence[str], seed: int = 0
) -> Paired:
    """Compare a measure of two runs, case by case.

    Args:
        first, second: (n,) of the same cases in the same order.
        units: (n,) what each case is drawn with.

    Raises `ValueError` for no cases, and for sequences of different lengths.
    """
    if not len(first) == len(second) == len(units):
        raise ValueError("first, second and units have to be as many")
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    measure = interval(differences.tolist(), units, seed)
    codes, count = unit_codes(units)
    wins, losses = int((differences > 0).sum()), int((differences < 0).sum())
    return Paired(
        difference=measure.value,
        low=measure.low,
        high=measure.high,
        p=_randomisation(np.bincount(codes, differences, count), seed),
        wins=wins,
        losses=losses,
        ties=len(differences) - wins - losses,
    )


def _randomisation(sums: np.ndarray, seed: int) -> float:
    """Two-sided p of the sum over units, under flips of each unit's sign; 1 where none differs.

    The sum orders the patterns as the mean difference does, the number of cases being fixed.
    """
    # A unit without difference is the same under both signs; without it small sets are exact.
    differing = sums[np.abs(sums) > 1e-12]
    if len(differing) < 2:
        return 1.0  # both signs of a single difference are as large; scipy asks for two at least
    from scipy.stats import permutation_test

    found = permutation_test(
        (differing,), np.sum, permutation_type="samples", vectorized=True,
        n_resamples=PERMUTATIONS, batch=_BATCH, rng=np.random.default_rng(seed),
    )  # fmt: skip
    return float(found.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """p values corrected for there being several, in the same order.

    The i-th smallest of m becomes the largest of (m - j + 1)·p_j over j <= i, at most 1 (Holm,
    "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics
    6(2), 1979). The chance of even one false alarm among those below .05 is then below .05,
    however the measures depend on each other.
    """
    corrected = [0.0] * len(p_values)
    highest = 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, (len(p_values) - place) * p_values[index])
        corrected[index] = min(1.0, highest)
    return corrected
