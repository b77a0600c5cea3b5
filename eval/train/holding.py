"""Where a passage holds an answer as a string: distant supervision (Mintz et al. 2009)."""

from __future__ import annotations

import re

from eval.metrics.answers import normalise


def places(text: str, answer: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of each place where `text` has the answer's words one after the other.

    Compared as the benchmark's measure does, without case, punctuation and a/an/the, and without
    the 's of a possessive.
    """
    wanted = normalise(answer).split()
    if not wanted:
        return ()
    tokens: list[tuple[str, str, int, int]] = []
    for match in re.finditer(r"[^\s–—]+", text):
        plain = normalise(match.group())
        if plain:
            owner = normalise(re.sub(r"['’]s(?=\W*$)", "", match.group()))
            tokens.append((plain, owner, match.start(), match.end()))
    found = []
    for place in range(len(tokens) - len(wanted) + 1):
        here = tokens[place : place + len(wanted)]
        if all(word in token[:2] for token, word in zip(here, wanted, strict=True)):
            start, end = _trimmed(text, here[0][2], here[-1][3])
            if here[-1][0] != wanted[-1]:
                end -= 2
            found.append((start, end))
    return tuple(dict.fromkeys(found))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without punctuation at the ends, but for signs of money, per cent and closing brackets."""
    while start < end and not (text[start].isalnum() or text[start] in "$£€#+-−"):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in "%"):
        end -= 1
    return start, end
