"""A server in the form of OpenAI's chat completions, which answers by rule and can misbehave.

It listens on 127.0.0.1, on a port of its own, and keeps what it was asked.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 120, "completion_tokens": 7, "total_tokens": 127}


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]  #: names in lower case
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The messages' text, in order."""
        return "\n".join(one["content"] for one in self.body["messages"])


@dataclass(frozen=True)
class Reply:
    """What goes out. `body` None: nothing ever comes, until the server ends."""

    body: bytes | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False  #: the body comes byte by byte


Rule = Callable[[Request], Reply]


def says(text: Any, usage: Any = USAGE) -> Reply:
    """A chat completion with this text."""
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "stub",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": usage,
    }
    return Reply(json.dumps(completion).encode())


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    """An error in OpenAI's form; `retry_after` becomes the header Retry-After."""
    body = json.dumps({"error": {"message": message, "type": "stub", "code": code}}).encode()
    return Reply(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


STALLS = Reply(None)


class LLMServer:
    """Where to ask it, and what it was asked."""

    def __init__(self, rule: Rule | Sequence[Reply]) -> None:
        self.asked: list[Request] = []
        self._rule = rule
        self._lock = threading.Lock()
        self.is_ending = threading.Event()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def spec(self) -> str:
        return f"openai-like:{self.url}#stub"

    def reply(self, request: Request) -> Reply:
        """By the rule; or the replies one after the other, the last one for good."""
        with self._lock:
            place = len(self.asked)
            self.asked.append(request)
        if callable(self._rule):
            return self._rule(request)
        return self._rule[min(place, len(self._rule) - 1)]


@contextmanager
def llm_server(rule: Rule | Sequence[Reply]) -> Iterator[LLMServer]:
    """A server that runs until the block ends."""
    stub = LLMServer(rule)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            request = Request(
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(self.rfile.read(length)),
            )
            reply = stub.reply(request)
            if reply.body is None:
                stub.is_ending.wait(60)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if not reply.drips:
                self.wfile.write(reply.body)
                return
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                stub.is_ending.wait(0.02)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # the other side hung up, which tests do on purpose

    server = Server(("127.0.0.1", 0), Handler)
    stub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        stub.is_ending.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def watched_connections() -> Iterator[list[str]]:
    """The addresses that this process connects to, or looks up, within the block."""
    reached: list[str] = []
    is_watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if is_watching and event in ("socket.connect", "socket.getaddrinfo"):
            reached.append(str(arguments[1] if event == "socket.connect" else arguments[0]))

    sys.addaudithook(watch)  # it can't be removed, hence the switch
    try:
        yield reached
    finally:
        is_watching = False
