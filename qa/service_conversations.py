"""The HTTP endpoints of conversations: list, read, delete, and what to ask next."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from qa.errors import ConversationNotFound
from qa.records_conversation import Conversation, ConversationPage, Suggestions
from qa.service_guard import ParsedRoute
from qa.service_models import CONVERSATION_ID
from qa.service_refusals import ConversationsNotListed
from qa.service_shared import known, owner_of, problems, running
from qa.service_work import answered

ConversationId = Annotated[
    str,
    Path(description="The conversation's id", json_schema_extra={"pattern": CONVERSATION_ID}),
]
router = APIRouter(route_class=ParsedRoute)


@router.get("/conversations", responses=problems(403, 422, 503))
async def list_conversations(
    request: Request,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationPage:
    """The conversations of the API key, the one asked last first."""
    shared = running(request)
    if shared.config.keys is None:
        raise ConversationsNotListed("no API keys are configured")
    find = shared.desk().list_conversations
    return await shared.readers.run(find, owner_of(request), cursor, limit)


@router.get("/conversations/{conversation_id}", responses=problems(404, 503))
async def get_conversation(request: Request, conversation_id: ConversationId) -> Conversation:
    """The turns of a conversation, oldest first, each answer as it was given."""
    shared = running(request)
    id = _known(conversation_id)
    return await shared.readers.run(shared.desk().conversation, id, owner_of(request))


@router.delete("/conversations/{conversation_id}", status_code=204, responses=problems(404, 503))
async def delete_conversation(request: Request, conversation_id: ConversationId) -> None:
    """Delete a conversation with its answers and what was thought of them."""
    shared = running(request)
    id = _known(conversation_id)
    # A reader's place: the writers may be busy with long articles.
    await shared.readers.run(shared.desk().delete_conversation, id, owner_of(request))


@router.get("/conversations/{conversation_id}/suggestions", responses=problems(404, 503))
async def suggest(request: Request, conversation_id: ConversationId) -> Suggestions:
    """Up to three questions to go on with, each of which the articles answer."""
    shared = running(request)
    id = _known(conversation_id)
    work = partial(shared.desk().suggest, id, owner_of(request))
    return await answered(request.receive, shared.suggesters, work, shared.config.stall_seconds)


def _known(id: str) -> str:
    return known(id, CONVERSATION_ID, ConversationNotFound)
