"""A measurement in a process of its own, so that its memory and its start are its alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def measured_apart(module: str, *options: str) -> dict[str, Any]:
    """Run `python -m module options…`, whose last line of output is the figures as JSON.

    What it writes to standard error is seen as it comes. Raises `CalledProcessError` when it
    fails, and ValueError when its last line is no JSON object.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *options],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    figures = json.loads(lines[-1]) if lines else None
    if not isinstance(figures, dict):
        raise ValueError(f"{module} printed no figures")
    return figures
