"""Articles, passages and vectors made from a seed, for tests of storing."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import numpy as np

from index.records import Article, Passage
from index.rows import Entry

DIMENSION = 32
MODEL = "test-model"

_WORDS = [
    *("council", "river", "bridge", "minister", "market", "harvest", "storm", "ferry", "museum"),
    *("railway", "verdict", "budget", "strike", "treaty", "orchard", "lantern", "glacier"),
    *("harbour", "senate", "vaccine", "comet", "drought", "festival"),
]


def vector_of(text: str) -> np.ndarray:
    """A unit vector that only this text has: (DIMENSION,) float32."""
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


def entry(number: int, version: int = 1, passages: int = 3) -> Entry:
    """Article `number` as its `version`, with passages of recognisable words."""
    article_id = f"a{number:05d}"
    rng = np.random.default_rng(number * 1000 + version)
    texts = []
    for part in range(passages):
        words = " ".join(rng.choice(_WORDS, 8))
        texts.append(f"Unique{number}x{part}v{version} {words}.")
    text = "\n\n".join(texts)
    article = Article(
        id=article_id,
        title=f"Report {number}",
        text=text,
        source=f"Outlet {number % 5}",
        published=date(2024, 1, 1) + timedelta(days=number % 300) if number % 7 else None,
    )
    made = []
    for part in texts:
        start = text.index(part)
        made.append(
            Passage(
                id=f"p_{number:05d}_{version}_{start}",
                article_id=article_id,
                start=start,
                end=start + len(part),
                text=part,
                sentences=((start, start + len(part)),),
                title=article.title,
                source=article.source,
                published=article.published,
            )
        )
    vectors = np.stack([vector_of(part) for part in texts])
    return Entry(article, f"f{number}v{version}", f"c{number}v{version}", tuple(made), vectors)
