"""POST /feedback: kept, replaced, refused without an echo; over a fake desk and a real one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.errors import FeedbackNotKept
from qa.journal import kept_answer, kept_answers
from qa.journal_schema import NAME
from qa.local_desk import LocalDesk
from qa.records_feedback import Feedback, KeptFeedback
from qa.service import create_app
from qa.settings import Settings
from tests.fakes import FakeDesk
from tests.serving import CANARY, JSON, check_problem, client_of, wait_until

QUESTION = {"question": "who claimed the Erbil attack?", "as_of": "2021-02-26"}
GOOD = {"answer_id": "ans_1", "is_positive": True}


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def client(desk: FakeDesk) -> Iterator[TestClient]:
    with client_of(desk) as client:
        client.post("/ask", json={"question": "q"})
        yield client


def test_feedback_is_handed_over_and_replaced(client, desk) -> None:
    body = GOOD | {"is_positive": False, "reason": f" not {CANARY}\u0000 "}
    first = client.post("/feedback", json=body)
    assert first.status_code == 200
    assert set(first.json()) == {"answer_id", "is_positive", "given", "has_replaced"}
    assert not first.json()["has_replaced"] and CANARY not in first.text
    assert desk.feedback == {"ans_1": Feedback("ans_1", False, f"not {CANARY}")}
    for reason in ({}, {"reason": None}, {"reason": " "}):
        again = client.post("/feedback", json=GOOD | reason)
        assert again.json()["has_replaced"]
        assert desk.feedback == {"ans_1": Feedback("ans_1", True, None)}


def test_feedback_on_an_unknown_answer_is_refused(client) -> None:
    response = client.post("/feedback", json=GOOD | {"answer_id": CANARY})
    assert "no such answer" in check_problem(response, 404, "ANSWER_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "answer_id is missing; it takes the id of an answer"),
        ({"answer_id": "ans_1"}, "is_positive is missing; it takes true for a good answer"),
        (GOOD | {"answer_id": ""}, "answer_id must be the id of an answer"),
        (GOOD | {"answer_id": "a" * 201}, "answer_id must be"),
        (GOOD | {"answer_id": f"../{CANARY}"}, "answer_id must be"),
        (GOOD | {"answer_id": f"{CANARY}\n"}, "answer_id must be"),
        (GOOD | {"answer_id": 1}, "answer_id must be"),
        (GOOD | {"is_positive": 1}, "is_positive must be true for a good answer"),
        (GOOD | {"is_positive": "true"}, "is_positive must be"),
        (GOOD | {"is_positive": None}, "is_positive must be"),
        (GOOD | {"reason": CANARY * 201}, "reason must be why, in up to 2,000 characters"),
        (GOOD | {"reason": [CANARY]}, "reason must be"),
        (GOOD | {CANARY: 1}, "the body has a field that is not known; known are answer_id, is_"),
        ([CANARY], "the body must be a JSON object with answer_id"),
    ],
)
def test_what_is_wrong_is_told_without_an_echo(client, desk, body, told) -> None:
    response = client.post("/feedback", content=json.dumps(body), headers=JSON)
    assert told in check_problem(response, 422, "INVALID_REQUEST")
    assert desk.feedback == {}


def test_feedback_is_guarded_as_questions_are(client) -> None:
    large = json.dumps(GOOD | {"reason": "x" * 2_000_000})
    check_problem(client.post("/feedback", content=large, headers=JSON), 413, "BODY_TOO_LARGE")
    check_problem(client.post("/feedback", content=b"{}"), 415)
    check_problem(client.post("/feedback", content=b'{"a": NaN}', headers=JSON), 400)
    assert client.post("/feedback", json=GOOD | {"reason": "é" * 2000}).status_code == 200
    check_problem(client.get("/feedback"), 405)


def test_feedback_that_cant_be_kept_is_told_without_the_servers_folders(caplog) -> None:
    class FullDesk(FakeDesk):
        def give_feedback(self, feedback: Feedback) -> KeptFeedback:
            raise FeedbackNotKept("/srv/private can't be written")

    with client_of(FullDesk()) as client:
        response = client.post("/feedback", json=GOOD)
    assert "/srv" not in check_problem(response, 503, "FEEDBACK_NOT_KEPT")
    assert response.headers["Retry-After"]
    assert "/srv/private" in caplog.text


def test_feedback_before_the_desk_is_open_can_be_sent_again(desk) -> None:
    client = TestClient(create_app(lambda: desk))  # not started: it stays closed
    check_problem(client.post("/feedback", json=GOOD), 503, "NOT_READY")


# -- over a real data folder --------------------------------------------------


@pytest.fixture(scope="module")
def data(sample_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(sample_once, tmp_path_factory.mktemp("feedback") / "data")


def serving(settings: Settings) -> TestClient:
    return TestClient(create_app(lambda: LocalDesk.open(settings, "a test")))


def until_ready(client: TestClient) -> None:
    wait_until(lambda: client.get("/health/ready").status_code == 200, 60)


def test_every_answer_is_kept_with_what_is_thought_of_it(data: Path) -> None:
    with serving(Settings(data=data)) as client:
        until_ready(client)
        answered = client.post("/ask", json=QUESTION).json()
        abstained = client.post("/ask", json={"question": "hello"}).json()
        # Another process reads, and nobody waits for anybody.
        assert [one.answer.id for one in kept_answers(data)] == [abstained["id"], answered["id"]]
        body = {"answer_id": answered["id"], "is_positive": False, "reason": "say who they are"}
        assert client.post("/feedback", json=body).status_code == 200
    kept = kept_answer(data, answered["id"])
    assert kept is not None and kept.answer.model_dump(mode="json") == answered
    assert kept.feedback == Feedback(answered["id"], False, "say who they are")
    with serving(Settings(data=data)) as client:
        until_ready(client)
        detail = client.get("/health/ready").json()["detail"]
        assert detail == "Open."  # the journal is no part of what is sealed and checked
        again = client.post("/feedback", json=body | {"is_positive": True}).json()
        assert again["has_replaced"]


def test_a_service_that_keeps_none_says_so(data: Path) -> None:
    with serving(Settings(data=data, kept_answers=0)) as client:
        until_ready(client)
        answer = client.post("/ask", json=QUESTION).json()
        response = client.post("/feedback", json=GOOD | {"answer_id": answer["id"]})
    assert "keeps no answers" in check_problem(response, 404, "ANSWERS_NOT_KEPT")
    assert not (data / NAME).exists()


def test_a_journal_that_cant_be_written_costs_no_answer(data: Path) -> None:
    (data / NAME).unlink(missing_ok=True)
    (data / NAME).mkdir()
    try:
        with serving(Settings(data=data)) as client:
            until_ready(client)
            answer = client.post("/ask", json=QUESTION).json()
            assert answer["short_answer"]["text"] == "Saraya Awlia al-Dam"
            response = client.post("/feedback", json=GOOD | {"answer_id": answer["id"]})
            check_problem(response, 503, "FEEDBACK_NOT_KEPT")
    finally:
        (data / NAME).rmdir()
