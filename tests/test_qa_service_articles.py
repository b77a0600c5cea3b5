"""The endpoints of articles: sources, search, copies and uploads, and who may send what."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from qa.local_desk import LocalDesk
from qa.records_articles import Uploaded
from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.settings import Settings
from tests.fakes import FakeDesk
from tests.serving import ARTICLE, CANARY, check_problem, client_of, wait_until

BYTES = {"Content-Type": "application/octet-stream"}
PIER = (
    "The harbour authority of Oldport closed the northern pier on Friday after divers found a "
    "crack in its second pillar. Engineers expect the repair to take three weeks, and ferries "
    "will leave from the old quay until then."
)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of(FakeDesk(), ServiceConfig(max_body_bytes=100_000)) as client:
        yield client


@pytest.fixture
def real(sample: Path) -> Iterator[TestClient]:
    settings = Settings(data=sample)
    with TestClient(create_app(lambda: LocalDesk.open(settings, "a test"))) as client:
        wait_until(lambda: client.get("/health/ready").status_code == 200, seconds=60)
        yield client


def upload(client: TestClient, name: str, content: bytes, headers: dict[str, str] = BYTES):
    return client.post("/articles/upload", params={"name": name}, content=content, headers=headers)


def test_sources_are_told_by_number_of_articles(client: TestClient) -> None:
    assert client.get("/sources").json() == {"items": []}
    for number, source in enumerate(["Post", "Courier", "Post", None]):
        client.post("/articles", json={"id": f"a{number}", "text": "x", "source": source})
    told = client.get("/sources").json()["items"]
    assert told[0] == {"source": "Post", "articles": 2}
    assert {one["source"] for one in told} == {"Post", "Courier", None}


def test_the_list_takes_a_query_and_an_outlet(client: TestClient) -> None:
    client.post("/articles", json=ARTICLE)
    client.post("/articles", json={"id": "b", "text": "A fair opened."})
    ids = lambda **asked: [a["id"] for a in client.get("/articles", params=asked).json()["items"]]  # noqa: E731
    assert ids(query="ferry") == ["ferry-1"]
    assert ids(source="harbour post") == ["ferry-1"]
    assert ids(source="") == ["b"]
    assert ids(query="fair", source="Harbour Post") == []


def test_copies_are_null_unless_asked_for(client: TestClient) -> None:
    client.post("/articles", json=ARTICLE)
    assert client.get("/articles").json()["items"][0]["copies"] is None
    asked = client.get("/articles", params={"with_copies": "true"}).json()
    assert asked["items"][0]["copies"] == []
    assert client.get("/articles/ferry-1").json()["copies"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"query": CANARY * 401}, "query"),
        ({"source": CANARY * 30}, "source"),
        ({"with_copies": CANARY}, "with_copies"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_what_the_list_does_not_take_is_told(client: TestClient, asked, field: str) -> None:
    response = client.get("/articles", params=asked)
    assert check_problem(response, 422, "INVALID_REQUEST").startswith(f"{field}: ")


def test_an_upload_is_told_with_its_articles(client: TestClient) -> None:
    done = upload(client, "pier.txt", PIER.encode())
    assert done.status_code == 200
    told = done.json()
    assert told["file"] == "pier.txt"
    assert told["rejected"] == []
    assert set(told["added"][0]) == {"id", "outcome", "version", "passages", "title", "origin"}
    refused = upload(client, "pier.txt", b"\xff\xfe").json()
    assert refused["added"] == []
    assert set(refused["rejected"][0]) == {"origin", "reason"}


def test_a_long_upload_takes_no_writers_place() -> None:
    may_go, reached = threading.Event(), threading.Event()

    class SlowDesk(FakeDesk):
        def upload(self, name: str, content: bytes) -> Uploaded:
            reached.set()
            assert may_go.wait(30)
            return super().upload(name, content)

    with client_of(SlowDesk(), ServiceConfig(writers=1, max_waiting=0)) as client:
        told = []
        thread = threading.Thread(target=lambda: told.append(upload(client, "a.txt", b"A fair.")))
        thread.start()
        assert reached.wait(30)
        assert client.post("/articles", json=ARTICLE).status_code == 201
        assert client.delete("/articles/ferry-1").status_code == 204
        check_problem(upload(client, "b.txt", b"A storm."), 503, "OVERLOADED")
        may_go.set()
        thread.join(30)
    assert told[0].status_code == 200


def test_an_upload_needs_its_media_type_and_a_name(client: TestClient) -> None:
    json_type = {"Content-Type": "application/json"}
    response = upload(client, "a.txt", b'{"text": "x"}', json_type)
    assert "application/octet-stream" in check_problem(response, 415, "UNSUPPORTED_MEDIA_TYPE")
    packed = {**BYTES, "Content-Encoding": "gzip"}
    check_problem(upload(client, "a.txt", gzip.compress(b"x"), packed), 415)
    unnamed = client.post("/articles/upload", content=b"x", headers=BYTES)
    assert check_problem(unnamed, 422).startswith("name: ")
    check_problem(upload(client, "", b"x"), 422)
    check_problem(upload(client, CANARY * 200, b"x"), 422)
    check_problem(client.get("/articles/upload"), 404)


def test_an_upload_larger_than_the_limit_is_refused(client: TestClient) -> None:
    assert upload(client, "a.txt", b"x " * 40_000).status_code == 200
    check_problem(upload(client, "a.txt", b"x " * 60_000), 413, "BODY_TOO_LARGE")
    chunks = iter([b"x " * 30_000] * 3)
    endless = client.post("/articles/upload", params={"name": "a"}, content=chunks, headers=BYTES)
    check_problem(endless, 413, "BODY_TOO_LARGE")


def test_an_upload_is_indexed_and_the_same_again_changes_nothing(real: TestClient) -> None:
    rows = [
        {"title": "Pier closed", "text": PIER, "source": "Oldport News", "published": "2021-02-20"},
        {"title": "Crack shuts pier", "text": f"(Wire) {PIER}", "source": "Gulf Courier"},
        {"title": "nothing"},
    ]
    content = gzip.compress("".join(json.dumps(one) + "\n" for one in rows).encode())
    first = upload(real, "../news/oldport.jsonl.gz", content).json()
    assert first["file"] == "oldport.jsonl.gz"
    assert [(one["title"], one["outcome"]) for one in first["added"]] == [
        ("Pier closed", "added"),
        ("Crack shuts pier", "added"),
    ]
    assert [one["origin"] for one in first["rejected"]] == ["oldport.jsonl.gz:3"]
    version = real.get("/health/ready").json()["index_version"]
    again = upload(real, "oldport.jsonl.gz", content).json()
    assert [one["outcome"] for one in again["added"]] == ["unchanged", "unchanged"]
    assert real.get("/health/ready").json()["index_version"] == version

    pier, copy = (one["id"] for one in first["added"])
    found = real.get("/articles", params={"query": "crack in the pier", "with_copies": True})
    items = {one["id"]: one["copies"] for one in found.json()["items"]}
    assert list(items)[:2] in ([pier, copy], [copy, pier])
    assert (items[pier], items[copy]) == ([copy], [pier])
    view = real.get(f"/articles/{pier}").json()
    assert view["text"] == PIER
    assert [one["source"] for one in view["copies"]] == ["Gulf Courier"]
    assert {"source": "Oldport News", "articles": 1} in real.get("/sources").json()["items"]

    assert real.delete(f"/articles/{copy}").status_code == 204
    after = real.get("/articles", params={"query": "crack in the pier", "with_copies": True})
    assert {one["id"]: one["copies"] for one in after.json()["items"]}[pier] == []
    assert copy not in after.text
    assert real.get(f"/articles/{pier}").json()["copies"] == []
    listed = real.get("/articles", params={"limit": 200}).json()
    assert copy not in [one["id"] for one in listed["items"]]
    assert listed["total"] == 19


def test_too_many_articles_in_one_file_are_refused(real: TestClient) -> None:
    content = b"".join(b'{"text": "Town %d held a fair."}\n' % n for n in range(1001))
    response = upload(real, "fairs.jsonl", content)
    assert "1,000" in check_problem(response, 422, "TOO_MANY_ARTICLES")
    assert real.get("/health/ready").json()["articles"] == 18


def test_a_name_that_names_no_file_is_refused(real: TestClient) -> None:
    check_problem(upload(real, "../..", b"x"), 422, "NO_FILE_NAME")


def test_nonsense_finds_no_article(real: TestClient) -> None:
    found = real.get("/articles", params={"query": "qwxzyv jjkkqq"}).json()
    assert (found["items"], found["total"]) == ([], 0)


def test_sample_articles_are_found_by_their_subject(real: TestClient) -> None:
    found = real.get("/articles", params={"query": "rocket attack on Erbil", "limit": 5}).json()
    assert 1 <= len(found["items"]) <= 5
    assert "Erbil" in real.get(f"/articles/{found['items'][0]['id']}").json()["text"]
