"""Options that several commands of the harness share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eval.records import Case, Dataset

HOME = Path(".dateline") / "eval"  #: where indexes and runs go that no option names

DatasetName = Annotated[
    str,
    typer.Option(
        "--dataset",
        help="NAME or NAME:PATH: gold (ours, or yours with a path), beir, squad, realtimeqa, "
        "multihop-rag, clapnq",
    ),
]
Articles = Annotated[
    Path | None,
    typer.Option("--articles", help="The articles of a gold set of your own: a file or folder"),
]
EvalData = Annotated[
    Path | None,
    typer.Option(
        "--data", help=f"Folder of the dataset's index, made if need be [default: below {HOME}]"
    ),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, help="Only the first so many (conversations whole)")
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", min=1, max=64, help="Questions asked at once; latencies count with 1"),
]


def dataset_of(name: str, articles: Path | None) -> Dataset:
    """The dataset of `--dataset` and `--articles`. Raises `DatasetInvalid`, `GoldInvalid`."""
    from eval.datasets import read_dataset

    kind, _, rest = name.partition(":")
    if articles is not None:
        from eval.datasets.gold import read

        if kind != "gold":
            raise typer.BadParameter("is for gold sets alone", param_hint="--articles")
        if not articles.exists():
            raise typer.BadParameter("no such file or folder", param_hint="--articles")
        return read(Path(rest) if rest else None, articles)
    return read_dataset(kind, Path(rest) if rest else None)


def first_cases(dataset: Dataset, limit: int | None) -> tuple[Case, ...]:
    """The first `limit` cases and what of their last conversation comes after."""
    if limit is None or limit >= len(dataset.cases):
        return dataset.cases
    cases = list(dataset.cases[:limit])
    for case in dataset.cases[limit:]:
        if case.unit != cases[-1].unit:
            break
        cases.append(case)
    return tuple(cases)


def data_folder(dataset: Dataset, data: Path | None) -> Path:
    """Where the index is that a system searches: named, or one for these articles."""
    from eval.corpus import corpus_key

    return data or HOME / "index" / f"{dataset.name}-{corpus_key(dataset)}"
