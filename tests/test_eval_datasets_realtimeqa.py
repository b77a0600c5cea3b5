"""RealTime QA's folders, in the open form."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from eval.datasets.realtimeqa import baselines, questions, read
from eval.errors import DatasetInvalid
from index.records import Found

SMALL = Path(__file__).parent / "datasets" / "realtimeqa"
ROW = {"id": "q", "asked_on": "2021-02-26", "question": "Who?", "answers": ["She"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "realtimeqa")


def test_questions_are_asked_as_of_their_day_and_told_nothing_else() -> None:
    first, second, _ = read(SMALL).cases
    assert (first.id, first.question) == ("20210226_0", "Which city was hit by rockets?")
    assert first.as_of == date(2021, 2, 26) and first.is_answerable is True
    assert second.answers == ("Twelve", "12")
    for case in (first, second):
        assert (case.evidence, case.relevant, case.tags) == ((), {}, ())


def test_a_question_that_stands_twice_is_one_case_and_another_of_that_id_its_own() -> None:
    cases = read(SMALL).cases
    assert [case.id for case in cases] == ["20210226_0", "20210226_1", "20210226_1-2"]
    assert cases[2].as_of == date(2021, 3, 5)
    assert len(questions(SMALL)) == 4  # as the file has them


def test_the_articles_are_those_of_the_folder() -> None:
    articles = list(read(SMALL).corpus())
    assert all(isinstance(one, Found) for one in articles)
    assert [(one.id, one.published) for one in articles] == [
        ("1a2b", "2021-02-22"),
        ("3c4d", "2021-03-01"),
    ]


def test_what_the_benchmarks_read_of_it() -> None:
    assert [one.id for one in questions(SMALL, first=date(2021, 3, 1))] == ["20210226_1"]
    assert len(questions(SMALL, last=date(2021, 2, 26))) == 3
    assert baselines(SMALL) == {"guess": {"20210226_0": "Balad"}}
    with pytest.raises(ValueError, match="questions.jsonl"):
        questions(SMALL / "none")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": None}, "id: "),
        ({"question": ""}, "question: "),
        ({"asked_on": "yesterday"}, "asked_on: "),
        ({"asked_on": "2021-02-31"}, "asked_on: "),
        ({"asked_on": 20210226}, "asked_on: a day is wanted, as 2022-06-16"),
        ({"answers": "She"}, "answers: "),
        ({"answers": []}, "answers: "),
        ({"answers": [" "]}, "answers[0]: "),
    ],
)
def test_a_mistake_is_told_with_its_line(folder: Path, changes: dict, told: str) -> None:
    file = folder / "questions.jsonl"
    with file.open("a") as stream:
        stream.write(json.dumps({**ROW, **changes}) + "\n")
    with pytest.raises(DatasetInvalid) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{file}:5: {told}")
    with pytest.raises(ValueError, match=r"questions.jsonl:5"):
        questions(folder)


def test_missing_and_empty_files(folder: Path) -> None:
    (folder / "questions.jsonl").write_text("\n")
    with pytest.raises(DatasetInvalid, match="holds no questions"):
        read(folder)
    (folder / "articles.jsonl").unlink()
    with pytest.raises(DatasetInvalid, match="holds no articles.jsonl"):
        read(folder)


def test_the_public_folders_are_read(bench: Path) -> None:
    assert len(read(bench / "realtimeqa-mini").cases) == 259
    cases = read(bench / "realtimeqa-2022-2023").cases
    # 1,932 questions, six of them twice
    assert len(cases) == len({case.id for case in cases}) == 1926
