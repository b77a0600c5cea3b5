"""Follow-ups as they are typed, against the same questions asked in full.

    python -m eval.bench.conversations [--set gold|development] [--out FILE] [--show]

Over the sample articles. Each conversation's later turns are asked four ways: "follow_up" as
Dateline takes them, with what was asked and answered before; "in_full" as a careful person writes
them, alone; and two baselines, "as_typed" alone, and "joined" to the question before. A turn counts
as right as in `dateline eval`: the answer is one of the gold answers, or it abstains where the
articles do not tell. "kept" is follow_up's share of right ones divided by in_full's.
`fact_recall@5`: the share of facts that one of the first five articles proves. Some minutes a set.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from statistics import mean

from eval.bench.corpus import OURS, build, open_store
from eval.bench.latency import percentiles_of
from eval.bench.machine import machine
from eval.datasets.gold import OURS as GOLD
from eval.datasets.gold import ROOT, read
from eval.gold_schema import TIES
from eval.records import Case, Outcome, Prediction
from eval.score_case import values_of
from eval.systems.from_answer import prediction_of
from index.embed import Embedder
from qa.answer import Answerer
from qa.records import PastTurn, Question
from qa.stand_alone import past_turn

SETS = {"gold": GOLD, "development": ROOT / "eval" / "development"}
WAYS = ("follow_up", "in_full", "as_typed", "joined")
MEASURES = ("right", "fact_recall@5", "answer_recall@5")
_RANKS = (5,)

Turns = Sequence[Case]


def ask_turns(answerer: Answerer, turns: Turns, way: str) -> list[Prediction]:
    """The answers to one conversation's turns, the first included, asked one of the `WAYS`."""
    history: tuple[PastTurn, ...] = ()
    answers = []
    for place, case in enumerate(turns):
        text = case.question
        if way == "in_full":
            text = case.standalone or text
        elif way == "joined" and place:
            text = f"{turns[place - 1].question} {text}"
        question = Question(text, as_of=case.as_of, filters=case.filters)
        if way == "follow_up":
            question = replace(question, history=history)
        answer = answerer.ask(question)
        history = (*history, past_turn(answer))
        answers.append(prediction_of(answer))
    return answers


def follow_ups(
    answerer: Answerer, conversations: Sequence[Turns], way: str
) -> list[tuple[Case, Prediction, dict[str, float]]]:
    """Each later turn with its answer and its measures."""
    found = []
    for turns in conversations:
        for case, answer in zip(turns, ask_turns(answerer, turns, way), strict=True):
            if case.turn > 1:
                outcome = Outcome(case_id=case.id, prediction=answer)
                # Quotes are not measured here, so that no article's text is needed.
                values = values_of(case, outcome, {}, _RANKS)
                found.append((case, answer, values))
    return found


def figures(
    asked: dict[str, list[tuple[Case, Prediction, dict[str, float]]]],
    chosen: Callable[[Case], bool] = lambda case: True,
) -> dict[str, float | int | dict[str, float]]:
    """Each way's means over the chosen turns, and what follow_up keeps of in_full."""
    found: dict[str, float | int | dict[str, float]] = {}
    for way, turns in asked.items():
        of = [values for case, _, values in turns if chosen(case)]
        found["turns"] = len(of)
        found[way] = {
            name: round(mean(values[name] for values in of if name in values), 4)
            for name in MEASURES
            if any(name in values for values in of)
        }
    full, mine = (found[way].get("right", 0.0) for way in ("in_full", "follow_up"))  # type: ignore[union-attr]
    found["kept"] = round(mine / full, 4) if full else 0.0
    return found


def measure(name: str, data: Path, show: bool = False) -> dict:
    """All figures of one set, over an index of the sample articles made in `data`."""
    dataset = read(SETS[name], ROOT / "articles")
    cases = [case for case in dataset.cases if case.conversation]
    conversations = [list(turns) for _, turns in groupby(cases, key=lambda case: case.unit)]
    conversations = [turns for turns in conversations if len(turns) > 1]
    build(OURS, dataset.corpus(), data)
    embedder = Embedder.open(data)
    store = open_store(data, embedder)
    try:
        answerer = Answerer.over(store, embedder)
        asked = {way: follow_ups(answerer, conversations, way) for way in WAYS}
    finally:
        store.close()
    if show:
        _show(asked)
    ties = defaultdict(int)
    for case, _, _ in asked["follow_up"]:
        for tag in TIES & set(case.tags):
            ties[tag] += 1
    timings = [answer.timings_ms for _, answer, _ in asked["follow_up"]]
    return {
        "conversations": len(conversations),
        **figures(asked),
        "follow_up_ms": {
            stage: percentiles_of([one[stage] for one in timings])
            for stage in ("condense", "total")
        },
        "by_tie": {tag: figures(asked, lambda case, t=tag: t in case.tags) for tag in sorted(ties)},
    }


def _show(asked: dict[str, list[tuple[Case, Prediction, dict[str, float]]]]) -> None:
    full = {case.id: (answer, values) for case, answer, values in asked["in_full"]}
    for case, answer, values in asked["follow_up"]:
        other, theirs = full[case.id]
        marks = "".join("+" if v.get("right") else "-" for v in (values, theirs))
        ties = ",".join(sorted(TIES & set(case.tags)))
        print(f"{marks} {case.id} [{ties}] {case.question!r}")
        print(f"     ours: {answer.standalone_question!r} -> {_told(answer)}")
        print(f"     full: {case.standalone!r} -> {_told(other)}")
        print(f"     gold: {'; '.join(case.answers[:3])}")


def _told(answer: Prediction) -> str:
    return answer.short_answer or ("" if not answer.is_answer else answer.text[:80])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=SETS, nargs="+", default=list(SETS))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", action="store_true", help="print every turn")
    arguments = parser.parse_args()
    result: dict = {"machine": machine()}
    for name in arguments.set:
        with tempfile.TemporaryDirectory() as folder:
            result[name] = measure(name, Path(folder), arguments.show)
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
