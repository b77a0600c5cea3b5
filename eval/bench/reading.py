"""The figures to reach: what the reader adds to the search, over all articles of two years.

    python -m eval.bench.reading --bench DIR --data FOLDER [--period dev|test] [--first N]
        [--out FILE]

Every question of `realtimeqa-2022-2023` of a quarter is asked as of its day over all articles.
Beside ours, full and fast, stand the searches before reading, and the public systems' answers to
the same questions. EM and F1 count an abstention as wrong; "made to answer" gives the best short
answer whatever the confidence. "quote" is the share of the right short answers whose first citation
holds the answer. The test is October to December 2023: nothing is chosen by it. July to
September, `dev`, is what thresholds are chosen by.

FOLDER is an index of all articles (FOLDER/ours-1 of `eval.bench.growth`); it is made when new,
which takes half an hour. Asking takes some five minutes a quarter.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from eval.bench.asking import Asking, Told, always_answering, asked_of, made_to_answer, told_by
from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.bench.machine import machine
from eval.bench.measures import evenly, mean
from eval.datasets.realtimeqa import AskedQuestion, baselines, questions
from eval.metrics.answers import exact_match, f1, holds_answer, is_right
from eval.metrics.costs import percentile
from eval.metrics.ranking import answer_found_at, first_rank
from eval.records import Case, Prediction
from eval.systems import System
from eval.systems.retrieval import Retrieval
from index.embed import Embedder
from index.store import Store
from qa.config import READING
from qa.read import Model
from qa.reader_model import ReaderModel

DATASET = "realtimeqa-2022-2023"
PERIODS = {
    "test": (date(2023, 10, 1), date(2023, 12, 31)),
    "dev": (date(2023, 7, 1), date(2023, 9, 30)),
}
FULL, QUICK = "full", "fast"
_KS = (1, 5)
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reading: what came of each question, as shipped and made to answer."""

    told: list[Told]
    made: list[Prediction]


def cases_of(asked: Sequence[AskedQuestion]) -> list[Case]:
    """The questions as cases, each once; another one under the same id has a number behind it."""
    seen: dict[str, int] = {}
    found = []
    for one in dict.fromkeys(asked):
        seen[one.id] = seen.get(one.id, 0) + 1
        id = one.id if seen[one.id] == 1 else f"{one.id}-{seen[one.id]}"
        found.append(Case(id, one.text, one.answers, is_answerable=True, as_of=one.asked_on))
    return found


def scores(cases: Sequence[Case], given: Sequence[str]) -> Figures:
    """EM and F1 of short answers, "" for none, with intervals."""
    pairs = list(zip(cases, given, strict=True))
    units = [case.unit for case in cases]
    return {
        "EM": mean([exact_match(text, case.answers) for case, text in pairs], units),
        "F1": mean([f1(text, case.answers) for case, text in pairs], units),
    }


def found_among_first(cases: Sequence[Case], predictions: Sequence[Prediction]) -> Figures:
    """R@1 and R@5 of the predictions' passages, with intervals."""
    ranks = [
        first_rank([one.text for one in prediction.passages], case.answers)
        for case, prediction in zip(cases, predictions, strict=True)
    ]
    units = [case.unit for case in cases]
    return {f"R@{k}": mean([answer_found_at(rank, k) for rank in ranks], units) for k in _KS}


def short_of(prediction: Prediction) -> str:
    """The short answer as it is judged: "" for an abstention."""
    return (prediction.short_answer or "") if prediction.is_answer else ""


def figures_of(way: Way) -> Figures:
    """All figures of one way of reading."""
    cases = [one.case for one in way.told]
    units = [case.unit for case in cases]
    given = [one.given for one in way.told]
    quoted = {
        case.id: bool(one.citations) and holds_answer(one.citations[0].quote, case.answers)
        for case, one in zip(cases, given, strict=True)
        if short_of(one) and is_right("", one.short_answer, case.answers)
    }
    times = [one.milliseconds for one in way.told]
    return {
        **scores(cases, [short_of(one) for one in given]),
        "made to answer": scores(cases, [short_of(one) for one in way.made]),
        "answered": mean([float(one.is_answer) for one in given], units),
        **found_among_first(cases, given),
        "quote": mean([float(holds) for holds in quoted.values()], list(quoted)),
        "quote lacks it": [id for id, holds in quoted.items() if not holds],
        "ask_ms": {f"p{q}": round(percentile(times, q) or 0.0, 1) for q in (50, 95, 99)},
    }


