"""What an error becomes for a client: a status, a code, a sentence, in the shape of its address.

The shape is {"error_code", "detail"}; under /v1/, which speaks OpenAI's API, it is OpenAI's.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from index.errors import ArticleNotFound, DatelineError
from qa.errors import (
    AnsweringError,
    AnswerNotFound,
    AnswersNotKept,
    BadRequest,
    BodyTooLarge,
    ConversationFull,
    ConversationNotFound,
    ConversationsNotKept,
    NotReady,
    TooManyConversations,
)

logger = logging.getLogger("dateline.service")

#: what those are told that the service does not wait for when it ends
ENDING = "The service is shutting down; try again soon."
OPENAI = "/v1/"  #: addresses that begin so have OpenAI's shape of errors


class Problem(BaseModel):
    """Why a request was not served."""

    error_code: str = Field(description="Stable, for programs", examples=["NOT_FOUND"])
    detail: str = Field(description="A sentence for people that says what to do")


class Overloaded(AnsweringError):
    """More requests are waiting than the service takes on; 503."""

    error_code = "OVERLOADED"


class ConversationsNotListed(AnsweringError):
    """Without API keys nobody's conversations can be told apart; 403."""

    error_code = "CONVERSATIONS_NOT_LISTED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not served, in words that a client may read."""

    status: int
    error_code: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


#: Errors that have one sentence for all who meet them; a subclass stands before its base.
_SENTENCES: dict[type[DatelineError], tuple[int, str]] = {
    ArticleNotFound: (404, "There is no such article, or it was withdrawn."),
    AnswersNotKept: (404, "This service keeps no answers, nor feedback on any."),
    AnswerNotFound: (
        404,
        "There is no such answer, or so many were given after it that it is kept no more.",
    ),
    ConversationsNotKept: (404, "This service keeps no conversations."),
    ConversationNotFound: (
        404,
        "There is no such conversation, or it is kept no more; ask without a conversation_id to "
        "begin another.",
    ),
    ConversationFull: (
        409,
        "This conversation has as many turns as one may have; ask without its conversation_id to "
        "begin another.",
    ),
    TooManyConversations: (
        429,
        "There are as many conversations as this service keeps; delete one, or go on with one.",
    ),
    ConversationsNotListed: (
        403,
        "This service has no API keys, so it cannot tell whose conversations are whose; read one "
        "by its id.",
    ),
}


def refusal_of(error: BaseException, retry_seconds: int) -> Refusal:
    """What a client is told of `error`; what it is not told goes to the log, under a reference."""
    retry = {"Retry-After": str(retry_seconds)}
    if not isinstance(error, DatelineError):
        told = f"Something went wrong inside the service; its log says what, {_logged(error)}"
        return Refusal(500, "INTERNAL", told)
    for kind, (status, sentence) in _SENTENCES.items():
        if isinstance(error, kind):
            return Refusal(status, error.error_code, sentence)
    if isinstance(error, BodyTooLarge):
        return Refusal(413, error.error_code, str(error))
    if isinstance(error, BadRequest):
        return Refusal(422, error.error_code, str(error))
    if isinstance(error, NotReady | Overloaded):
        return Refusal(503, error.error_code, str(error), retry)
    # Its text may name folders of the server, so it goes to the log alone.
    told = f"The service cannot do this now; its log says why, {_logged(error)}"
    return Refusal(503, error.error_code, told, retry)


def shaped(refusal: Refusal, path: str) -> dict[str, Any]:
    """The JSON of a refusal at this address."""
    if not path.startswith(OPENAI):
        return {"error_code": refusal.error_code, "detail": refusal.detail}
    kind = "server_error" if refusal.status >= 500 else "invalid_request_error"
    code = "invalid_api_key" if refusal.status == 401 else refusal.error_code.lower()
    return {"error": {"message": refusal.detail, "type": kind, "param": None, "code": code}}


def response_to(refusal: Refusal, path: str) -> JSONResponse:
    """The response that refuses a request for this address."""
    return JSONResponse(shaped(refusal, path), refusal.status, dict(refusal.headers))


def _logged(error: BaseException) -> str:
    reference = secrets.token_hex(6)
    what = error.error_code if isinstance(error, DatelineError) else "unexpected error"
    logger.error("reference %s: %s", reference, what, exc_info=error)
    return f"at reference {reference}"
