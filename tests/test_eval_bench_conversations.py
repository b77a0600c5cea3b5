"""Follow-ups are asked four ways, and compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eval.bench.conversations import SETS, WAYS, ask_turns, figures
from eval.datasets.gold import OUR_ARTICLES, read
from eval.records import Case, Prediction
from qa.records import AbstainReason, Answer, AppliedFilters, Question, Status

TURNS = [
    Case("a-1", "who closed the ferry line?", conversation="a", turn=1, as_of=date(2024, 6, 1)),
    Case("a-2", "why?", conversation="a", turn=2, standalone="Why was the ferry line closed?"),
    Case("a-3", "and when?", conversation="a", turn=3, standalone="When was it closed?"),
]


class Recorder:
    """Stands in for an `Answerer`: keeps what it is asked, and never knows."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return Answer(
            id="ans_1", conversation_id=None, question=question.text,
            standalone_question=f"<{question.text}>", as_of=date(2024, 6, 1),
            status=Status.ABSTAINED, abstain_reason=AbstainReason.LOW_SUPPORT, text="",
            short_answer=None, citations=(), conflicts=(), independent_sources=0, passages=(),
            applied_filters=AppliedFilters(), engine="none", index_version="1", timings_ms={},
            usage=None,
        )  # fmt: skip


def asked(way: str) -> list[Question]:
    recorder = Recorder()
    ask_turns(recorder, TURNS, way)
    return recorder.asked


def test_only_follow_ups_are_told_of_the_turns_before() -> None:
    third = asked("follow_up")[2]
    assert third.text == "and when?"
    assert [turn.question for turn in third.history or ()] == [t.question for t in TURNS[:2]]
    assert (third.history or ())[1].standalone == "<why?>"
    for way in WAYS[1:]:
        assert all(question.history is None for question in asked(way))


def test_the_other_ways_ask_alone_in_full_or_behind_the_question_before() -> None:
    assert [one.text for one in asked("in_full")][1:] == [t.standalone for t in TURNS[1:]]
    assert [one.text for one in asked("as_typed")] == [turn.question for turn in TURNS]
    assert asked("joined")[2].text == "why? and when?"


def test_what_is_kept_is_the_share_of_what_is_right_in_full() -> None:
    def turns(*rights: float) -> list[tuple[Case, Prediction, dict[str, float]]]:
        return [
            (replace(TURNS[1], id=str(place)), Prediction(), {"right": right, "fact_recall@5": 1.0})
            for place, right in enumerate(rights)
        ]

    ways = dict.fromkeys(WAYS, turns(0, 0, 0, 0))
    ways |= {"follow_up": turns(1, 0, 1, 1), "in_full": turns(1, 1, 1, 1)}
    found = figures(ways)
    assert found["kept"] == 0.75 and found["turns"] == 4
    assert found["follow_up"] == {"right": 0.75, "fact_recall@5": 1.0}
    only = figures(ways, lambda case: case.id == "1")
    assert only["kept"] == 0.0 and only["turns"] == 1
    assert figures({way: turns(0) for way in WAYS})["kept"] == 0.0


def test_there_are_conversations_enough_and_the_sets_share_none() -> None:
    of = {
        name: {case.conversation for case in read(path, OUR_ARTICLES).cases if case.turn > 1}
        for name, path in SETS.items()
    }
    assert len(of["gold"]) >= 40
    assert not of["gold"] & of["development"]
