"""A benchmark folder's articles in a data folder of their own, indexed as `dateline index` does."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path

from index.config import IndexConfig
from index.embed import Embedder
from index.graph import DIMENSION
from index.ingest import Ingest
from index.load import load
from index.model import identity
from index.store import Store
from index.tokens import ModelTokenizer


@dataclass(frozen=True, slots=True)
class Indexed:
    """What indexing took. Rates are a second, memory is in MiB."""

    articles: int
    passages: int
    rejected: int
    seconds: float
    articles_per_second: float
    passages_per_second: float
    peak_memory_mib: float
    bytes_on_disk: int
    bytes_per_passage: float


def build(articles: Path, data: Path) -> Indexed:
    """Index one file of articles into `data`, which must be new, and say what it took."""
    config = IndexConfig(data=data)
    embedder = Embedder.open(data)
    store = Store.open(config, identity("int8"), DIMENSION, "a benchmark")
    began = time.monotonic()
    try:
        ingest = Ingest(store, embedder, ModelTokenizer(), config)
        report = ingest.run(load([articles], config))
        seconds = time.monotonic() - began
        count, passages = store.catalogue.counts()
    finally:
        store.close()
    size = sum(
        path.stat().st_size
        for part in ("catalogue.sqlite", "chroma", "lexical")
        for path in ([data / part] if (data / part).is_file() else (data / part).rglob("*"))
        if path.is_file()
    )
    return Indexed(
        articles=count,
        passages=passages,
        rejected=len(report.rejected),
        seconds=round(seconds, 1),
        articles_per_second=round(count / seconds, 2),
        passages_per_second=round(passages / seconds, 1),
        peak_memory_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 0),
        bytes_on_disk=size,
        bytes_per_passage=round(size / max(passages, 1), 0),
    )
