"""Measures of short answers, against worked examples and the empty case first."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.datasets.gold import read
from eval.datasets.realtimeqa import baselines, questions
from eval.metrics.answers import (
    WORDS_READ,
    exact_match,
    f1,
    holds_answer,
    is_right,
    normalise,
    squad_normalise,
)

words = st.lists(st.sampled_from("the Erbil attack 15 February, two a U.S.".split()), max_size=8)


def test_nothing_measures_nothing() -> None:
    assert not holds_answer("anything", [""]) and not holds_answer("", ["x"])
    assert not is_right("", None, ["x"]) and not is_right("", "", [])
    assert not is_right("anything", None, ["", "the", "?!"])
    assert exact_match("", ["x"]) == f1("", ["x"]) == 0.0


@pytest.mark.parametrize("answers", [[], [""], ["the", "!"]])
def test_a_question_without_an_answer_is_met_by_an_empty_prediction_alone(answers) -> None:
    for empty in ("", "the", " ?"):
        assert exact_match(empty, answers) == f1(empty, answers) == 1.0
    assert exact_match("Erbil", answers) == f1("Erbil", answers) == 0.0


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("The Erbil-attack, an  Answer!", "erbilattack answer"),
        ("U.S. A. Army", "us army"),  # the marks go before the articles
        ("“Squid Game” – the show…", "“squid game” – show…"),  # ASCII marks only
        ("anthem theatre", "anthem theatre"),
        ("\tno\u00a0break\n", "no break"),
        ("{x}~`|", "x"),
        ("\ud800", "\ud800"),
    ],
)
def test_squads_normalisation_is_the_official_one(text: str, normalised: str) -> None:
    assert squad_normalise(text) == normalised


def test_em_and_f1_know_no_typographic_marks() -> None:
    assert exact_match("“Squid Game”", ["Squid Game"]) == 0
    assert exact_match('"Squid Game"', ["Squid Game"]) == 1
    assert holds_answer("“Squid Game” won", ["Squid Game"])


def test_normalising_for_strings_is_squads_with_the_marks_of_news() -> None:
    assert normalise("The “Squid Game”, an  Answer!") == "squid game answer"
    assert normalise("anthem theatre") == "anthem theatre"  # articles only at word borders


@pytest.mark.parametrize(
    ("text", "answers", "holds"),
    [
        ("He said Europe would.", ["Europe"], True),
        ("European regulators", ["Europe"], False),
        ("It was the U.S. Army.", ["US Army"], True),
        ("nothing", ["one", "nothing"], True),
    ],
)
def test_an_answer_is_held_at_word_borders(text, answers, holds) -> None:
    assert holds_answer(text, answers) is holds


def test_exact_match_and_f1_take_the_best_answer() -> None:
    assert exact_match("the Moon", ["Mars", "moon"]) == 1
    assert f1("President Joe Biden", ["Joe Biden"]) == pytest.approx(0.8)
    assert f1("Mars", ["Joe Biden"]) == 0
    assert f1("two two", ["two three"]) == pytest.approx(0.5)  # a repeated token counts once


@given(words, words)
def test_f1_is_symmetric_bounded_and_1_where_em_is(predicted: list[str], wanted: list[str]) -> None:
    one, other = " ".join(predicted), " ".join(wanted)
    value = f1(one, [other])
    assert 0 <= exact_match(one, [other]) <= value <= 1
    assert value == pytest.approx(f1(other, [one]))
    assert f1(one, [one]) == exact_match(one, [one]) == 1
    if squad_normalise(other):
        assert f1(one, [other, "Balad"]) >= value  # the best of the answers


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("It was claimed by Saraya Awlia al‑Dam [1].", ["Saraya Awlia al-Dam"]),
        ("the attack of February 15th, 2021", ["15 February", "February 15"]),
        ("on 15th February", ["15 February"]),
        ("A dozen people were hurt", ["a dozen"]),
        ("In 2021 two people died", ["two"]),
        ("a 45-year-old man", ["45"]),
        ("1,200 men", ["1200"]),
        ("5 per cent", ["5%"]),
        ("the U.S. did", ["US"]),
        ("us", ["US"]),
        ("Biden’s call", ["Biden"]),
        ("Nobody was hurt", ["nobody"]),
        ("No, it was not", ["no"]),
        ("not only Erbil", ["Erbil"]),
        ("\ud800 Erbil\x00", ["Erbil"]),
    ],
)
def test_a_right_answer_stands_in_what_was_said(said: str, answers: list[str]) -> None:
    assert is_right(said, None, answers) and is_right("", said, answers)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("Rockets fell. [2]", ["2"]),
        ("Rockets fell. [1, 2]", ["2"]),
        ("2.5 tons", ["2"]),
        ("2.5 tons", ["25"]),
        ("2 million people", ["2"]),
        ("2% of them", ["2"]),
        ("5 people", ["5%"]),
        ("a 7-6 win", ["76", "7"]),
        ("twenty-two people", ["two", "twenty"]),
        ("two hundred", ["two"]),
        ("one hundred and two", ["two"]),
        ("half a dozen", ["a dozen"]),
        ("He told us so", ["US"]),
        ("Asked who did it, he left", ["WHO"]),
        ("There is no end", ["no"]),
        ("It was not Erbil", ["Erbil"]),
        ("It wasn't by Iran", ["Iran"]),
        ("Irbil", ["Erbil"]),
        ("European", ["Europe"]),
        ("word " * WORDS_READ + "Erbil", ["Erbil"]),
    ],
)
def test_what_merely_looks_like_the_answer_is_wrong(said: str, answers: list[str]) -> None:
    assert not is_right(said, None, answers) and not is_right("", said, answers)


def test_a_short_answer_is_judged_alone_and_the_text_where_there_is_none() -> None:
    text = "Two people were killed and twelve were hurt. [1]"
    assert is_right(text, None, ["two"]) and is_right(text, " ", ["two"])
    assert is_right(text, "Two people", ["two"])
    assert not is_right(text, "twelve", ["two"])


@given(st.text(), st.lists(st.text(), max_size=3))
def test_any_text_can_be_judged(text: str, answers: list[str]) -> None:
    assert is_right(text, None, answers) in (True, False)
    assert 0 <= f1(text, answers) <= 1


def test_every_gold_answer_is_right_by_its_own_measure() -> None:
    cases = [case for case in read().cases if case.answers]
    assert cases
    for case in cases:
        for answer in case.answers:
            assert is_right("", answer, case.answers), (case.id, answer)


def test_a_realtimeqa_folder_is_read_and_a_broken_line_named(tmp_path: Path) -> None:
    row = {"id": "q1", "asked_on": "2022-06-16", "question": "Who?", "answers": ["She"]}
    late = {**row, "id": "q2", "asked_on": "2023-01-01"}
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row) + "\n" + json.dumps(late) + "\n")
    assert [one.id for one in questions(tmp_path)] == ["q1", "q2"]
    assert [one.id for one in questions(tmp_path, last=date(2022, 12, 31))] == ["q1"]
    assert baselines(tmp_path) == {}
    prediction = {"system": "s", "id": "q1", "prediction": "He"}
    (tmp_path / "baselines.jsonl").write_text(json.dumps(prediction))
    assert baselines(tmp_path) == {"s": {"q1": "He"}}
    file.write_text(json.dumps(row) + "\n{}\n")
    with pytest.raises(ValueError, match="questions.jsonl:2"):
        questions(tmp_path)


def test_the_public_folder_has_the_shape_that_is_read(bench: Path) -> None:
    assert len(questions(bench / "realtimeqa-mini")) == 259
    assert len(baselines(bench / "realtimeqa-mini")) > 0
