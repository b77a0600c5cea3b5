from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import anyio
import anyio.to_thread
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from qa.records_articles import NewArticle
from qa.service import create_app
from tests.fakes import FakeDesk
from tests.serving import events_of

CANARY = "zqcanaryqz"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
    allow_header_conformance,
]


def make_desk() -> FakeDesk:
    desk = FakeDesk()
    desk.add_article(NewArticle(id="0", title="Ferry", text="The ferry resumed on Monday."))
    return desk


class WhenOpen:
    """The service, each request held until the desk is open: a 503 would be a server's error."""

    def __init__(self) -> None:
        self._app = create_app(make_desk)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            await anyio.to_thread.run_sync(self._app.state.running.opening.wait, 5)
        await self._app(scope, receive, send)


schema = schemathesis.openapi.from_asgi("/openapi.json", WhenOpen())
schema.config.generation.update(modes=list(GenerationMode), deterministic=True, database="none")


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_to_its_openapi_document(case):
    case.call_and_validate(checks=CHECKS)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(make_desk)) as client:
        while client.get("/health/ready").status_code != 200:
            pass
        yield client


def check(response) -> None:
    assert response.status_code == 200 or 400 <= response.status_code < 500, response.text
    if response.status_code != 200:
        problem = response.json()
        if response.request.url.path.startswith("/v1/"):
            assert set(problem) == {"error"}
            assert set(problem["error"]) == {"message", "type", "param", "code"}
        else:
            assert set(problem) == {"error_code", "detail"}
        assert CANARY not in response.text


quick = settings(max_examples=150, deadline=None, derandomize=True)
paths = st.sampled_from(["/ask", "/search", "/articles", "/feedback", "/v1/chat/completions"])


@quick
@given(path=paths, before=st.binary(max_size=60), after=st.binary(max_size=60))
@example(path="/ask", before=b'{"question":"', after=b'\xff"}')
@example(path="/ask", before=b'{"', after=b'":NaN}')
def test_any_bytes_as_a_body_are_refused_without_an_echo(client, path, before, after):
    body = before + CANARY.encode() + after
    check(client.post(path, content=body, headers={"Content-Type": "application/json"}))


@quick
@given(name=st.text(max_size=30), content=st.binary(max_size=200))
@example(name="a.gz", content=b"\x1f\x8b\x08\x00" + bytes(20))
def test_any_bytes_as_a_file_are_taken_or_refused(client, name, content):
    address = f"/articles/upload?name={quote(name.encode('utf-8', 'surrogatepass'), safe='')}"
    sent = {"Content-Type": "application/octet-stream"}
    check(client.post(address, content=content, headers=sent))


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.just(CANARY),
    st.text(st.characters(), max_size=10),
    st.sampled_from(["2021-02-24", "\ud800", "\x00", "9999-12-31", "-1"]),
)
names = st.sampled_from(
    ["question", "query", "as_of", "filters", "top_k", "sources", "published_from", "published_to",
     "title", "text", "id", "url", "authors", "published", "updated", "answer_id", "is_positive",
     "reason", "conversation_id", "stream", "messages", "model", "role", "content", CANARY,
     "__proto__", ""]
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@quick
@given(path=paths, body=st.dictionaries(names, values, max_size=6))
@example(path="/ask", body={"question": "q", "filters": {"published_to": "9999-12-31"}})
@example(path="/ask", body={"question": "ferry \ud800 \u2028", "stream": True})
def test_any_json_as_a_body_is_answered_or_refused(client, path, body):
    # The standard library writes NaN, and lone surrogates as escapes: just what is to be tried.
    sent = json.dumps(body).encode()
    response = client.post(path, content=sent, headers={"Content-Type": "application/json"})
    if response.headers["content-type"].startswith("text/event-stream"):
        assert events_of(response.text)[-1][0] == "final_answer"
    elif response.status_code not in (200, 201):
        check(response)


@quick
@given(part=st.text(max_size=30), value=st.text(max_size=30))
def test_any_address_is_answered_or_refused(client, part, value):
    path = "/articles/" + quote(part.encode("utf-8", "surrogatepass"), safe="")
    query = quote(value.encode("utf-8", "surrogatepass"), safe="")
    check(client.get(f"{path}?cursor={query}"))
    check(client.get(f"/articles?cursor={query}&limit={query}"))
    check(client.get(f"/articles?query={query}&source={query}&with_copies={query}"))
    conversation = path.replace("/articles", "/conversations")
    check(client.get(conversation))
    check(client.get(f"{conversation}/suggestions"))
    check(client.get(f"/conversations?cursor={query}&limit={query}"))


@quick
@given(path=st.text(max_size=40))
@example(path="../service.py")
@example(path="\x00.js")
def test_any_page_is_served_or_not_found(client, path):
    response = client.get("/page/" + quote(path.encode("utf-8", "surrogatepass"), safe="/"))
    assert response.status_code in (200, 404)
    assert "import" not in response.text or response.status_code == 200
