"""What answers cost, in time and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


def percentile(values: Sequence[float], q: float) -> float | None:
    """The q-th percentile, 0 <= q <= 100, between the two nearest values where it falls there.

    h = (n - 1)·q/100 counted from the smallest value as 0, the value at h interpolated linearly:
    definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996, the usual
    one of numpy. With fewer than 100/(100 - q) values it says little more than the largest does.
    None for no values.
    """
    return float(np.percentile(np.asarray(values, dtype=float), q)) if len(values) else None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one kind."""

    total: int
    mean: float  #: over the cases that tell it
    cases: int


def tokens(usages: Iterable[Mapping[str, int] | None]) -> dict[str, Tokens]:
    """Kind ("prompt_tokens", …) → total and mean over the cases that tell that kind.

    A case without usage counts in no mean: not telling is not using none. Empty where none tells.
    """
    found: dict[str, list[int]] = {}
    for usage in usages:
        for kind, count in (usage or {}).items():
            found.setdefault(kind, []).append(count)
    return {
        kind: Tokens(sum(counts), sum(counts) / len(counts), len(counts))
        for kind, counts in found.items()
    }
