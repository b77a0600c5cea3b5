from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from index.errors import FolderInUse
from qa.records_articles import NewArticle
from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.service_opening import CannotOpen
from qa.service_run import CannotListen, listen, serve
from tests.fakes import FakeDesk
from tests.serving import (
    send_raw,
    served,
    wait_until,
)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def test_raw_requests_to_a_real_server(desk):
    post = b"POST /ask HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    post += b"Content-Type: application/json\r\n"
    chunk = b"%x\r\n%s\r\n" % (600, b"x" * 600)
    config = ServiceConfig(max_question_bytes=1000)
    with served(create_app(lambda: desk, config)) as port:
        wait_until(lambda: b" 200 OK" in send_raw(port, b"GET /health/ready HTTP/1.0\r\n\r\n"))
        end = b"\r\nHost: x\r\nConnection: close\r\n\r\n"
        for status, parts in [
            (b"413", (post + b"Transfer-Encoding: chunked\r\n\r\n", chunk, chunk)),
            (b"413", (post + b"Content-Length: 1001\r\n\r\n",)),
            (b"413", (post + b"Content-Length: 999999999999999999\r\n\r\n",)),
            (b"400", (post + b"Content-Length: 5\r\n\r\n", b'{"\xff":')),
            (b"400", (post + b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\n\r\n")),
            (b"404", (b"GET /articles/%ff HTTP/1.1" + end,)),
            (b"422", (b"GET /articles?%ff=%ff&limit=%ff HTTP/1.1" + end,)),
            (b"405", (b"BREW /ask HTTP/1.1" + end,)),
        ]:
            answer = send_raw(port, *parts)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 " + status), answer
            assert set(json.loads(body)) == {"error_code", "detail"}
            assert b"\r\nserver:" not in head.lower()
        # What is no HTTP never reaches the application.
        for noise in (b"\x00\xff\r\n\r\n", b"GET /articles/\xff HTTP/1.1" + end, b"A" * 40_000):
            assert send_raw(port, noise).startswith(b"HTTP/1.1 400")
        good = b'{"question": "q"}'
        answer = send_raw(port, post + b"Content-Length: %d\r\n\r\n%s" % (len(good), good))
        assert answer.startswith(b"HTTP/1.1 200")
    assert desk.is_closed


def test_a_client_that_hangs_up_harms_nobody(desk):
    with served(create_app(lambda: desk)) as port:
        head = b"POST /ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(head + b"Content-Length: 500\r\n\r\nhalf")
        wait_until(lambda: b" 200 OK" in send_raw(port, b"GET /health/ready HTTP/1.0\r\n\r\n"))
    assert desk.asked == []


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-", b"G"],
)
def test_a_connection_without_a_whole_request_is_closed(desk, sent):
    with served(create_app(lambda: desk), patience_seconds=0.05) as port:
        assert send_raw(port, sent) == b""


def test_a_head_that_drips_is_not_waited_for(desk):
    with (
        served(create_app(lambda: desk), patience_seconds=0.05) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        closed = threading.Event()

        def drip() -> None:
            while not closed.wait(0.01):
                try:
                    connection.sendall(b"X: y\r\n")
                except OSError:  # the service has closed it
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            with suppress(ConnectionError):
                assert connection.recv(1) == b""
        finally:
            closed.set()
            dripping.join(30)


@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
def test_an_answer_that_nobody_takes_is_let_go(desk, ending):
    desk.add_article(NewArticle(id="long", title="", text="x" * 30_000_000))
    get = b"GET /articles/long HTTP/1.1\r\nHost: x\r\n" + ending + b"\r\n"
    with (
        served(create_app(lambda: desk), patience_seconds=0.5) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        wait_until(lambda: b" 200 OK" in send_raw(port, b"GET /health/ready HTTP/1.0\r\n\r\n"))
        connection.sendall(get)

        def is_closed() -> bool:
            # Who sends to a connection that was let go is told so, who only waits is not.
            try:
                connection.sendall(b"G")
            except OSError:
                return True
            return False

        wait_until(is_closed)


def test_what_takes_long_after_its_head_is_not_cut_off(desk):
    """Nor is the next request on the same connection."""
    get = b"GET /health HTTP/1.1\r\nHost: x\r\n"
    with (
        served(create_app(lambda: desk), patience_seconds=20.0) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(get + b"\r\n" + get[:10])
        received = b""
        while b'{"status":"ok"}' not in received:
            received += connection.recv(65536)
        connection.sendall(get[10:] + b"Connection: close\r\n\r\n")
        while chunk := connection.recv(65536):
            received += chunk
        assert received.count(b'{"status":"ok"}') == 2


def test_an_address_in_use_is_told():
    with listen("127.0.0.1", 0) as taken, pytest.raises(CannotListen, match="--port"):
        listen("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(CannotListen):
        listen("127.0.0.1", 99999)
    for host in ("\udcff", "a" * 70 + ".example"):
        with pytest.raises(CannotListen):
            listen(host, 0)


@pytest.mark.parametrize(
    ("error", "raised"),
    [(FolderInUse("Process 12 owns it."), FolderInUse), (RuntimeError("a bug"), CannotOpen)],
)
def test_a_server_whose_index_cannot_be_opened_ends(error, raised, caplog):
    may_fail = threading.Event()

    def fail() -> FakeDesk:
        assert may_fail.wait(10)
        raise error

    threading.Timer(0.5, may_fail.set).start()  # it listens by then
    began = time.monotonic()
    with caplog.at_level("INFO"), pytest.raises(raised):
        serve(fail, "127.0.0.1", 0)
    # It ends when the desk fails, not after some grace period; a busy machine takes its time.
    assert 0.5 <= time.monotonic() - began < 20
    assert re.search(r"listening on http://127\.0\.0\.1:[1-9]\d*$", caplog.text, re.M)


def test_a_server_whose_index_fails_at_once_ends():
    def fail() -> FakeDesk:
        raise FolderInUse("Process 12 owns it.")

    with pytest.raises(FolderInUse):
        serve(fail, "127.0.0.1", 0)


def test_a_served_app_ends_well_when_told_to():
    program = (
        "import sys; from qa.service_run import serve\n"
        "from tests.fakes import FakeDesk\n"
        "class Desk(FakeDesk):\n"
        "    def close(self): print('closed', flush=True)\n"
        "serve(Desk, '127.0.0.1', int(sys.argv[1]))\n"
    )
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(port)], stdout=subprocess.PIPE, text=True
    )

    def is_served() -> bool:
        try:
            return b" 200 OK" in send_raw(port, b"GET /health/ready HTTP/1.0\r\n\r\n")
        except OSError:
            return False

    try:
        wait_until(is_served, 30)
        process.terminate()
        told, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert told == "closed\n"
    # The server ends by the signal that ended it, so that whoever sent it sees it obeyed.
    assert process.returncode in (0, -signal.SIGTERM)
