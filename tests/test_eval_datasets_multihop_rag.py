"""MultiHop-RAG's form: articles by their address, facts that are there, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eval.datasets.multihop_rag import read
from eval.errors import DatasetInvalid
from eval.records import Dataset
from index.fingerprint import article_id
from index.records import Found

SMALL = Path(__file__).parent / "datasets" / "multihop_rag"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return read(SMALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SMALL, tmp_path / "multihop")


def changed(file: Path, item: int, changes: dict) -> None:
    value = json.loads(file.read_text())
    value[item] = {name: one for name, one in {**value[item], **changes}.items() if one != "gone"}
    file.write_text(json.dumps(value))


def test_queries_have_their_answer_and_type(dataset: Dataset) -> None:
    inference, temporal, null = dataset.cases
    assert [one.id for one in dataset.cases] == ["query-1", "query-2", "query-3"]
    assert (inference.answers, inference.tags) == (("Erbil",), ("inference_query",))
    assert (temporal.answers, temporal.is_answerable) == (("Yes",), True)
    assert null.is_answerable is False and null.tags == ("null_query",)
    assert (null.answers, null.evidence, null.relevant) == ((), (), {})


def test_articles_are_known_by_their_address(dataset: Dataset) -> None:
    claim, call, _ = dataset.corpus()
    assert isinstance(claim, Found) and isinstance(call, Found)
    assert dataset.cases[0].relevant == {article_id(claim): 1, article_id(call): 1}
    assert (claim.source, claim.published) == ("tigriswire", "2021-02-22T12:00:00+00:00")
    assert claim.authors == ("A. Reporter",) and claim.text.count("\n\n") == 1


def test_each_fact_that_stands_in_its_article_is_to_be_proved(dataset: Dataset) -> None:
    inference, temporal, _ = dataset.cases
    assert [[one.quote for one in fact] for fact in inference.evidence] == [
        ["A little-known militia said on Monday that it had fired the rockets at Erbil."],
        ["The president and the prime minister spoke on Tuesday."],
    ]
    assert [[one.quote for one in fact] for fact in temporal.evidence] == [
        ["They agreed to find those behind the rocket fire."]
    ]
    assert len(temporal.relevant) == 2  # also the article whose fact is told in other words


def test_an_address_is_met_in_another_spelling(folder: Path, dataset: Dataset) -> None:
    url = "HTTPS://tigriswire.example/claim/?utm_source=feed#top"
    changed(folder / "corpus.json", 0, {"url": url})
    assert read(folder).cases == dataset.cases


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": "gone"}, "url: Field required"),
        ({"url": "tigriswire/claim"}, "url: is no whole http or https address"),
        ({"url": "javascript:alert(1)"}, "url: is no whole http or https address"),
        ({"url": "https://ledger.example/call?"}, "url: the same address stands already at "),
        ({"body": "gone"}, "body: Field required"),
        ({"body": ["a"]}, "body: "),
        ({"title": 5}, "title: "),
        ({"published_at": 5}, "published_at: "),
    ],
)
def test_a_mistake_in_an_article_is_told_with_its_place(
    folder: Path, changes: dict, told: str
) -> None:
    changed(folder / "corpus.json", 2, changes)
    with pytest.raises(DatasetInvalid) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{folder / 'corpus.json'}: [2]: {told}")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"query": ""}, "query: "),
        ({"answer": "gone"}, "answer: Field required"),
        ({"question_type": "trivia"}, "question_type: "),
        ({"question_type": "null_query"}, "has evidence, and is a null_query"),
        ({"evidence_list": None}, "evidence_list: "),
        ({"evidence_list": [{"fact": "f"}]}, "evidence_list[0].url: Field required"),
        ({"evidence_list": [{"url": "https://a.example", "fact": 1}]}, "evidence_list[0].fact: "),
        (
            {"evidence_list": [{"url": "https://a.example", "fact": "f"}]},
            "evidence_list[0].url: the corpus holds no article of it",
        ),
    ],
)
def test_a_mistake_in_a_query_is_told_with_its_place(
    folder: Path, changes: dict, told: str
) -> None:
    changed(folder / "MultiHopRAG.json", 1, changes)
    with pytest.raises(DatasetInvalid) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{folder / 'MultiHopRAG.json'}: [1]: {told}")


def test_an_article_without_text_is_relevant_and_rejected_by_indexing(folder: Path) -> None:
    changed(folder / "corpus.json", 0, {"body": " "})
    dataset = read(folder)
    assert len(dataset.cases[0].relevant) == 2 and len(dataset.cases[0].evidence) == 1
    assert not isinstance(next(iter(dataset.corpus())), Found)


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("corpus.json", "{}", "corpus.json: is not a list"),
        ("corpus.json", "[]", "holds no articles"),
        ("MultiHopRAG.json", "[]", "holds no queries"),
        ("MultiHopRAG.json", "[1]", r"\[0\]: "),
        ("MultiHopRAG.json", "", "is not JSON"),
    ],
)
def test_what_is_not_in_the_form_is_refused(
    folder: Path, file: str, content: str, told: str
) -> None:
    (folder / file).write_text(content)
    with pytest.raises(DatasetInvalid, match=told):
        read(folder)
    (folder / file).unlink()
    with pytest.raises(DatasetInvalid, match=f"holds no {file}"):
        read(folder)
