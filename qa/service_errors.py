"""Every error as JSON: one shape, the right status, and nothing of what the client sent."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from index.errors import ArticleNotFound, DatelineError
from qa.errors import (
    AnsweringError,
    AnswerNotFound,
    AnswersNotKept,
    BadRequest,
    BodyTooLarge,
    NotReady,
)
from qa.service_models import BODIES, OUR_WORDS, TOO_LONG, FiltersBody

logger = logging.getLogger("dateline.service")

_SHOWN = 5  # wrong fields told of in one answer
_QUERY = {
    "limit": "articles on a page, a whole number 1 to 200",
    "cursor": "the next_cursor of an earlier page",
}
_PLAIN = {
    400: ("BAD_REQUEST", "The request cannot be read."),
    404: ("NOT_FOUND", "There is nothing at this address; /openapi.json lists what there is."),
    405: ("METHOD_NOT_ALLOWED", "This address does not take this method; see the Allow header."),
}


class Problem(BaseModel):
    """Why a request was not served."""

    error_code: str = Field(description="Stable, for programs", examples=["NOT_FOUND"])
    detail: str = Field(description="A sentence for people that says what to do")


class Overloaded(AnsweringError):
    """More requests are waiting than the service takes on; 503."""

    error_code = "OVERLOADED"


def problem(
    status: int, error_code: str, detail: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """An error in our shape."""
    return JSONResponse({"error_code": error_code, "detail": detail}, status, dict(headers or {}))


def internal_problem(error: BaseException) -> JSONResponse:
    """500 for what nobody foresaw: the log has it all, the client has where to find it."""
    reference = secrets.token_hex(6)
    logger.error("reference %s: unexpected error", reference, exc_info=error)
    detail = f"Something went wrong inside the service; its log says what, at reference {reference}"
    return problem(500, "INTERNAL", detail)


def add_error_handlers(app: FastAPI, routes: Sequence[Route], retry_seconds: int) -> None:
    """Make `app` answer every error that it raises in our shape.

    `routes` are all routes that it has: the Allow header of a 405 is made from them.
    """

    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        too_long = any(one["type"] == TOO_LONG for one in found)
        code = "QUESTION_TOO_LONG" if too_long else "INVALID_REQUEST"
        return problem(422, code, describe_invalid(request.scope["path"], found))

    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        status = error.status_code
        code, detail = _PLAIN.get(status, ("HTTP_ERROR", "The request cannot be served."))
        headers = {}
        if status == 405:
            matching = (r for r in routes if r.matches(request.scope)[0] is not Match.NONE)
            headers["Allow"] = ", ".join(sorted({m for r in matching for m in r.methods or ()}))
        return problem(status, code, detail, headers)

    async def on_dateline(request: Request, error: DatelineError) -> JSONResponse:
        return dateline_problem(error, retry_seconds)

    app.add_exception_handler(RequestValidationError, on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, on_http)  # type: ignore[arg-type]
    app.add_exception_handler(DatelineError, on_dateline)  # type: ignore[arg-type]


def dateline_problem(error: DatelineError, retry_seconds: int) -> JSONResponse:
    """An error of ours as its status. Only errors about the request itself tell their own text."""
    retry = {"Retry-After": str(retry_seconds)}
    if isinstance(error, ArticleNotFound):
        return problem(404, error.error_code, "There is no such article, or it was withdrawn.")
    if isinstance(error, AnswersNotKept):
        return problem(404, error.error_code, "This service keeps no answers, nor feedback on any.")
    if isinstance(error, AnswerNotFound):
        detail = "There is no such answer, or so many were given after it that it is kept no more."
        return problem(404, error.error_code, detail)
    if isinstance(error, BodyTooLarge):
        return problem(413, error.error_code, str(error))
    if isinstance(error, BadRequest):
        return problem(422, error.error_code, str(error))
    if isinstance(error, NotReady | Overloaded):
        return problem(503, error.error_code, str(error), retry)
    # Its text may name folders of the server, so it goes to the log alone.
    reference = secrets.token_hex(6)
    logger.error("reference %s: %s", reference, error.error_code, exc_info=error)
    detail = f"The service cannot do this now; its log says why, at reference {reference}"
    return problem(503, error.error_code, detail, retry)


def describe_invalid(path: str, errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a request, in our words alone: names of our fields and what they take."""
    told = list(dict.fromkeys(_describe(path, error) for error in errors))
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "; ".join(told[:_SHOWN] + more)


def _describe(path: str, error: Mapping[str, Any]) -> str:
    place, *inside = error["loc"]
    if place == "query":
        name = inside[0] if inside and inside[0] in _QUERY else ""
        return f"{name}: {_QUERY[name]}" if name else "the query string cannot be read"
    model: type[BaseModel] | None = BODIES.get(path)
    fields: dict[str, FieldInfo] = model.model_fields if model else {}
    names, accepted = [], f"a JSON object with {', '.join(fields)}"
    for part in inside:
        if isinstance(part, int) and names:
            names[-1] += f"[{part}]"
        elif part in fields:
            names.append(str(part))
            accepted = _accepted(fields[str(part)])
            fields = FiltersBody.model_fields if part == "filters" else {}
    shown = ".".join(names) or "the body"
    if error["type"] in OUR_WORDS:
        return f"{shown}: {error['msg']}"
    if error["type"] == "extra_forbidden":
        return f"{shown} has a field that is not known; known are {', '.join(fields)}"
    missing = "is missing; it takes" if error["type"] == "missing" else "must be"
    return f"{shown} {missing} {accepted}"


def _accepted(field: FieldInfo) -> str:
    if field.description:
        return field.description
    for option in getattr(field.annotation, "__args__", ()):
        for extra in getattr(option, "__metadata__", ()):
            if isinstance(extra, FieldInfo) and extra.description:
                return extra.description
    return "as /openapi.json says"
