"""The desk while it opens: the service listens already, and says that it is not ready."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable

from index.errors import DatelineError
from qa.desk import Desk
from qa.errors import AnsweringError, NotReady

logger = logging.getLogger("dateline.service")

#: What clients are told: the reason may name folders and processes of the server.
NOT_OPENED = "The index could not be opened; the service's log says why."


class CannotOpen(AnsweringError):
    """The index could not be opened, for a reason that nobody foresaw."""

    error_code = "CANNOT_OPEN"


class OpeningFailed(NotReady):
    """The index could not be opened; has the reason's `error_code`, and not its words."""

    def __init__(self, reason: DatelineError) -> None:
        super().__init__(NOT_OPENED)
        self.error_code = reason.error_code


class Opening:
    """Opens a desk in a thread of its own, once; checking or rebuilding an index takes a while.

    `on_failure` is told, in that thread, why it could not be opened; without it the log is.
    """

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        on_failure: Callable[[DatelineError], None] | None = None,
    ) -> None:
        self._open_desk = open_desk
        self._on_failure = on_failure or _log
        self._lock = threading.Lock()
        self._desk: Desk | None = None
        self._failure: DatelineError | None = None
        self._is_given_up = False
        # A daemon, so that a stuck opening cannot keep the process from ending.
        self._thread = threading.Thread(target=self._open, name="opening", daemon=True)

    def start(self) -> None:
        """Begin to open; returns at once."""
        self._thread.start()

    def desk(self) -> Desk:
        """The open desk. Raises `NotReady`."""
        with self._lock:
            if self._desk is not None:
                return self._desk
            if self._failure is not None:
                raise NotReady(NOT_OPENED)
            if self._is_given_up:
                raise NotReady("The service is shutting down.")
        raise NotReady("The index is still being opened; try again soon.")

    def failure(self) -> DatelineError | None:
        """Why it could not be opened, or None."""
        with self._lock:
            return self._failure

    def wait(self, seconds: float) -> bool:
        """Whether opening has ended, well or not, within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def close(self, seconds: float) -> None:
        """Close the desk, waiting for it to finish opening for so many seconds at most.

        A desk that opens later than that is closed as soon as it is open.
        """
        if self._thread.ident is not None:
            self.wait(seconds)
        with self._lock:
            desk, self._desk, self._is_given_up = self._desk, None, True
        _close(desk)

    def _open(self) -> None:
        try:
            desk = self._open_desk()
        except BaseException as error:  # whatever it was, nobody else would hear of it
            failure = _foreseen(error)
            with self._lock:
                self._failure = failure
            self._on_failure(failure)
            return
        with self._lock:
            if not self._is_given_up:
                self._desk = desk
                return
        _close(desk)


def _foreseen(error: BaseException) -> DatelineError:
    if isinstance(error, DatelineError):
        return error
    reference = secrets.token_hex(6)
    logger.error("reference %s: unexpected error at opening", reference, exc_info=error)
    return CannotOpen(
        f"The index could not be opened ({type(error).__name__}); the log says more, "
        f"at reference {reference}."
    )


def _log(failure: DatelineError) -> None:
    logger.error("%s: %s", failure.error_code, failure)


def _close(desk: Desk | None) -> None:
    close = getattr(desk, "close", None)
    if close is not None:
        close()
