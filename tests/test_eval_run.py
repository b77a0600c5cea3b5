"""Asking: every case once, failures counted, conversations in order, and on from where it was."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import pytest

from eval.records import Prediction, RankedPassage, Verdict
from eval.run import run
from eval.run_folder import RunFolder, opened
from index.records import Filters
from tests.eval_fakes import FakeSystem, answered, case

MANIFEST = {"cases": 0}


@pytest.fixture
def folder(tmp_path: Path):
    with opened(tmp_path / "run", MANIFEST, ["a", "b", "c", "t1", "t2", "t3"]) as opened_folder:
        yield opened_folder


def turns() -> list:
    return [
        case("t1", question="who wrote it?", conversation="talk", turn=1),
        case(
            "t2", question="when?", conversation="talk", turn=2, standalone="when was it written?"
        ),
        case("t3", question="why?", conversation="talk", turn=3, standalone="why was it written?"),
    ]


def test_a_system_is_told_the_question_and_never_the_answers(folder: RunFolder) -> None:
    asked = case("a", as_of=date(2021, 2, 24), filters=Filters(sources=("X",)))
    system = FakeSystem(lambda _: answered())
    outcomes = run([asked], system, folder)
    [told] = system.asked
    assert (told.question, told.as_of, told.filters) == (
        asked.question, date(2021, 2, 24), Filters(sources=("X",)),
    )  # fmt: skip
    assert "Ada" not in repr(told)
    assert outcomes["a"].prediction == answered() and outcomes["a"].milliseconds >= 0


def test_an_exception_is_a_counted_error_and_the_rest_goes_on(folder: RunFolder) -> None:
    cases = [case("a"), case("b"), case("c")]
    table = {
        cases[0].question: answered(),
        cases[1].question: ValueError("no \udcff luck " + "x" * 2000),
        cases[2].question: answered(),
    }
    outcomes = run(cases, FakeSystem(table), folder)
    assert outcomes["b"].prediction is None
    error = outcomes["b"].error or ""
    assert error.startswith("ValueError: no \\udcff luck") and len(error) < 600
    assert outcomes["a"].error is None and outcomes["c"].error is None


def test_going_on_asks_what_is_missing_and_what_failed(folder: RunFolder) -> None:
    cases = [case("a"), case("b"), case("c")]
    first = FakeSystem({cases[0].question: answered(), cases[1].question: ValueError("down")})
    run(cases[:2], first, folder)
    second = FakeSystem(lambda _: answered("again"))
    outcomes = run(cases, second, folder)
    assert [one.question for one in second.asked] == [cases[1].question, cases[2].question]
    assert outcomes["a"].prediction == answered()
    assert outcomes["b"].prediction == answered("again")


def test_turns_are_asked_in_order_with_what_came_before(folder: RunFolder) -> None:
    def answer(asked) -> Prediction:
        return answered(f"to {asked.question}", conversation_id="conv_7")

    system = FakeSystem(answer)
    run(turns(), system, folder, jobs=4)
    assert [one.question for one in system.asked] == ["who wrote it?", "when?", "why?"]
    assert [one.conversation_id for one in system.asked] == [None, "conv_7", "conv_7"]
    assert system.asked[2].history == (
        ("who wrote it?", "to who wrote it?"),
        ("when?", "to when?"),
    )


def test_a_conversation_that_was_cut_off_is_asked_whole(folder: RunFolder) -> None:
    run(turns()[:2], FakeSystem(lambda _: answered()), folder)
    system = FakeSystem(lambda _: answered())
    run(turns(), system, folder)
    assert len(system.asked) == 3


def test_in_full_a_follow_up_is_asked_alone(folder: RunFolder) -> None:
    system = FakeSystem(lambda _: answered(conversation_id="conv_7"))
    run(turns(), system, folder, in_full=True)
    assert sorted(one.question for one in system.asked) == [
        "when was it written?",
        "who wrote it?",
        "why was it written?",
    ]
    assert {one.conversation_id for one in system.asked} == {None}


def test_cases_are_asked_at_once_where_the_system_allows(folder: RunFolder) -> None:
    both = threading.Barrier(2, timeout=30)

    def answer(_) -> Prediction:
        both.wait()  # returns only when two are asked at once
        return answered()

    outcomes = run([case("a"), case("b")], FakeSystem(answer), folder, jobs=2)
    assert all(one.error is None for one in outcomes.values())


def test_no_more_at_once_than_the_system_takes(folder: RunFolder) -> None:
    inside = threading.Semaphore(1)

    def answer(_) -> Prediction:
        assert inside.acquire(blocking=False), "two at once"
        time.sleep(0.02)  # long enough for another to come in, were it let
        inside.release()
        return answered()

    system = FakeSystem(answer, most_jobs=1)
    outcomes = run([case("a"), case("b"), case("c")], system, folder, jobs=8)
    assert all(one.error is None for one in outcomes.values())


def test_an_interruption_ends_the_run_and_keeps_what_is_done(folder: RunFolder) -> None:
    def answer(asked) -> Prediction:
        if "(b)" in asked.question:
            raise KeyboardInterrupt
        return answered()

    with pytest.raises(KeyboardInterrupt):
        run([case("a"), case("b"), case("c")], FakeSystem(answer), folder)
    assert "a" in folder.outcomes and "b" not in folder.outcomes


def test_verdicts_are_kept(folder: RunFolder) -> None:
    def judge(judged, prediction) -> Verdict:
        return Verdict(is_correct=prediction.short_answer in judged.answers)

    outcomes = run([case("a")], FakeSystem(lambda _: answered()), folder, judge=judge)
    assert outcomes["a"].verdict == Verdict(is_correct=True)


def test_long_rankings_keep_texts_only_where_a_measure_reads_them(folder: RunFolder) -> None:
    passages = tuple(RankedPassage(article_id=str(n), text="words") for n in range(40))
    ranked = Prediction(passages=passages)
    cases = [case("a", answers=()), case("b")]
    outcomes = run(cases, FakeSystem(lambda _: ranked), folder)
    kept = outcomes["a"].prediction
    assert kept is not None and [p.article_id for p in kept.passages] == [str(n) for n in range(40)]
    assert [bool(p.text) for p in kept.passages] == [True] * 10 + [False] * 30
    assert outcomes["b"].prediction == ranked


def test_after_a_turn_that_failed_the_later_ones_failed_too(folder: RunFolder) -> None:
    def answer(asked) -> Prediction:
        if asked.question == "when?":
            raise ValueError("down")
        return answered()

    system = FakeSystem(answer)
    outcomes = run(turns(), system, folder)
    assert outcomes["t1"].error is None and outcomes["t2"].error == "ValueError: down"
    assert outcomes["t3"].error == "turn 2 before it failed"
    assert [one.question for one in system.asked] == ["who wrote it?", "when?"]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "half a character \ud800"},
        {"timings_ms": {"total": float("nan")}},
        {"usage": {"prompt_tokens": -5}},
        {"confidence": 7.0},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_cant_be_kept_is_a_counted_error(folder: RunFolder, changes: dict) -> None:
    spoiled = Prediction.model_construct(**{**dict(answered()), **changes})
    system = FakeSystem(lambda asked: spoiled if "(a)" in asked.question else answered())
    outcomes = run([case("a"), case("b")], system, folder)
    assert outcomes["a"].error is not None and outcomes["b"].error is None
    assert folder.outcomes == outcomes
