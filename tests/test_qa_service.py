from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient

from index.records import Filters
from qa.records import Question
from qa.records_articles import NewArticle
from qa.service_config import ServiceConfig
from tests.fakes import FakeDesk
from tests.serving import (
    ARTICLE,
    CANARY,
    JSON,
    check_problem,
    client_of,
)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient]:
    with client_of(desk) as client:
        yield client


def test_ask_hands_the_question_over_and_returns_the_answer(client, desk):
    begun = client.post("/ask", json={"question": "q", "conversation_id": None}).json()
    response = client.post(
        "/ask",
        json={
            "question": "  when did the ferry resume?\u0000 ",
            "conversation_id": begun["conversation_id"],
            "stream": False,
            "as_of": "2021-02-25",
            "filters": {"sources": ["Harbour Post"], "published_from": "2021-02-01"},
            "top_k": 3,
        },
    )
    assert response.status_code == 200
    assert desk.asked == [
        Question("q"),
        Question(
            "when did the ferry resume?",
            conversation=begun["conversation_id"],
            as_of=date(2021, 2, 25),
            filters=Filters(("Harbour Post",), date(2021, 2, 1)),
            top_k=3,
        ),
    ]
    answer = response.json()
    assert answer["conversation_id"] == begun["conversation_id"]
    other = client.post("/ask", json={"question": "q"}).json()
    assert other["conversation_id"] not in (None, begun["conversation_id"])
    assert answer["abstain_reason"] == "EMPTY_INDEX"
    assert answer["applied_filters"]["undated"] == "kept"


def test_search_takes_filters_and_defaults(client, desk):
    client.post("/articles", json=ARTICLE)
    found = client.post("/search", json={"query": "ferry"}).json()
    assert [p["article_id"] for p in found["passages"]] == ["ferry-1"]
    body = {"query": "ferry", "filters": {"sources": ["elsewhere"]}, "top_k": 50}
    assert client.post("/search", json=body).json()["passages"] == []
    assert [s[2:] for s in desk.searched] == [(10, None), (50, None)]


