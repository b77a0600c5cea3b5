"""Systems by name: our own over a corpus, searches alone, a service by URL."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from eval.ask_service import ServiceFailed
from eval.corpus import opened_corpus
from eval.errors import DatasetInvalid, EvalError, SystemUnknown
from eval.systems import Asked
from eval.systems.open import open_system
from eval.systems.service import Service
from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Filters, Found, Rejected
from index.tokens import ModelTokenizer
from qa.records import Question
from qa.service import create_app
from tests.eval_fakes import dataset
from tests.fakes import FakeDesk
from tests.serving import served

ASKED = Asked("who wrote the first program?", as_of=date(2021, 2, 24))


def opened(name: str, data: Path):
    return open_system(name, dataset(), data, timeout_seconds=5)


def test_ours_answers_over_the_datasets_articles(tmp_path: Path) -> None:
    system = opened("ours", tmp_path / "data")
    try:
        settings = system.settings()
        found = system.answer(ASKED)
    finally:
        system.close()
    assert set(settings) == {"engine", "embedding_model", "index_version"}
    assert found.status == "answered" and found.short_answer == "Ada Lovelace"
    assert found.citations[0].article_id == "ada"
    assert found.citations[0].quote == "Ada Lovelace wrote the first program."
    assert [one.article_id for one in found.passages] == ["ada"]
    assert found.confidence is not None and 0 < found.confidence <= 1


@pytest.mark.parametrize("name", ["bm25", "dense", "hybrid"])
def test_searches_give_passages_and_no_answer(tmp_path: Path, name: str) -> None:
    system = opened(name, tmp_path / "data")
    try:
        found = system.answer(ASKED)
        none = system.answer(Asked("program", filters=Filters(sources=("Nobody",))))
    finally:
        system.close()
    assert system.name == name
    assert found.status is None and not found.is_answer
    assert [one.article_id for one in found.passages] == ["ada"]
    assert none.passages == ()


def test_an_index_is_made_once_and_kept(tmp_path: Path) -> None:
    calls: list[str] = []
    made = dataset()

    def corpus():
        calls.append("read")
        return made.corpus()

    counted = type(made)(made.name, made.cases, corpus, made.fingerprint)
    for _ in range(2):
        store, _ = opened_corpus(counted, tmp_path / "data")
        assert store.catalogue.counts()[0] == 1
        store.close()
    assert calls == ["read"]


def test_an_index_of_other_articles_is_refused(tmp_path: Path) -> None:
    opened_corpus(dataset(), tmp_path / "data")[0].close()
    other = dataset()
    other = type(other)(other.name, other.cases, other.corpus, "another fingerprint")
    with pytest.raises(DatasetInvalid, match="another dataset"):
        opened_corpus(other, tmp_path / "data")


def test_an_index_to_which_something_was_added_is_refused(tmp_path: Path) -> None:
    store, embedder = opened_corpus(dataset(), tmp_path / "data")
    config = IndexConfig(data=tmp_path / "data")
    more = Found(origin="b.txt", key="b", text="Another article about nothing much.", id="b")
    Ingest(store, embedder, ModelTokenizer(), config).run([more])
    store.close()
    with pytest.raises(DatasetInvalid, match="added or withdrawn"):
        opened_corpus(dataset(), tmp_path / "data")


def test_indexing_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    def cut_off():
        raise KeyboardInterrupt

    made = dataset()
    with pytest.raises(KeyboardInterrupt):
        opened_corpus(type(made)("fake", (), cut_off, made.fingerprint), tmp_path / "data")
    store, _ = opened_corpus(made, tmp_path / "data")
    assert store.catalogue.counts()[0] == 1
    store.close()


def test_nothing_to_index_is_said(tmp_path: Path) -> None:
    made = dataset()
    empty = type(made)("fake", (), lambda: [Rejected("a.txt", "is empty")], "f")
    with pytest.raises(DatasetInvalid, match="none of its articles"):
        opened_corpus(empty, tmp_path / "data")


def test_an_unknown_system_is_told_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SystemUnknown, match="bm25"):
        opened("oracle", tmp_path / "data")
    with pytest.raises(SystemUnknown, match="service:http"):
        opened("service", tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_language_model_has_to_be_configured(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("DATELINE_LLM", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemUnknown, match="DATELINE_LLM"):
        opened("llm", tmp_path / "data")


def test_a_service_is_asked_over_http() -> None:
    desk = FakeDesk()
    with served(create_app(lambda: desk)) as port:
        service = Service(f"http://127.0.0.1:{port}/")
        _until_ready(service)
        assert service.settings()["url"] == f"http://127.0.0.1:{port}"
        begun = desk.ask(Question("who claimed the attack?")).conversation_id
        found = service.answer(
            Asked(
                "who claimed it?",
                as_of=date(2021, 2, 24),
                filters=Filters(sources=("Tigris Wire",), published_to=date(2021, 3, 1)),
                conversation_id=begun,
            )
        )
        service.close()
    [_, asked] = desk.asked
    assert asked.text == "who claimed it?" and asked.as_of == date(2021, 2, 24)
    assert asked.filters == Filters(sources=("Tigris Wire",), published_to=date(2021, 3, 1))
    assert asked.conversation == begun
    assert found.status is not None


def test_a_service_that_is_down_is_said_in_words() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = Service(f"http://127.0.0.1:{port}", timeout_seconds=2)
    with pytest.raises(ServiceFailed, match="can't be reached"):
        service.answer(ASKED)
    with pytest.raises(EvalError, match="health/ready"):
        service.settings()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, b'{"error_code": "OVERLOADED", "detail": "Busy."}', "503: OVERLOADED, Busy."),
        (500, b"<html>", "answered 500$"),
        (200, b"<html>", "something else than an answer"),
        (200, b"[]", "something else than an answer"),
        (200, b"[" * 100_000, "something else than an answer"),
        (200, b'{"status": "answered"}', "something else than an answer"),
        (302, b"", "answered 302"),
    ],
)
def test_what_is_no_answer_is_an_error(status: int, body: bytes, told: str) -> None:
    with _answering(lambda: (status, body)) as port:
        service = Service(f"http://127.0.0.1:{port}")
        with pytest.raises(ServiceFailed, match=told):
            service.answer(ASKED)


def test_a_service_that_drips_is_slow(tmp_path: Path) -> None:
    ended = threading.Event()

    def drip(write: Callable[[bytes], object]) -> None:
        while not ended.wait(0.05):
            write(b" ")

    with _answering(lambda: (200, b""), drip) as port:
        service = Service(f"http://127.0.0.1:{port}", timeout_seconds=0.5)
        try:
            with pytest.raises(ServiceFailed, match="did not answer within"):
                service.answer(ASKED)
        finally:
            ended.set()


def test_a_service_that_is_slow_is_an_error() -> None:
    let_go = threading.Event()

    def stalled() -> tuple[int, bytes]:
        let_go.wait(20)
        return 200, b"{}"

    with _answering(stalled) as port:
        service = Service(f"http://127.0.0.1:{port}", timeout_seconds=0.2)
        try:
            with pytest.raises(ServiceFailed, match="did not answer within"):
                service.answer(ASKED)
        finally:
            let_go.set()


@pytest.mark.parametrize(
    "address", ["localhost:8000", f"http://{'a' * 70}.example", "http://[", ""]
)
def test_an_address_that_is_none_is_an_error(address: str) -> None:
    with pytest.raises(ServiceFailed, match="can't be reached"):
        Service(address).answer(ASKED)


def _until_ready(service: Service) -> None:
    from tests.serving import wait_until

    def is_ready() -> bool:
        try:
            service.settings()
        except ServiceFailed:
            return False
        return True

    wait_until(is_ready, 30)


@contextmanager
def _answering(
    answer: Callable[[], tuple[int, bytes]],
    drip: Callable[[Callable[[bytes], object]], None] | None = None,
) -> Iterator[int]:
    """The port of a server that gives what `answer` gives, and more by and by."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, body = answer()
            self.send_response(status)
            self.send_header("content-length", str(1_000_000 if drip else len(body)))
            self.end_headers()
            with suppress(OSError):  # the asker has hung up
                self.wfile.write(body)
                if drip:
                    drip(self.wfile.write)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
