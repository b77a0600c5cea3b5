"""The figures to reach: what is measured of a quarter's questions, against figures by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from eval.bench.asking import (
    Remembering,
    always_answering,
    confidence_of,
    made_to_answer,
    told_by,
)
from eval.bench.reading import Way, cases_of, figures_of, found_among_first, loss, public, scores
from eval.datasets.realtimeqa import AskedQuestion
from eval.records import CitedQuote, Prediction, RankedPassage
from eval.systems import Asked
from qa.config import ReaderConfig
from qa.records import Answer
from tests.eval_fakes import FakeSystem

DAY = date(2023, 11, 3)
ABSTAINED = Prediction(status="abstained", abstain_reason="LOW_SUPPORT", confidence=0.1)
QUESTIONS = [
    AskedQuestion(f"q{n}", f"question {n}?", DAY, answers)
    for n, answers in enumerate([("Ada Lovelace",), ("1843", "in 1843"), ("London",), ("Turin",)])
]
CASES = cases_of(QUESTIONS)


def said(words: str | None, quote: str = "", *texts: str, partial: bool = False) -> Prediction:
    return Prediction(
        status="partial" if partial else "answered",
        text="A sentence. [1]",
        short_answer=words,
        citations=(CitedQuote(number=1, article_id="a", quote=quote),) if quote else (),
        passages=tuple(RankedPassage(article_id="a", text=text) for text in texts),
    )


GIVEN = [
    said("Ada Lovelace", "It was Ada Lovelace.", "Ada Lovelace wrote it."),
    said("in about 1843", "It was later.", "x", "x", "in 1843"),  # right, but the quote lacks it
    said(None, "London is large.", "x"),
    ABSTAINED,
]
MADE = [*GIVEN[:2], said("London", partial=True), said("Milan", partial=True)]


def way(given: list[Prediction] = GIVEN, made: list[Prediction] = MADE) -> Way:
    answers = dict(zip([one.text for one in QUESTIONS], given, strict=True))
    return Way(told_by(FakeSystem(answers), CASES), made)


def value(measure: dict | None) -> float:
    assert measure is not None
    assert measure["low"] <= measure["value"] <= measure["high"]
    return measure["value"]


def test_a_quarter_by_hand() -> None:
    figures = figures_of(way())
    assert value(figures["EM"]) == 0.25
    assert value(figures["F1"]) == pytest.approx((1 + 0.8) / 4)
    assert value(figures["made to answer"]["EM"]) == 0.5
    assert value(figures["made to answer"]["F1"]) == pytest.approx((1 + 0.8 + 1) / 4)
    assert value(figures["answered"]) == 0.75
    assert value(figures["R@1"]) == 0.25 and value(figures["R@5"]) == 0.5
    assert value(figures["quote"]) == 0.5 and figures["quote"]["cases"] == 2
    assert figures["quote lacks it"] == ["q1"]
    assert 0 <= figures["ask_ms"]["p50"] <= figures["ask_ms"]["p95"]
    json.dumps(figures, allow_nan=False)


def test_an_abstention_is_wrong_whatever_it_carries() -> None:
    carrying = ABSTAINED.model_copy(update={"short_answer": "Turin"})
    figures = figures_of(way([*GIVEN[:3], carrying], [*MADE[:3], carrying]))
    assert value(figures["EM"]) == 0.25 and value(figures["made to answer"]["EM"]) == 0.5


def test_nothing_right_has_no_quote_to_look_at() -> None:
    assert figures_of(way([ABSTAINED] * 4, [ABSTAINED] * 4))["quote"] is None


def test_nothing_asked_has_no_figures() -> None:
    figures = figures_of(Way([], []))
    assert figures["EM"] is figures["R@1"] is figures["quote"] is None
    assert scores([], [])["F1"] is None
    assert found_among_first([], [])["R@5"] is None


def test_the_loss_is_full_less_fast_question_by_question() -> None:
    fast = [said("Charles Babbage", "", "x"), *GIVEN[1:]]
    lost = loss(way(), way(fast))
    assert value(lost["EM"]) == value(lost["F1"]) == value(lost["R@1"]) == 0.25
    assert value(loss(way(), way())["R@5"]) == 0
    assert value(loss(way(fast), way())["EM"]) == -0.25


def test_public_systems_stand_beside_ours_on_the_questions_that_they_answer(
    tmp_path: Path,
) -> None:
    rows = [
        {"system": "large", "id": "q0", "prediction": "Ada Lovelace"},
        {"system": "large", "id": "q2", "prediction": "Paris"},
        {"system": "elsewhere", "id": "unknown", "prediction": "x"},
    ]
    (tmp_path / "baselines.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    found = public(way(), tmp_path)
    assert set(found) == {"large"}
    assert found["large"]["questions"] == 2
    assert value(found["large"]["EM"]) == 0.5
    assert value(found["large"]["ours"]["EM"]) == 0.5
    assert value(found["large"]["ours made to answer"]["EM"]) == 1
    assert public(way(), tmp_path / "none") == {}


def test_a_question_that_stands_twice_is_one_and_another_of_its_id_a_second() -> None:
    other = AskedQuestion("q0", "another?", DAY, ("x",))
    cases = cases_of([QUESTIONS[0], QUESTIONS[0], other])
    assert [(one.id, one.question) for one in cases] == [
        ("q0", "question 0?"),
        ("q0-2", "another?"),
    ]
    assert {one.as_of for one in cases} == {DAY}


def test_each_is_asked_once_but_the_first_to_warm_up() -> None:
    system = FakeSystem(lambda asked: GIVEN[0])
    told = told_by(system, CASES)
    assert [one.question for one in system.asked] == [
        CASES[0].question,
        *(one.question for one in CASES),
    ]
    assert system.asked[0] == Asked("question 0?", as_of=DAY)
    assert all(one.milliseconds >= 0 and one.is_answer for one in told)
    assert told_by(system, []) == []


def test_only_those_without_a_short_answer_are_made_to_give_one() -> None:
    unbound = FakeSystem(lambda asked: said(asked.question, partial=True))
    made = made_to_answer(unbound, way().told)
    assert [one.short_answer for one in made] == [
        "Ada Lovelace",
        "in about 1843",
        "question 2?",
        "question 3?",
    ]


def test_no_threshold_is_left_and_nothing_else_changes() -> None:
    config = ReaderConfig()
    free = always_answering(config)
    assert free.answered_confidence == free.partial_confidence == free.least_relevance == 0
    assert free.max_findings == config.max_findings
    assert free.passages == config.passages


@pytest.mark.parametrize(
    ("told", "predicted", "expected"),
    [(0.4, 0.9, 0.4), (0.0, 0.9, 0.9), (0.0, None, 0.0)],
)
def test_confidence_is_the_answers_own_where_it_tells(
    told: float, predicted: float | None, expected: float
) -> None:
    answer = Answer.model_construct(confidence=told)
    assert confidence_of(answer, Prediction(confidence=predicted)) == expected


def test_what_was_read_last_is_not_read_again() -> None:
    class Model:
        name = "fake"
        asked: list[tuple[str, list[tuple[str, str]]]] = []

        def score(self, question, texts, check=None):
            self.asked.append((question, list(texts)))
            return [len(self.asked)] * len(texts)

    model = Model()
    twice = Remembering(model)
    texts = [("title", "text")]
    assert twice.score("a?", texts) == twice.score("a?", list(texts)) == [1]
    assert twice.score("a?", [("title", "other")]) == [2]
    assert twice.score("b?", [("title", "other")]) == [3]
    assert twice.score("a?", texts) == [4]
    assert twice.name == "fake" and len(model.asked) == 4
