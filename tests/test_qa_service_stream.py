"""POST /ask as Server-Sent Events, over a real socket where the client's leaving matters."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from qa.errors import AskerLeft, BadRequest
from qa.llm import LLMFailed
from qa.records import Answer, Question
from qa.records_articles import NewArticle
from qa.service import create_app
from qa.service_config import ServiceConfig
from tests.fakes import FakeDesk
from tests.serving import (
    ARTICLE,
    CANARY,
    check_problem,
    client_of,
    events_of,
    raw_ask,
    send_raw,
    served,
    wait_until,
)

PATIENT = 30.0  # seconds that a test waits for what must come
ASKED = {"question": "when did the ferry resume?", "stream": True}
TEXT = "The ferry resumed on Monday. It carried cars.\nAnd the ferry is “full”."


def desk_with_article(*args, **kwargs) -> FakeDesk:
    desk = FakeDesk(*args, **kwargs)
    desk.add_article(NewArticle(id="ferry-1", title="Ferry", text=TEXT, source="Harbour Post"))
    return desk


class Counted:
    """An app, and how many requests are in it."""

    def __init__(self, app) -> None:
        self._app = app
        self.inside = 0

    async def __call__(self, scope, receive, send) -> None:
        self.inside += scope["type"] == "http"
        try:
            await self._app(scope, receive, send)
        finally:
            self.inside -= scope["type"] == "http"


@contextmanager
def serving(desk: FakeDesk, config: ServiceConfig | None = None) -> Iterator[httpx.Client]:
    # However slow the machine is: what fails before the first event is a plain error.
    app = create_app(lambda: desk, replace(config or ServiceConfig(), plain_seconds=PATIENT))
    counted = Counted(app)
    with served(counted, grace=1) as port:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, timeout=PATIENT, trust_env=False) as client:
            wait_until(lambda: client.get("/health/ready").status_code == 200, PATIENT)
            client.app = app
            client.counted = counted
            client.port = port
            yield client


def leave(port: int, request: bytes, until: bytes = b"") -> None:
    """Ask, read until the answer holds `until`, and hang up."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENT) as connection:
        connection.sendall(request)
        received = b""
        while until not in received:
            chunk = connection.recv(65536)
            assert chunk, received
            received += chunk


