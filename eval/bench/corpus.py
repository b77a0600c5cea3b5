"""A benchmark's articles, indexed by us or by the plain llama-index pipeline."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from eval.bench.latency import peak_mib
from eval.systems import System
from eval.systems.llama_index import PlainLlamaIndex, build_plain, plain_counts
from eval.systems.retrieval import Retrieval
from index.config import IndexConfig
from index.embed import Embedder, PassageEmbedder
from index.ingest import Ingest
from index.load import load
from index.records import Found, Rejected
from index.store import Store
from index.tokens import ModelTokenizer

OURS, PLAIN = "ours", "llama-index"
#: Passages that every compared search gives.
DEPTH = 50
_BUILD_MODEL = "import sys; from pathlib import Path; from index.embed import Embedder; "
_BUILD_MODEL += "Embedder.open(Path(sys.argv[1]))"
_PARTS = {OURS: ("catalogue.sqlite", "chroma", "lexical"), PLAIN: ("chroma", "bm25")}


@dataclass(frozen=True, slots=True)
class Indexed:
    """What indexing took, and what is there after it. Rates are of this indexing alone."""

    articles: int  #: in the folder
    passages: int  #: in the folder
    added_articles: int  #: by this indexing
    seconds: float  #: on the clock
    cpu_seconds: float  #: of all threads: what a busy machine hardly changes
    articles_per_second: float
    passages_per_second: float
    peak_memory_mib: int  #: of the whole process
    bytes_on_disk: int
    bytes_per_passage: int


def articles_of(bench: Path, dataset: str) -> Iterable[Found | Rejected]:
    """The articles of a benchmark's folder, as `dateline index` reads them."""
    path = bench / dataset / "articles.jsonl.gz"
    if not path.exists():
        raise SystemExit(
            f"{path}: no such file; --bench (DATELINE_BENCH) must name the folder of the data"
        )
    return load([path], IndexConfig())


def open_store(data: Path, embedder: PassageEmbedder) -> Store:
    """Our index in a data folder, made when it is new. Close it."""
    config = IndexConfig(data=data)
    return Store.open(config, embedder.identity, embedder.dimension, "a benchmark")


def open_search(system: str, data: Path, depth: int = DEPTH) -> System:
    """The search of OURS or PLAIN over the index in `data`. Close it."""
    embedder = Embedder.open(data)
    if system == PLAIN:
        return PlainLlamaIndex(data, embedder, depth)
    return Retrieval.fused(open_store(data, embedder), embedder, depth)


def is_built(system: str, data: Path) -> bool:
    """Whether there is an index of OURS or PLAIN in `data`."""
    return plain_counts(data) is not None if system == PLAIN else (data / "seal.json").exists()


def build(
    system: str,
    found: Iterable[Found | Rejected],
    data: Path,
    embedder: PassageEmbedder | None = None,
) -> Indexed:
    """Add articles to the index of OURS or PLAIN in `data`, and say what it took.

    `embedder` is our model when it is left out. For a peak of memory that means something, each
    in a process of its own.
    """
    add: Callable[..., tuple[int, int, int]] = _add_to_plain if system == PLAIN else _add_to_ours
    if embedder is None:
        # Building the model's graph takes more memory than indexing does: not in this process.
        subprocess.run([sys.executable, "-c", _BUILD_MODEL, str(data)], check=True)
        embedder = Embedder.open(data)
    began, used = time.monotonic(), time.process_time()
    before, articles, passages = add(found, data, embedder)
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - used
    size = bytes_on_disk(system, data)
    added = articles - before
    return Indexed(
        articles=articles,
        passages=passages,
        added_articles=added,
        seconds=round(seconds, 1),
        cpu_seconds=round(cpu_seconds, 1),
        articles_per_second=round(added / seconds, 2),
        passages_per_second=round(passages * added / max(articles, 1) / seconds, 1),
        peak_memory_mib=peak_mib(),
        bytes_on_disk=size,
        bytes_per_passage=round(size / max(passages, 1)),
    )


def _add_to_ours(
    found: Iterable[Found | Rejected], data: Path, embedder: PassageEmbedder
) -> tuple[int, int, int]:
    """Articles before; articles and passages after."""
    store = open_store(data, embedder)
    try:
        before = store.catalogue.counts()[0]
        Ingest(store, embedder, ModelTokenizer(), IndexConfig(data=data)).run(found)
        articles, passages = store.catalogue.counts()
    finally:
        store.close()
    return before, articles, passages


def _add_to_plain(
    found: Iterable[Found | Rejected], data: Path, embedder: PassageEmbedder
) -> tuple[int, int, int]:
    earlier = plain_counts(data)
    counts = build_plain(found, data, embedder)
    return earlier.articles if earlier else 0, counts.articles, counts.passages


def bytes_on_disk(system: str, data: Path) -> int:
    """What the index takes; the embedding model's file, which both use, is not in it."""
    size = 0
    for part in _PARTS[system]:
        path = data / part
        files = [path] if path.is_file() else path.rglob("*")
        size += sum(one.stat().st_size for one in files if one.is_file())
    return size
