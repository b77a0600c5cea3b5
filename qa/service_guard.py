"""What stands before the application: bodies are read and checked, and no error leaves unshaped."""

from __future__ import annotations

import logging
import time
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import DatelineError
from qa.service_body import (
    BodyTooSlow,
    Buffered,
    ClientGone,
    EmptyBody,
    NotJson,
    WrongMediaType,
    check_headers,
    parse_body,
    read_body,
)
from qa.service_config import ServiceConfig
from qa.service_errors import dateline_problem, internal_problem, problem

logger = logging.getLogger("dateline.service")

_PARSED = "dateline.parsed"  # where in the scope the guard leaves the body's value
_STATUS = {NotJson: 400, EmptyBody: 400, BodyTooSlow: 408, WrongMediaType: 415}
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class ParsedRoute(APIRoute):
    """A route that takes the body as the guard parsed it, instead of parsing it again."""

    def get_route_handler(self) -> Any:
        handle = super().get_route_handler()

        async def handle_parsed(request: Request) -> Response:
            return await handle(_ParsedRequest(request.scope, request.receive))

        return handle_parsed


class _ParsedRequest(Request):
    async def json(self) -> Any:
        if _PARSED in self.scope:
            return self.scope[_PARSED]
        return await super().json()


class Guard:
    """ASGI middleware: limits and parses bodies, adds headers, catches what nobody caught."""

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self._app = app
        self._config = config
        self._buffered = Buffered(config.max_buffered_bytes)
        self._limits = {
            "/ask": config.max_question_bytes,
            "/search": config.max_question_bytes,
            "/feedback": config.max_question_bytes,
            "/articles": config.max_body_bytes,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._serve(scope, receive, send_guarded)
        except ClientGone:
            logger.info("a client closed its connection in the middle of its body")
            return
        except Exception as error:
            if status:  # half an answer is out: only cutting it off tells the client
                raise
            await internal_problem(error)(scope, receive, send_guarded)
        took = (time.perf_counter() - started) * 1000
        # The route's pattern, not the address: that may hold anything.
        route = getattr(scope.get("route"), "path", "-")
        logger.info("%s %s %d %.0f ms", _method(scope), route, status, took)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limits.get(scope["path"])
        if scope["method"] != "POST" or limit is None:
            await self._app(scope, receive, send)
            return
        body = b""
        try:
            check_headers(Headers(scope=scope), limit)
            body = await read_body(receive, limit, self._config.body_seconds, self._buffered)
            scope[_PARSED] = await parse_body(body)
            await self._app(scope, _replay(body, receive), send)
        except DatelineError as error:
            await self._refusal(error)(scope, receive, send)
        finally:
            self._buffered.give_back(len(body))

    def _refusal(self, error: DatelineError) -> JSONResponse:
        status = _STATUS.get(type(error))
        if status is None:
            return dateline_problem(error, self._config.retry_seconds)
        # What is left of the body is not read: the connection cannot be used again.
        headers = {"Connection": "close"} if status == 408 else None
        return problem(status, error.error_code, str(error), headers)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body again, and then what really comes."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _method(scope: Scope) -> str:
    known = ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH")
    return scope["method"] if scope["method"] in known else "-"
