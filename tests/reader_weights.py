"""Weights of a reader that learned nothing: the pinned model with noise on it, and two heads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from eval.train.export import write_delta
from index.model import package_file
from qa.reader_delta import FROZEN


def made_up(seed: int = 1) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The pinned weights, and made-up tuned ones by the names that training gives."""
    base = load_file(package_file("model.safetensors"))
    random = np.random.default_rng(seed)

    def noise(shape: tuple[int, ...], size: float) -> np.ndarray:
        return random.normal(0, size, shape).astype(np.float32)

    tuned = {
        name: value if name == FROZEN else value + noise(value.shape, 2e-3)
        for name, value in base.items()
        if value.dtype == np.float32 and not name.startswith("pooler")
    }
    for head, outputs in (("span", 2), ("answers", 1)):
        tuned[f"{head}.weight"] = noise((outputs, 384), 0.05)
        tuned[f"{head}.bias"] = noise((outputs,), 1)
    return base, tuned


def write_made_up(path: Path, seed: int = 1) -> Path:
    """A file of such weights."""
    write_delta(*made_up(seed), path)
    return path
