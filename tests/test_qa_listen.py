"""A question is listened to while it is answered, and given up when its asker leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.errors import AskerLeft
from qa.listen import tell_answer
from qa.records import Answer, Citation, PastTurn, Question, SearchResult
from tests.passages import reader
from tests.test_qa_answer import QUESTION, ChangingReader, answerer, store  # noqa: F401


class Ear:
    """Implements `qa.listen.Listener`; `leaves_after`: of the calls named, the first one."""

    def __init__(self, leaves_after: str = "") -> None:
        self.heard: list[tuple[str, object]] = []
        self._leaves_after = leaves_after

    def is_gone(self) -> bool:
        return any(name == self._leaves_after for name, _ in self.heard)

    def found(self, result: SearchResult) -> None:
        self.heard.append(("found", result))

    def wrote(self, delta: str) -> None:
        self.heard.append(("wrote", delta))

    def cited(self, citation: Citation) -> None:
        self.heard.append(("cited", citation))

    def of(self, name: str) -> list:
        return [what for one, what in self.heard if one == name]


def test_the_passages_are_told_first_then_the_answer_and_its_citations(store) -> None:  # noqa: F811
    ear = Ear()
    answer = answerer(store, reader()).ask(QUESTION, ear)
    assert ear.heard[0][0] == "found" and len(ear.of("found")) == 1
    assert ear.of("found")[0].query == answer.standalone_question
    assert "".join(ear.of("wrote")) == answer.text
    assert sorted(ear.of("cited"), key=lambda one: one.number) == list(answer.citations)


def test_a_citation_comes_behind_the_delta_that_holds_its_number(store) -> None:  # noqa: F811
    ear = Ear()
    answerer(store, reader()).ask(QUESTION, ear)
    told = ""
    for name, what in ear.heard:
        if name == "wrote":
            told += what
        elif name == "cited":
            assert f"[{what.number}]" in told


def test_pieces_of_any_answer_join_to_its_text() -> None:
    def cited(number: int, start: int, end: int) -> Citation:
        return Citation(
            number=number, article_id="a", passage_id="p", title="", url=None, source=None,
            published=None, quote="q", start=0, end=1, answer_start=start, answer_end=end,
            verification="verbatim", support=1.0,
        )  # fmt: skip

    text = "One fell. [1][2] Two rose. [3] And so on."
    answer = Answer.model_construct(
        text=text, citations=(cited(3, 17, 26), cited(1, 0, 9), cited(2, 0, 9))
    )
    ear = Ear()
    tell_answer(ear, answer)
    assert "".join(ear.of("wrote")) == text
    assert [one.number for one in ear.of("cited")] == [1, 2, 3]


def test_who_leaves_after_the_search_stops_the_reading(store) -> None:  # noqa: F811
    never = ChangingReader()
    with pytest.raises(AskerLeft):
        answerer(store, never).ask(QUESTION, Ear(leaves_after="found"))
    assert never.readings == 0


def test_who_has_left_before_is_not_searched_for(store) -> None:  # noqa: F811
    class Gone(Ear):
        def is_gone(self) -> bool:
            return True

    ear = Gone()
    with pytest.raises(AskerLeft):
        answerer(store, reader()).ask(QUESTION, ear)
    assert ear.heard == []


def test_a_follow_up_is_searched_and_answered_as_it_was_understood(store) -> None:  # noqa: F811
    first = "Who closed the Oldport ferry line?"
    talk = (PastTurn(first, first, "Mayor Ada Lind closed it. [1]", ("Ada Lind",)),)
    ear = Ear()
    asked = Question("when did she close it?", as_of=date(2024, 6, 1), history=talk)
    answer = answerer(store, reader()).ask(asked, ear)
    assert answer.question == "when did she close it?"
    assert answer.standalone_question == "when did Ada Lind close the Oldport ferry line?"
    assert ear.of("found")[0].query == answer.standalone_question
    assert answer.timings_ms["condense"] >= 0
    alone = answerer(store, reader()).ask(replace(asked, history=()))
    assert alone.standalone_question == "when did she close it?"
    assert "condense" not in alone.timings_ms
