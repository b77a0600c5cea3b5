"""Short answers and citations over `realtimeqa-mini`, beside the public systems' answers.

    python -m eval.bench.answers --bench DIR --data FOLDER [--out FILE]

EM and F1 count an abstention as wrong. "cited" is the share of answered questions whose
first citation's quote holds an answer.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import mean

from eval.bench.corpus import build
from eval.bench.machine import machine
from eval.datasets.realtimeqa import AskedQuestion, baselines, questions
from eval.metrics.answers import exact_match, f1, holds_answer
from index.config import IndexConfig
from index.embed import Embedder
from index.graph import DIMENSION
from index.model import identity
from index.store import Store
from qa.answer import Answerer
from qa.records import Question, Status


def ours(data: Path, asked: list[AskedQuestion]) -> dict[str, float]:
    """Every question asked of the whole index, as of the day it was asked on."""
    store = Store.open(IndexConfig(data=data), identity("int8"), DIMENSION, "a benchmark")
    try:
        answerer = Answerer.over(store, Embedder.open(data))
        pairs = [(one, answerer.ask(Question(one.text, as_of=one.asked_on))) for one in asked]
    finally:
        store.close()
    short = [
        (one, answer.short_answer.text if answer.short_answer else "") for one, answer in pairs
    ]
    told = [(one, answer) for one, answer in pairs if answer.status is not Status.ABSTAINED]
    cited = [holds_answer(answer.citations[0].quote, one.answers) for one, answer in told]
    return {
        **scores(short),
        "answered": round(len(told) / len(pairs), 4),
        "cited": round(mean(cited), 4) if cited else 0.0,
    }


def scores(pairs: list[tuple[AskedQuestion, str]]) -> dict[str, float]:
    """EM and F1 over (question, prediction)."""
    return {
        "EM": round(mean(exact_match(text, one.answers) for one, text in pairs), 4),
        "F1": round(mean(f1(text, one.answers) for one, text in pairs), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    folder = arguments.bench / "realtimeqa-mini"
    if not (arguments.data / "catalogue.sqlite").exists():
        build(folder / "articles.jsonl.gz", arguments.data)
    asked = questions(folder)
    systems: dict[str, dict[str, float]] = {"ours": ours(arguments.data, asked)}
    for system, predictions in baselines(folder).items():
        pairs = [(one, predictions[one.id]) for one in asked if one.id in predictions]
        systems[system] = {**scores(pairs), "questions": len(pairs)}
    result = {
        "machine": machine(),
        "dataset": "realtimeqa-mini",
        "questions": len(asked),
        "systems": systems,
    }
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
