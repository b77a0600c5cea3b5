"""`dateline serve`: the HTTP service."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli_options import Data

if TYPE_CHECKING:
    from qa.service_config import ServiceConfig
    from qa.settings import Settings


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Where to listen [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port, 0: any free one [default: 8000]")
    ] = None,
) -> None:
    """Serve the chat page and the HTTP API until it is interrupted."""
    from qa.local_desk import LocalDesk
    from qa.service_run import serve as run
    from qa.settings import read_settings

    settings = read_settings({"data": data, "host": host, "port": port})
    config = config_of(settings)
    logger = _log_to_stderr()
    if config.keys is None and config.allowed_hosts is None:
        logger.warning(
            "anybody who reaches %s can read, add and withdraw articles; set DATELINE_API_KEYS",
            settings.host,
        )

    def open_desk() -> LocalDesk:
        desk = LocalDesk.open(settings, "dateline serve")
        ready = desk.ready()
        logger.info(
            "ready: %d articles, %d passages. %s", ready.articles, ready.passages, ready.detail
        )
        return desk

    run(open_desk, settings.host, settings.port, config)


def config_of(settings: Settings) -> ServiceConfig:
    """What of the settings is the service's. Raises `qa.errors.BadConfiguration`."""
    from index.cores import cores
    from qa.api_keys import ApiKeys
    from qa.service_access import own_names
    from qa.service_config import ServiceConfig

    keys = ApiKeys.parse(settings.api_keys)
    return ServiceConfig(
        max_body_bytes=settings.max_body_mb * 1024 * 1024,
        # More questions at once than this are answered no faster, and what is being read for
        # askers who left has to be read to its end before others get a turn.
        readers=min(ServiceConfig().readers, 2 * cores()),
        keys=keys if len(keys) else None,
        allowed_hosts=None if len(keys) else own_names(settings.host),
    )


def _log_to_stderr() -> logging.Logger:
    """Our log in single lines; of the libraries' only what is wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logger = logging.getLogger("dateline")
    logger.setLevel(logging.INFO)
    return logger
