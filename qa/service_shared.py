"""What the endpoints of the service share: the desk, the threads, and what their documents say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import BaseModel

from index.errors import DatelineError
from qa.desk import Desk
from qa.service_config import ServiceConfig
from qa.service_guard import OWNER
from qa.service_opening import Opening
from qa.service_refusals import Problem
from qa.service_workers import Workers

#: statuses that an address with a body may answer with
BODY = (400, 408, 413, 415, 422)
_MOST_SUGGESTED = 8  # requests for suggestions that wait; one more is refused

_WHY = {
    400: "The body is empty or is not JSON that is taken here",
    401: "No API key, or one that this service does not know",
    403: "This service has no API keys, so nobody's conversations can be told apart",
    404: "No such article, answer or conversation",
    405: "The address does not take this method",
    408: "The body did not arrive in time",
    409: "The conversation has as many turns as one may have",
    413: "The body is too large",
    415: "The body is not sent as the media type that this address takes",
    421: "The Host header names another machine than the one that the service listens on",
    422: "Something in the request is not accepted; the detail says what is",
    429: "There are as many conversations as may be",
    500: "An unexpected error; the log has it at the reference in the detail",
    503: "Not ready or too busy; Retry-After says when to try again",
}


@dataclass(frozen=True, slots=True)
class Running:
    """What the endpoints of one app share."""

    config: ServiceConfig
    opening: Opening
    readers: Workers
    writers: Workers
    uploads: Workers  #: a long file never takes the place of one article or of a withdrawal
    probes: Workers  #: readiness must be told even when all readers are busy
    suggesters: Workers  #: suggestions never take an asker's place

    @classmethod
    def make(
        cls,
        open_desk: Callable[[], Desk],
        config: ServiceConfig,
        on_failure: Callable[[DatelineError], None] | None,
    ) -> Running:
        """All of it, not started."""
        return cls(
            config,
            Opening(open_desk, on_failure),
            Workers(config.readers, config.max_waiting),
            Workers(config.writers, config.max_waiting),
            Workers(1, config.max_waiting),
            Workers(1, config.max_waiting),
            # Each takes seconds: who would wait for longer has asked on by then.
            Workers(1, min(config.max_waiting, _MOST_SUGGESTED)),
        )

    def desk(self) -> Desk:
        """The open desk. Raises `NotReady`."""
        return self.opening.desk()


def running(request: Request) -> Running:
    """What the request's app shares among its endpoints."""
    return request.app.state.running


def owner_of(request: Request) -> str:
    """Whose API key the request came with: a digest of it, "" where the service has no keys."""
    return request.scope.get(OWNER, "")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these errors; 405 and 500 any may."""
    return problem_of(*sorted({*statuses, 405, 500}))


def problem_of(*statuses: int, shape: type[BaseModel] = Problem) -> dict[int | str, dict[str, Any]]:
    """The `responses` of these errors alone."""
    return {status: {"model": shape, "description": _WHY[status]} for status in statuses}


def known(id: str, pattern: str, not_found: Callable[[str], DatelineError]) -> str:
    """What cannot be an id is nothing's: 404 and not 422, however long or odd it is."""
    if not re.fullmatch(pattern, id):
        raise not_found("not an id")
    return id
