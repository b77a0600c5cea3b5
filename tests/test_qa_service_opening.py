from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient

from index.errors import DataFolderError, DatelineError, FolderInUse
from qa.service import create_app
from qa.service_config import ServiceConfig
from tests.fakes import FakeDesk
from tests.serving import (
    ARTICLE,
    CANARY,
    OPENING,
    check_problem,
    client_of,
    wait_until,
)


def test_the_service_listens_while_the_index_opens():
    may_open = threading.Event()
    desk = FakeDesk()

    def open_slowly() -> FakeDesk:
        assert may_open.wait(10)
        return desk

    with TestClient(create_app(open_slowly)) as client:
        assert client.get("/health").json() == {"status": "ok"}
        assert client.get("/openapi.json").status_code == 200
        for response in (
            client.get("/health/ready"),
            client.post("/ask", json={"question": "q"}),
            client.post("/search", json={"query": "q"}),
            client.post("/articles", json=ARTICLE),
            client.get("/articles"),
            client.get("/articles/a"),
            client.delete("/articles/a"),
        ):
            assert check_problem(response, 503, "NOT_READY") == OPENING
            assert int(response.headers["retry-after"]) > 0
        may_open.set()
        wait_until(lambda: client.get("/health/ready").status_code == 200)
        assert client.post("/ask", json={"question": "q"}).status_code == 200
        desk.is_ready = False
        assert "rebuilt" in check_problem(client.get("/health/ready"), 503, "NOT_READY")
        assert not desk.is_closed
    assert desk.is_closed


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FolderInUse(f"Process 12 on {CANARY} owns /{CANARY}; end it."), "FOLDER_IN_USE"),
        (DataFolderError(f"/{CANARY} is not a folder."), "DATA_FOLDER_ERROR"),
        (RuntimeError(CANARY), "CANNOT_OPEN"),
        (SystemExit(CANARY), "CANNOT_OPEN"),
    ],
)
def test_a_failed_opening_is_told_by_its_code_and_explained_in_the_log(error, code, caplog):
    def fail() -> FakeDesk:
        raise error

    with TestClient(create_app(fail)) as client:
        wait_until(lambda: client.get("/health/ready").json()["detail"] != OPENING)
        ready = client.get("/health/ready")
        assert "log says why" in check_problem(ready, 503, code)  # and nothing of the canary
        assert int(ready.headers["retry-after"]) > 0
        check_problem(client.post("/ask", json={"question": "q"}), 503, "NOT_READY")
        assert client.get("/health").status_code == 200
    assert CANARY in caplog.text


def test_whoever_wants_to_be_told_of_a_failure_is():
    told: list[DatelineError] = []

    def fail() -> FakeDesk:
        raise error

    error = FolderInUse("Process 12 owns it.")
    with TestClient(create_app(fail, on_failure=told.append)):
        wait_until(lambda: told == [error])


def test_a_desk_that_opens_after_the_end_is_closed():
    may_open = threading.Event()
    desk = FakeDesk()

    def open_late() -> FakeDesk:
        assert may_open.wait(10)
        return desk

    with TestClient(create_app(open_late, ServiceConfig(close_seconds=0.05))):
        pass
    assert not desk.is_closed
    may_open.set()
    wait_until(lambda: desk.is_closed)


def test_a_full_line_is_refused_and_readiness_still_told():
    may_go = threading.Event()
    desk = FakeDesk(lambda question: may_go.wait(10))
    config = ServiceConfig(readers=1, max_waiting=1)
    statuses: list[int] = []

    with client_of(desk, config) as client:

        def ask() -> None:
            statuses.append(client.post("/ask", json={"question": "q"}).status_code)

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(statuses) == 3)  # one at work, one waiting
        assert statuses == [503] * 3
        refused = client.post("/search", json={"query": "q"})
        check_problem(refused, 503, "OVERLOADED")
        assert int(refused.headers["retry-after"]) > 0
        assert client.get("/health/ready").status_code == 200
        assert client.post("/articles", json=ARTICLE).status_code == 201
        may_go.set()
        for thread in threads:
            thread.join(5)
    assert sorted(statuses) == [200, 200, 503, 503, 503]
