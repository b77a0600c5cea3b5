"""The service over a real data folder: ask, add, list, read, withdraw."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.local_desk import LocalDesk
from qa.service import create_app
from qa.settings import Settings
from tests.serving import wait_until

QUESTION = {"question": "who claimed the Erbil attack?", "as_of": "2021-02-24"}


@pytest.fixture
def client(sample: Path):
    settings = Settings(data=sample)
    with TestClient(create_app(lambda: LocalDesk.open(settings, "a test"))) as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        yield client


def test_an_answer_has_the_shape_and_the_proof_of_the_design(client: TestClient) -> None:
    answer = client.post("/ask", json=QUESTION).json()
    assert answer["status"] == "answered"
    assert answer["abstain_reason"] is None
    assert answer["short_answer"]["text"] == "Saraya Awlia al-Dam"
    assert answer["engine"] == "reader"
    assert {"retrieve", "read", "total"} <= answer["timings_ms"].keys()
    for citation in answer["citations"]:
        article = client.get(f"/articles/{citation['article_id']}").json()
        assert article["text"][citation["start"] : citation["end"]] == citation["quote"]
        shown = answer["text"][citation["answer_start"] : citation["answer_end"]]
        assert shown == citation["quote"]
        assert citation["verification"] == "verbatim"
        assert citation["title"] == article["title"]
    short = answer["short_answer"]
    cited = answer["citations"][short["citation"] - 1]["article_id"]
    text = client.get(f"/articles/{cited}").json()["text"]
    assert text[short["start"] : short["end"]] == short["text"]


def test_an_article_added_is_found_at_once_and_one_withdrawn_no_more(client: TestClient) -> None:
    article = {
        "title": "Ferry to Oldport halted",
        "text": "The ferry to Oldport was halted on Monday after a storm broke its ramp. "
        "Harbour master Ada Lind said that repairs would take two weeks.",
        "source": "Island Gazette",
        "published": "2021-02-23",
    }
    question = {"question": "who is the harbour master of Oldport?", "as_of": "2021-02-24"}
    assert client.post("/ask", json=question).json()["status"] == "abstained"
    added = client.post("/articles", json=article)
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    again = client.post("/articles", json=article)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    found = client.post("/ask", json=question).json()
    assert found["citations"][0]["source"] == "Island Gazette"
    assert "Ada Lind" in found["text"]
    address = f"/articles/{added.json()['id']}"
    assert client.delete(address).status_code == 204
    gone = client.post("/ask", json=question).json()
    assert all(one["source"] != "Island Gazette" for one in gone["citations"])
    assert all(one["source"] != "Island Gazette" for one in gone["passages"])
    assert client.get(address).status_code == client.delete(address).status_code == 404


def test_two_articles_without_id_or_url_do_not_replace_each_other(client: TestClient) -> None:
    ids = {
        client.post("/articles", json={"title": "", "text": f"Town {n} held a fair."}).json()["id"]
        for n in range(3)
    }
    assert len(ids) == 3


def test_an_article_of_nothing_but_advertising_is_refused(client: TestClient) -> None:
    refused = client.post("/articles", json={"title": "x", "text": "[ad_1]\n\n[ad_2]"})
    assert refused.status_code == 422
    assert refused.json()["error_code"] == "ARTICLE_REFUSED"


def test_pages_of_the_list_hold_every_article_once(client: TestClient) -> None:
    seen, cursor = [], None
    while True:
        page = client.get("/articles", params={"limit": 5} | ({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page.json()["total"] == 18


@pytest.mark.parametrize(
    ("filters", "outcome"),
    [
        ({"sources": ["lantern brief"]}, None),
        ({"published_from": "2024-01-01"}, None),
        ({"published_from": "2024-01-01", "sources": ["Tigris Wire"]}, "OUT_OF_DATE_RANGE"),
        ({"sources": ["Nobody"]}, "NO_RELEVANT_PASSAGES"),
    ],
)
def test_filters_hold_for_every_passage_and_are_told(client, filters, outcome) -> None:
    answer = client.post("/ask", json={**QUESTION, "filters": filters}).json()
    told = answer["applied_filters"]
    assert told["sources"] == filters.get("sources", [])
    assert told["undated"] == ("kept" if "published_from" in filters else None)
    for passage in answer["passages"]:
        if "sources" in filters:
            assert passage["source"].casefold() in {one.casefold() for one in filters["sources"]}
        if "published_from" in filters:
            assert passage["published"] is None or passage["published"] >= "2024-01-01"
    if outcome:
        assert answer["abstain_reason"] == outcome
        assert answer["passages"] == []
    else:
        assert answer["passages"]


@pytest.mark.parametrize(
    ("question", "reasons"),
    [
        ("hello", {"NOT_A_QUESTION"}),
        ("what is the capital of Peru?", {"LOW_SUPPORT", "NO_RELEVANT_PASSAGES"}),
    ],
)
def test_what_the_articles_do_not_say_is_an_abstention(client, question, reasons) -> None:
    response = client.post("/ask", json={"question": question})
    answer = response.json()
    assert response.status_code == 200
    assert answer["status"] == "abstained"
    assert answer["citations"] == []
    assert answer["short_answer"] is None
    assert answer["abstain_reason"] in reasons


def test_ready_tells_what_is_held(client: TestClient) -> None:
    ready = client.get("/health/ready").json()
    assert ready["is_ready"]
    assert (ready["articles"], ready["passages"] > 17) == (18, True)
    assert ready["embedding_model"].startswith("all-MiniLM-L6-v2")
