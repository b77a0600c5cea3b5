"""Cut an article into passages of whole sentences that the embedding model reads to the end.

Lengths are counted with the model's own tokenizer. The pieces of one article are of
about equal length, so that none is a stub; only a sentence that is longer than a
passage may be is cut, at a word's border where it has one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from index.config import IndexConfig
from index.fingerprint import passage_id
from index.records import Article, Passage
from index.sentences import sentences

#: A passage is never longer, whatever the tokens: a thousand letters without a space
#: are one unknown token.
MOST_CHARACTERS = 2000

#: Tokenizing goes by stretches of about this many characters, to bound memory.
_STRETCH = 100_000

#: A sentence or a part of one: start, end (code points of the article) and its tokens.
_Piece = tuple[int, int, int]


class Tokenizer(Protocol):
    """What chunking needs of the embedding model's tokenizer."""

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of every token, without the special ones, in code points."""
        ...


def chunk(
    article: Article, fingerprint: str, tokenizer: Tokenizer, config: IndexConfig
) -> tuple[Passage, ...]:
    """The article's passages in order. `article.text[p.start:p.end] == p.text` for each."""
    pieces = _pieces(article.text, tokenizer, config.passage_tokens)
    passages = []
    for group in _groups(pieces, config.passage_tokens):
        start, end = group[0][0], group[-1][1]
        passages.append(
            Passage(
                id=passage_id(article.id, fingerprint, start, end),
                article_id=article.id,
                start=start,
                end=end,
                text=article.text[start:end],
                sentences=tuple((begin, finish) for begin, finish, _ in group),
                title=article.title,
                url=article.url,
                source=article.source,
                published=article.published,
            )
        )
    return tuple(passages)


def title_context(title: str, tokenizer: Tokenizer, config: IndexConfig) -> str:
    """The title as it is put before every passage that is embedded, cut to its budget."""
    offsets = tokenizer.offsets(title)
    if len(offsets) <= config.title_tokens:
        return title
    return title[: offsets[config.title_tokens - 1][1]]


def embedded_text(title: str, text: str) -> str:
    """What the model reads for a passage: the title's context, then the quoted text."""
    return f"{title}\n{text}" if title else text


def _pieces(text: str, tokenizer: Tokenizer, most: int) -> list[_Piece]:
    """The sentences with their token counts, overlong ones cut."""
    found: list[_Piece] = []
    for stretch in _stretches(sentences(text)):
        first, last = stretch[0][0], stretch[-1][1]
        starts = [first + begin for begin, _ in tokenizer.offsets(text[first:last])]
        for begin, end in stretch:
            tokens = starts[bisect_left(starts, begin) : bisect_left(starts, end)]
            if len(tokens) <= most and end - begin <= MOST_CHARACTERS:
                found.append((begin, end, len(tokens)))
            else:
                found += _cut(text, begin, end, tokens, most)
    return found


def _stretches(borders: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    found: list[list[tuple[int, int]]] = []
    for border in borders:
        if found and border[1] - found[-1][0][0] <= _STRETCH:
            found[-1].append(border)
        else:
            found.append([border])
    return found


def _cut(text: str, begin: int, end: int, tokens: Sequence[int], most: int) -> list[_Piece]:
    """Cut text[begin:end], whose tokens start at `tokens`, into pieces within both limits."""
    found: list[_Piece] = []
    while begin < end:
        first = bisect_left(tokens, begin)
        limit = tokens[first + most] if first + most < len(tokens) else end
        limit = min(limit, begin + MOST_CHARACTERS)
        if limit < end:
            # Back to a space, so that no word is broken, unless that leaves a stub.
            space = max(text.rfind(" ", begin, limit), text.rfind("\t", begin, limit))
            limit = space if space > begin + (limit - begin) // 2 else limit
        piece = text[begin:limit]
        left = begin + len(piece) - len(piece.lstrip())
        right = left + len(piece.strip())
        if left < right:
            count = bisect_left(tokens, right) - bisect_left(tokens, left)
            found.append((left, right, max(count, 1)))
        begin = limit
    return found


def _groups(pieces: list[_Piece], most: int) -> list[list[_Piece]]:
    """Consecutive pieces, of about equal token counts, none over `most` or too many characters."""
    total = sum(tokens for _, _, tokens in pieces)
    parts = max(1, -(-total // most))
    aim = total / parts
    found: list[list[_Piece]] = []
    held = 0
    for piece in pieces:
        begin, end, tokens = piece
        is_fitting = (
            found
            and held + tokens <= most
            and end - found[-1][0][0] <= MOST_CHARACTERS
            and held + tokens / 2 <= aim
        )
        if is_fitting:
            found[-1].append(piece)
            held += tokens
        else:
            found.append([piece])
            held = tokens
    return found
