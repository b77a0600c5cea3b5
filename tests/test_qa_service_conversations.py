"""The HTTP endpoints of conversations, and whose they are."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from qa.errors import ConversationsNotKept
from qa.listen import go_on
from qa.records_conversation import Conversation, ConversationPage
from qa.service import create_app
from qa.service_config import ServiceConfig
from tests.fakes import FakeDesk
from tests.serving import ARTICLE, CANARY, check_problem, client_of, send_raw, served, wait_until

KEYS = {"first-key-of-a-person": "owner1", "second-key-of-another": "owner2"}
ONE = {"Authorization": "Bearer first-key-of-a-person"}
OTHER = {"Authorization": "Bearer second-key-of-another"}
UNKNOWN = "conv_" + "f" * 32
# However slow the machine is: what fails before a stream's first event is a plain error.
PLAIN = ServiceConfig(plain_seconds=30)


class FixedKeys:
    def owner_of(self, presented: str) -> str | None:
        return KEYS.get(presented)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of(FakeDesk(), PLAIN) as client:
        yield client


@pytest.fixture
def keyed() -> Iterator[TestClient]:
    with client_of(FakeDesk(), replace(PLAIN, keys=FixedKeys())) as client:
        yield client


def begin(client: TestClient, headers: dict | None = None, question: str = "q") -> str:
    asked = client.post("/ask", json={"question": question}, headers=headers)
    return asked.json()["conversation_id"]


def test_a_conversation_has_its_turns_in_order(client):
    client.post("/articles", json=ARTICLE)
    first = client.post("/ask", json={"question": "the ferry?"}).json()
    id = first["conversation_id"]
    second = client.post("/ask", json={"question": "q", "conversation_id": id}).json()
    client.post("/feedback", json={"answer_id": second["id"], "is_positive": False})
    begin(client)
    client.delete("/articles/ferry-1")

    told = client.get(f"/conversations/{id}").json()
    Conversation.model_validate(told)
    assert [turn["answer"] for turn in told["turns"]] == [first, second]
    assert [turn["is_positive"] for turn in told["turns"]] == [None, False]
    assert [turn["withdrawn"] for turn in told["turns"]] == [["ferry-1"], []]


def test_a_deleted_conversation_is_gone(client):
    id = begin(client)
    gone = client.delete(f"/conversations/{id}")
    assert (gone.status_code, gone.content) == (204, b"")
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/suggestions")):
        response = client.request(method, f"/conversations/{id}{path}")
        check_problem(response, 404, "CONVERSATION_NOT_FOUND")
    body = {"question": "q", "conversation_id": id}
    for stream in (True, False):
        response = client.post("/ask", json=body | {"stream": stream})
        check_problem(response, 404, "CONVERSATION_NOT_FOUND")


@pytest.mark.parametrize("id", [UNKNOWN, CANARY, "a" * 5000, "%00", "%ff", "%2e%2e", "a%0a", "ä"])
def test_an_id_that_is_none_is_not_found(client, id):
    for path in (f"/conversations/{id}", f"/conversations/{id}/suggestions"):
        check_problem(client.get(path), 404, "CONVERSATION_NOT_FOUND")
    check_problem(client.delete(f"/conversations/{id}"), 404, "CONVERSATION_NOT_FOUND")


def test_without_keys_none_are_listed(client):
    begin(client)
    detail = check_problem(client.get("/conversations"), 403, "CONVERSATIONS_NOT_LISTED")
    assert "API keys" in detail


def test_a_key_lists_its_own_by_page(keyed):
    ids = [begin(keyed, ONE, f"question {number}") for number in range(5)]
    others = begin(keyed, OTHER)
    body = {"question": "again", "conversation_id": ids[0]}
    assert keyed.post("/ask", json=body, headers=ONE).status_code == 200

    pages, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = keyed.get("/conversations", params=query, headers=ONE).json()
        ConversationPage.model_validate(page)
        pages.append(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    listed = [item for page in pages for item in page]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [item["id"] for item in listed] == [ids[0], *reversed(ids[1:])]
    assert (listed[0]["title"], listed[0]["turns"]) == ("question 0", 2)
    [other] = keyed.get("/conversations", headers=OTHER).json()["items"]
    assert other["id"] == others

    bad = keyed.get("/conversations", params={"cursor": CANARY}, headers=ONE)
    check_problem(bad, 422, "BAD_REQUEST")
    for query in ("limit=0", "limit=201", f"limit={CANARY}", "cursor=" + "a" * 600):
        response = keyed.get(f"/conversations?{query}", headers=ONE)
        check_problem(response, 422, "INVALID_REQUEST")


def test_anothers_conversation_is_none(keyed):
    id = begin(keyed, ONE)
    for method, path in (("GET", ""), ("GET", "/suggestions"), ("DELETE", "")):
        response = keyed.request(method, f"/conversations/{id}{path}", headers=OTHER)
        assert check_problem(response, 404, "CONVERSATION_NOT_FOUND") == check_problem(
            keyed.request(method, f"/conversations/{UNKNOWN}{path}", headers=OTHER), 404
        )
    for stream in (True, False):
        body = {"question": "q", "conversation_id": id, "stream": stream}
        check_problem(keyed.post("/ask", json=body, headers=OTHER), 404, "CONVERSATION_NOT_FOUND")
    assert len(keyed.get(f"/conversations/{id}", headers=ONE).json()["turns"]) == 1


def test_another_key_cannot_judge_an_answer(keyed):
    answer = keyed.post("/ask", json={"question": "ferry?"}, headers=ONE).json()
    verdict = {"answer_id": answer["id"], "is_positive": False}
    refused = keyed.post("/feedback", json=verdict, headers=OTHER)
    check_problem(refused, 404, "ANSWER_NOT_FOUND")
    assert keyed.post("/feedback", json=verdict, headers=ONE).status_code == 200


@pytest.mark.parametrize("stream", [True, False])
def test_limits_are_told(stream):
    with client_of(FakeDesk(most_turns=2, most_conversations=1), PLAIN) as client:
        id = begin(client)
        body = {"question": "q", "conversation_id": id}
        client.post("/ask", json=body)
        full = client.post("/ask", json=body | {"stream": stream})
        assert "begin another" in check_problem(full, 409, "CONVERSATION_FULL")
        many = client.post("/ask", json={"question": "q", "stream": stream})
        assert "delete one" in check_problem(many, 429, "TOO_MANY_CONVERSATIONS")


def test_a_service_that_keeps_none_says_so():
    class ForgetfulDesk(FakeDesk):
        def conversation(self, id: str, owner: str) -> Conversation:
            raise ConversationsNotKept("/srv/private")

    with client_of(ForgetfulDesk()) as client:
        response = client.get(f"/conversations/{UNKNOWN}")
    assert "keeps no" in check_problem(response, 404, "CONVERSATIONS_NOT_KEPT")


def test_suggestions_never_take_an_askers_place():
    may_go, reached = threading.Event(), threading.Event()

    class ThinkingDesk(FakeDesk):
        def suggest(self, id, owner, listener=None):
            reached.set()
            assert may_go.wait(30)
            return super().suggest(id, owner)

    config = ServiceConfig(readers=1, max_waiting=0)
    with client_of(ThinkingDesk(), config) as client:
        client.post("/articles", json=ARTICLE)
        id = begin(client)
        told = []
        thread = threading.Thread(
            target=lambda: told.append(client.get(f"/conversations/{id}/suggestions"))
        )
        thread.start()
        assert reached.wait(30)
        assert client.post("/ask", json={"question": "q"}).status_code == 200
        busy = client.get(f"/conversations/{id}/suggestions")
        check_problem(busy, 503, "OVERLOADED")
        may_go.set()
        wait_until(lambda: not thread.is_alive(), 30)
    assert told[0].json() == {"questions": ["What about “Ferry resumes”?"]}


def test_suggestions_end_when_nobody_waits_for_them():
    stopped = threading.Event()
    reached = threading.Event()

    class TryingDesk(FakeDesk):
        def suggest(self, id, owner, listener=None):
            reached.set()
            wait_until(listener.is_gone)
            try:
                go_on(listener)
            finally:
                stopped.set()

    desk = TryingDesk()
    app = create_app(lambda: desk, PLAIN)
    with served(app) as port:
        get = "GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        ready = get.format("/health/ready").encode()
        wait_until(lambda: send_raw(port, ready).startswith(b"HTTP/1.1 200"))
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(get.format(f"/conversations/{UNKNOWN}/suggestions").encode())
            assert reached.wait(30)
        assert stopped.wait(30)
        wait_until(lambda: app.state.running.suggesters.inside == 0)
