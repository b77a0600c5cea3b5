"""Turn texts into vectors with the embedding model.

Every text runs through the graph alone, in one thread, and several texts run side by
side. So there is no padding to compute, the work fits the processor's cache, and a
text has the same vector, bit for bit, whatever else was embedded with it. Batches
were not faster: `eval/bench/embedding.py` measures them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.cores import cores
from index.graph import DIMENSION, Precision
from index.model import agreement, build, identity, open_session, run_one, run_probes
from index.side_by_side import SideBySide
from index.tokens import ModelTokenizer

if TYPE_CHECKING:
    import onnxruntime

#: The least mean cosine to fp32 at which a machine's int8 arithmetic is used.
LEAST_AGREEMENT = 0.99

_log = logging.getLogger("dateline.embed")


class PassageEmbedder(Protocol):
    """What indexing and retrieval need of an embedding model. All vectors have length 1."""

    @property
    def identity(self) -> str:
        """Names the model: vectors of equal identity are comparable."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed_query(self, text: str) -> np.ndarray:
        """float32 (dimension,) of a question."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), dimension) of passages, in their order."""
        ...


class Embedder:
    """all-MiniLM-L6-v2 on the CPU. Any number of threads may use one.

    Any string is accepted: of a long text the first 254 tokens count, NUL and other
    control characters do not.
    """

    dimension = DIMENSION

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: ModelTokenizer,
        identity: str,
        threads: int,
    ) -> None:
        """Prefer `Embedder.open`."""
        self._session, self._tokenizer = session, tokenizer
        self._threads = SideBySide(threads, "embed")
        self.identity = identity

    @classmethod
    def open(cls, folder: Path, threads: int = 0, precision: Precision = "int8") -> Embedder:
        """Open the model, building its graph in folder/models the first time (seconds).

        `threads` 0 means one per core. Where a machine's int8 arithmetic strays from
        fp32 by too much, fp32 is used, and `identity` says so. Raises ModelError when the
        model's package is missing or damaged, DataFolderError when the folder can't be used.
        """
        tokenizer = ModelTokenizer()
        session = open_session(build(folder, precision))
        if precision == "int8":
            found = agreement(session, run_probes(session, tokenizer.ids))
            if not found >= LEAST_AGREEMENT:  # nan too
                _log.warning(
                    "int8 arithmetic of this machine agrees with fp32 by %.3f only: "
                    "using fp32, which is slower",
                    found,
                )
                precision = "fp32"
                session = open_session(build(folder, precision))
        return cls(session, tokenizer, identity(precision), threads or cores())

    def embed_query(self, text: str) -> np.ndarray:
        """float32 (384,) of a question, length 1."""
        return self._embed(text)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (len(texts), 384) of passages in their order, each of length 1."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for place, vector in enumerate(self._threads.map(self._embed, texts, len)):
            vectors[place] = vector
        return vectors

    def close(self) -> None:
        """End the threads. Embedding again starts them anew."""
        self._threads.close()

    def _embed(self, text: str) -> np.ndarray:
        return run_one(self._session, self._tokenizer.ids(text))
