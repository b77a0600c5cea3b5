"""Asks a running service one question, for the whole answer."""

from __future__ import annotations

import json
import time
from datetime import date

import httpx
from pydantic import ValidationError

from eval.systems.service import ServiceFailed
from qa.records import Answer
from qa.show import plain

_MOST_BYTES = 16 * 1024 * 1024  #: of an answer; ours have some ten thousand


def ask_service(url: str, question: str, as_of: date | None, timeout_seconds: float) -> Answer:
    """The answer of the service at `url`.

    Raises `eval.systems.service.ServiceFailed` when it is down, slower than `timeout_seconds` for
    the whole answer, refuses the question, or gives something else than an answer.
    """
    address = f"{url.rstrip('/')}/ask"
    body = {"question": question} | ({"as_of": as_of.isoformat()} if as_of else {})
    end = time.monotonic() + timeout_seconds
    received = bytearray()
    slow = ServiceFailed(
        f"{address} did not answer within {timeout_seconds:g} seconds; --timeout gives it more."
    )
    try:
        # Proxies of the environment are not for a service that was named outright.
        with (
            httpx.Client(timeout=timeout_seconds, trust_env=False) as client,
            client.stream("POST", address, json=body) as response,
        ):
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
    try:
        return Answer.model_validate_json(bytes(received))
    except ValidationError as error:
        raise ServiceFailed(
            f"{address} gave something else than an answer "
            f"({error.error_count()} fields are wrong or missing)."
        ) from None


def _why(content: bytes) -> str:
    """The error's own words, where it has the service's form; fit for a terminal."""
    try:
        problem = json.loads(content)
        return plain(f": {problem['error_code']}, {problem['detail']}"[:300])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
