"""Outcomes become figures: what counts as right, what applies where, and nothing hidden."""

from __future__ import annotations

import pytest

from eval.records import CitedQuote, Evidence, Outcome, Prediction, RankedPassage, Verdict
from eval.score import score
from tests.eval_fakes import TEXT, answered, case, dataset

ABSTAINED = Prediction(status="abstained", abstain_reason="LOW_SUPPORT", confidence=0.0)
QUOTE = "Ada Lovelace wrote the first program."


def cited(**changes) -> CitedQuote:
    return CitedQuote(
        **{"number": 1, "article_id": "ada", "quote": QUOTE, "start": 0, "end": 37, **changes}
    )


def scored(*pairs, jobs: int = 1):
    cases = tuple(one for one, _ in pairs)
    outcomes = {
        one.id: made
        if isinstance(made, Outcome)
        else Outcome(case_id=one.id, prediction=made, milliseconds=5.0)
        for one, made in pairs
    }
    scores, found = score(cases, outcomes, dataset(*cases), jobs)
    return scores, {one.case.id: one.values for one in found}


def unanswerable(id: str, **changes):
    return case(id, answers=(), is_answerable=False, evidence=(), relevant={}, **changes)


def test_no_cases_give_no_measures() -> None:
    scores, _ = scored()
    assert scores.cases == scores.failed == 0
    assert scores.measures == {} and scores.by_tag == {} and scores.latencies_ms == ()


def test_a_failed_case_is_counted_and_in_no_mean() -> None:
    scores, values = scored(
        (case("a"), answered()), (case("b"), Outcome(case_id="b", error="down", milliseconds=9))
    )
    assert (scores.cases, scores.failed) == (2, 1)
    assert scores.measures["right"].value == 1 and scores.measures["right"].cases == 1
    assert set(values) == {"a"} and scores.latencies_ms == (5.0,)


def test_nothing_but_failures_gives_no_measures() -> None:
    scores, _ = scored((case("a"), Outcome(case_id="a", error="down")))
    assert scores.failed == 1 and scores.measures == {}
    assert any("no case ran" in note for note in scores.notes)


@pytest.mark.parametrize(
    ("given", "right", "em", "decided"),
    [
        (answered(), 1, 1, 1),
        (answered(short_answer="by Ada Lovelace"), 1, 0, 1),
        (answered(short_answer="Charles Babbage"), 0, 0, 1),
        (answered("It was Ada Lovelace, as far as we know. [1]", short_answer=None), 1, 0, 1),
        (ABSTAINED, 0, 0, 0),
    ],
)
def test_an_answerable_case(given: Prediction, right: int, em: int, decided: int) -> None:
    _, values = scored((case("a"), given))
    found = values["a"]
    assert (found["right"], found["em"], found["decided_rightly"]) == (right, em, decided)
    assert found["answered"] == given.is_answer and 0 <= found["f1"] <= 1


@pytest.mark.parametrize(("given", "right"), [(ABSTAINED, 1), (answered(), 0)])
def test_an_unanswerable_case(given: Prediction, right: int) -> None:
    _, values = scored((unanswerable("a"), given))
    assert {values["a"][name] for name in ("right", "em", "f1", "decided_rightly")} == {right}
    assert "evidence_recall" not in values["a"] and "answer_recall@1" not in values["a"]


def test_a_dataset_that_does_not_tell_is_not_judged() -> None:
    _, values = scored((case("a", answers=(), is_answerable=None, evidence=()), answered()))
    assert "right" not in values["a"] and "decided_rightly" not in values["a"]
    assert values["a"]["answered"] == 1


def test_where_no_answers_are_told_abstaining_is_measured_and_rightness_is_not() -> None:
    scores, values = scored(
        (case("a", answers=(), evidence=()), answered()), (unanswerable("b"), ABSTAINED)
    )
    assert not {"right", "em", "f1", "risk_coverage_area"} & set(scores.measures)
    assert scores.measures["abstention_f1"].value == 1 and scores.risk_coverage == ()
    assert values["b"]["decided_rightly"] == 1


def test_citations_are_measured_of_answers_alone() -> None:
    good = answered(f"{QUOTE} [1]", citations=(cited(),))
    scores, values = scored((case("a"), good), (case("b"), ABSTAINED))
    expected = ("citation_recall", "citation_precision", "quote_exactness", "evidence_recall",
                "evidence_precision")  # fmt: skip
    assert {values["a"][name] for name in expected} == {1.0}
    assert not set(expected) & set(values["b"])
    assert scores.measures["citation_recall"].cases == 1


def test_a_made_up_quote_shows_in_each_measure() -> None:
    invented = cited(quote="Ada Lovelace won a prize.", start=0, end=25)
    _, values = scored((case("a"), answered(f"{QUOTE} [1]", citations=(invented,))))
    for name in ("citation_recall", "quote_exactness", "evidence_recall", "evidence_precision"):
        assert values["a"][name] == 0, name
    moved = cited(start=1, end=38)
    _, values = scored((case("a"), answered(f"{QUOTE} [1]", citations=(moved,))))
    assert values["a"]["quote_exactness"] == 0
    elsewhere = cited(article_id="nobody")
    _, values = scored((case("a"), answered(f"{QUOTE} [1]", citations=(elsewhere,))))
    assert values["a"]["quote_exactness"] == 0


