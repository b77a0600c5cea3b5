"""The web pages: static files of the folder qa/page, a shell that holds no data."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parent / "page"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Folders and a file, none of them hidden.
_PATH = re.compile(r"(?:[a-zA-Z0-9_-]+/)*[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)+", re.ASCII)
_HEADERS = {
    # Nothing runs, loads or connects but what the service itself serves.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-cache",  # asked for again each time, answered by 304 where unchanged
}


class _Files:
    """An ASGI app that serves the files of a folder, and `fixed` alone where that is given."""

    def __init__(self, files: StaticFiles, fixed: str | None = None) -> None:
        self._files = files
        self._fixed = fixed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._fixed or scope["path_params"]["path"]
        media_type = MEDIA_TYPES.get(Path(path).suffix)
        if media_type is None or not _PATH.fullmatch(path):
            raise HTTPException(404)
        # A part of a file is never asked for, and wrong ranges would have answers of their own.
        headers = [one for one in scope["headers"] if one[0] != b"range"]
        scope = {**scope, "headers": headers}
        response = await self._files.get_response(path, scope)
        response.headers.update(_HEADERS)
        if response.status_code == 200:
            response.headers["Content-Type"] = media_type
        await response(scope, receive, send)


def page_routes(folder: Path = FOLDER) -> list[Route]:
    """The routes of the pages: /, /library and what they load from /page/."""
    files = StaticFiles(directory=folder)
    served = {
        "/": _Files(files, "index.html"),
        "/library": _Files(files, "library.html"),
        "/page/{path:path}": _Files(files),
    }
    return [
        Route(path, app, methods=["GET"], include_in_schema=False) for path, app in served.items()
    ]
