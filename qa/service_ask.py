"""The HTTP endpoints of questions: ask, search, and say whether an answer was good."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.sse import format_sse_event
from starlette.datastructures import Headers

from index.records import Filters
from qa.records import Answer, Citation, SearchResult
from qa.records_feedback import KeptFeedback
from qa.service_guard import ParsedRoute
from qa.service_json import json_of
from qa.service_models import AskBody, FeedbackBody, SearchBody
from qa.service_refusals import Refusal
from qa.service_relay import Told
from qa.service_shared import BODY, owner_of, problems, running
from qa.service_stream import AnswerStream
from qa.service_work import answered

router = APIRouter(route_class=ParsedRoute)

_STREAM = {
    "schema": {"type": "string"},
    "example": 'event: message\ndata: {"delta":"The ferry resumed on Monday. [1]"}\n\n',
}


@router.post(
    "/ask",
    response_model=Answer,
    responses={
        200: {
            "description": "The answer; with stream, or where Accept asks for text/event-stream, "
            "the events search_results, message, citation and final_answer or error",
            "content": {"text/event-stream": _STREAM},
        },
        **problems(*BODY, 404, 409, 429, 503),
    },
)
async def ask(request: Request, body: AskBody) -> Response:
    """Answer a question from the articles, with a citation for each sentence, or say why not."""
    shared = running(request)
    work = partial(shared.desk().ask, body.to_question(owner_of(request)))
    if body.stream or (body.stream is None and _wants_stream(request.headers)):
        return AnswerStream(shared, work, _AskFrames())
    answer = await answered(request.receive, shared.readers, work, shared.config.stall_seconds)
    return Response(json_of(answer), media_type="application/json")


@router.post("/search", responses=problems(*BODY, 503))
async def search(request: Request, body: SearchBody) -> SearchResult:
    """The passages that a question would be answered from."""
    shared = running(request)
    filters = body.filters.filters() if body.filters else Filters()
    find = shared.desk().search
    return await shared.readers.run(find, body.query, filters, body.top_k, body.as_of)


@router.post("/feedback", responses=problems(*BODY, 404, 503))
async def give_feedback(request: Request, body: FeedbackBody) -> KeptFeedback:
    """Say whether an answer was a good one; once more for the same answer replaces it."""
    shared = running(request)
    # A reader's place: the writers may be busy with long articles.
    feedback = body.to_feedback(owner_of(request))
    return await shared.readers.run(shared.desk().give_feedback, feedback)


class _AskFrames:
    """The events of /ask. Implements `qa.service_stream.Frames`."""

    def told(self, told: Told) -> bytes:
        if isinstance(told, SearchResult):
            return _event("search_results", told)
        if isinstance(told, Citation):
            return _event("citation", told)
        return _event("message", {"delta": told})

    def ended(self, answer: Answer) -> bytes:
        return _event("final_answer", answer)

    def failed(self, refusal: Refusal) -> bytes:
        return _event("error", {"error_code": refusal.error_code, "detail": refusal.detail})


def _event(name: str, data: object) -> bytes:
    return format_sse_event(event=name, data_str=json_of(data).decode())


def _wants_stream(headers: Headers) -> bool:
    """Whether Accept prefers events to JSON; who takes both alike gets JSON."""
    weights = {"text/event-stream": 0.0, "application/json": 0.0}
    for part in ",".join(headers.getlist("accept")).lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        if media_type in weights:
            weights[media_type] = _number(weight)
    return weights["text/event-stream"] > weights["application/json"]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
