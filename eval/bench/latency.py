"""Time and memory of this process."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def percentiles(action: Callable[[Any], object], inputs: Iterable[Any]) -> dict[str, float]:
    """p50, p95 and p99 of the milliseconds that `action` takes on each input."""
    taken = []
    for one in inputs:
        began = time.perf_counter()
        action(one)
        taken.append((time.perf_counter() - began) * 1000)
    return percentiles_of(taken)


def percentiles_of(milliseconds: Sequence[float]) -> dict[str, float]:
    """Their p50, p95 and p99."""
    return {f"p{q}": round(float(np.percentile(milliseconds, q)), 1) for q in (50, 95, 99)}


def resident_mib() -> int:
    """Resident memory now, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024)
    raise RuntimeError("resident memory is read from /proc, which this system lacks")


def peak_mib() -> int:
    """Largest resident memory so far, in MiB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
