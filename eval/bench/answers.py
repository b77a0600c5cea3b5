"""Short answers and citations over `realtimeqa-mini`, beside the public systems' answers.

    python -m eval.bench.answers --bench DIR --data FOLDER [--out FILE]

FOLDER/ours is an index of its articles, made when new. EM and F1 count an abstention as wrong.
"cited" is the share of answered questions whose first citation's quote holds an answer. The
plain llama-index pipeline is not here: without a language model it gives passages and no answer.
Half a minute.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import mean

from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.bench.machine import machine
from eval.datasets.realtimeqa import AskedQuestion, baselines, questions
from eval.metrics.answers import exact_match, f1, holds_answer
from index.embed import Embedder
from qa.answer import Answerer
from qa.records import Question, Status

DATASET = "realtimeqa-mini"


def ours(data: Path, asked: list[AskedQuestion]) -> dict[str, float]:
    """Every question asked of the whole index, as of the day it was asked on."""
    embedder = Embedder.open(data)
    store = open_store(data, embedder)
    try:
        answerer = Answerer.over(store, embedder)
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
    folder = arguments.bench / DATASET
    data = arguments.data / OURS
    if not is_built(OURS, data):
        build(OURS, articles_of(arguments.bench, DATASET), data)
    asked = questions(folder)
    systems: dict[str, dict[str, float]] = {"ours": ours(data, asked)}
    for system, predictions in baselines(folder).items():
        pairs = [(one, predictions[one.id]) for one in asked if one.id in predictions]
        systems[system] = {**scores(pairs), "questions": len(pairs)}
    result = {
        "machine": machine(),
        "dataset": DATASET,
        "questions": len(asked),
        "systems": systems,
    }
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
