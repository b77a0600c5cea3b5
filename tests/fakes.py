"""Fakes that really do what their interface says, in memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from index.sentences import sentences
from qa.days import DAY_NAMES
from qa.listen import Check, never
from qa.reader_model import TokenScores
from qa.words import NUMBER_WORDS, STOPWORDS, key, words
from tests.fake_desk import FakeDesk

__all__ = ["FakeDesk", "FakeEmbedder", "FakeModel"]


class FakeEmbedder:
    """Vectors that only shared words make alike: every word hashed to a direction, summed.

    Implements `index.embed.PassageEmbedder`; `embedded` counts the passages it was given.
    """

    identity = "fake"
    dimension = 64

    def __init__(self) -> None:
        self.embedded = 0

    def embed_query(self, text: str) -> np.ndarray:
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector += _direction(word, self.dimension)
        return vector / (np.linalg.norm(vector) or 1.0)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += len(texts)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self.embed_query(text) for text in texts])


@cache
def _direction(word: str, dimension: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).normal(size=dimension).astype(np.float32)


class FakeModel:
    """A reader that learned nothing: what shares the question's words answers it.

    Implements `qa.read.Model`. The answer is the nearest number, time or run of capitals, by the
    question's first word, that the question does not have, in the sentence that shares most with
    it; else what stands behind the words that they share. `questions` records what it was asked.
    """

    name = "fake"

    def __init__(self) -> None:
        self.questions: list[str] = []

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]:
        self.questions.append(question)
        asked = {word.key for word in words(question)} - STOPWORDS - {"happen", "peopl"}
        return [self._scored(question, asked, title, text) for title, text in texts]

    def _scored(self, question: str, asked: set[str], title: str, text: str) -> TokenScores:
        tokens = list(_TOKEN.finditer(text))
        starts, ends = np.zeros((2, len(tokens)), np.float32)
        keys = [key(one.group()) if one.group().isalpha() else "" for one in tokens]
        around = asked & {*keys, *(word.key for word in words(title))}
        best = 0.0
        for start, end in sentences(text):
            places = [i for i, one in enumerate(tokens) if start <= one.start() < end]
            shared = {i for i in places if keys[i] in asked}
            own = len({keys[i] for i in shared})
            share = (own + 0.5 * (len(around) - own)) / max(1, len(asked))
            if not own or text[start:end].endswith("?"):
                continue
            best = max(best, share)
            first, last = _few_words(question, [tokens[i].group() for i in places], shared, places)
            starts[first], ends[last] = 10 + 5 * share, 10 + 5 * share
        offsets = [one.span() for one in tokens]
        return TokenScores(starts, ends, 12 * best - 6, offsets, 0.0)


_TOKEN = re.compile(r"[$£€]?\d+(?:[.,:]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]")
_INSIDE = frozenset({"al", "of", "and", "-", "than"})  # of a run, not at its ends


def _few_words(
    question: str, said: Sequence[str], shared: set[int], places: Sequence[int]
) -> tuple[int, int]:
    """The first and the last token of the run nearest to the shared ones."""
    at = [places.index(i) for i in shared]
    begun = question.lower().split()
    is_time = bool({"when", "year", "day"} & set(begun))
    if "how" in begun and {"many", "much", "old", "long"} & set(begun):
        fits = [one.lower() in _AMOUNT or any(c.isdigit() for c in one) for one in said]
    elif is_time:
        fits = [one in DAY_NAMES or one.isdecimal() for one in said]
    elif begun and begun[0] in ("who", "whom", "where", "which", "what"):
        fits = [
            one[0].isupper() and one.lower() not in STOPWORDS and one not in DAY_NAMES
            for one in said
        ]
    else:
        fits = [False] * len(said)
    inside = _INSIDE | {","} if is_time else _INSIDE  # "Sunday, 12 May"
    fits = [fit and i not in at for i, fit in enumerate(fits)]
    runs: list[list[int]] = []
    for i in (i for i, fit in enumerate(fits) if fit):
        if runs and set(said[runs[-1][-1] + 1 : i]) <= inside:
            runs[-1].append(i)
        else:
            runs.append([i])
    if runs:
        near = min(runs, key=lambda run: min(_way(said, one, i) for one in run for i in at))
        return places[near[0]], places[near[-1]]
    behind = max(at) + 1
    if behind < len(said) - 1:
        return places[behind], places[min(behind + 9, len(said) - 2)]
    return places[0], places[max(0, min(at) - 1)]


_AMOUNT = NUMBER_WORDS.keys() | {"more", "least", "million", "billion", "thousand"}


def _way(said: Sequence[str], one: int, other: int) -> int:
    """How far two tokens are apart; what stands in brackets is far from what does not."""
    between = said[min(one, other) : max(one, other)]
    return len(between) + 10 * (between.count("(") != between.count(")"))