def test_articles_are_added_updated_listed_read_and_withdrawn(client):
    added = client.post("/articles", json=ARTICLE)
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    again = client.post("/articles", json=ARTICLE)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    changed = client.post("/articles", json=ARTICLE | {"text": "It did not."})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert client.post("/articles", json={"text": "Another."}).status_code == 201
    assert client.get("/articles/art_2").json()["title"] == ""

    article = client.get("/articles/ferry-1").json()
    assert article["text"] == "It did not."
    assert article["published"] == "2021-02-25"  # in UTC
    first = client.get("/articles", params={"limit": 1}).json()
    assert first["total"] == 2
    assert "text" not in first["items"][0]
    second = client.get("/articles", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [p["items"][0]["id"] for p in (first, second)] == ["art_2", "ferry-1"]
    assert second["next_cursor"] is None

    gone = client.delete("/articles/ferry-1")
    assert (gone.status_code, gone.content) == (204, b"")
    check_problem(client.get("/articles/ferry-1"), 404, "ARTICLE_NOT_FOUND")
    check_problem(client.delete("/articles/ferry-1"), 404, "ARTICLE_NOT_FOUND")


def test_a_desk_can_refuse_an_article(client):
    body = {"title": CANARY, "text": "no text left"}
    detail = check_problem(client.post("/articles", json=body), 422, "BAD_REQUEST")
    assert "after cleaning" in detail


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "question is missing; it takes 1 to 4,000 characters"),
        ({"question": ""}, "question must be 1 to 4,000 characters"),
        ({"question": " \u0000 "}, "question must be"),
        ({"question": [CANARY]}, "question must be"),
        ({"question": "q", CANARY: 1}, "the body has a field that is not known; known are quest"),
        ({"question": "q", "stream": "no"}, "stream must be true for Server-Sent Events"),
        ({"question": "q", "stream": 1}, "stream must be true for Server-Sent Events"),
        ({"question": "q", "conversation_id": ""}, "conversation_id must be 1 to 200 char"),
        ({"question": "q", "conversation_id": "a" * 201}, "conversation_id must be"),
        ({"question": "q", "conversation_id": f"{CANARY}\n"}, "conversation_id must be"),
        ({"question": "q", "conversation_id": f"../{CANARY}"}, "conversation_id must be"),
        ({"question": "q", "conversation_id": 5}, "conversation_id must be"),
        ({"question": "q", "filters": {CANARY: 1}}, "filters has a field that is not known; known"),
        ({"question": "q", "filters": [CANARY]}, "filters must be an object of sources"),
        ({"question": "q", "filters": {"sources": ["a"] * 51}}, "filters.sources must be a list"),
        ({"question": "q", "filters": {"sources": ["a", ""]}}, "filters.sources[1] must be"),
        ({"question": "q", "filters": {"sources": [CANARY * 30]}}, "filters.sources[0] must be"),
        (
            {"question": "q", "filters": {"published_from": "2021-02", "published_to": CANARY}},
            "filters.published_from must be a day as YYYY-MM-DD",
        ),
        (
            {
                "question": "q",
                "filters": {"published_from": "2021-02-02", "published_to": "2021-02-01"},
            },
            "filters: published_from must not be later than published_to",
        ),
        ({"question": "q", "as_of": 1614124800}, "as_of must be a day"),
        ({"question": "q", "as_of": "2021-02-30"}, "as_of must be a day"),
        ({"question": "q", "as_of": "0001-01-01"}, "from 1800 to 2100"),
        ({"question": "q", "as_of": "2021-02-24T00:00:00"}, "as_of must be a day"),
        ({"question": "q", "top_k": 0}, "top_k must be passages to show, a whole number 1 to 50"),
        ({"question": "q", "top_k": 51}, "top_k must be"),
        ({"question": "q", "top_k": "5"}, "top_k must be"),
        ({"question": "q", "top_k": True}, "top_k must be"),
        ({"question": "q", "top_k": 10**400}, "top_k must be"),
        ([CANARY], "the body must be a JSON object with question"),
        (None, "the body"),
        (CANARY, "the body must be a JSON object"),
    ],
)
def test_what_is_wrong_is_told_without_an_echo(client, desk, body, told):
    response = client.post("/ask", content=json.dumps(body), headers=JSON)
    assert told in check_problem(response, 422, "INVALID_REQUEST")
    assert desk.asked == []


def test_a_question_may_be_long_but_not_longer(client, desk):
    assert client.post("/ask", json={"question": " " + "é" * 4000 + " "}).status_code == 200
    body = {"question": CANARY * 401}
    detail = check_problem(client.post("/ask", json=body), 422, "QUESTION_TOO_LONG")
    assert detail == "question: at most 4,000 characters of text are read as a question"
    check_problem(client.post("/search", json={"query": "x" * 4001}), 422, "QUESTION_TOO_LONG")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", "\u0000"),
        ("text", None),
        ("title", None),
        ("id", "no spaces"),
        ("id", "a" * 201),
        ("id", "trailing\n"),
        ("url", "javascript:alert(1)"),
        ("url", "https://example.org/" + "a" * 2000),
        ("source", "a" * 201),
        ("authors", "A. Writer"),
        ("authors", [["A. Writer"]]),
        ("published", "02/03/2021"),
        ("published", 20210224),
        ("updated", "yesterday"),
    ],
)
def test_an_article_with_a_wrong_field_is_refused(client, field, value):
    response = client.post("/articles", json=ARTICLE | {field: value})
    assert field in check_problem(response, 422, "INVALID_REQUEST").split(" must be")[0]
    assert client.get("/articles").json()["total"] == 0


def test_settings_that_cannot_work_are_refused():
    with pytest.raises(ValueError, match="max_buffered_bytes"):
        ServiceConfig(max_body_bytes=2**30)
    with pytest.raises(ValueError, match="readers"):
        ServiceConfig(readers=0)


def test_new_articles_are_frozen():
    article = NewArticle(text="t", title="")
    with pytest.raises(ValueError, match="frozen"):
        article.text = "other"
