"""OpenAI's chat API over the desk, so that the chat clients that there are can connect."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from qa.desk import Desk
from qa.listen import Listener
from qa.openai_links import linked
from qa.openai_shape import (
    Asked,
    NoQuestion,
    annotations,
    answered_text,
    asked,
    base_of,
    fingerprint,
    history,
    nearest,
    new_id,
    prompt_tokens,
    url_of,
    usage,
)
from qa.openai_turns import Turns
from qa.records import Answer, Question
from qa.service_guard import ParsedRoute
from qa.service_json import json_of
from qa.service_openai_chunks import ChunkFrames
from qa.service_openai_models import (
    MODEL,
    ChatBody,
    Choice,
    Completion,
    DatelineOptions,
    ErrorBody,
    Model,
    ModelList,
    Said,
    Usage,
    describe_wrong,
)
from qa.service_refusals import Refusal, shaped
from qa.service_shared import BODY, owner_of, problem_of, running
from qa.service_stream import AnswerStream
from qa.service_work import answered
from qa.stand_alone import past_turn

_CHUNKS = {
    # Of each event; its data is the JSON of a chunk, or [DONE].
    "schema": {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]},
    "example": 'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n',
}


class OpenAIRoute(ParsedRoute):
    """A route whose wrong bodies are told of as OpenAI's clients expect it: 400, and in `param`
    the field."""

    def get_route_handler(self) -> Any:
        handle = super().get_route_handler()

        async def handle_shaped(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                told, param = describe_wrong([{**e, "loc": e["loc"][1:]} for e in error.errors()])
                return _refused(request, 400, "invalid_request", told, param)

        return handle_shaped


_PLAIN = problem_of(405, 500, shape=ErrorBody)
_NO_MODEL = {404: {"model": ErrorBody, "description": "There is no such model"}}
router = APIRouter(route_class=OpenAIRoute, prefix="/v1")
_ANY = "http://localhost"  # a turn is remembered without its links
_THE_MODEL = Model(id=MODEL, created=0, owned_by="dateline")


@router.get("/models", responses=_PLAIN)
async def list_models() -> ModelList:
    """The one model that there is: the articles."""
    return ModelList(data=[_THE_MODEL])


@router.get("/models/{model_id}", response_model=Model, responses={**_PLAIN, **_NO_MODEL})
async def get_model(request: Request, model_id: str) -> Model | Response:
    """The model, or that there is none of that name."""
    return _THE_MODEL if model_id == MODEL else _no_model(request)


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={
        200: {
            "description": "The answer with its citations as numbered links; with stream, chunks "
            "of it",
            "content": {"text/event-stream": _CHUNKS},
        },
        **_PLAIN,
        **_NO_MODEL,
        **problem_of(*BODY, 503, shape=ErrorBody),
    },
)
async def complete(request: Request, body: ChatBody) -> Response:
    """Answer the last message of the user, understood from the messages before it.

    The answer is kept for feedback (`dateline.id`), the conversation is not: the client has it.
    """
    if body.model != MODEL:
        return _no_model(request)
    try:
        what = asked(body.messages)
    except NoQuestion as error:
        return _refused(request, 400, error.code, str(error), "messages")
    shared = running(request)
    chat = _Chat(shared.desk(), what, body, owner_of(request), _turns(request))
    base = base_of(request.url.scheme, request.headers.get("host"), request.scope.get("server"))
    if body.stream:
        has_usage = bool(body.stream_options and body.stream_options.include_usage)
        return AnswerStream(shared, chat.ask, ChunkFrames(base, chat.usage, has_usage))
    answer = await answered(request.receive, shared.readers, chat.ask, shared.config.stall_seconds)
    return Response(json_of(_completion(answer, base, chat.usage)), media_type="application/json")


class _Chat:
    """One request, for the thread that answers it."""

    def __init__(self, desk: Desk, what: Asked, body: ChatBody, owner: str, turns: Turns) -> None:
        self._desk = desk
        self._what = what
        self._body = body
        self._owner = owner
        self._turns = turns
        self._prompt = 0

    def ask(self, listener: Listener) -> Answer:
        """The answer. Raises what `Desk.ask` raises."""
        options = self._body.dateline or DatelineOptions()
        question = Question(
            self._what.question,
            history=history(self._what.before, known=partial(self._turns.find, self._owner)),
            owner=self._owner,
            as_of=options.as_of,
            filters=options.index_filters(),
        )
        if options.top_k is not None:
            question = replace(question, top_k=options.top_k)
        answer = self._desk.ask(question, listener)
        content = linked(answer.text, answer.citations, partial(url_of, base=_ANY)).content
        turn = replace(past_turn(answer), text=answered_text(content))
        self._turns.keep(self._owner, turn)
        self._prompt = prompt_tokens(self._body.messages)
        return answer

    def usage(self, content: str) -> Usage:
        """The tokens of the request and of `content`, its answer; once it is answered."""
        return usage(self._prompt, content)


def _completion(answer: Answer, base: str, used: Callable[[str], Usage]) -> Completion:
    made = linked(answer.text, answer.citations, partial(url_of, base=base))
    content = made.content + nearest(answer, base)
    return Completion(
        id=new_id(),
        created=int(time.time()),
        model=MODEL,
        system_fingerprint=fingerprint(answer),
        choices=[Choice(message=Said(content=content, annotations=annotations(made.links)))],
        usage=used(content),
        dateline=answer,
    )


def _turns(request: Request) -> Turns:
    """Those that the request's app remembers."""
    state = request.app.state
    if not hasattr(state, "openai_turns"):
        state.openai_turns = Turns()
    return state.openai_turns


def _no_model(request: Request) -> Response:
    told = f'There is no such model here; the only one is "{MODEL}".'
    return _refused(request, 404, "model_not_found", told, "model")


def _refused(
    request: Request, status: int, code: str, message: str, param: str | None
) -> JSONResponse:
    body = shaped(Refusal(status, code, message), request.scope["path"])
    body["error"]["param"] = param
    return JSONResponse(body, status)
