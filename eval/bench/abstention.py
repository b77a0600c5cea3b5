"""Whether it says that it does not know: `realtimeqa-2022-2023`, July to December 2023.

    python -m eval.bench.abstention --bench DIR --data FOLDER [--out FILE]

Each is asked twice, as of its day: of the articles published up to 2022-12-31, which can't answer
it, and of all. Precision and recall of abstaining are over both together. FOLDER is an index of
all articles (FOLDER/ours-1 of `eval.bench.growth`); it is made when new, which takes half an
hour. Asking takes some five minutes. The questions from October on are kept for tests: nothing is
chosen by them. The plain llama-index pipeline never abstains: it always gives passages.
"""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.bench.machine import machine
from eval.datasets.realtimeqa import AskedQuestion, questions
from eval.metrics.abstention import (
    Decision,
    abstention_f1,
    abstention_precision,
    abstention_recall,
)
from eval.systems import Asked, System
from eval.systems.ours import Ours
from index.embed import Embedder
from index.records import Filters

DATASET = "realtimeqa-2022-2023"
#: Only what was published before the questions' half-year began, and no undated article.
BEFORE = Filters(published_to=date(2022, 12, 31), keep_undated=False)
PERIODS = {
    "2023-07 to 2023-12": (date(2023, 7, 1), date(2023, 12, 31)),
    "2023-07 to 2023-09": (date(2023, 7, 1), date(2023, 9, 30)),
    "2023-10 to 2023-12": (date(2023, 10, 1), date(2023, 12, 31)),
}


def decisions(system: System, asked: list[AskedQuestion]) -> list[tuple[date, Decision]]:
    """Day asked and what the system decided: without an answer in the articles, then over all."""
    found = []
    for filters in (BEFORE, Filters()):
        for one in asked:
            answer = system.answer(Asked(one.text, as_of=one.asked_on, filters=filters))
            decision = Decision(is_answerable=not filters, did_answer=answer.is_answer)
            found.append((one.asked_on, decision))
    return found


def summary(found: list[Decision]) -> dict[str, float | int | None]:
    """Measures of abstaining; None where one does not apply (`eval.metrics.abstention`)."""

    def answered(is_answerable: bool) -> float | None:
        some = [one.did_answer for one in found if one.is_answerable == is_answerable]
        return sum(some) / len(some) if some else None

    figures = {
        "precision": abstention_precision(found),
        "recall": abstention_recall(found),
        "F1": abstention_f1(found),
        "answered without the articles": answered(False),
        "answered with all articles": answered(True),
    }
    rounded = {name: None if one is None else round(one, 4) for name, one in figures.items()}
    return {"questions": sum(one.is_answerable for one in found), **rounded}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if not is_built(OURS, arguments.data):
        build(OURS, articles_of(arguments.bench, DATASET), arguments.data)
    first, last = next(iter(PERIODS.values()))
    asked = questions(arguments.bench / DATASET, first, last)
    embedder = Embedder.open(arguments.data)
    system = Ours(open_store(arguments.data, embedder), embedder)
    try:
        found = decisions(system, asked)
    finally:
        system.close()
    periods = {
        name: summary([one for day, one in found if begin <= day <= end])
        for name, (begin, end) in PERIODS.items()
    }
    result = {"machine": machine(), "dataset": DATASET, "ours": periods}
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
