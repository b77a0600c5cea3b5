"""Answers on a terminal."""

from __future__ import annotations

from datetime import date

import pytest

from qa.draft import Draft
from qa.records import Answer, AppliedFilters
from qa.show import show_answer
from tests.findings import found, written
from tests.passages import hit


def shown(question: str, draft: Draft, capsys: pytest.CaptureFixture[str]) -> list[str]:
    answer = Answer(
        id="ans_1", conversation_id=None, question=question, standalone_question=question,
        as_of=date(2024, 5, 20), status=draft.status, abstain_reason=draft.abstain_reason,
        text=draft.text, short_answer=draft.short_answer, also=draft.also,
        citations=draft.citations, conflicts=draft.conflicts,
        independent_sources=draft.independent_sources, passages=(),
        applied_filters=AppliedFilters(), engine="reader", index_version="1", timings_ms={},
        usage=None,
    )  # fmt: skip
    show_answer(answer)
    return capsys.readouterr().out.splitlines()


def test_the_few_words_stand_ahead_of_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    question = "When did it fall?"
    lines = shown(question, written(question, found(hit("It fell on 3 May."), "3 May")), capsys)
    assert lines[:3] == ["3 May", "", "It fell on 3 May. [1]"]


def test_several_answers_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    question = "Which towns fell?"
    draft = written(
        question,
        found(hit("Marl fell.", article="a"), "Marl", score=0.5),
        found(hit("Then Oster gave way.", article="b"), "Oster", score=0.4, answer=1),
    )
    assert shown(question, draft, capsys)[:2] == ["Marl [1]", "Oster [2]"]


def test_a_verdict_is_not_said_twice(capsys: pytest.CaptureFixture[str]) -> None:
    question = "Did the tower fall?"
    draft = written(question, found(hit("The tower fell because it was old.")))
    assert draft.short_answer is not None
    lines = shown(question, draft, capsys)
    assert lines[0] == draft.text == "Yes. The tower fell because it was old. [1]"


def test_an_update_names_the_days(capsys: pytest.CaptureFixture[str]) -> None:
    question = "How many people were killed in Marl?"
    old = hit("Three people were killed in Marl.", article="a", published=date(2024, 5, 13))
    new = hit("Now nine people were killed in Marl.", article="b", published=date(2024, 5, 17))
    lines = shown(question, written(question, found(old, "Three"), found(new, "nine")), capsys)
    assert lines[0] == "nine"
    assert any("latest nine [1] (2024-05-17); before it Three [2] (2024-05-13)" in x for x in lines)


def test_what_a_terminal_would_obey_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    question = "What fell?"
    one = hit("A \x1b[2Jtower\x07 fell.")
    text = "\n".join(shown(question, written(question, found(one, "tower")), capsys))
    assert "\x1b" not in text and "\x07" not in text
