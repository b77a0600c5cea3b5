"""A request's body: read up to a limit; JSON is parsed by a parser without recursion traps.

The parser (jiter, through pydantic-core) refuses NaN, Infinity, invalid UTF-8 and lone surrogates,
and stops at 200 levels; our own limit of nesting is lower.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import anyio.to_thread
from pydantic_core import from_json
from starlette.datastructures import Headers

from qa.errors import BadRequest, BodyTooLarge
from qa.service_refusals import Overloaded

Receive = Callable[[], Awaitable[Any]]

DEEPEST = 32  #: levels of arrays and objects
MOST_FIELDS = 64  #: fields of one object; our largest has nine
_MOST_MARKS = 4_000_000  # commas, brackets and quotes: each may become an object in memory
_IN_LINE = 128 * 1024  # bytes parsed without a thread of their own: a millisecond at most


class NotJson(BadRequest):
    """Not JSON, or JSON that we do not take; 400."""

    error_code = "INVALID_JSON"


class EmptyBody(BadRequest):
    """No body where one is needed; 400."""

    error_code = "EMPTY_BODY"


class WrongMediaType(BadRequest):
    """A body that does not say that it is what the address takes; 415."""

    error_code = "UNSUPPORTED_MEDIA_TYPE"


class BodyTooSlow(BadRequest):
    """The body was not whole in time; 408."""

    error_code = "BODY_TOO_SLOW"


class ClientGone(Exception):
    """The client closed the connection: nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an address takes as a body."""

    limit: int  #: bytes
    is_json: bool = True  #: else a file's bytes, which are not parsed here


class Buffered:
    """Bytes of bodies held by all requests together, of `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    def take(self, size: int) -> None:
        """Raises `Overloaded` where `size` more bytes are too many; takes none of them then."""
        if self._held + size > self._most:
            raise Overloaded("Too many large bodies are being read; try again soon.")
        self._held += size

    def give_back(self, size: int) -> None:
        """Return what was taken."""
        self._held -= size


def check_headers(headers: Headers, taken: Taken) -> None:
    """Refuse what can be refused before a byte of the body is read.

    Raises `WrongMediaType` and `BodyTooLarge`.
    """
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charsets = [p.partition("=")[2] for p in parameters.lower().split(";") if "charset" in p]
    encoding = headers.get("content-encoding", "identity").strip().lower()
    expected = "application/json" if taken.is_json else "application/octet-stream"
    is_expected = media_type.strip().lower() == expected
    is_utf8 = all(c.strip().strip('"') in ("utf-8", "utf8") for c in charsets)
    is_plain = encoding in ("", "identity")
    if not (is_expected and is_plain and (is_utf8 or not taken.is_json)):
        raise WrongMediaType(f"Send the body as Content-Type: {expected}, not compressed.")
    length = headers.get("content-length", "")
    # The header is only a claim: what arrives is counted as well.
    if length.isdecimal() and (len(length) > 18 or int(length) > taken.limit):
        raise _too_large(taken.limit)


async def read_body(receive: Receive, limit: int, seconds: float, buffered: Buffered) -> bytes:
    """The whole body. What it takes from `buffered`, its length, the caller gives back.

    Raises `BodyTooLarge`, `BodyTooSlow`, `Overloaded`, and `ClientGone`; nothing stays taken then.
    """
    held = bytearray()
    try:
        with anyio.fail_after(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone("in the middle of its body")
                chunk = message.get("body", b"")
                if len(held) + len(chunk) > limit:
                    raise _too_large(limit)
                buffered.take(len(chunk))
                held += chunk
                if not message.get("more_body", False):
                    return bytes(held)
    except BaseException as error:
        buffered.give_back(len(held))
        if isinstance(error, TimeoutError):
            raise BodyTooSlow(f"The body was not whole within {seconds:g} seconds.") from error
        raise


async def parse_body(body: bytes) -> Any:
    """The value that a body is the JSON of. Raises `EmptyBody` and `NotJson`."""
    if not body.strip():
        raise EmptyBody("This address needs a JSON object as its body.")
    if len(body) <= _IN_LINE:
        return parse_json(body)
    return await anyio.to_thread.run_sync(parse_json, body)


def parse_json(body: bytes) -> Any:
    """The value that `body` is the JSON of; `NotJson` never tells what stood there."""
    marks = sum(body.count(mark) for mark in (b",", b"[", b"{", b'"')) - body.count(b'\\"')
    if marks > _MOST_MARKS:
        raise NotJson("The body has too many values; send fewer.")
    try:
        value = from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError:
        # The parser's words can hold the client's.
        raise NotJson("The body is not valid JSON in UTF-8.") from None
    _check_shape(value)
    return value


def _check_shape(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                if len(item) > MOST_FIELDS:
                    raise NotJson(f"An object in the body has more than {MOST_FIELDS} fields.")
                below.extend(v for v in item.values() if isinstance(v, dict | list))
            elif isinstance(item, list):
                below.extend(v for v in item if isinstance(v, dict | list))
        if not below:
            return
        level = below
    raise NotJson(f"The body is nested deeper than {DEEPEST} levels.")


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body is larger than the {limit:,} bytes that this address takes.")
