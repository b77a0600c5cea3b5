"""Write the trained reader's weights as a small file: the difference to the pinned model's.

The differences are small and without outliers, so that 8 bits with a scale for each row lose
next to nothing; 4 bits take a scale for each 64 columns of it (as in Dettmers and Zettlemoyer
2023, "The case for 4-bit precision"). `qa.reader_delta` reads the file and says what is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from index.model import WEIGHTS_DIGEST
from qa.reader_delta import (
    FORMAT,
    FROZEN,
    GROUP,
    HEADS,
    METADATA,
    SCALES,
    UNIT,
    ZERO,
    content_digest,
)

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


def write_delta(
    base: Mapping[str, np.ndarray],
    tuned: Mapping[str, np.ndarray],
    path: Path,
    bits: int = 8,
    facts: Mapping[str, str] = _NO_FACTS,
) -> None:
    """Write what `tuned` adds to `base`, in 8 or 4 bits; the same bytes for the same weights.

    `base` are the pinned weights (of `index.model.package_file("model.safetensors")`), `tuned`
    float32 weights by the same names, with the heads "span" and "answers"; what it lacks did not
    change. `facts` say how it was trained. Raises ValueError for weights that can't be meant:
    unknown names, other shapes, values that are not finite, changed word embeddings.
    """
    from safetensors.numpy import save

    if bits not in (4, 8):
        raise ValueError(f"bits must be 4 or 8, not {bits}")
    _check(base, tuned)
    tensors: dict[str, np.ndarray] = {}
    for name, value in sorted(tuned.items()):
        if name not in base:
            tensors[name] = value.astype(np.float32)
        elif (difference := value.astype(np.float32) - base[name]).any():
            tensors |= _written(name, difference.astype(np.float32), bits)
    header = {"format": FORMAT, "bits": bits, "base": WEIGHTS_DIGEST, "facts": dict(facts)}
    header["digest"] = content_digest(header, tensors)
    # One key: the library writes several in an order that changes.
    metadata = {METADATA: json.dumps(header, sort_keys=True)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save(tensors, metadata))


def _check(base: Mapping[str, np.ndarray], tuned: Mapping[str, np.ndarray]) -> None:
    width = base[FROZEN].shape[1]
    shapes = {name: value.shape for name, value in base.items() if value.dtype == np.float32}
    for head, outputs in HEADS.items():
        shapes |= {f"{head}.weight": (outputs, width), f"{head}.bias": (outputs,)}
        if not {f"{head}.weight", f"{head}.bias"} <= tuned.keys():
            raise ValueError(f"the weights lack the head {head!r}")
    for name, value in tuned.items():
        if name not in shapes:
            raise ValueError(f"{name!r} is neither a weight of the pinned model nor of a head")
        if value.shape != shapes[name]:
            raise ValueError(f"{name!r} is {value.shape}, not {shapes[name]}")
        if not np.isfinite(value).all():
            raise ValueError(f"{name!r} is not finite")
    if FROZEN in tuned and not np.array_equal(tuned[FROZEN], base[FROZEN]):
        raise ValueError(
            f"{FROZEN!r} was changed: it must stay as it is, the file has no room for it"
        )


def _written(name: str, difference: np.ndarray, bits: int) -> dict[str, np.ndarray]:
    """The tensors that stand for a difference."""
    if difference.ndim != 2:
        return {name: difference}
    if bits == 8:
        scales = _or_one(np.abs(difference).max(axis=1) / 127).astype(np.float32)
        values = np.clip(np.rint(difference / scales[:, None]), -127, 127).astype(np.int8)
        return {name: values, name + SCALES: scales}
    groups = difference.reshape(len(difference), -1, GROUP)
    most = np.abs(groups).max(axis=2) / (ZERO - 1)
    # fp16 knows few numbers as small as these scales: the unit makes the largest of them 1.
    unit = most.max()
    scales = _or_one((most / unit).astype(np.float16))
    steps = np.rint(groups / (scales.astype(np.float32) * unit)[:, :, None])
    values = (np.clip(steps, -ZERO, ZERO - 1) + ZERO).astype(np.uint8).reshape(difference.shape)
    packed = values[:, 0::2] | values[:, 1::2] << 4
    return {name: packed, name + SCALES: scales, name + UNIT: unit.reshape(1)}


def _or_one(scales: np.ndarray) -> np.ndarray:
    """The scales, 1 where there is nothing to scale."""
    return np.where(scales > 0, scales, scales.dtype.type(1))
