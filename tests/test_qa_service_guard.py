from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import anyio
import pytest
from fastapi.testclient import TestClient

from index.errors import FolderFull
from qa.records import Question
from qa.service_body import DEEPEST, BodyTooSlow, Buffered, read_body
from qa.service_config import ServiceConfig
from qa.service_refusals import Overloaded
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


@pytest.mark.parametrize(
    "value",
    [
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e999",
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"raw \x00"',
        b"[" * DEEPEST + b"]" * DEEPEST,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"9" * 6000,
        b'"unfinished',
        b"1} trailing",
        b"{" + b",".join(b'"%d":1' % n for n in range(50_000)) + b"}",
    ],
)
@pytest.mark.parametrize("field", ["question", CANARY])
def test_json_that_is_not_taken_is_refused(client, field, value):
    body = b'{"' + field.encode() + b'": ' + value + b"}"
    response = client.post("/ask", content=body, headers=JSON)
    assert response.status_code in (400, 422)
    check_problem(response, response.status_code)


def test_json_at_the_border_of_nesting_is_read_and_beyond_is_not(client):
    # The body's own object is a level too.
    at_border = b'{"question": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"
    beyond = b'{"question": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}"
    check_problem(client.post("/ask", content=at_border, headers=JSON), 422, "INVALID_REQUEST")
    detail = check_problem(client.post("/ask", content=beyond, headers=JSON), 400, "INVALID_JSON")
    assert "nested" in detail


def test_the_last_of_duplicate_keys_counts(client, desk):
    body = b'{"question": "one", "question": "two"}'
    assert client.post("/ask", content=body, headers=JSON).status_code == 200
    assert desk.asked[0].text == "two"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"question": "q"}', 415),
        ({"Content-Type": "text/plain"}, b'{"question": "q"}', 415),
        ({"Content-Type": "application/jsonx"}, b'{"question": "q"}', 415),
        ({"Content-Type": "application/json; charset=utf-16"}, b'{"question": "q"}', 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}", 415),
        ({"Content-Type": "application/json"}, b"", 400),
        ({"Content-Type": "application/json"}, b" \n", 400),
        ({"Content-Type": "Application/JSON ; Charset=UTF-8"}, b'{"question": "q"}', 200),
        ({"Content-Type": "application/json;" + CANARY}, b'{"question": "q"}', 200),
    ],
)
def test_the_media_type_counts(client, headers, body, status):
    response = client.post("/ask", content=body, headers=headers)
    assert response.status_code == status
    if status != 200:
        check_problem(response, status)


def test_bodies_are_limited_for_each_address(desk):
    config = ServiceConfig(max_question_bytes=1000, max_body_bytes=3000)
    with client_of(desk, config) as client:
        large = json.dumps({"question": "q", "x": CANARY * 200})
        check_problem(client.post("/ask", content=large, headers=JSON), 413, "BODY_TOO_LARGE")
        check_problem(client.post("/search", content=large, headers=JSON), 413)
        article = {"title": "t", "text": "x" * 2500}
        assert client.post("/articles", json=article).status_code == 201
        article["text"] *= 2
        detail = check_problem(client.post("/articles", json=article), 413, "BODY_TOO_LARGE")
        assert "3,000" in detail


def test_an_article_of_tens_of_megabytes_is_taken(client):
    article = {"id": "long", "title": "t", "text": "A line of “news”, and more.\n" * 1_000_000}
    assert client.post("/articles", json=article).status_code == 201


def test_a_body_of_too_many_values_is_refused(client):
    body = b'{"title": "t", "text": [' + b"[]," * 2_500_000 + b"[]]}"
    detail = check_problem(client.post("/articles", content=body, headers=JSON), 400)
    assert "too many values" in detail


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/ask", 405, "POST"),
        ("HEAD", "/ask", 405, "POST"),
        ("OPTIONS", "/search", 405, "POST"),
        ("PUT", "/articles", 405, "GET, POST"),
        ("POST", "/articles/a", 405, "DELETE, GET"),
        ("POST", "/openapi.json", 405, "GET, HEAD"),
        ("FOO", "/health", 405, "GET"),
        ("GET", "/nothing/" + CANARY, 404, None),
        ("POST", "/" + CANARY, 404, None),
        ("GET", "/ask/", 404, None),
        ("GET", "/docs", 404, None),
        ("GET", "/redoc", 404, None),
        ("GET", "/articles/" + CANARY, 404, None),
        ("GET", "/articles/" + CANARY * 1000, 404, None),
        ("DELETE", "/articles/%00%ff%2e%2e%2f" + CANARY, 404, None),
        ("GET", "/articles/%ff%fe", 404, None),
        ("GET", "/articles/%0a", 404, None),
        ("GET", "/articles?limit=0", 422, None),
        ("GET", "/articles?limit=" + CANARY, 422, None),
        ("GET", "/articles?limit=" + "9" * 5000, 422, None),
        ("GET", "/articles?limit=%ff", 422, None),
        ("GET", "/articles?cursor=%ff%00" + CANARY, 422, None),
        ("GET", "/articles?cursor=" + "a" * 600, 422, None),
    ],
)
def test_wrong_addresses_and_methods_have_the_same_shape(client, method, path, status, allow):
    response = client.request(method, path)
    assert response.headers.get("allow") == allow
    if method == "HEAD":
        assert response.status_code == status
    else:
        check_problem(response, status)


