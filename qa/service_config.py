"""Settings of the HTTP service. Built by whoever starts the program; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass

from qa.service_access import Keys


@dataclass(frozen=True, slots=True)
class ServiceConfig:
    """How much the service takes on, and how long it waits. Sizes in bytes, times in seconds."""

    max_body_bytes: int = 64 * 1024 * 1024  #: largest body of POST /articles and of an upload
    max_question_bytes: int = 1024 * 1024  #: largest of any other address
    max_buffered_bytes: int = 256 * 1024 * 1024  #: bodies held at once, all requests together
    body_seconds: float = 120.0  #: a body that is not whole by then is refused
    readers: int = 8  #: questions and searches worked on at once
    writers: int = 2  #: articles added or withdrawn at once; they never take a reader's place
    max_waiting: int = 64  #: requests waiting for a reader (or writer); one more is refused
    retry_seconds: int = 2  #: what Retry-After says
    close_seconds: float = 30.0  #: wait for the index to finish opening before giving up on it
    heartbeat_seconds: float = 15.0  #: a stream that has nothing to tell says so this often
    plain_seconds: float = 1.0  #: what fails so early is a plain error and not a stream's event
    stall_seconds: float = 30.0  #: a client that takes nothing for so long is taken for gone
    keys: Keys | None = None  #: API keys; None: everybody is served
    #: Host headers that are answered, without ports; None: all
    allowed_hosts: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if min(self.readers, self.writers, self.max_body_bytes, self.max_question_bytes) < 1:
            raise ValueError("readers, writers and the sizes of bodies must be 1 or more")
        if self.max_buffered_bytes < max(self.max_body_bytes, self.max_question_bytes):
            raise ValueError("max_buffered_bytes must hold the largest body")
        if min(self.heartbeat_seconds, self.stall_seconds) <= 0 or self.plain_seconds < 0:
            raise ValueError("heartbeat_seconds and stall_seconds must be more than 0")
