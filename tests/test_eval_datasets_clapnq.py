"""CLAPNQ's form: passages, the sentences that annotators selected, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets.clapnq import read
from eval.errors import DatasetInvalid
from eval.records import Case

SMALL = Path(__file__).parent / "datasets" / "clapnq"
TEXT = "The ferry runs again . The council paid for it . "


def quotes(case: Case) -> list[list[str]]:
    return [[one.quote for one in fact] for fact in case.evidence]


def output(answer: str = "The council.", *selected: str, skip: bool = False) -> dict:
    return {"answer": answer, "selected_sentences": list(selected), "meta": {"skip": skip}}


def row(*outputs: dict, **changes: object) -> dict:
    passages = [{"title": "Ferry", "text": TEXT, "sentences": []}]
    return {"id": "1", "input": "who paid", "passages": passages, "output": outputs, **changes}


def written(folder: Path, *rows: object) -> Path:
    file = folder / "clapnq.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return file


def test_a_folder_holds_answerable_and_unanswerable_questions() -> None:
    cases = read(SMALL).cases
    assert [(one.id, one.is_answerable) for one in cases] == [
        ("-101", True),
        ("102", True),
        ("103", False),
    ]
    assert read(SMALL / "unanswerable.jsonl").cases == cases[2:]
    assert cases[2].relevant == {} and cases[2].evidence == ()
    assert all(one.answers == () and one.tags == () for one in cases)


def test_a_passage_of_several_questions_is_one_article() -> None:
    dataset = read(SMALL)
    assert [one.id for one in dataset.corpus()] == ["-101.1", "103.1"]
    assert [one.relevant for one in dataset.cases[:2]] == [{"-101.1": 1}] * 2


def test_evidence_is_what_half_of_the_annotators_selected_as_it_stands_when_cleaned() -> None:
    first, second, _ = read(SMALL).cases
    assert quotes(first) == [
        ["A little - known militia said on Monday that it had fired the rockets at Erbil ."],
        ["Two people were killed ."],
    ]
    assert quotes(second)[1] == ["Its name was new ."]  # the skipped annotation does not count


@pytest.mark.parametrize(
    ("others", "is_kept"),
    [
        ([output()], True),  # selected by one of two
        ([output(), output()], False),
        ([output("", skip=True), output("", skip=True)], True),  # by the only one that counts
    ],
)
def test_half_of_the_annotators_that_did_not_skip_suffice(
    tmp_path: Path, others: list[dict], is_kept: bool
) -> None:
    selected = output("The council.", "The council paid for it .")
    [case] = read(written(tmp_path, row(selected, *others))).cases
    assert bool(case.evidence) == is_kept


def test_a_sentence_that_the_passage_lacks_is_no_evidence(tmp_path: Path) -> None:
    file = written(tmp_path, row(output("The mayor.", "The mayor paid .")))
    [case] = read(file).cases
    assert case.evidence == () and case.relevant == {"1.1": 1} and case.is_answerable


def test_of_several_passages_those_with_a_selected_sentence_are_relevant(tmp_path: Path) -> None:
    passages = [{"title": "Ferry", "text": "The ferry runs ."}, {"title": "Ferry", "text": TEXT}]
    selected = output("The council.", "The council paid for it .")
    [case] = read(written(tmp_path, row(selected, passages=passages))).cases
    assert case.relevant == {"1.2": 1}


def test_skipped_by_all_is_unanswerable(tmp_path: Path) -> None:
    [case] = read(written(tmp_path, row(output("", skip=True)))).cases
    assert case.is_answerable is False


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (row(), "output: "),
        (row(output("", "The ferry runs again .")), "selected sentences, but no answer"),
        (row(output(), id=1), "id: "),
        (row(output(), id="first"), "the id 'first' stands already at "),
        (row(output(), input=""), "input: "),
        (row(output(), passages=[]), "passages: "),
        (row(output(), passages=[{"title": "t"}]), "passages[0].text: Field required"),
        (row({"answer": "a"}), "output[0].selected_sentences: Field required"),
        (row({"answer": None, "selected_sentences": []}), "output[0].answer: "),
        (row({**output(), "meta": {"skip": 1}}), "output[0].meta.skip: "),
        ([], "dictionary"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, bad: object, told: str) -> None:
    file = written(tmp_path, row(output(), id="first"), bad)
    with pytest.raises(DatasetInvalid) as caught:
        read(file)
    assert str(caught.value).startswith(f"{file}:2: ") and told in str(caught.value)


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"holds no \*.jsonl"):
        read(tmp_path)
    with pytest.raises(DatasetInvalid, match="holds no questions"):
        read(written(tmp_path))


def test_the_public_files_are_read(bench: Path) -> None:
    dataset = read(bench / "readers")
    assert sum(bool(case.is_answerable) for case in dataset.cases) == 300
    assert len(dataset.cases) == 600
    answerable = [case for case in dataset.cases if case.is_answerable]
    assert all(case.relevant for case in answerable)
    assert sum(bool(case.evidence) for case in answerable) >= 299
    articles = {one.id for one in dataset.corpus()}
    assert len(articles) == 596
    assert {id for case in dataset.cases for id in case.relevant} <= articles
