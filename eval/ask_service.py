"""Asks a running service, for the whole answer and within a time."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

import httpx
from pydantic import ValidationError

from eval.errors import EvalError
from qa.records import Answer
from qa.show import plain

_MOST_BYTES = 16 * 1024 * 1024  #: of an answer; ours have some ten thousand


class ServiceFailed(EvalError):
    """The service gave no answer: it is down, slow, busy, or says what is wrong."""


def new_client(timeout_seconds: float) -> httpx.Client:
    """For `ask` and `call`; it keeps connections. Proxies of the environment are not for a service
    that was named outright, and nothing is followed elsewhere."""
    return httpx.Client(timeout=timeout_seconds, trust_env=False, follow_redirects=False)


def ask_service(url: str, question: str, as_of: date | None, timeout_seconds: float) -> Answer:
    """The answer of the service at `url` to one question. Raises `ServiceFailed`."""
    body = {"question": question} | ({"as_of": as_of.isoformat()} if as_of else {})
    with new_client(timeout_seconds) as client:
        return ask(client, url, body, timeout_seconds)


def ask(client: httpx.Client, url: str, body: dict[str, Any], timeout_seconds: float) -> Answer:
    """`POST /ask`. Raises `ServiceFailed`, also for what is no answer."""
    address = f"{url.rstrip('/')}/ask"
    received = call(client, "POST", address, timeout_seconds, body)
    try:
        return Answer.model_validate_json(received)
    except ValidationError as error:
        raise ServiceFailed(
            f"{address} gave something else than an answer "
            f"({error.error_count()} fields are wrong or missing)."
        ) from None


def call(
    client: httpx.Client,
    method: str,
    address: str,
    timeout_seconds: float,
    body: dict[str, Any] | None = None,
) -> bytes:
    """The body of a 200 response.

    Raises `ServiceFailed` when the service is down, slower than `timeout_seconds` for the whole
    of it, gives more than an answer can be, or another status.
    """
    end = time.monotonic() + timeout_seconds
    received = bytearray()
    slow = ServiceFailed(
        f"{address} did not answer within {timeout_seconds:g} seconds; --timeout gives it more."
    )
    try:
        with client.stream(method, address, json=body) as response:
            for block in response.iter_bytes():
                received += block
                if len(received) > _MOST_BYTES:
                    raise ServiceFailed(f"{address} gave more than an answer can be.")
                if time.monotonic() > end:
                    raise slow
    except httpx.TimeoutException:
        raise slow from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise ServiceFailed(
            f"{address} can't be reached ({type(error).__name__}: {error}); is the service running?"
        ) from None
    if response.status_code != 200:
        raise ServiceFailed(f"{address} answered {response.status_code}{_why(bytes(received))}")
    return bytes(received)


def _why(content: bytes) -> str:
    """The error's own words, where it has the service's form; fit for a terminal."""
    try:
        problem = json.loads(content)
        return plain(f": {problem['error_code']}, {problem['detail']}"[:300])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
