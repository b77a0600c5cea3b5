"""Whether to answer: what is measured of a set, against counts by hand."""

from __future__ import annotations

import json
from datetime import date

import pytest

from eval.bench.abstention import BEFORE, old_form, twice
from eval.bench.decisions import Decided, decided, rightness, summary
from eval.bench.measures import evenly, mean, ratio
from eval.bench.plots import abstention_plot
from eval.records import Case, CitedQuote, Evidence, Prediction
from eval.systems import Asked
from tests.eval_fakes import FakeSystem, case

ABSTAINED = Prediction(status="abstained", abstain_reason="LOW_SUPPORT", confidence=0.2)


def said(words: str, confidence: float, quote: str = "") -> Prediction:
    cited = (CitedQuote(number=1, article_id="ada", quote=quote),) if quote else ()
    return Prediction(
        status="answered", text=words, short_answer=words, confidence=confidence, citations=cited
    )


def unanswerable(id: str) -> Case:
    return case(id, answers=(), is_answerable=False, evidence=(), relevant={})


def found() -> list[Decided]:
    right, wrong = said("Ada Lovelace", 0.9), said("Charles Babbage", 0.4)
    hidden = said("Ada Lovelace", 0.3)
    return [
        Decided(case("a"), right, right),
        Decided(case("b"), wrong, wrong),
        Decided(case("c"), ABSTAINED, hidden),
        Decided(unanswerable("d"), ABSTAINED, said("Ada Lovelace", 0.1)),
        Decided(unanswerable("e"), ABSTAINED, ABSTAINED),  # there was nothing to read
        Decided(unanswerable("f"), said("Ada Lovelace", 0.6), said("Ada Lovelace", 0.6)),
    ]