class Gate:
    """Holds the desk's threads until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Semaphore(0)
        self._may_go = threading.Event()

    def __call__(self, *_: object) -> None:
        self.reached.release()
        assert self._may_go.wait(PATIENT)

    def open(self) -> None:
        self._may_go.set()


def until_gone(question: Question, listener) -> None:
    """As a desk at work that looks up now and then."""
    wait_until(listener.is_gone, PATIENT)


# -- what a stream tells -------------------------------------------------------


def test_a_stream_tells_passages_text_citations_and_the_answer():
    with client_of(desk_with_article()) as client:
        response = client.post("/ask", json=ASKED)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["x-content-type-options"] == "nosniff"
        events = events_of(response.text)
        names = [name for name, _ in events]
        assert names == [
            "search_results", "message", "citation", "message", "citation", "final_answer",
        ]  # fmt: skip
        answer = events[-1][1]
        assert events[0][1]["query"] == answer["standalone_question"]
        assert events[0][1]["passages"] == answer["passages"]
        assert (
            "".join(data["delta"] for name, data in events if name == "message") == (answer["text"])
        )
        assert [data for name, data in events if name == "citation"] == answer["citations"]
        Answer.model_validate(answer)
        kept = client.get(f"/conversations/{answer['conversation_id']}").json()
        assert kept["turns"][0]["answer"] == answer


def test_an_answer_is_the_same_bytes_streamed_and_plain():
    fixed: list[Answer] = []

    class SameDesk(FakeDesk):
        def ask(self, question, listener=None) -> Answer:
            return fixed[0]

    text = 'a\nb\r\nc\u2028d\u2029e\u0085f\x0b\x0c\x1cg "h" \\ <script> \N{PILE OF POO} \ud83d'
    for said in ("plain", text, "data: x\n\nevent: error\ndata: {}"):
        given = FakeDesk().ask(Question("q"))
        fixed[:] = [given.model_copy(update={"text": said, "question": said})]
        with client_of(SameDesk()) as client:
            plain = client.post("/ask", json={"question": "q"})
            streamed = client.post("/ask", json=ASKED)
        assert streamed.content == b"event: final_answer\ndata: " + plain.content + b"\n\n"
        assert plain.json()["text"] == said.replace("\ud83d", "\ufffd")
        # A client that splits lines as Python does finds as many as one that splits at \n.
        assert len(streamed.text.splitlines()) == 3
        assert plain.headers["content-type"] == "application/json"


def test_hostile_words_stay_within_their_event():
    desk = FakeDesk()
    text = "The ferry\u2028resumed \N{FERRY}. data: {}\r\rThe ferry event: error\ndid\u0085not."
    desk.add_article(NewArticle(id="f", title="event: error\n\ndata: 1\n\n", text=text))
    with client_of(desk) as client:
        events = events_of(client.post("/ask", json=ASKED).text)
    assert "error" not in [name for name, _ in events]
    assert events[0][1]["passages"][0]["text"] == text
    answer = events[-1][1]
    assert "".join(data["delta"] for name, data in events if name == "message") == answer["text"]


@pytest.mark.parametrize(
    ("accept", "stream", "is_streamed"),
    [
        ("text/event-stream", None, True),
        ("Text/Event-Stream;q=0.5", None, True),
        ("text/event-stream, */*;q=0.1", None, True),
        ("text/event-stream, application/json;q=0.5", None, True),
        ("application/json, text/event-stream", None, False),
        ("text/event-stream;q=0", None, False),
        ("text/event-stream;q=x", None, False),
        ("*/*", None, False),
        ("", None, False),
        ("text/event-stream", False, False),
        ("application/json", True, True),
    ],
)
def test_the_body_or_accept_asks_for_a_stream(accept, stream, is_streamed):
    with client_of(FakeDesk()) as client:
        body = {"question": "q"} | ({} if stream is None else {"stream": stream})
        response = client.post("/ask", json=body, headers={"Accept": accept})
    media_type = response.headers["content-type"].split(";")[0]
    assert media_type == ("text/event-stream" if is_streamed else "application/json")


def test_streams_do_not_mix():
    gate = Gate()
    desk = FakeDesk(midway=gate)
    for word in ("ferry", "storm"):
        desk.add_article(NewArticle(id=word, title=word, text=f"The {word} came. A {word} went."))
    told: dict[str, str] = {}
    with serving(desk) as client:

        def ask(word: str) -> None:
            told[word] = client.post("/ask", json={"question": word, "stream": True}).text

        threads = [threading.Thread(target=ask, args=(word,)) for word in ("ferry", "storm")]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert gate.reached.acquire(timeout=PATIENT)  # both are in the middle
        gate.open()
        for thread in threads:
            thread.join(PATIENT)
    for word, other in (("ferry", "storm"), ("storm", "ferry")):
        assert other not in told[word]
        events = events_of(told[word])
        assert events[-1][1]["text"] == f"The {word} came. [1] A {word} went. [2]"
        assert [name for name, _ in events].count("message") == 2


def test_heartbeats_come_while_the_desk_is_busy():
    gate = Gate()
    desk = desk_with_article(midway=gate)
    config = ServiceConfig(heartbeat_seconds=0.05)
    with serving(desk, config) as client, client.stream("POST", "/ask", json=ASKED) as response:
        text = ""
        for part in response.iter_text():
            text += part
            if text.count(": ping\n\n") >= 3:
                gate.open()
    assert text.count(": ping\n\n") >= 3
    assert [name for name, _ in events_of(text)][::5] == ["search_results", "final_answer"]


def test_nothing_is_lost_of_more_than_may_wait():
    class TalkativeDesk(FakeDesk):
        def ask(self, question, listener=None) -> Answer:
            for number in range(5000):
                listener.wrote(f"{number} ")
            return super().ask(question)

    with serving(TalkativeDesk()) as client:
        events = events_of(client.post("/ask", json=ASKED).text)
    deltas = [data["delta"] for name, data in events if name == "message"]
    assert deltas == [f"{number} " for number in range(5000)]


# -- what fails ----------------------------------------------------------------


def failing(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadRequest("The question has no words."), 422, "BAD_REQUEST"),
        (LLMFailed(f"http://{CANARY}"), 503, "LLM_FAILED"),
        (KeyError(CANARY), 500, "INTERNAL"),
        (AskerLeft("nobody left"), 500, "INTERNAL"),
    ],
)
def test_what_fails_is_told_in_the_same_words_early_and_late(error, status, code, caplog):
    def words(detail: str) -> str:
        return detail.split(" at reference ")[0]

    soon = ServiceConfig(plain_seconds=PATIENT)
    with client_of(FakeDesk(failing(error)), soon) as client:
        early = client.post("/ask", json=ASKED)
        plain = client.post("/ask", json={"question": "q"})
    detail = check_problem(early, status, code)
    assert words(check_problem(plain, status, code)) == words(detail)
    assert early.headers.get("retry-after") == ("2" if status == 503 else None)

    with client_of(desk_with_article(midway=failing(error))) as client:
        late = client.post("/ask", json=ASKED)
    assert late.status_code == 200
    assert CANARY not in late.text
    (first, _), (last, told) = events_of(late.text)
    assert (first, last) == ("search_results", "error")
    assert told["error_code"] == code
    assert words(told["detail"]) == words(detail)
    if " at reference " in told["detail"]:
        reference = told["detail"].split()[-1]
        [record] = [one for one in caplog.records if reference in one.getMessage()]
        assert record.exc_info


def test_what_fails_after_a_second_without_an_event_is_an_event():
    config = ServiceConfig(plain_seconds=0)
    with client_of(FakeDesk(failing(BadRequest("No."))), config) as client:
        response = client.post("/ask", json=ASKED)
    assert response.status_code == 200
    assert events_of(response.text) == [("error", {"error_code": "BAD_REQUEST", "detail": "No."})]


def test_a_stream_before_the_desk_is_open_is_refused():
    opening = threading.Event()

    def open_desk() -> FakeDesk:
        assert opening.wait(PATIENT)
        return FakeDesk()

    with served(create_app(open_desk)) as port:
        answer = send_raw(port, raw_ask("q", headers="Connection: close\r\n"))
        opening.set()
    assert answer.startswith(b"HTTP/1.1 503") and b"NOT_READY" in answer


def test_a_full_line_refuses_a_stream():
    gate = Gate()
    config = ServiceConfig(readers=1, max_waiting=0)
    with serving(FakeDesk(gate), config) as client:
        thread = threading.Thread(target=lambda: client.post("/ask", json=ASKED))
        thread.start()
        assert gate.reached.acquire(timeout=PATIENT)
        check_problem(client.post("/ask", json=ASKED), 503, "OVERLOADED")
        gate.open()
        thread.join(PATIENT)


@pytest.mark.parametrize("is_streamed", [True, False])
def test_a_service_that_ends_ends_its_answers_in_words(is_streamed):
    desk = desk_with_article(midway=until_gone)
    told: list[str] = []

    def ask(address: str) -> None:
        body = ASKED | {"stream": is_streamed}
        told.append(httpx.post(address, json=body, timeout=PATIENT, trust_env=False).text)

    with serving(desk) as client:
        asking = threading.Thread(target=ask, args=(f"http://127.0.0.1:{client.port}/ask",))
        asking.start()
        wait_until(lambda: desk.asked, PATIENT)
    asking.join(PATIENT)
    assert not asking.is_alive()
    if is_streamed:
        (first, _), (last, error) = events_of(told[0])
        assert (first, last) == ("search_results", "error")
    else:
        error = json.loads(told[0])
    assert error["error_code"] == "NOT_READY" and "shutting down" in error["detail"]
    wait_until(lambda: desk.left == 1, PATIENT)
    assert desk.is_closed


# -- who leaves ----------------------------------------------------------------


@pytest.mark.parametrize("is_streamed", [True, False])
def test_a_client_that_leaves_stops_the_work(is_streamed):
    desk = desk_with_article(midway=until_gone)
    with serving(desk, ServiceConfig(readers=1, max_waiting=0)) as client:
        request = raw_ask("ferry", is_streamed)
        if is_streamed:
            leave(client.port, request, b"search_results")
        else:
            with socket.create_connection(("127.0.0.1", client.port)) as connection:
                connection.sendall(request)
                wait_until(lambda: desk.asked, PATIENT)
        wait_until(lambda: desk.left == 1, PATIENT)
        desk.midway = None
        # Its place is free again: there is only one.
        wait_until(lambda: client.post("/ask", json=ASKED).status_code == 200, PATIENT)


def test_a_place_is_held_until_the_thread_has_ended():
    gate = Gate()
    desk = FakeDesk(gate)
    with serving(desk, ServiceConfig(readers=1, max_waiting=0)) as client:
        leave(client.port, raw_ask("q"))
        assert gate.reached.acquire(timeout=PATIENT)
        check_problem(client.post("/ask", json=ASKED), 503, "OVERLOADED")
        gate.open()
        wait_until(lambda: client.post("/ask", json=ASKED).status_code == 200, PATIENT)
        assert desk.left == 1


def test_who_waits_in_the_line_and_leaves_gives_up_the_place():
    gate = Gate()
    desk = FakeDesk(gate)
    with serving(desk, ServiceConfig(readers=1, max_waiting=1)) as client:
        readers = client.app.state.running.readers
        first = threading.Thread(target=lambda: client.post("/ask", json=ASKED))
        first.start()
        assert gate.reached.acquire(timeout=PATIENT)
        with socket.create_connection(("127.0.0.1", client.port)) as connection:
            connection.sendall(raw_ask("waits"))
            wait_until(lambda: readers.inside == 2, PATIENT)
            check_problem(client.post("/ask", json=ASKED), 503, "OVERLOADED")
        wait_until(lambda: readers.inside == 1, PATIENT)
        gate.open()
        first.join(PATIENT)
    assert [question.text for question in desk.asked] == [ASKED["question"]]


def test_a_hundred_who_leave_leave_nothing_behind():
    desk = desk_with_article(midway=until_gone)
    with serving(desk, ServiceConfig(readers=4, heartbeat_seconds=0.05)) as client:
        readers = client.app.state.running.readers
        for number in range(100):
            leave(client.port, raw_ask("ferry"), b"search_results" if number % 2 else b"")
        wait_until(lambda: client.counted.inside == 0, 2 * PATIENT)
        assert readers.inside == 0
        # One thread for each place at most, and they are kept for the next.
        wait_until(lambda: sum("AnyIO" in one.name for one in threading.enumerate()) <= 7, PATIENT)
        desk.midway = None
        events = events_of(client.post("/ask", json=ASKED).text)
        assert events[-1][0] == "final_answer"


def test_a_client_that_takes_nothing_does_not_hold_a_place():
    class EndlessDesk(FakeDesk):
        def ask(self, question, listener=None) -> Answer:
            if question.text == "endless":
                while not listener.is_gone():
                    listener.wrote("x" * 10_000)
                self.left += 1
                raise AskerLeft("gone")
            return super().ask(question, listener)

    desk = EndlessDesk()
    config = ServiceConfig(readers=1, max_waiting=0, stall_seconds=0.2)
    with serving(desk, config) as client:
        with socket.create_connection(("127.0.0.1", client.port)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(raw_ask("endless"))
            wait_until(lambda: desk.left == 1, 2 * PATIENT)
        wait_until(lambda: client.post("/ask", json=ASKED).status_code == 200, PATIENT)


def test_the_log_tells_a_stream_and_not_its_words(caplog):
    with client_of(FakeDesk()) as client, caplog.at_level("INFO"):
        client.post("/ask", json={"question": CANARY, "stream": True})
    ours = [r.getMessage() for r in caplog.records if r.name == "dateline.service"]
    assert sum(line.startswith("POST /ask 200") for line in ours) == 1
    assert not any(CANARY in line for line in ours)


def test_an_article_of_the_client_is_streamed_with_its_citation():
    with client_of(FakeDesk()) as client:
        client.post("/articles", json=ARTICLE)
        events = events_of(client.post("/ask", json=ASKED).text)
    cited = dict(events)["citation"]
    assert cited["source"] == ARTICLE["source"]
    assert json.dumps(cited["quote"]) == json.dumps(ARTICLE["text"])
