"""`dateline serve`: the HTTP service."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from qa.cli_options import Data


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Where to listen [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port, 0: any free one [default: 8000]")
    ] = None,
) -> None:
    """Serve POST /ask, /search, /feedback, /articles and /health until it is interrupted."""
    from qa.local_desk import LocalDesk
    from qa.service_config import ServiceConfig
    from qa.service_run import serve as run
    from qa.settings import read_settings

    settings = read_settings({"data": data, "host": host, "port": port})
    logger = _log_to_stderr()

    def open_desk() -> LocalDesk:
        desk = LocalDesk.open(settings, "dateline serve")
        ready = desk.ready()
        logger.info(
            "ready: %d articles, %d passages. %s", ready.articles, ready.passages, ready.detail
        )
        return desk

    config = ServiceConfig(max_body_bytes=settings.max_body_mb * 1024 * 1024)
    run(open_desk, settings.host, settings.port, config)


def _log_to_stderr() -> logging.Logger:
    """Our log in single lines; of the libraries' only what is wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logger = logging.getLogger("dateline")
    logger.setLevel(logging.INFO)
    return logger
