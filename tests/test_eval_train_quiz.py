"""Quiz questions with the passages that retrieval finds."""

from datetime import date

from eval.datasets.realtimeqa import AskedQuestion
from eval.train.quiz import DEVELOPMENT, TRAINING, group_of
from index.records import Hit, Passage


def _asked(*answers: str) -> AskedQuestion:
    return AskedQuestion("1", "Which ship sank?", date(2023, 1, 5), answers)


def _hits(*texts: str) -> list[Hit]:
    return [
        Hit(Passage(id=str(n), article_id=str(n), start=0, end=len(text), text=text), 0.5)
        for n, text in enumerate(texts)
    ]


def test_passages_that_hold_an_answer_come_first_and_the_others_mislead():
    hits = _hits("A ship sank.", "The Vega sank.", "Nothing.", "the “Vega”", "Vega again")
    group = group_of(_asked("The Vega"), hits, right=2, wrong=1)
    assert group is not None
    assert [text.text for text in group.texts] == ["The Vega sank.", "the “Vega”", "A ship sank."]


def test_without_an_answer_or_without_anything_else_there_is_no_group():
    assert group_of(_asked("Vega"), _hits("A ship.", "A storm."), 2, 2) is None
    assert group_of(_asked("Vega"), _hits("The Vega."), 2, 2) is None


def test_a_very_short_answer_far_down_neither_answers_nor_misleads():
    hits = _hits(*["A ship sank."] * 8, "It has 9 masts.")
    assert group_of(_asked("9"), hits, 2, 20) is None


def test_the_weeks_of_tests_are_neither_trained_on_nor_chosen_by():
    assert TRAINING[1] < DEVELOPMENT[0]
    assert date(2022, 8, 31) < TRAINING[0]
    assert DEVELOPMENT[1] < date(2023, 10, 1)
