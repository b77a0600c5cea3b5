"""BM25 over texts that belong to no article, by the engine that the index uses."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from index.lexical import LexicalIndex
from index.records import Passage


class Lexical:
    """Texts by their place in a list. The index lies in a temporary folder while this lives."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._index = LexicalIndex.open(Path(self._folder.name))
        self._index.add(
            [
                Passage(
                    id=str(place),
                    article_id=str(place),
                    start=0,
                    end=len(text),
                    text=text,
                    sentences=((0, len(text)),),
                    title="",
                    url=None,
                    source=None,
                    published=None,
                )
                for place, text in enumerate(texts)
            ]
        )
        self._index.commit()

    def best(self, query: str, k: int) -> list[int]:
        """Places of the k texts that fit best, best first."""
        return [int(found.passage_id) for found in self._index.search(query, k)]
