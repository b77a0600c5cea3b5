"""BEIR's form: which documents count, how they will be called, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eval.datasets.beir import read
from eval.datasets.files import id_as_indexed
from eval.errors import DatasetInvalid
from index.records import Found

SMALL = Path(__file__).parent / "datasets" / "beir"
HEADER = "query-id\tcorpus-id\tscore\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "beir")


def test_the_test_split_by_default_in_the_order_of_the_queries() -> None:
    cases = read(SMALL).cases
    assert [case.id for case in cases] == ["q1", "q2", "q4"]
    assert cases[0].question == "who fired the rockets at Erbil?"
    for case in cases:
        assert case.is_answerable is None and not case.answers and not case.evidence
        assert case.tags == ()


def test_an_id_that_indexing_can_not_keep_is_named_as_it_will_be() -> None:
    [first, *_] = read(SMALL).cases
    assert first.relevant == {id_as_indexed("MED-10/claim"): 1}
    assert id_as_indexed("MED-10/claim").startswith("art_")


def test_of_copies_the_first_has_the_highest_grade_and_is_the_only_one() -> None:
    dataset = read(SMALL)
    assert dataset.cases[1].relevant == {"3": 2}
    assert [one.id for one in dataset.corpus()] == ["MED-10/claim", "2", "3", "5", "6"]


def test_grades_of_0_and_below_are_not_relevant_whatever_they_name() -> None:
    assert read(SMALL).cases[2].relevant == {}


def test_another_split_by_its_file() -> None:
    [case] = read(SMALL / "qrels" / "dev.tsv").cases
    assert (case.id, case.relevant) == ("q3", {"5": 1})
    assert read(SMALL / "qrels" / "dev.tsv").fingerprint != read(SMALL).fingerprint


def test_documents_have_their_title_address_and_place() -> None:
    first, *_, titled, empty = read(SMALL).corpus()
    assert isinstance(first, Found) and isinstance(titled, Found) and isinstance(empty, Found)
    assert (first.title, first.url) == ("The claim", "https://tigriswire.example/claim")
    assert first.origin == f"{SMALL / 'corpus.jsonl'}:1"
    assert titled.text == titled.title == "Air base struck a second time on Sunday"
    assert empty.text == ""


def test_the_corpus_is_read_from_disk_each_time(folder: Path) -> None:
    dataset = read(folder)
    rows = (folder / "corpus.jsonl").read_text().splitlines()
    (folder / "corpus.jsonl").write_text("\n".join(rows[:2]))
    assert [one.id for one in dataset.corpus()] == ["MED-10/claim", "2"]
    (folder / "corpus.jsonl").write_text("\n".join([rows[0], "{"]))
    corpus = iter(dataset.corpus())
    assert next(corpus).id == "MED-10/claim"  # one at a time
    with pytest.raises(DatasetInvalid, match=r"corpus.jsonl:2: is not JSON"):
        next(corpus)


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("corpus.jsonl", {"_id": "2", "text": "x"}, ":7: the id '2' stands already at "),
        ("corpus.jsonl", {"_id": " MED-10/claim ", "text": "x"}, "stands already at "),
        ("corpus.jsonl", {"_id": 7, "text": "x"}, ":7: _id: "),
        ("corpus.jsonl", {"_id": " ", "text": "x"}, ":7: _id: "),
        ("corpus.jsonl", {"text": "x"}, ":7: _id: Field required"),
        ("corpus.jsonl", {"_id": "7"}, ":7: text: Field required"),
        ("corpus.jsonl", {"_id": "7", "text": None}, ":7: text: "),
        ("corpus.jsonl", {"_id": "7", "text": "x", "title": ["t"]}, ":7: title: "),
        ("queries.jsonl", {"_id": "q1", "text": "again?"}, ":5: the id 'q1' stands already at "),
        ("queries.jsonl", {"_id": "q5", "text": " "}, ":5: text: "),
        ("queries.jsonl", {"_id": "q5"}, ":5: text: "),
        ("qrels/test.tsv", "q9\t2\t1", ":8: "),
        ("qrels/test.tsv", "q9\t2\t1", "holds no query 'q9'"),
        ("qrels/test.tsv", "q1\tgone\t1", "holds no document 'gone'"),
        ("qrels/test.tsv", "q1\t2\t1", ":8: the same pair has another grade"),
        ("qrels/test.tsv", "q1\t2", ":8: 2 columns"),
        ("qrels/test.tsv", "q1 2 1", ":8: 1 columns"),
        ("qrels/test.tsv", "q1\t0\t2\t1", ":8: 4 columns"),
        ("qrels/test.tsv", "q1\t2\t1.5", ":8: two ids and a whole number"),
        ("qrels/test.tsv", "q1\t2\tNaN", ":8: two ids and a whole number"),
        ("qrels/test.tsv", "q1\t2\t" + "9" * 5000, ":8: two ids and a whole number"),
        ("qrels/test.tsv", "\t2\t1", ":8: two ids and a whole number"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder: Path, file: str, line: object, told: str) -> None:
    with (folder / file).open("a") as stream:
        stream.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
    with pytest.raises(DatasetInvalid) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{folder / file}:") and told in str(caught.value)


def test_a_pair_that_is_judged_twice_alike_is_no_mistake(folder: Path) -> None:
    with (folder / "qrels" / "test.tsv").open("a") as stream:
        stream.write('q1\tMED-10/claim\t1\r\n\n"q1"\t"MED-10/claim"\t+1\n')
    assert read(folder).cases == read(SMALL).cases


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("q1\t2\t1\n", ":1: the header is missing"),
        ("q1 0 2 1\n", ":1: 1 columns"),
        (HEADER, "holds no judgements"),
        ("", "holds no judgements"),
    ],
)
def test_judgements_without_a_header_or_without_any(folder: Path, content: str, told: str) -> None:
    (folder / "qrels" / "test.tsv").write_text(content)
    with pytest.raises(DatasetInvalid, match=told):
        read(folder)


def test_missing_files(folder: Path) -> None:
    (folder / "qrels" / "test.tsv").unlink()
    with pytest.raises(DatasetInvalid, match=r"no test.tsv; name the file of a split \(.*dev.tsv"):
        read(folder)
    dev = folder / "qrels" / "dev.tsv"
    (folder / "corpus.jsonl").write_text("\n")
    with pytest.raises(DatasetInvalid, match="holds no documents"):
        read(dev)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(DatasetInvalid, match="no corpus.jsonl beside it"):
        read(dev)