def test_two_facts_need_two_proofs() -> None:
    second = "It was meant for a machine that was never built."
    needs = case("a", evidence=((Evidence("ada", QUOTE),), (Evidence("ada", second),)))
    start = TEXT.index(second)
    both = cited(number=2, quote=second, start=start, end=start + len(second))
    _, one = scored((needs, answered(citations=(cited(),))))
    _, two = scored((needs, answered(citations=(cited(), both))))
    assert one["a"]["evidence_recall"] == 0.5 and two["a"]["evidence_recall"] == 1


def test_retrieval_is_measured_at_the_ranks_that_a_run_reaches() -> None:
    passages = tuple(
        RankedPassage(article_id=id, text=text)
        for id, text in (("x", "nothing"), ("ada", TEXT), ("ada", TEXT), ("y", "no"))
    )
    scores, values = scored(
        (case("a"), Prediction(passages=passages)), (case("b"), Prediction(passages=()))
    )
    assert values["a"]["recall@1"] == 0 and values["a"]["recall@3"] == 1
    assert values["a"]["mrr"] == values["a"]["answer_mrr"] == 0.5
    assert "recall@5" not in values["a"] and values["b"]["recall@3"] == 0
    assert [(point.x, point.y) for point in scores.recall_curve] == [(1, 0.0), (3, 0.5)]
    assert "answered" not in values["a"] and "abstention_f1" not in scores.measures


def test_abstaining_is_measured_over_the_set() -> None:
    scores, _ = scored(
        (case("a"), answered(confidence=0.9)),
        (case("b"), ABSTAINED),
        (unanswerable("c"), ABSTAINED),
        (unanswerable("d"), answered(confidence=0.2)),
    )
    found = {name: scores.measures[name].value for name in scores.measures}
    assert found["abstention_precision"] == found["abstention_recall"] == 0.5
    assert found["abstention_f1"] == 0.5
    assert [point.y for point in scores.risk_coverage] == pytest.approx([0, 1 / 2, 2 / 3, 3 / 4])
    assert found["risk_coverage_area"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4)


def test_conversations_are_measured_by_turn_and_whole() -> None:
    def turn(number: int, talk: str):
        return case(f"{talk}{number}", conversation=talk, turn=number)

    scores, values = scored(
        (turn(1, "x"), answered()), (turn(2, "x"), answered()),
        (turn(1, "y"), answered()), (turn(2, "y"), ABSTAINED),
    )  # fmt: skip
    assert scores.measures["follow_up_right"].value == 0.5
    assert scores.measures["conversation_right"].value == 0.5
    assert "follow_up_right" not in values["x1"] and "conversation_right" not in values["x1"]
    assert set(scores.by_tag) >= {"later turn", "answerable", "who"}
    assert scores.by_tag["later turn"]["right"].cases == 2


def test_turns_of_one_conversation_make_a_wider_interval_than_as_many_cases() -> None:
    alone = [(case(f"c{n}"), answered() if n % 2 else ABSTAINED) for n in range(32)]
    talks = [
        (case(f"t{n}", conversation=f"talk{n // 4}", turn=n % 4 + 1),
         answered() if n // 4 % 2 else ABSTAINED)
        for n in range(32)
    ]  # fmt: skip
    single, grouped = (scored(*pairs)[0].measures["right"] for pairs in (alone, talks))
    assert single.value == grouped.value == 0.5
    assert grouped.high - grouped.low > 1.3 * (single.high - single.low)


def test_latency_tokens_and_verdicts() -> None:
    told = answered(usage={"prompt_tokens": 100, "completion_tokens": 10})
    verdict = Verdict(is_correct=True, is_faithful=None)
    scores, values = scored(
        (case("a"), Outcome(case_id="a", prediction=told, milliseconds=10, verdict=verdict)),
        (case("b"), Outcome(case_id="b", prediction=answered(), milliseconds=30)),
        jobs=4,
    )
    assert scores.measures["latency_p50_ms"].value == 20
    assert scores.measures["prompt_tokens"].value == 100
    assert scores.measures["prompt_tokens"].cases == 1
    assert values["a"]["judged_correct"] == 1 and "judged_faithful" not in values["a"]
    assert "judged_correct" not in values["b"]
    assert any("4 questions were asked at once" in note for note in scores.notes)
    assert any("correctness and right agree on 100% of 1 answers" in note for note in scores.notes)


def test_the_same_outcomes_give_the_same_figures() -> None:
    pairs = [
        (case(f"c{n}"), answered(confidence=n / 40) if n % 3 else ABSTAINED) for n in range(40)
    ]
    assert scored(*pairs)[0] == scored(*pairs)[0]