def test_a_set_by_hand() -> None:
    figures = summary(found())
    assert (figures["cases"], figures["unanswerable"]) == (6, 3)
    assert figures["precision"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["F1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["answered"] == {
        "answerable": pytest.approx(2 / 3, abs=1e-4),
        "unanswerable": pytest.approx(1 / 3, abs=1e-4),
    }
    assert figures["right of the answered"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["by status"] == {
        "answered": {"cases": 3, "right": pytest.approx(1 / 3, abs=1e-4)},
        "partial": {"cases": 0, "right": None},
        "abstained": {"cases": 3, "right": pytest.approx(1 / 3, abs=1e-4)},
    }
    assert figures["reasons"] == {"LOW_SUPPORT": 3}
    # By confidence: .9 right, .6 wrong, .4 wrong, .3 right, .1 wrong; nothing to read is last.
    risks = [0, 1 / 2, 2 / 3, 2 / 4, 3 / 5, 4 / 6]
    curve = figures["risk_coverage"]["curve"]
    assert [y for _, y in curve] == pytest.approx(risks, abs=1e-4)
    assert figures["risk_coverage"]["area"] == pytest.approx(sum(risks) / 6, abs=1e-4)
    by_hand = (0.1**2 + 0.6**2 + 0.4**2 + 0.7**2 + 0.1**2) / 5
    assert figures["Brier"] == pytest.approx(by_hand, abs=1e-4)
    assert sum(one["cases"] for one in figures["reliability"]["equal mass"]) == 5
    # Only always abstaining finds all three; below .9 it finds them with one that is right.
    assert figures["at recall 0.7"] == {"confidence": 0.9, "precision": 0.6, "recall": 1.0}


def test_an_empty_set_and_one_without_the_unanswerable() -> None:
    figures = summary([])
    assert figures["cases"] == 0 and figures["precision"] is figures["Brier"] is None
    assert figures["risk_coverage"] == {"area": None, "curve": []}
    answerable = summary(found()[:2])
    assert answerable["recall"] is answerable["at recall 0.7"] is None
    json.dumps([figures, answerable], allow_nan=False)


def test_always_abstaining_is_a_threshold_that_json_can_hold() -> None:
    figures = summary([Decided(unanswerable("a"), said("x", 1.0), said("x", 1.0))])
    assert figures["at recall 0.7"] == {"confidence": 1.0, "precision": 1.0, "recall": 1.0}
    json.dumps(figures, allow_nan=False)


def test_right_is_judged_by_answers_or_else_by_evidence() -> None:
    assert rightness(case("a"), said("by Ada Lovelace", 1)) == 1
    assert rightness(case("a"), said("Charles Babbage", 1)) == 0
    assert rightness(unanswerable("a"), said("Ada Lovelace", 1)) == 0
    assert rightness(case("a"), ABSTAINED) == 0
    told_nothing = case("a", answers=())
    assert rightness(told_nothing, said("x", 1, "Ada Lovelace wrote the first program.")) == 1
    assert rightness(told_nothing, said("x", 1, "It was meant for a machine.")) == 0
    nothing_named = case("a", answers=(), evidence=((Evidence("ada", ""),),))
    assert rightness(nothing_named, said("x", 1, "Ada Lovelace wrote it.")) == 0


def test_only_what_was_abstained_from_is_asked_again() -> None:
    shipped = FakeSystem(lambda asked: said("x", 0.8) if "(a)" in asked.question else ABSTAINED)
    unbound = FakeSystem(lambda asked: said("y", 0.2))
    first, second = decided(shipped, unbound, [case("a"), case("b")])
    assert first.unbound == first.given == said("x", 0.8)
    assert (second.given, second.unbound) == (ABSTAINED, said("y", 0.2))
    assert ["(b)" in one.question for one in unbound.asked] == [True]


def test_a_follow_up_is_asked_in_full_and_each_as_of_its_day() -> None:
    system = FakeSystem(lambda asked: said("x", 0.8))
    day = date(2023, 8, 1)
    turn = case("a", question="and when?", standalone="when did she write it?", as_of=day)
    decided(system, system, [turn])
    assert system.asked == [Asked("when did she write it?", as_of=day)]


def test_each_quiz_question_is_asked_without_and_with_the_articles() -> None:
    cases = twice([case("a"), case("b")])
    assert [(one.id, one.is_answerable, one.filters == BEFORE) for one in cases] == [
        ("a", False, True),
        ("b", False, True),
        ("a", True, False),
        ("b", True, False),
    ]
    assert BEFORE.published_to == date(2022, 12, 31) and not BEFORE.keep_undated

    def answer(asked: Asked) -> Prediction:
        return ABSTAINED if asked.filters else said("Ada Lovelace", 0.7)

    system = FakeSystem(answer)
    figures = old_form(summary(decided(system, FakeSystem(answer), cases)))
    assert figures == {
        "questions": 2,
        "precision": 1.0,
        "recall": 1.0,
        "F1": 1.0,
        "answered without the articles": 0.0,
        "answered with all articles": 1.0,
    }
    assert old_form(summary([]))["precision"] is None


def test_the_plot_shows_every_set_and_is_the_same_each_time() -> None:
    sets = {"quiz": summary(found()), "gold": summary(found()[:3]), "nothing": summary([])}
    drawn = abstention_plot(sets)
    assert drawn == abstention_plot(sets)
    assert len(drawn) < 150_000
    text = drawn.decode()
    assert "quiz: area" in text and "gold: calibration error" in text
    assert "nothing" not in text
    assert b"<svg" in abstention_plot({})


def test_a_trial_is_of_questions_from_everywhere() -> None:
    assert evenly(range(100), 4) == [0, 25, 50, 75]
    assert evenly(range(7), 5) == [0, 1, 2, 4, 5]
    assert list(evenly(range(3), 5)) == list(evenly(range(3), None)) == [0, 1, 2]
    assert evenly([], 5) == [] and evenly(range(3), 0) == []


def test_no_values_have_no_mean() -> None:
    assert mean([], []) is ratio([], [], []) is ratio([1.0], [0.0], ["a"]) is None
    assert mean([0.0, 1.0], ["a", "b"])["value"] == 0.5
