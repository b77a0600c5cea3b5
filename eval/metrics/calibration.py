"""Measures of confidence: whether of the answers given with .7, seven in ten are right.

Pure functions of confidences (n,) in 0..1 and of how right each answer was (n,), 0..1: 1 or 0, or a
share. The reliability curve is drawn through bins of answers of like confidence; the expected
calibration error is the mean distance of its points from the diagonal. It depends on how the bins
are cut: bins of equal width hold few cases where a system is rarely sure, bins of equal mass
are wide there. A figure means little without its kind and number of bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: a point of the reliability curve."""

    low: float  #: of equal width: the borders; of equal mass: the lowest confidence in it
    high: float  #: and the highest
    cases: int  #: at least 1
    confidence: float  #: their mean
    right: float  #: mean of how right they were

    @property
    def gap(self) -> float:
        """confidence - right: above 0 it is surer than it should be."""
        return self.confidence - self.right


def bins_of_equal_width(
    confidences: Sequence[float], rights: Sequence[float], count: int = BINS
) -> list[Bin]:
    """The bins ((k-1)/count, k/count], k = 1, 2, … count, 0 in the first; empty ones left out.

    As in Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", ICML 2017,
    arXiv:1706.04599. Raises `ValueError` as `brier_score` does, and for `count` below 1.
    """
    told, right = _checked(confidences, rights, count)
    # Against the borders themselves, which rounding would miss: 0.3·10 is above 3.
    borders = np.array([place / count for place in range(count + 1)])
    own = np.maximum(np.searchsorted(borders, told, side="left"), 1)
    return [
        _bin(told[own == k], right[own == k], float(borders[k - 1]), float(borders[k]))
        for k in range(1, count + 1)
        if (own == k).any()
    ]


def bins_of_equal_mass(
    confidences: Sequence[float], rights: Sequence[float], count: int = BINS
) -> list[Bin]:
    """At most `count` bins of about as many answers each, from the least sure to the surest.

    As in Nguyen and O'Connor, "Posterior Calibration and Exploratory Analysis for Natural Language
    Processing Models", EMNLP 2015, arXiv:1508.05154; answers of the same confidence stay
    together, so that their order does not count. Raises `ValueError` as `brier_score` does, and
    for `count` below 1.
    """
    told, right = _checked(confidences, rights, count)
    if not len(told):
        return []
    order = np.argsort(told, kind="stable")
    told, right = told[order], right[order]
    # The k-th bin ends with the last answer as sure as the one at k/count of the way.
    last = [-(-len(told) * k // count) - 1 for k in range(1, count + 1)]
    ends = [int(np.searchsorted(told, told[place], side="right")) for place in last]
    ends = sorted(set(ends))
    return [
        _bin(told[a:b], right[a:b], float(told[a]), float(told[b - 1]))
        for a, b in zip([0, *ends[:-1]], ends, strict=True)
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """ECE = sum over the bins of (cases / all cases)·|right - confidence|. 0..1, lower is better.

    Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", AAAI 2015; Guo et al. 2017, equation 3. None for no bins.
    """
    cases = sum(one.cases for one in bins)
    return sum(one.cases * abs(one.gap) for one in bins) / cases if cases else None


def brier_score(confidences: Sequence[float], rights: Sequence[float]) -> float | None:
    """BS = mean of (confidence - right)². 0..1, lower is better.

    Brier, "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review
    78, 1950, for one event. Unlike calibration alone it rewards knowing one case from another.
    None for no cases. Raises `ValueError` for sequences of different lengths and for what is not
    in 0..1.
    """
    told, right = _checked(confidences, rights, 1)
    return float(np.mean((told - right) ** 2)) if len(told) else None


def _bin(told: np.ndarray, right: np.ndarray, low: float, high: float) -> Bin:
    return Bin(low, high, len(told), float(told.mean()), float(right.mean()))


def _checked(
    confidences: Sequence[float], rights: Sequence[float], count: int
) -> tuple[np.ndarray, np.ndarray]:
    told, right = np.asarray(confidences, dtype=float), np.asarray(rights, dtype=float)
    if told.shape != right.shape or told.ndim != 1:
        raise ValueError("confidences and rights have to be as many, in one row each")
    for name, values in (("confidence", told), ("right", right)):
        wrong = values[~((values >= 0) & (values <= 1))]  # not a number is in neither
        if len(wrong):
            raise ValueError(f"a {name} of {wrong[0]} is not in 0..1")
    if count < 1:
        raise ValueError(f"{count} bins are none")
    return told, right
