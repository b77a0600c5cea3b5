"""What answers cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def percentile(values: Sequence[float], q: float) -> float | None:
    """The q-th percentile, 0 <= q <= 100, between the two nearest values where it falls there.

    h = (n - 1)·q/100 counted from the smallest value as 0, the value at h interpolated linearly:
    definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, the usual
    one of numpy. With fewer than 100/(100 - q) values it says little more than the largest does.
    None for no values.
    """
    return float(np.percentile(np.asarray(values, dtype=float), q)) if len(values) else None
