"""The measures, against worked examples and the empty case first."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from eval.datasets.realtimeqa import baselines, questions
from eval.metrics.answers import exact_match, f1, holds_answer, normalise
from eval.metrics.ranking import answer_recall, first_rank, reciprocal_rank


def test_nothing_measures_nothing() -> None:
    assert answer_recall([], 10) == reciprocal_rank([]) == 0.0
    assert first_rank([], ["x"]) is None
    assert exact_match("", []) == f1("", []) == 0.0
    assert not holds_answer("anything", [""])


def test_normalising_is_squads_with_the_marks_of_news() -> None:
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


def test_ranks_recall_and_reciprocal_rank() -> None:
    ranks = [first_rank(["a", "b", "the c"], [answer]) for answer in ("c", "b", "zzz")]
    assert ranks == [3, 2, None]
    assert answer_recall(ranks, 2) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranks) == pytest.approx((1 / 3 + 1 / 2) / 3)
    assert reciprocal_rank([11]) == 0.0


def test_exact_match_and_f1_take_the_best_answer() -> None:
    assert exact_match("the Moon", ["Mars", "moon"]) == 1
    assert f1("President Joe Biden", ["Joe Biden"]) == pytest.approx(0.8)
    assert f1("Mars", ["Joe Biden"]) == 0


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
