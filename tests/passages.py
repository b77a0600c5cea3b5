"""Hits made of plain text, and an embedder without a model, for tests of reading and writing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from index.records import Hit, Passage
from index.sentences import sentences
from qa.calibrate import Calibration
from qa.config import ReaderConfig
from qa.read import TrainedReader
from qa.records import Question, Understood
from qa.understand import understand
from qa.words import STOPWORDS, words
from qa.write import Draft, compose
from tests.fakes import FakeModel

TODAY = date(2024, 5, 20)

#: As sure as the surest passage, whatever this release's calibration says.
CALIBRATION = Calibration({"says": 1.0}, 0.0)


class HashEmbedder:
    """A bag of hashed word stems: texts that share words are alike. Records what it embedded."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_query(self, text: str) -> np.ndarray:
        return self._vector(text)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> np.ndarray:
        vector = np.full(384, 1e-3, dtype=np.float32)
        for word in words(text):
            if word.key not in STOPWORDS:
                digest = hashlib.blake2b(word.key.encode("utf-8", "replace"), digest_size=4)
                vector[int.from_bytes(digest.digest(), "big") % 384] += 1
        return vector / np.linalg.norm(vector)


def hit(
    text: str,
    article: str = "a",
    title: str = "",
    published: date | None = date(2024, 5, 14),
    offset: int = 0,
    source: str | None = None,
) -> Hit:
    """A hit on one passage that stands `offset` code points into its article."""
    passage = Passage(
        id=f"{article}-{offset}",
        article_id=article,
        start=offset,
        end=offset + len(text),
        text=text,
        sentences=tuple((offset + start, offset + end) for start, end in sentences(text)),
        title=title,
        source=source or article,
        published=published,
    )
    return Hit(passage, 1.0, {"dense": 0.5})


def asked(text: str) -> Understood:
    return understand(Question(text), TODAY)


def reader(config: ReaderConfig | None = None) -> TrainedReader:
    """The reader without its weights: see `FakeModel`."""
    return TrainedReader(FakeModel(), config, CALIBRATION)


def answer(question: str, *hits: Hit, config: ReaderConfig | None = None) -> Draft:
    """Understand, read and write in one."""
    config = config or ReaderConfig()
    understood = asked(question)
    reading = reader(config).read(understood, hits)
    return compose(understood, reading, reading.passages, config)


def source_of(draft: Draft, number: int, hits: Sequence[Hit]) -> str:
    """The text of the cited article between a citation's offsets."""
    citation = draft.citations[number - 1]
    passage = next(h.passage for h in hits if h.passage.id == citation.passage_id)
    return passage.text[citation.start - passage.start : citation.end - passage.start]


def plain(text: str) -> str:
    return re.sub(r"\s*\[\d+\]", "", text)
