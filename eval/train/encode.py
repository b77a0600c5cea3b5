"""Groups as token numbers: what a training step takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from eval.train.examples import Group
from qa.reader_tokens import encode


@dataclass(frozen=True, slots=True)
class Item:
    """One passage of one question."""

    ids: np.ndarray  #: int32 (length,)
    types_from: int  #: the first token of type 1
    text_from: int  #: the first token of the passage's text
    spans: tuple[tuple[int, int], ...]  #: first and last token of each answer; () where none


def items_of(group: Group, tokenizer: Tokenizer) -> tuple[Item, ...]:
    """The group's passages as tokens; an answer whose ends are in no token is left out."""
    made = []
    for text in group.texts:
        encoded = encode(tokenizer, group.question, text.title, text.text)
        types = np.asarray(encoded.types)
        spans = {
            span for start, end in text.spans if (span := _tokens(encoded.offsets, start, end))
        }
        shifted = tuple(
            sorted((first + encoded.text_from, last + encoded.text_from) for first, last in spans)
        )
        made.append(
            Item(
                np.asarray(encoded.ids, np.int32),
                int(types.argmax()),
                encoded.text_from,
                shifted,
            )
        )
    return tuple(made)


def _tokens(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The first and the last token that overlap start:end."""
    inside = [place for place, (a, b) in enumerate(offsets) if a < end and start < b]
    return (inside[0], inside[-1]) if inside else None


def batches(
    groups: Sequence[tuple[Item, ...]], tokens: int, random: np.random.Generator
) -> list[list[tuple[Item, ...]]]:
    """Groups of one size and one padded length together, about `tokens` a batch, shuffled.

    Few different shapes: a processor's matrix code is made anew for each (see `padded`).
    """
    shapes: dict[tuple[int, int], list[tuple[Item, ...]]] = defaultdict(list)
    for place in random.permutation(len(groups)):
        group = groups[place]
        shapes[padded(group), len(group)].append(group)
    found = []
    for (length, size), alike in sorted(shapes.items()):
        count = max(1, tokens // (length * size))
        found += [alike[start : start + count] for start in range(0, len(alike), count)]
    return [found[place] for place in random.permutation(len(found))]


def padded(items: Iterable[Item]) -> int:
    """The length to which passages that run together are padded: a multiple of 16."""
    return -(-max(len(item.ids) for item in items) // 16) * 16
