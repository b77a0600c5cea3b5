"""A dataset's articles in a data folder of their own, indexed as `dateline index` does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from eval.errors import DatasetInvalid
from eval.provenance import code_fingerprint
from eval.records import Dataset
from index.config import IndexConfig
from index.embed import Embedder
from index.ingest import Ingest
from index.report import IndexReport
from index.seal import holds_anything
from index.store import Store
from index.tokens import ModelTokenizer

_MARK = "indexed.json"
Tell = Callable[[str], None]


def corpus_key(dataset: Dataset) -> str:
    """What an index is of: the articles' files, and the code that indexes them. 33 characters."""
    articles = dataset.corpus_fingerprint or dataset.fingerprint
    return f"{articles}-{code_fingerprint('index')}"


def opened_corpus(
    dataset: Dataset, folder: Path, threads: int = 0, tell: Tell | None = None
) -> tuple[Store, Embedder]:
    """The dataset's articles, indexed in `folder`, and the embedding model. Close the store.

    Indexing that was cut off goes on where it was. A folder that holds an index which
    `dateline index` made is taken as it is: whoever named it says that these are the articles.
    Raises `DatasetInvalid` when the folder was made from other files or nothing can be indexed,
    and what `Store.open` raises.
    """
    config = IndexConfig(data=folder, threads=threads)
    mark = _mark_of(folder)
    if mark is None and holds_anything(folder):
        return _open(config, tell)
    if mark is not None and mark.get("of") != corpus_key(dataset):
        raise DatasetInvalid(
            f"{folder} holds the articles of another dataset, or of another state of this one, or "
            "was indexed by other code; name another folder with --data, or delete it."
        )
    store, embedder = _open(config, tell)
    try:
        if mark is None or not mark.get("is_done"):
            _write_mark(folder, dataset, False)
            _index(dataset, store, embedder, config, tell)
            _write_mark(folder, dataset, True, store.version)
        elif mark.get("index_version") != store.version:
            raise DatasetInvalid(
                f"{folder} holds other articles than were indexed for {dataset.name}: some were "
                "added or withdrawn; name another folder with --data, or delete it."
            )
        if store.catalogue.is_empty():
            raise DatasetInvalid(f"{dataset.name}: none of its articles could be indexed.")
    except BaseException:
        store.close()
        raise
    return store, embedder


def _open(config: IndexConfig, tell: Tell | None) -> tuple[Store, Embedder]:
    embedder = Embedder.open(config.data, config.threads)
    return (
        Store.open(config, embedder.identity, embedder.dimension, "dateline eval", tell),
        embedder,
    )


def _index(
    dataset: Dataset, store: Store, embedder: Embedder, config: IndexConfig, tell: Tell | None
) -> None:
    told = 0

    def on_batch(report: IndexReport) -> None:
        nonlocal told
        done = report.counts.total()
        if tell and done >= told + 500:
            told = done
            tell(f"indexing {dataset.name}: {done:,} articles so far")

    Ingest(store, embedder, ModelTokenizer(), config).run(dataset.corpus(), on_batch)


def _mark_of(folder: Path) -> dict[str, object] | None:
    try:
        mark = json.loads((folder / _MARK).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise DatasetInvalid(
            f"{folder / _MARK} can't be read ({error}); delete {folder}."
        ) from None
    return mark if isinstance(mark, dict) else {}


def _write_mark(
    folder: Path, dataset: Dataset, is_done: bool, index_version: str | None = None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mark = {
        "index_version": index_version,
        "dataset": dataset.name,
        "of": corpus_key(dataset),
        "is_done": is_done,
    }
    (folder / _MARK).write_text(json.dumps(mark))
