"""Long texts cut into windows of whole sentences, as the index cuts articles."""

from __future__ import annotations

from eval.train.examples import Text
from index.sentences import sentences

MOST_CHARACTERS = 1000  #: of a window, about as long as the index's passages of 200 tokens


def windows(text: str) -> list[tuple[int, int]]:
    """(start, end) of the windows of a text, of about equal length; [] where it has no words."""
    pieces = [(a, b) for a, b in sentences(text) if text[a:b].strip()]
    if not pieces:
        return []
    first, last = pieces[0][0], pieces[-1][1]
    count = -(-(last - first) // MOST_CHARACTERS)
    size = (last - first) / count
    found: list[tuple[int, int]] = []
    start = first
    for place, (_, end) in enumerate(pieces):
        if place == len(pieces) - 1 or (
            end - start >= size * 0.95 and pieces[place + 1][1] - start > MOST_CHARACTERS * 0.6
        ):
            found.append((start, end))
            start = pieces[place + 1][0] if place + 1 < len(pieces) else end
    return found


def cut(title: str, text: str, spans: tuple[tuple[int, int], ...]) -> list[Text]:
    """A text's windows as passages, each with the spans that stand in it whole."""
    return [
        Text(
            title,
            text[a:b],
            tuple((s - a, e - a) for s, e in spans if a <= s and e <= b),
        )
        for a, b in windows(text)
    ]