def loss(full: Way, fast: Way) -> Figures:
    """What the fast way loses, question by question: the mean of full - fast with its interval."""
    cases = [one.case for one in full.told]

    def difference(of) -> Figures | None:
        pairs = zip(full.told, fast.told, strict=True)
        values = [float(of(a.case, a.given)) - float(of(b.case, b.given)) for a, b in pairs]
        return mean(values, [case.unit for case in cases])

    def found_at(k: int):
        def at(case: Case, one: Prediction) -> float:
            return answer_found_at(first_rank([p.text for p in one.passages], case.answers), k)

        return at

    return {
        "EM": difference(lambda case, one: exact_match(short_of(one), case.answers)),
        "F1": difference(lambda case, one: f1(short_of(one), case.answers)),
        **{f"R@{k}": difference(found_at(k)) for k in _KS},
    }


def public(full: Way, folder: Path) -> Figures:
    """Public systems' answers, each beside ours to the questions that it answers.

    A system without an answer to any of them is left out.
    """
    cases = [one.case for one in full.told]
    found: Figures = {}
    for system, predictions in baselines(folder).items():
        places = [place for place, case in enumerate(cases) if case.id in predictions]
        if not places:
            continue
        theirs = [cases[place] for place in places]
        texts = [short_of(full.told[place].given) for place in places]
        made = [short_of(full.made[place]) for place in places]
        found[system] = {
            "questions": len(places),
            **scores(theirs, [predictions[case.id] for case in theirs]),
            "ours": scores(theirs, texts),
            "ours made to answer": scores(theirs, made),
        }
    return found


def searches(store: Store, embedder: Embedder) -> dict[str, System]:
    """What is searched with before reading."""
    depth = max(_KS)
    return {
        "BM25": Retrieval.by_words(store, embedder, depth),
        "dense": Retrieval.by_meaning(store, embedder, depth),
        "hybrid": Retrieval.fused(store, embedder, depth),
    }


def measure(
    cases: Sequence[Case], folder: Path, store: Store, embedder: Embedder, model: Model
) -> Figures:
    """Everything of one period. Each way of reading has the machine to itself while it is timed."""
    ways = {}
    for name in (FULL, QUICK):
        told = told_by(Asking(store, embedder, READING[name], model), cases)
        unbound = Asking(store, embedder, always_answering(READING[name]), model)
        ways[name] = Way(told, made_to_answer(unbound, told))
    return {
        "questions": len(cases),
        "ours": {name: figures_of(way) for name, way in ways.items()},
        "fast loses": loss(ways[FULL], ways[QUICK]),
        "searches": {
            name: found_among_first(cases, [system.answer(asked_of(case)) for case in cases])
            for name, system in searches(store, embedder).items()
        },
        "public": public(ways[FULL], folder),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--period", choices=PERIODS, help="one quarter; both when left out")
    parser.add_argument("--first", type=int, help="only so many questions of each, for a trial")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    folder = arguments.bench / DATASET
    if not is_built(OURS, arguments.data):
        build(OURS, articles_of(arguments.bench, DATASET), arguments.data)
    embedder, model = Embedder.open(arguments.data), ReaderModel.open(arguments.data)
    store = open_store(arguments.data, embedder)
    result: Figures = {"machine": machine(), "dataset": DATASET}
    try:
        result["articles"], result["passages"] = store.catalogue.counts()
        result["model"] = model.name
        result["periods"] = {}
        for name in [arguments.period] if arguments.period else list(PERIODS):
            cases = evenly(cases_of(questions(folder, *PERIODS[name])), arguments.first)
            found = measure(cases, folder, store, embedder, model)
            result["periods"][name] = found
            print(name, json.dumps(found, indent=1), flush=True)
    finally:
        model.close()
        store.close()
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
