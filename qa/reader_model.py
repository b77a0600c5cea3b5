"""Run the trained reader: of a question and passages, where in each the answer may stand.

Every pair runs through the graph alone, in one thread, and several run side by side, as in
`index.embed`: nothing is padded, and a pair has the same logits, bit for bit, whatever it is
read with.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.cores import cores
from index.errors import ModelError
from index.graph import Precision
from index.model import file_digest, open_session
from index.side_by_side import SideBySide
from qa.listen import Check, never
from qa.reader_build import NAME, build, likeness, run_pair
from qa.reader_tokens import Encoded, encode, load_tokenizer

if TYPE_CHECKING:
    import onnxruntime
    from tokenizers import Tokenizer

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"

#: The least likeness to fp32 at which a machine's int8 arithmetic is used.
LEAST_LIKENESS = 0.98

_log = logging.getLogger("dateline.reader")


@dataclass(frozen=True, slots=True, eq=False)
class TokenScores:
    """What the reader makes of one passage, in logits. n tokens of its text were read."""

    starts: np.ndarray  #: float32 (n,): that an answer starts at the token
    ends: np.ndarray  #: float32 (n,): that an answer ends with the token
    answers: float  #: that the passage answers the question
    offsets: list[tuple[int, int]]  #: n times (start, end) in code points of the text
    null: float  #: start plus end at [CLS]: that no words of the passage are the answer


class ReaderModel:
    """The trained reader on the CPU. Any number of threads may use one.

    Any strings are accepted; of long ones, what `qa.reader_tokens.encode` keeps is read.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        name: str,
        threads: int,
    ) -> None:
        """Prefer `ReaderModel.open`."""
        self._session, self._tokenizer = session, tokenizer
        self._threads = SideBySide(threads, "read")
        self.name = name  #: "minilm-reader/1f9e0c52/int8": the weights' digest, the precision

    @classmethod
    def open(
        cls,
        folder: Path,
        threads: int = 0,
        precision: Precision = "int8",
        weights: Path | None = None,
    ) -> ReaderModel:
        """Open the reader, building its graph in folder/models the first time (seconds).

        `threads` 0 means one per core; `weights` names another file than this release's. Where
        a machine's int8 arithmetic strays from fp32 by too much, fp32 is used, and `name` says
        so. Raises ModelError when the weights or the pinned model's package are missing or
        damaged, DataFolderError when the folder can't be used.
        """
        path = WEIGHTS if weights is None else weights
        try:
            digest = file_digest(path)
        except OSError as error:
            raise ModelError(
                f"The reader's weights in {path} cannot be read ({error.strerror}). "
                "Install Dateline again, or name another file of weights."
            ) from error
        tokenizer = load_tokenizer()
        session = open_session(build(folder, precision, path, digest))
        if precision == "int8":
            found = likeness(session, tokenizer)
            if not found >= LEAST_LIKENESS:  # nan too
                _log.warning(
                    "int8 arithmetic of this machine agrees with fp32 by %.3f only: "
                    "reading in fp32, which is slower",
                    found,
                )
                precision = "fp32"
                session = open_session(build(folder, precision, path, digest))
        threads = threads or cores()
        return cls(session, tokenizer, f"{NAME}/{digest[:8]}/{precision}", threads)

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]:
        """Of every (title, text), in their order, where the question's answer may stand.

        What `check` raises, called before each text, ends it.
        """
        pairs = [encode(self._tokenizer, question, title, text) for title, text in texts]

        def scored(pair: Encoded) -> TokenScores:
            check()
            return self._scored(pair)

        return self._threads.map(scored, pairs, lambda pair: len(pair.ids))

    def close(self) -> None:
        """End the threads. Reading again starts them anew."""
        self._threads.close()

    def _scored(self, pair: Encoded) -> TokenScores:
        logits, answers = run_pair(self._session, pair)
        text = logits[pair.text_from : pair.text_from + len(pair.offsets)]
        starts, ends = np.ascontiguousarray(text.T)
        return TokenScores(starts, ends, float(answers[0]), pair.offsets, float(logits[0].sum()))
