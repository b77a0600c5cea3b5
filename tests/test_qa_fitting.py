"""How well a short answer's form fits the question."""

from __future__ import annotations

import pytest

from qa.fitting import fitting
from qa.target import target


@pytest.mark.parametrize(
    ("question", "fit", "unfit"),
    [
        ("How many people were hurt?", "twelve people", "the mayor"),
        ("How many people were hurt?", "12", "several"),
        ("How much did it cost?", "$12.6 million", "a fortune"),
        ("When did the ferry sink?", "on Monday", "off Marl"),
        ("When did the ferry sink?", "last week", "Lake Orsen"),
        ("When did the ferry sink?", "in May", "to his dismay"),
        ("When did the ferry sink?", "March", "they marched"),
        ("When did the ferry sink?", "the fall of 2020", "a waterfall"),
        ("What year did the mill open?", "1987", "Marl"),
    ],
)
def test_the_form_asked_for_weighs_more(question: str, fit: str, unfit: str) -> None:
    assert fitting(target(question), fit) == 1.0
    assert 0 < fitting(target(question), unfit) < 1


@pytest.mark.parametrize(
    "question", ["Who did it?", "Where was it?", "Why?", "What is it?", "", "Was it seen?"]
)
@pytest.mark.parametrize("text", ["", "12", "Ilse Brandt", "\ud800\x00"])
def test_where_any_form_may_answer_nothing_is_held_against_it(question: str, text: str) -> None:
    assert fitting(target(question), text) == 1.0
