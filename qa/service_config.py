"""Settings of the HTTP service. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """How much the service takes on, and how long it waits. Sizes in bytes, times in seconds."""

    max_body_bytes: int = 64 * 1024 * 1024  #: largest body of POST /articles
    max_question_bytes: int = 1024 * 1024  #: largest body of POST /ask, /search and /feedback
    max_buffered_bytes: int = 256 * 1024 * 1024  #: bodies held at once, all requests together
    body_seconds: float = 120.0  #: a body that is not whole by then is refused
    readers: int = 8  #: questions and searches worked on at once
    writers: int = 2  #: articles added or withdrawn at once; they never take a reader's place
    max_waiting: int = 64  #: requests waiting for a reader (or writer); one more is refused
    retry_seconds: int = 2  #: what Retry-After says
    close_seconds: float = 30.0  #: wait for the index to finish opening before giving up on it

    def __post_init__(self) -> None:
        if min(self.readers, self.writers, self.max_body_bytes, self.max_question_bytes) < 1:
            raise ValueError("readers, writers and the sizes of bodies must be 1 or more")
        if self.max_buffered_bytes < max(self.max_body_bytes, self.max_question_bytes):
            raise ValueError("max_buffered_bytes must hold the largest body")
