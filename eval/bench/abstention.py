"""Whether it says that it does not know, and whether its confidence means what it says.

    python -m eval.bench.abstention --bench DIR --data FOLDER [--only SET …] [--first N]
        [--out FILE]

Three sets. `realtimeqa`: the questions of `realtimeqa-2022-2023` of July to December 2023, each as
of its day twice: of the articles published up to 2022-12-31, which can't answer it, and of all.
What is chosen is chosen by the first quarter, never by the second. `gold`: our gold set over
the sample articles, follow-ups in full. `clapnq`: CLAPNQ's development questions, each over the
passages of all; right is an answer that cites a sentence which the annotators selected.

Precision and recall of abstaining are those of the thresholds as they are shipped. For the
risk-coverage curve and the calibration each question is answered whatever the confidence, and an
answer to an unanswerable one is wrong. Beside them stands what the best threshold for the set
would give at the recall aimed at, which is no forecast. With --out a plot is written beside FILE.

FOLDER is an index of all articles (FOLDER/ours-1 of `eval.bench.growth`); it is made when new,
which takes half an hour. Asking takes some ten minutes. The plain llama-index pipeline never
abstains: it always gives passages.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from eval.bench.asking import Asking, Remembering, always_answering
from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.bench.decisions import Decided, decided, summary
from eval.bench.machine import machine
from eval.bench.measures import evenly
from eval.bench.reading import DATASET, PERIODS, cases_of
from eval.corpus import opened_corpus
from eval.datasets import clapnq, gold
from eval.datasets.realtimeqa import questions
from eval.records import Case, Dataset
from index.embed import Embedder
from index.records import Filters
from index.store import Store
from qa.config import READING
from qa.reader_model import ReaderModel

#: Only what was published before the questions' half-year began, and no undated article.
BEFORE = Filters(published_to=date(2022, 12, 31), keep_undated=False)
_QUARTERS = {"2023-07 to 2023-09": PERIODS["dev"], "2023-10 to 2023-12": PERIODS["test"]}
SETS = ("realtimeqa", "gold", "clapnq")
Figures = dict[str, Any]
_CURVES = ("risk_coverage", "reliability")


def twice(cases: Sequence[Case]) -> list[Case]:
    """Each case over the articles of before, where nothing answers it, and over all."""
    early = [replace(one, answers=(), is_answerable=False, filters=BEFORE) for one in cases]
    return [*early, *cases]


def ask(store: Store, embedder: Embedder, cases: Sequence[Case]) -> list[Decided]:
    """What ours decides of the cases, as shipped, and what it would answer without thresholds."""
    config = READING["full"]
    model = ReaderModel.open(store.config.data)
    try:
        read_once = Remembering(model)
        shipped = Asking(store, embedder, config, read_once)
        unbound = Asking(store, embedder, always_answering(config), read_once)
        return decided(shipped, unbound, cases)
    finally:
        model.close()


def of_quizzes(bench: Path, data: Path, first: int | None) -> dict[str, Figures]:
    """Both quarters apart and together."""
    if not is_built(OURS, data):
        build(OURS, articles_of(bench, DATASET), data)
    embedder = Embedder.open(data)
    store = open_store(data, embedder)
    try:
        quarters = {
            name: ask(
                store, embedder, twice(evenly(cases_of(questions(bench / DATASET, *days)), first))
            )
            for name, days in _QUARTERS.items()
        }
    finally:
        store.close()
    both = [one for quarter in quarters.values() for one in quarter]
    return {
        name: summary(found) for name, found in {"2023-07 to 2023-12": both, **quarters}.items()
    }


def of_dataset(dataset: Dataset, first: int | None) -> Figures:
    """A small dataset, indexed for the occasion."""
    with tempfile.TemporaryDirectory() as folder:
        store, embedder = opened_corpus(dataset, Path(folder) / "index")
        try:
            return summary(ask(store, embedder, evenly(dataset.cases, first)))
        finally:
            store.close()


def old_form(figures: Figures) -> Figures:
    """One of `of_quizzes` in few figures, as the README shows them."""
    counts = {"questions": figures["cases"] - figures["unanswerable"]}
    shown = ("precision", "recall", "F1")
    values = {name: figures[name] and figures[name]["value"] for name in shown}
    return {
        **counts,
        **values,
        "answered without the articles": figures["answered"]["unanswerable"],
        "answered with all articles": figures["answered"]["answerable"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--first", type=int, help="only so many questions of each, for a trial")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    bench, first = arguments.bench, arguments.first
    result: Figures = {"machine": machine(), "dataset": DATASET, "ours": {}, "sets": {}}
    if "realtimeqa" in arguments.only:
        quarters = of_quizzes(bench, arguments.data, first)
        result["ours"] = {name: old_form(figures) for name, figures in quarters.items()}
        print(json.dumps(result["ours"], indent=1))
        for name in _QUARTERS:
            result["sets"][f"RealTime QA, {name}"] = quarters[name]
            print(told(name, quarters[name]), flush=True)
    readers = {
        "gold set": ("gold", gold.read),
        "CLAPNQ": ("clapnq", lambda: clapnq.read(bench / "readers")),
    }
    for name, (kind, read) in readers.items():
        if kind in arguments.only:
            result["sets"][name] = of_dataset(read(), first)
            print(told(name, result["sets"][name]), flush=True)
    if arguments.out:
        from eval.bench.plots import abstention_plot

        plot = arguments.out.with_suffix(".svg")
        plot.write_bytes(abstention_plot(result["sets"]))
        result["plot"] = plot.name
        arguments.out.write_text(json.dumps(result) + "\n")


def told(name: str, figures: Figures) -> str:
    """A set for the screen: its figures, and the reliability curve by bins of equal mass."""
    shown = {key: one for key, one in figures.items() if key not in _CURVES}
    shown["risk-coverage area"] = figures["risk_coverage"]["area"]
    lines = [f"{name}: {json.dumps(shown)}"]
    for one in figures["reliability"]["equal mass"]:
        lines.append(
            f"  {one['cases']:4} answers of confidence {one['low']:.3f} to {one['high']:.3f}, "
            f"{one['confidence']:.3f} in the mean: {one['right']:.3f} right"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
