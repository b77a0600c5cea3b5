"""API keys and Host headers: who is served, and that a key is never told."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from qa.cli_serve import config_of
from qa.errors import BadConfiguration
from qa.service import create_app
from qa.service_access import own_names
from qa.service_config import ServiceConfig
from qa.settings import Settings
from tests.fakes import FakeDesk
from tests.serving import CANARY, JSON, check_problem, client_of, send_raw, served, wait_until
from tests.test_qa_service_conversations import KEYS, ONE, FixedKeys

WITHOUT_KEY = {"/health", "/health/ready", "/", "/library", "/page/index.html"}


@pytest.fixture
def keyed() -> Iterator[TestClient]:
    with client_of(FakeDesk(), ServiceConfig(keys=FixedKeys())) as client:
        yield client


def check_refused(response, path: str) -> None:
    assert response.status_code == 401, path
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["cache-control"] == "no-store"
    if path.startswith("/v1/"):
        error = response.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_api_key")
    else:
        assert "Authorization: Bearer" in check_problem(response, 401, "UNAUTHORIZED")


def test_every_address_needs_a_key_but_the_shell(keyed):
    document = create_app(FakeDesk).openapi()
    for path, methods in document["paths"].items():
        for method in methods:
            shown = path.replace("{", "").replace("}", "")
            response = keyed.request(method, shown)
            if path in WITHOUT_KEY:
                assert response.status_code == 200
            else:
                check_refused(response, path)
    for path in (
        "/openapi.json",
        "/nowhere",
        "/ask/",
        "/pages",
        "/page",
        "/health/",
        "/v1/x",
    ):
        check_refused(keyed.get(path), path)
    for path in WITHOUT_KEY:
        assert keyed.get(path).status_code == 200
        assert keyed.get(path, headers={"Authorization": CANARY}).status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {CANARY}",
        "first-key-of-a-person",
        "Basic first-key-of-a-person",
        "Bearer first-key-of-a-person second-key-of-another",
        "Bearer FIRST-KEY-OF-A-PERSON",
        b"Bearer \xff\xfe",
    ],
)
def test_what_is_no_key_is_refused(keyed, told):
    check_refused(keyed.get("/articles", headers={"Authorization": told}), "/articles")


def test_two_keys_at_once_are_none(keyed):
    two = [("Authorization", f"Bearer {key}") for key in KEYS]
    check_refused(keyed.get("/articles", headers=two), "/articles")


def test_a_key_opens_and_says_who_asks():
    desk = FakeDesk()
    with client_of(desk, ServiceConfig(keys=FixedKeys())) as client:
        for scheme in ("Bearer", "bearer", "BEARER "):
            headers = {"Authorization": f"{scheme} first-key-of-a-person"}
            assert client.post("/ask", json={"question": "q"}, headers=headers).status_code == 200
        assert client.get("/openapi.json", headers=ONE).status_code == 200
    assert {question.owner for question in desk.asked} == {"owner1"}


def test_a_body_without_a_key_is_not_read():
    config = ServiceConfig(keys=FixedKeys())
    with served(create_app(FakeDesk, config)) as port:
        wait_until(lambda: b" 200 OK" in send_raw(port, b"GET /health/ready HTTP/1.0\r\n\r\n"), 30)
        head = b"POST /articles HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        # The body never comes: whoever waited for it would not answer.
        answer = send_raw(port, head + b"Content-Length: 1000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401")


def test_a_key_is_in_no_log(keyed, caplog):
    with caplog.at_level("DEBUG"):
        keyed.post("/ask", json={"question": "q"}, headers=ONE)
        keyed.post("/ask", content=b"{", headers=ONE | JSON)
        keyed.get("/articles", headers={"Authorization": f"Bearer {CANARY}"})
    assert "first-key" not in caplog.text
    assert CANARY not in caplog.text


def test_the_document_tells_of_keys_where_there_are_any():
    plain, keyed = (
        create_app(FakeDesk, ServiceConfig(keys=keys)).openapi() for keys in (None, FixedKeys())
    )
    assert "securitySchemes" not in json.dumps(plain)
    assert keyed["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for path, methods in keyed["paths"].items():
        for operation in methods.values():
            is_open = path in WITHOUT_KEY
            assert ("401" in operation["responses"]) is not is_open
            assert ("security" in operation) is not is_open


# -- Host ----------------------------------------------------------------------

OWN = ("localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("host", "is_served"),
    [
        ("localhost", True),
        ("localhost:8000", True),
        ("LocalHost:1", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("", False),
        (f"{CANARY}.example:8000", False),
        ("localhost.example", False),
        ("127.0.0.1.example:80", False),
        ("localhost:80:80", False),
        ("localhost:x", False),
        ("user@localhost", False),
        ("::1", False),
    ],
)
def test_only_names_of_this_machine_are_answered(host, is_served):
    with client_of(FakeDesk(), ServiceConfig(allowed_hosts=(*OWN, "testserver"))) as client:
        for path in ("/articles", "/", "/health"):
            response = client.get(path, headers={"Host": host})
            if is_served:
                assert response.status_code == 200
            else:
                assert "localhost" in check_problem(response, 421, "WRONG_HOST")


def test_two_hosts_or_none_are_refused():
    with served(create_app(FakeDesk, ServiceConfig(allowed_hosts=OWN))) as port:
        assert b" 421 " in send_raw(port, b"GET / HTTP/1.0\r\n\r\n")
        end = b"Connection: close\r\n\r\n"
        one = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        assert b" 200 OK" in send_raw(port, one + end)
        # Two are no HTTP: the server itself refuses them.
        assert b" 400 " in send_raw(port, one + b"Host: evil.example\r\n" + end)


@pytest.mark.parametrize(
    ("listens_on", "names"),
    [
        ("127.0.0.1", OWN),
        ("localhost", OWN),
        ("::1", OWN),
        ("127.0.0.2", (*OWN, "127.0.0.2")),
        ("0.0.0.0", None),
        ("::", None),
        ("192.0.2.1", None),
        ("news.example", None),
    ],
)
def test_a_service_of_this_machine_alone_knows_its_names(listens_on, names):
    assert own_names(listens_on) == names


def test_the_settings_decide_who_is_served():
    own = config_of(Settings(host="127.0.0.1"))
    assert (own.keys, own.allowed_hosts) == (None, OWN)
    assert 1 <= own.readers <= ServiceConfig().readers
    reached = config_of(Settings(host="0.0.0.0"))
    assert (reached.keys, reached.allowed_hosts) == (None, None)
    keyed = config_of(Settings(host="127.0.0.1", api_keys="a-key-of-sixteen, another-key-of-more"))
    assert keyed.allowed_hosts is None
    owners = {keyed.keys.owner_of(key) for key in ("a-key-of-sixteen", "another-key-of-more")}
    assert len(owners) == 2 and None not in owners
    assert keyed.keys.owner_of("a-key-of-sixteen,") is None
    with pytest.raises(BadConfiguration, match="DATELINE_API_KEYS"):
        config_of(Settings(api_keys="short"))
