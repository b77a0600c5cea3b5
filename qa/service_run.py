"""Serve an app on a socket until the process is told to end."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from functools import partial

import uvicorn
from fastapi import FastAPI

from index.errors import DatelineError
from qa.desk import Desk
from qa.errors import AnsweringError
from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.service_protocol import PatientProtocol

logger = logging.getLogger("dateline.service")


class CannotListen(AnsweringError):
    """The address is in use or is not this machine's."""

    error_code = "CANNOT_LISTEN"


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port` (0: any that is free). Raises `CannotListen`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except (OSError, OverflowError, UnicodeError, TypeError) as error:  # as socket raises them
        raise CannotListen(
            f"Cannot listen on {host} port {port} ({error}); choose another --host or --port."
        ) from error


def make_server(
    app: FastAPI, access_log: bool = False, patience_seconds: float = 20.0
) -> uvicorn.Server:
    """A server for `app`, not started: HTTP/1.1 alone, small limits on heads of requests.

    A connection is closed on which the head of a request is not whole within `patience_seconds`,
    or nothing of an answer is taken for so long.

    When told to end it takes no new connections, lets running requests finish for up to
    20 seconds, and then closes the app.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=partial(PatientProtocol, patience_seconds=patience_seconds),  # type: ignore[arg-type]
            ws="none",
            lifespan="on",
            log_config=None,  # whoever starts the program configures logging
            access_log=access_log,
            server_header=False,
            proxy_headers=False,  # nobody configured a proxy to be believed
            h11_max_incomplete_event_size=32 * 1024,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=20,
        )
    )


def serve(
    open_desk: Callable[[], Desk], host: str, port: int, config: ServiceConfig | None = None
) -> None:
    """Serve the desk that `open_desk` opens, until SIGINT or SIGTERM, or until opening fails.

    The log is told where it listens. Raises `CannotListen`, and what opening failed with: a
    process that waits will not cure it, and one that ends can be seen and started again.
    """
    failures: list[DatelineError] = []

    def end(failure: DatelineError) -> None:
        failures.append(failure)
        server.should_exit = True

    server = make_server(create_app(open_desk, config, end))
    with listen(host, port) as listening:
        shown = f"[{host}]" if ":" in host else host
        logger.info("listening on http://%s:%d", shown, listening.getsockname()[1])
        server.run(sockets=[listening])
    if failures:
        raise failures[0]
