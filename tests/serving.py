"""Ways to reach the service in tests: in the process, and over a real socket."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.service_run import listen, make_server
from tests.fakes import FakeDesk

ARTICLE = {
    "id": "ferry-1",
    "title": "Ferry resumes",
    "text": "The ferry resumed on Monday.",
    "source": "Harbour Post",
    "url": "https://example.org/ferry",
    "authors": ["A. Writer"],
    "published": "2021-02-24T23:30:00-05:00",
}
JSON = {"Content-Type": "application/json"}
CANARY = "zqcanaryqz"
OPENING = "The index is still being opened; try again soon."


@contextmanager
def client_of(desk: FakeDesk, config: ServiceConfig | None = None) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: desk, config), raise_server_exceptions=True) as client:
        wait_until(lambda: client.get("/health/ready").json().get("detail") != OPENING)
        yield client


def wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def check_problem(response, status: int, code: str | None = None) -> str:
    assert response.status_code == status, response.text
    problem = response.json()
    assert set(problem) == {"error_code", "detail"}
    assert problem["detail"]
    assert CANARY not in response.text
    if code is not None:
        assert problem["error_code"] == code
    return problem["detail"]


@contextmanager
def served(app: FastAPI, grace: int | None = None, patience_seconds: float = 20.0) -> Iterator[int]:
    """The port of a real server, run in a thread; when it ends, requests have `grace` seconds."""
    with listen("127.0.0.1", 0) as listening:
        server = make_server(app, patience_seconds=patience_seconds)
        if grace is not None:
            server.config.timeout_graceful_shutdown = grace
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            wait_until(lambda: server.started)
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


def send_raw(port: int, *parts: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for part in parts:
            connection.sendall(part)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


def events_of(text: str) -> list[tuple[str, Any]]:
    """The events of a whole stream, by the rules of HTML's event streams; comments are left out."""
    blocks = text.split("\n\n")
    assert blocks.pop() == "", "the stream ends in the middle of an event"
    events = []
    for block in blocks:
        fields = [line.split(": ", 1) for line in block.split("\n") if not line.startswith(":")]
        if fields:
            (event, name), (data, value) = fields
            assert (event, data) == ("event", "data")
            events.append((name, json.loads(value)))
    return events


def raw_ask(question: str, is_streamed: bool = True, headers: str = "") -> bytes:
    """The bytes of a POST /ask."""
    body = json.dumps({"question": question, "stream": is_streamed}).encode()
    head = f"POST /ask HTTP/1.1\r\nHost: x\r\n{headers}Content-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
