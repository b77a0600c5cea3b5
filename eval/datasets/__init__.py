"""Readers of public datasets: one file each, `read(path) -> Dataset`.

`DATASETS` names them as `--dataset NAME:PATH` does. A new one is a file with a `read`, and its
line here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from eval.errors import DatasetInvalid
from eval.records import Dataset

#: `--dataset` name → module with `read(path: Path) -> Dataset`, what PATH names.
DATASETS = {
    "gold": ("eval.datasets.gold", "a gold file or a folder of them; ours when left out"),
    "beir": (
        "eval.datasets.beir",
        "a folder with corpus.jsonl, queries.jsonl and qrels/, or a file in qrels/",
    ),
    "squad": ("eval.datasets.squad", "a file in the form of SQuAD 1.1 or 2.0"),
    "realtimeqa": (
        "eval.datasets.realtimeqa",
        "a folder with articles.jsonl (.gz) and questions.jsonl",
    ),
    "multihop-rag": ("eval.datasets.multihop_rag", "a folder with corpus.json, MultiHopRAG.json"),
    "clapnq": ("eval.datasets.clapnq", "a file, or a folder of *.jsonl files, of CLAPNQ's form"),
}


def read_dataset(name: str, path: Path | None = None) -> Dataset:
    """The dataset that `--dataset NAME[:PATH]` means.

    Raises `DatasetInvalid` for an unknown name, a missing path, and what the reader can't read.
    """
    if name not in DATASETS:
        known = "; ".join(f"{one}:PATH, {what}" for one, (_, what) in DATASETS.items())
        raise DatasetInvalid(f"no dataset is called {name!r}. There are: {known}.")
    module, what = DATASETS[name]
    if path is None and name != "gold":
        raise DatasetInvalid(f"--dataset {name} needs a path, {name}:PATH: {what}.")
    if path is not None and not path.exists():
        raise DatasetInvalid(f"{path}: no such file or folder; --dataset {name}:PATH is {what}.")
    read: Callable[[Path | None], Dataset] = import_module(module).read
    return read(path)
