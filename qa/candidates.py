"""Words of a passage that may be the answer, from the trained reader's logits."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.records import Passage

if TYPE_CHECKING:
    from qa.reader_model import TokenScores

MOST_TOKENS = 25  #: of an answer

_POINTS = frozenset(".,:")  # that stand within numbers: 12.5, 1,000, 10:30


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words within one sentence of a passage."""

    rank: int  #: place of the passage among those read, from 0
    sentence: tuple[int, int]  #: in the article's text
    start: int  #: in the article's text
    end: int
    text: str
    share: float  #: 0..1, its probability if the passage answers


def candidates(rank: int, passage: Passage, scores: TokenScores, most: int) -> list[Candidate]:
    """The `most` likeliest answers of a passage, likeliest first; [] where nothing was read.

    The probability of a span is that of its start times that of its end (Devlin et al. 2019),
    each a softmax over the passage's tokens. An answer lies in one sentence and holds whole words.
    """
    size = len(scores.offsets)
    if not size:
        return []
    sentences = passage.sentences or (_stripped(passage),)
    of = _sentence_of(scores.offsets, passage.start, sentences)
    starts, ends = _log_softmax(scores.starts), _log_softmax(scores.ends)
    found: list[tuple[float, int, int]] = []
    for length in range(min(MOST_TOKENS, size)):
        both = starts[: size - length] + ends[length:]
        within = (of[: size - length] == of[length:]) & (of[length:] >= 0)
        both = np.where(within, both, -np.inf)
        few = min(most, len(both))
        for first in np.argpartition(-both, few - 1)[:few]:
            found.append((float(both[first]), int(first), int(first) + length))
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    made: dict[tuple[int, int], Candidate] = {}
    for log, first, last in found:
        if not np.isfinite(log) or len(made) == most:
            break
        sentence = sentences[of[first]]
        start, end = _whole_words(passage.text, scores.offsets[first][0], scores.offsets[last][1])
        start = max(start, sentence[0] - passage.start)
        end = min(end, sentence[1] - passage.start)
        text = passage.text[start:end]
        if not any(c.isalnum() for c in text) or (start, end) in made:
            continue
        made[start, end] = Candidate(
            rank, sentence, passage.start + start, passage.start + end, text, float(np.exp(log))
        )
    return list(made.values())


def _stripped(passage: Passage) -> tuple[int, int]:
    """The whole passage as one sentence."""
    text = passage.text
    return (
        passage.end - len(text.lstrip()),
        passage.start + len(text.rstrip()),
    )


def _sentence_of(
    offsets: Sequence[tuple[int, int]], offset: int, sentences: Sequence[tuple[int, int]]
) -> np.ndarray:
    """(n,): of each token, the number of the sentence that it lies in; -1 where in none."""
    begins = [start for start, _ in sentences]
    places = []
    for start, end in offsets:
        place = bisect_right(begins, offset + start) - 1
        places.append(place if place >= 0 and offset + end <= sentences[place][1] else -1)
    return np.array(places)


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    """Of logits that are no finite number, -inf: such a place is never chosen."""
    usable = np.isfinite(logits)
    if not usable.any():
        return np.full(len(logits), -np.inf)
    shifted = np.where(usable, logits, 0).astype(np.float64)
    shifted -= shifted[usable].max()
    return np.where(usable, shifted - np.log(np.exp(shifted[usable]).sum()), -np.inf)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the borders of its words and numbers: tokens may be parts of them."""
    while 0 < start < len(text) and _is_within(text, start):
        start -= 1
    while 0 < end < len(text) and _is_within(text, end):
        end += 1
    return start, end


def _is_within(text: str, place: int) -> bool:
    """Whether a place lies in a word ("O|slo") or a number ("12|.5", "1,|000")."""
    before, after = text[place - 1], text[place]
    if _is_of_a_word(before) and _is_of_a_word(after):
        return True
    if after in _POINTS:
        return before.isdecimal() and text[place + 1 : place + 2].isdecimal()
    if before in _POINTS:
        return after.isdecimal() and place > 1 and text[place - 2].isdecimal()
    return False


def _is_of_a_word(character: str) -> bool:
    """Letters, digits, and the marks that some scripts write with them."""
    return character.isalnum() or unicodedata.category(character).startswith("M")
