"""The development set for follow-ups: valid as a gold set is, and apart from the gold set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

import pytest
from pydantic import ValidationError

from eval.datasets.gold import OUR_ARTICLES, OURS, read
from eval.gold_file import question_key
from eval.gold_schema import KINDS, TIES, GoldCase
from eval.records import Case, Dataset

DEVELOPMENT = OURS.parent / "development"


@pytest.fixture(scope="module")
def development() -> Dataset:
    return read(DEVELOPMENT, OUR_ARTICLES)


def keys(cases: Iterable[Case]) -> set[str]:
    return {
        question_key(text) for case in cases for text in (case.question, case.standalone) if text
    }


def test_it_holds_what_it_promises(development: Dataset) -> None:
    turns = Counter(case.conversation for case in development.cases)
    assert None not in turns and len(turns) >= 30 and set(turns.values()) <= {3, 4, 5}
    follow_ups = [case for case in development.cases if case.turn > 1]
    assert len(follow_ups) >= 70
    tags = Counter(tag for case in follow_ups for tag in case.tags)
    for tag in TIES | {"attribution"}:
        assert tags[tag] >= 3, tag
    assert tags["change"] >= 15
    assert sum(not case.is_answerable for case in follow_ups) >= 10


def test_each_follow_up_hangs_on_the_others_in_one_way(development: Dataset) -> None:
    for case in development.cases:
        assert len(KINDS & set(case.tags)) == 1, case.id
        ties = (TIES | {"attribution"}) & set(case.tags)
        assert len(ties) == (1 if case.turn > 1 else 0), case.id


def test_a_change_of_subject_stands_alone_as_it_is(development: Dataset) -> None:
    for case in development.cases:
        if "change" in case.tags:
            assert question_key(case.standalone or "") == question_key(case.question), case.id


def test_it_shares_nothing_with_the_gold_set(development: Dataset) -> None:
    gold = read()
    assert keys(development.cases) & keys(gold.cases) == set()
    assert {case.id for case in development.cases} & {case.id for case in gold.cases} == set()
    assert {case.unit for case in development.cases} & {case.unit for case in gold.cases} == set()


def test_its_files_share_no_question() -> None:
    # Ids are told apart as the folder is read.
    files = {path.name: read(path, OUR_ARTICLES).cases for path in DEVELOPMENT.glob("*.jsonl")}
    assert len(files) >= 2
    for one, other in combinations(sorted(files), 2):
        assert keys(files[one]) & keys(files[other]) == set(), (one, other)
        units = [{case.unit for case in files[name]} for name in (one, other)]
        assert units[0] & units[1] == set(), (one, other)


# -- the tags that tell how a turn hangs on the others ------------------------

TURN = {
    "id": "talk-2", "conversation": "talk", "turn": 2, "question": "who else?",
    "standalone": "Who else wrote it?",
}  # fmt: skip


@pytest.mark.parametrize(
    "tags",
    [
        ["follow_up", "also"], ["follow_up", "attribution"], ["follow_up"],
        ["topic_change", "change"], ["topic_change", "back"], ["topic_change"],
    ],
)  # fmt: skip
def test_a_turn_may_tell_how_it_hangs_on_the_others(tags: list[str]) -> None:
    tags = ["who", "unanswerable", *tags]
    assert list(GoldCase.model_validate({**TURN, "tags": tags}).tags) == tags


@pytest.mark.parametrize(
    ("changes", "tags", "told"),
    [
        ({"turn": 1, "standalone": None}, ["also"], "also is for the second and later turns"),
        ({}, ["follow_up", "also", "time"], "one way of hanging on, not also and time"),
        ({}, ["follow_up", "change"], "change and back go with topic_change"),
        ({}, ["topic_change", "pronoun"], "change and back go with topic_change"),
    ],
)
def test_a_turn_hangs_on_the_others_in_one_way_that_fits(
    changes: dict[str, object], tags: list[str], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        GoldCase.model_validate({**TURN, **changes, "tags": ["who", "unanswerable", *tags]})
