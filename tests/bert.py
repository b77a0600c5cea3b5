"""BERT's encoder as its paper writes it, to check graphs against."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import erf


def hidden(
    weights: Mapping[str, np.ndarray], ids: Sequence[int], types: Sequence[int] | None = None
) -> np.ndarray:
    """The last layer's output (length, 384) of one input, computed in float64."""

    def weight(name: str) -> np.ndarray:
        return weights[name].astype(np.float64)

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ weight(f"{name}.weight").T + weight(f"{name}.bias")

    def normal(x: np.ndarray, name: str) -> np.ndarray:
        x = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return x * weight(f"{name}.weight") + weight(f"{name}.bias")

    x = weights["embeddings.word_embeddings.weight"][ids].astype(np.float64)
    x = x + weight("embeddings.position_embeddings.weight")[: len(ids)]
    x = x + weight("embeddings.token_type_embeddings.weight")[types or [0] * len(ids)]
    x = normal(x, "embeddings.LayerNorm")
    for layer in range(6):
        name = f"encoder.layer.{layer}."
        query, key, value = (
            linear(x, f"{name}attention.self.{part}").reshape(len(ids), 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(query @ key.swapaxes(1, 2) / math.sqrt(32))
        seen = (scores / scores.sum(-1, keepdims=True)) @ value
        seen = linear(seen.swapaxes(0, 1).reshape(len(ids), 384), f"{name}attention.output.dense")
        x = normal(seen + x, f"{name}attention.output.LayerNorm")
        wide = linear(x, f"{name}intermediate.dense")
        wide = wide * (1 + erf(wide / math.sqrt(2))) / 2
        x = normal(linear(wide, f"{name}output.dense") + x, f"{name}output.LayerNorm")
    return x
