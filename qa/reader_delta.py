"""Read the reader's weights: what training changed in the pinned model, as a small file.

The file is a safetensors file that `eval.train.export` writes. Of a matrix that changed it holds
the difference to the pinned weights in 8 or 4 bits, of a vector the difference in fp32, and the
heads, which the pinned model lacks, as they are in fp32. What did not change is not in it.

| bits | tensors of the matrix NAME [rows, columns]    | the difference is                       |
| ---- | --------------------------------------------- | --------------------------------------- |
| 8    | NAME int8 [rows, columns]                     | value * scale of its row                |
|      | NAME.scales fp32 [rows]                       |                                         |
| 4    | NAME uint8 [rows, columns / 2], of two values | (value - 8) * scale of its group * unit |
|      | the first in a byte's low half                | a group is 64 columns of a row          |
|      | NAME.scales fp16 [rows, columns / 64]         |                                         |
|      | NAME.unit fp32 [1]                            |                                         |

Its only metadata is a JSON object under the key "reader": `format`, `bits`, `base` (the digest of
the pinned weights' file), `facts` (how it was trained), and `digest` over all of that and every
tensor, so that damage is found wherever it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ModelError
from index.model import WEIGHTS_DIGEST

FORMAT = "dateline-reader/1"
METADATA = "reader"  #: the metadata's only key
GROUP = 64  #: columns that share a scale at 4 bits
ZERO = 8  #: what stands for 0 at 4 bits
FROZEN = "embeddings.word_embeddings.weight"  #: always as in the pinned weights
HEADS = {"span": 2, "answers": 1}  #: each head's outputs: its weight [outputs, 384] and bias
SCALES, UNIT = ".scales", ".unit"

_ADVICE = "Put back the file of this release, or install Dateline again."
_DTYPES = {"I8": np.int8, "U8": np.uint8, "F16": np.float16, "F32": np.float32}


class _Unusable(Exception):
    """Why a file of weights can't be used."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A file of weights, undamaged, not yet merged."""

    bits: int
    facts: dict[str, str]  #: how it was trained, as `write_delta` was told
    tensors: dict[str, np.ndarray]


def merged(base: Mapping[str, np.ndarray], path: Path) -> dict[str, np.ndarray]:
    """The reader's weights in float32, by their names: those of `base`, changed, and the heads.

    `base` are the pinned weights; what did not change is theirs and not copied. Raises
    ModelError when the file is missing, damaged, of another format or for other weights.
    """
    delta = read_delta(path)
    try:
        return _merged(base, delta)
    except _Unusable as error:
        raise ModelError(f"The reader's weights in {path} don't fit: {error}. {_ADVICE}") from error


def read_delta(path: Path) -> Delta:
    """The file's content. Raises ModelError as `merged` does."""
    try:
        header, tensors = _parsed(path.read_bytes())
        return _checked(header, tensors)
    except OSError as error:
        raise ModelError(
            f"The reader's weights in {path} cannot be read ({error.strerror}). {_ADVICE}"
        ) from error
    except _Unusable as error:
        raise ModelError(f"The reader's weights in {path} are {error}. {_ADVICE}") from error


def content_digest(header: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> str:
    """SHA-256, in hexadecimal, of the metadata but its digest, and of every tensor."""
    told = {key: value for key, value in header.items() if key != "digest"}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(json.dumps([name, tensor.dtype.str, tensor.shape]).encode())
        digest.update(tensor.tobytes())
    return digest.hexdigest()


def _parsed(content: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Metadata and tensors of the file's bytes."""
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(content)
        # The library gives metadata of files only, not of bytes. It has checked the header.
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size]).get("__metadata__") or {}
        header = json.loads(metadata.get(METADATA, "null"))
    except (SafetensorError, ValueError, RecursionError) as error:
        raise _Unusable(f"damaged ({error})") from error
    tensors = {}
    for name, entry in entries:
        if entry["dtype"] not in _DTYPES:
            raise _Unusable(f"of another format (a tensor of {entry['dtype']})")
        values = np.frombuffer(entry["data"], _DTYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return header, tensors


def _checked(header: Any, tensors: dict[str, np.ndarray]) -> Delta:
    known = isinstance(header, dict) and header.get("format") == FORMAT
    if not known or header.get("bits") not in (4, 8):
        raise _Unusable(f"not of the format that this release reads ({FORMAT})")
    if header.get("base") != WEIGHTS_DIGEST:
        raise _Unusable("for another base model than the pinned one")
    if header.get("digest") != content_digest(header, tensors):
        raise _Unusable("damaged (the digest of its content is another)")
    facts = header.get("facts")
    if not isinstance(facts, dict) or not all(isinstance(fact, str) for fact in facts.values()):
        raise _Unusable(f"not of the format that this release reads ({FORMAT})")
    return Delta(header["bits"], facts, tensors)


def _merged(base: Mapping[str, np.ndarray], delta: Delta) -> dict[str, np.ndarray]:
    weights = {name: value for name, value in base.items() if value.dtype == np.float32}
    width = weights[FROZEN].shape[1]
    rest = dict(delta.tensors)
    for head, outputs in HEADS.items():
        weights[f"{head}.weight"] = _taken(rest, f"{head}.weight", np.float32, (outputs, width))
        weights[f"{head}.bias"] = _taken(rest, f"{head}.bias", np.float32, (outputs,))
    for name in [name for name in rest if name in base and name != FROZEN]:
        if name in weights:
            weights[name] = weights[name] + _difference(rest, name, base[name].shape, delta.bits)
    if rest:
        raise _Unusable(f"nothing is known of its {min(rest)!r}")
    for name, value in weights.items():
        if name in delta.tensors and not np.isfinite(value).all():
            raise _Unusable(f"its {name!r} is not finite")
    return weights


def _difference(
    rest: dict[str, np.ndarray], name: str, shape: tuple[int, ...], bits: int
) -> np.ndarray:
    """What was learned of one tensor, float32; takes its parts out of `rest`."""
    if len(shape) != 2:
        return _taken(rest, name, np.float32, shape)
    rows, columns = shape
    if bits == 8:
        values = _taken(rest, name, np.int8, shape)
        return values * _taken(rest, name + SCALES, np.float32, (rows,))[:, None]
    groups = columns // GROUP
    packed = _taken(rest, name, np.uint8, (rows, columns // 2))
    scales = _taken(rest, name + SCALES, np.float16, (rows, groups)).astype(np.float32)
    scales *= _taken(rest, name + UNIT, np.float32, (1,))
    values = np.stack([packed & 15, packed >> 4], axis=-1).astype(np.float32) - ZERO
    return (values.reshape(rows, groups, GROUP) * scales[:, :, None]).reshape(shape)


def _taken(
    rest: dict[str, np.ndarray], name: str, dtype: type[np.generic], shape: tuple[int, ...]
) -> np.ndarray:
    found = rest.pop(name, None)
    if found is None:
        raise _Unusable(f"it lacks {name!r}")
    if found.dtype != dtype or found.shape != shape:
        raise _Unusable(
            f"its {name!r} is {found.dtype} {found.shape}, not {dtype.__name__} {shape}"
        )
    return found