def test_every_response_carries_the_security_headers(client):
    client.post("/articles", json=ARTICLE)
    for response in (
        client.get("/health"),
        client.get("/articles/ferry-1"),
        client.get("/nowhere"),
        client.post("/ask", content=b"{", headers=JSON),
        client.delete("/articles/ferry-1"),
    ):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_unexpected_error_is_told_by_reference_alone(caplog):
    def fail(question: Question) -> None:
        raise KeyError(f"inner {CANARY}")

    with client_of(FakeDesk(fail)) as client:
        response = client.post("/ask", json={"question": "q"})
        detail = check_problem(response, 500, "INTERNAL")
        assert "KeyError" not in response.text
        reference = detail.split()[-1]
        told = [r for r in caplog.records if reference in r.getMessage()]
        assert len(told) == 1
        assert "KeyError" in str(told[0].exc_info)
        assert client.get("/health").status_code == 200


def test_an_error_of_the_folder_is_503_and_keeps_its_path(caplog):
    def fail(question: Question) -> None:
        raise FolderFull(f"no room in /{CANARY}")

    with client_of(FakeDesk(fail)) as client:
        response = client.post("/ask", json={"question": "q"})
        check_problem(response, 503, "FOLDER_FULL")
        assert int(response.headers["retry-after"]) > 0
        assert CANARY in caplog.text


def test_the_log_tells_no_question(client, caplog):
    with caplog.at_level(logging.INFO):
        client.post("/ask", json={"question": CANARY})
        client.post("/ask", json={"question": CANARY * 500})
        client.get("/" + CANARY)
        client.get("/articles?cursor=" + CANARY)
    ours = [r.getMessage() for r in caplog.records if r.name == "dateline.service"]
    assert sum(line.startswith("POST /ask 200") for line in ours) == 1
    assert not any(CANARY in line for line in ours)


def test_a_slow_body_is_refused_and_bodies_share_a_budget():
    buffered = Buffered(10)

    async def never() -> dict:
        await anyio.sleep_forever()
        raise AssertionError

    def once(chunk: bytes):
        chunks = iter([{"type": "http.request", "body": chunk, "more_body": False}])

        async def receive() -> dict:
            return next(chunks)

        return receive

    async def try_all() -> None:
        with pytest.raises(BodyTooSlow):
            await read_body(never, 100, 0.01, buffered)
        assert await read_body(once(b"1234567"), 100, 1, buffered) == b"1234567"
        with pytest.raises(Overloaded):
            await read_body(once(b"1234"), 100, 1, buffered)
        buffered.give_back(7)
        assert await read_body(once(b"1234"), 100, 1, buffered) == b"1234"

    anyio.run(try_all)


def test_bodies_give_their_budget_back(desk):
    config = ServiceConfig(
        max_body_bytes=1000, max_question_bytes=1000, max_buffered_bytes=1000, readers=1
    )
    with client_of(desk, config) as client:
        for body in (b'{"question": "' + b"x" * 900 + b'"}', b"x" * 999, b"x" * 1001):
            for _ in range(3):
                response = client.post("/ask", content=body, headers=JSON)
                assert response.status_code in (200, 400, 413)


def test_a_file_is_taken_as_bytes_up_to_the_limit_of_articles(desk):
    config = ServiceConfig(max_question_bytes=1000, max_body_bytes=3000)
    octets = {"Content-Type": "application/octet-stream"}
    with client_of(desk, config) as client:
        address = "/articles/upload?name=notes.txt"
        taken = client.post(address, content=b"x " * 1400 + b"{", headers=octets)
        assert taken.status_code == 200
        assert len(taken.json()["added"]) == 1
        large = client.post(address, content=b"x" * 3001, headers=octets)
        check_problem(large, 413, "BODY_TOO_LARGE")
        for headers in (JSON, {}, octets | {"Content-Encoding": "gzip"}):
            refused = client.post(address, content=b"{}", headers=headers)
            assert "application/octet-stream" in check_problem(refused, 415)
        refused = client.post("/ask", content=b'{"question": "q"}', headers=octets)
        assert "application/json" in check_problem(refused, 415)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("POST", "/v1/chat/completions", b"{", JSON, 400, "invalid_json"),
        ("POST", "/v1/chat/completions", b" ", JSON, 400, "empty_body"),
        ("POST", "/v1/chat/completions", b"x" * 2_000_000, JSON, 413, "body_too_large"),
        ("POST", "/v1/chat/completions", b"{}", {}, 415, "unsupported_media_type"),
        ("GET", "/v1/" + CANARY, b"", {}, 404, "not_found"),
        ("GET", "/v1/chat/completions", b"", {}, 405, "method_not_allowed"),
    ],
)
def test_addresses_of_openais_api_have_its_shape(client, method, path, body, headers, status, code):
    response = client.request(method, path, content=body, headers=headers)
    assert response.status_code == status
    error = response.json()["error"]
    assert set(response.json()) == {"error"} and CANARY not in response.text
    assert error["message"] and error["param"] is None
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
