"""Every error as JSON: one shape, the right status, and nothing of what the client sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from index.errors import DatelineError
from qa.service_models import OUR_WORDS, TOO_LONG, FiltersBody
from qa.service_refusals import Refusal, refusal_of, response_to

_SHOWN = 5  # wrong fields told of in one answer
#: what each parameter of a query string takes
_QUERY = {
    "limit": "items on a page, a whole number 1 to 200",
    "cursor": "the next_cursor of an earlier page",
    "query": "words to find articles by, 1 to 4,000 characters of text",
    "source": "the outlet's name, 1 to 200 characters",
    "with_copies": "true or false",
    "name": "the file's name, 1 to 1,000 characters",
}
_PLAIN = {
    400: ("BAD_REQUEST", "The request cannot be read."),
    404: ("NOT_FOUND", "There is nothing at this address; /openapi.json lists what there is."),
    405: ("METHOD_NOT_ALLOWED", "This address does not take this method; see the Allow header."),
}


def add_error_handlers(app: FastAPI, routes: Sequence[Route], retry_seconds: int) -> None:
    """Make `app` answer every error that it raises in our shape.

    `routes` are all routes that it has: the Allow header of a 405 is made from them.
    """

    async def on_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        too_long = any(one["type"] == TOO_LONG for one in found)
        code = "QUESTION_TOO_LONG" if too_long else "INVALID_REQUEST"
        told = describe_invalid(_body_of(request), found)
        return response_to(Refusal(422, code, told), request.scope["path"])

    async def on_http(request: Request, error: HTTPException) -> JSONResponse:
        status = error.status_code
        code, detail = _PLAIN.get(status, ("HTTP_ERROR", "The request cannot be served."))
        headers = {}
        if status == 405:
            found = [r for r in routes if r.matches(request.scope)[0] is not Match.NONE]
            # /articles/upload is an address of its own, though it looks like an article's.
            exact = [r for r in found if r.path == request.scope["path"]]
            allowed = {method for r in exact or found for method in r.methods or ()}
            headers["Allow"] = ", ".join(sorted(allowed))
        return response_to(Refusal(status, code, detail, headers), request.scope["path"])

    async def on_dateline(request: Request, error: DatelineError) -> JSONResponse:
        return response_to(refusal_of(error, retry_seconds), request.scope["path"])

    app.add_exception_handler(RequestValidationError, on_invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, on_http)  # type: ignore[arg-type]
    app.add_exception_handler(DatelineError, on_dateline)  # type: ignore[arg-type]


def _body_of(request: Request) -> type[BaseModel] | None:
    """What the address takes as its body."""
    taken = getattr(request.scope.get("route"), "body_field", None)
    model = taken.field_info.annotation if taken is not None else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def describe_invalid(model: type[BaseModel] | None, errors: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong with a request, in our words alone: names of our fields and what they take."""
    told = list(dict.fromkeys(_describe(model, error) for error in errors))
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "; ".join(told[:_SHOWN] + more)


def _describe(model: type[BaseModel] | None, error: Mapping[str, Any]) -> str:
    place, *inside = error["loc"]
    if place == "query":
        name = inside[0] if inside and inside[0] in _QUERY else ""
        return f"{name}: {_QUERY[name]}" if name else "the query string cannot be read"
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
