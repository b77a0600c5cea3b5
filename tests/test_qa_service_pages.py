"""The web pages: static files, and nothing else of the machine."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from qa.service_pages import FOLDER, page_routes
from tests.fakes import FakeDesk
from tests.serving import CANARY, check_problem, client_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    for name, text in {
        "index.html": "<title>Chat</title>",
        "library.html": "<title>Library</title>",
        "style.css": "p {}",
        "chat.js": "export {};",
        "mark.svg": "<svg/>",
        "notes.txt": CANARY,
        ".hidden": CANARY,
        "page.py": CANARY,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "parts").mkdir()
    (folder / "parts" / "list.js").write_text("export {};", encoding="utf-8")
    (folder / "sub.js").mkdir()
    (tmp_path / "secret.js").write_text(CANARY, encoding="utf-8")
    (tmp_path / "page-other").mkdir()
    (tmp_path / "page-other" / "secret.js").write_text(CANARY, encoding="utf-8")
    os.symlink(tmp_path / "secret.js", folder / "link.js")
    os.symlink(tmp_path, folder / "up")
    return folder


@pytest.fixture
def pages(folder: Path) -> TestClient:
    return TestClient(Starlette(routes=page_routes(folder)))


@pytest.mark.parametrize(
    ("path", "media_type", "text"),
    [
        ("/", "text/html; charset=utf-8", "Chat"),
        ("/library", "text/html; charset=utf-8", "Library"),
        ("/library?article=a&start=1&end=2", "text/html; charset=utf-8", "Library"),
        ("/page/index.html", "text/html; charset=utf-8", "Chat"),
        ("/page/style.css", "text/css; charset=utf-8", "p {}"),
        ("/page/chat.js", "text/javascript; charset=utf-8", "export"),
        ("/page/parts/list.js", "text/javascript; charset=utf-8", "export"),
        ("/page/mark.svg", "image/svg+xml", "<svg/>"),
    ],
)
def test_files_are_served_by_their_kind(pages, path, media_type, text):
    response = pages.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert text in response.text
    head = pages.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == response.headers["content-length"]


@pytest.mark.parametrize(
    "path",
    [
        "/page/", "/page", "/page/nothing.js", "/page/notes.txt", "/page/.hidden", "/page/page.py",
        "/page/parts", "/page/parts/", "/page/sub.js", "/page/link.js", "/page/up/secret.js",
        "/page/../secret.js", "/page/%2e%2e/secret.js", "/page/..%2fsecret.js",
        "/page/parts/../../secret.js", "/page/%2e%2e%2f%2e%2e%2fetc%2fpasswd.js",
        "/page/../page-other/secret.js", "/page//etc/hosts.js", "/page/chat.js%00.html",
        "/page/chat.js/", "/page/%ff.js", "/page/" + "a" * 5000 + ".js", "/page/..\\secret.js",
        "/page/CHAT.JS",
    ],
)  # fmt: skip
def test_nothing_else_is_served(pages, path):
    response = pages.get(path)
    assert response.status_code == 404
    assert CANARY not in response.text


def test_an_unchanged_file_is_not_sent_again(pages, folder):
    first = pages.get("/page/chat.js")
    assert first.headers["cache-control"] == "no-cache"
    known = {"If-None-Match": first.headers["etag"]}
    again = pages.get("/page/chat.js", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"
    (folder / "chat.js").write_text("export const a = 1;", encoding="utf-8")
    assert pages.get("/page/chat.js", headers=known).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=5-2", "bytes=900-", "x", "bytes=a-b"])
def test_parts_of_files_are_not_served(pages, asked):
    response = pages.get("/page/chat.js", headers={"Range": asked})
    assert (response.status_code, response.text) == (200, "export {};")


def test_the_service_serves_its_pages_under_a_strict_policy():
    with client_of(FakeDesk()) as client:
        for path in ("/", "/library", "/page/index.html"):
            response = client.get(path)
            assert response.status_code == 200
            policy = response.headers["content-security-policy"].split("; ")
            assert {
                "default-src 'none'", "script-src 'self'", "style-src 'self'",
                "connect-src 'self'", "img-src 'self'", "base-uri 'none'", "form-action 'none'",
                "frame-ancestors 'none'",
            } <= set(policy)  # fmt: skip
            assert "unsafe" not in response.headers["content-security-policy"]
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["referrer-policy"] == "no-referrer"
            assert response.headers["cross-origin-opener-policy"] == "same-origin"
            assert "permissions-policy" in response.headers
        assert "/page/" not in client.get("/openapi.json").text
        missing = client.get(f"/page/{CANARY}.js")
        check_problem(missing, 404, "NOT_FOUND")
        assert missing.headers["content-security-policy"].startswith("default-src 'none'; frame-")
        refused = client.post("/library")
        check_problem(refused, 405)
        assert refused.headers["allow"] == "GET, HEAD"


def test_the_pages_of_the_package_hold_nothing_inline_and_nothing_from_outside():
    pages = sorted(FOLDER.glob("*.html"))
    assert {page.name for page in pages} >= {"index.html", "library.html"}
    for page in pages:
        text = page.read_text(encoding="utf-8").lower()
        for forbidden in ("<style", " style=", "javascript:", "//", " onclick=", " onload="):
            assert forbidden not in text.replace("http://www.w3.org/2000/svg", ""), page.name
        scripts = re.findall(r"<script([^>]*)>([^<]*)", text)
        assert all('src="/page/' in told and not inside for told, inside in scripts), page.name
