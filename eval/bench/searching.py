"""Search (and ask) one index: how long it takes, how much memory, how often the answer is found.

    python -m eval.bench.searching --bench DIR --dataset NAME --system SYSTEM --data FOLDER
        [--first DAY] [--last DAY] [--timed N]

SYSTEM is `ours` or `llama-index`, FOLDER its index. Runs in a process of its own, and prints
the figures as one line of JSON: seconds from nothing to the first passages, imports included;
milliseconds of a search for ten passages and, for ours, of an answer, over N questions (all
without it), each after one that is not counted; R@k and MRR@10, among fifty passages, over all
questions asked from `first` to `last`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from eval.bench.latency import peak_mib, percentiles, resident_mib
from eval.datasets.realtimeqa import AskedQuestion, questions
from eval.metrics.ranking import answer_recall, first_rank, reciprocal_rank
from eval.systems import Asked, System

#: Passages of a search whose time is taken: what a person is shown.
SHOWN = 10


def measured(
    search: Callable[[AskedQuestion], list[str]], asked: list[AskedQuestion]
) -> dict[str, float]:
    """R@1/5/10/50 and MRR@10 of a search that gives the passages' texts, best first."""
    ranks = [first_rank(search(one), one.answers) for one in asked]
    return {
        **{f"R@{k}": round(answer_recall(ranks, k), 4) for k in (1, 5, 10, 50)},
        "MRR@10": round(reciprocal_rank(ranks), 4),
    }


def found_at(system: System, asked: list[AskedQuestion]) -> dict[str, float]:
    """`measured` of a system's passages."""
    return measured(
        lambda one: [found.text for found in system.answer(_asked(one)).passages], asked
    )


def sample(asked: list[AskedQuestion], count: int | None) -> list[AskedQuestion]:
    """`count` of the questions, the same ones everywhere; all of them for None."""
    return sorted(asked, key=lambda one: sha256(one.id.encode()).hexdigest())[:count]


def measure(system: str, data: Path, asked: list[AskedQuestion], timed: int | None) -> dict:
    """All figures of one index, in this process."""
    began = time.monotonic()
    from eval.bench.corpus import DEPTH, OURS, open_search

    search = open_search(system, data, SHOWN)
    inputs = [_asked(one) for one in sample(asked, timed)]
    search.answer(inputs[0])
    figures: dict[str, Any] = {
        "first_search_s": round(time.monotonic() - began, 2),
        "memory_at_rest_mib": resident_mib(),
        "search_ms": percentiles(search.answer, inputs),
        "memory_peak_mib": peak_mib(),
    }
    search.close()
    del search  # and its model, so that the peak of asking is that of one
    if system == OURS:
        figures |= _asking(data, inputs)
    deep = open_search(system, data, DEPTH)
    figures |= {"questions": len(asked), **found_at(deep, asked)}
    deep.close()
    return figures


def _asking(data: Path, inputs: list[Asked]) -> dict[str, Any]:
    from eval.bench.corpus import open_store
    from eval.systems.ours import Ours
    from index.embed import Embedder

    embedder = Embedder.open(data)
    ours = Ours(open_store(data, embedder), embedder)
    try:
        ours.answer(inputs[0])
        return {
            "ask_ms": percentiles(ours.answer, inputs),
            "memory_peak_asking_mib": peak_mib(),
        }
    finally:
        ours.close()


def _asked(question: AskedQuestion) -> Asked:
    return Asked(question.text, as_of=question.asked_on)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--system", choices=("ours", "llama-index"), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--first", type=date.fromisoformat)
    parser.add_argument("--last", type=date.fromisoformat)
    parser.add_argument("--timed", type=int)
    arguments = parser.parse_args()
    asked = questions(arguments.bench / arguments.dataset, arguments.first, arguments.last)
    if not asked:
        parser.error("no question was asked in these days")
    print(json.dumps(measure(arguments.system, arguments.data, asked, arguments.timed)))


if __name__ == "__main__":
    main()
