"""The SQuAD-shifts questions, and which of them are held out of training.

A tenth is held out, chosen by a digest of the article's title where a domain has articles of
many titles, else by a digest of the passage: the same on every machine, and no passage is in both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOMAINS = ("new_wiki", "reddit", "amazon_reviews")
_SHARE = 0.1
_MANY = 20  #: titles from which a domain is split by them


@dataclass(frozen=True, slots=True)
class Example:
    """One question on one passage; `context[start : start + len(answer)] == answer`."""

    id: str
    question: str
    title: str
    context: str
    answers: tuple[str, ...]
    starts: tuple[int, ...]  #: one an answer, in code points of the context
    domain: str


def held_out(bench: Path) -> list[Example]:
    """The tenth that is never trained on, in file order; `bench` holds `readers/`."""
    return [one for one, is_out in _examples(bench) if is_out]


def training(bench: Path) -> list[Example]:
    """The rest."""
    return [one for one, is_out in _examples(bench) if not is_out]


def _examples(bench: Path) -> Iterator[tuple[Example, bool]]:
    for domain in DOMAINS:
        path = bench / "readers" / f"{domain}.json"
        entries = json.loads(path.read_text(encoding="utf-8"))["data"]
        by_title = len({entry["title"] for entry in entries}) >= _MANY
        for entry in entries:
            for paragraph in entry["paragraphs"]:
                context = paragraph["context"]
                is_out = _is_out(entry["title"] if by_title else context)
                for asked in paragraph["qas"]:
                    answers = asked["answers"]
                    yield (
                        Example(
                            id=asked["id"],
                            question=asked["question"],
                            title=entry["title"],
                            context=context,
                            answers=tuple(one["text"] for one in answers),
                            starts=tuple(one["answer_start"] for one in answers),
                            domain=domain,
                        ),
                        is_out,
                    )


def _is_out(key: str) -> bool:
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < _SHARE
