"""What stands before the application: keys and bodies are checked, and no error leaves unshaped."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import Any

import anyio
from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import DatelineError
from qa.errors import NotReady
from qa.service_access import check_host, check_key, needs_key
from qa.service_body import (
    BodyTooSlow,
    Buffered,
    ClientGone,
    EmptyBody,
    NotJson,
    Taken,
    WrongMediaType,
    check_headers,
    parse_body,
    read_body,
)
from qa.service_config import ServiceConfig
from qa.service_refusals import ENDING, Refusal, refusal_of, response_to

logger = logging.getLogger("dateline.service")

_PARSED = "dateline.parsed"  # where in the scope the guard leaves the body's value
#: where in the scope the guard leaves whose key a request came with
OWNER = "dateline.owner"
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
    """ASGI middleware: checks keys, reads bodies, adds headers, catches what nobody caught."""

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self._app = app
        self._config = config
        self._buffered = Buffered(config.max_buffered_bytes)
        question = Taken(config.max_question_bytes)
        #: what POST takes, by address
        self._taken = {
            "/ask": question,
            "/search": question,
            "/feedback": question,
            "/articles": Taken(config.max_body_bytes),
            "/articles/upload": Taken(config.max_body_bytes, is_json=False),
            "/v1/chat/completions": question,
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
        except ClientGone as gone:
            logger.info("a client left %s", gone)
            return
        except anyio.get_cancelled_exc_class():
            if not status:  # the service ends, and this took longer than it waits
                with anyio.CancelScope(shield=True):
                    refusal = refusal_of(NotReady(ENDING), self._config.retry_seconds)
                    await response_to(refusal, scope["path"])(scope, receive, send_guarded)
            raise
        except Exception as error:
            if status:  # half an answer is out: only cutting it off tells the client
                raise
            refusal = refusal_of(error, self._config.retry_seconds)
            await response_to(refusal, scope["path"])(scope, receive, send_guarded)
        took = (time.perf_counter() - started) * 1000
        # The route's pattern, not the address: that may hold anything.
        route = getattr(scope.get("route"), "path", "-")
        logger.info("%s %s %d %.0f ms", _method(scope), route, status, took)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._admit(scope)
        if refusal is not None:
            await response_to(refusal, scope["path"])(scope, receive, send)
            return
        taken = self._taken.get(scope["path"])
        if scope["method"] != "POST" or taken is None:
            await self._app(scope, receive, send)
            return
        body = b""
        try:
            check_headers(Headers(scope=scope), taken)
            body = await read_body(receive, taken.limit, self._config.body_seconds, self._buffered)
            if taken.is_json:
                scope[_PARSED] = await parse_body(body)
            await self._app(scope, _replay(body, receive), send)
        except DatelineError as error:
            await response_to(self._refusal(error), scope["path"])(scope, receive, send)
        finally:
            self._buffered.give_back(len(body))

    def _admit(self, scope: Scope) -> Refusal | None:
        """Why a request is refused before its body is looked at; leaves its owner in the scope."""
        headers = Headers(scope=scope)
        if self._config.allowed_hosts is not None:
            refusal = check_host(headers, self._config.allowed_hosts)
            if refusal is not None:
                return refusal
        if self._config.keys is None or not needs_key(scope["path"]):
            return None
        owner = check_key(headers, self._config.keys)
        if isinstance(owner, Refusal):
            return owner
        scope[OWNER] = owner
        return None

    def _refusal(self, error: DatelineError) -> Refusal:
        refusal = refusal_of(error, self._config.retry_seconds)
        status = _STATUS.get(type(error))
        if status is None:
            return refusal
        # What is left of the body is not read: the connection cannot be used again.
        headers = {"Connection": "close"} if status == 408 else {}
        return replace(refusal, status=status, headers=headers)


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
