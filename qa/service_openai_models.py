"""The bodies of OpenAI's chat API, as far as they say something to us, and what we say back.

What is read: `model`, `messages`, `stream`, `stream_options.include_usage`, `n`, and our own
`dateline`, which the official library sends from `extra_body`. Everything else that OpenAI
documents is accepted and has no effect, and what nobody documents likewise, as other servers of
this API do: clients send what their users have set somewhere.

    audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens
    max_tokens metadata modalities parallel_tool_calls prediction presence_penalty
    prompt_cache_key reasoning_effort response_format safety_identifier seed service_tier stop
    store temperature tool_choice tools top_logprobs top_p user verbosity web_search_options

An answer is words of articles: there is nothing to be drawn by chance, shortened or called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from index.records import Filters
from qa.records import Answer
from qa.service_models import Body, Day, OptionalFilters, TopK

MODEL = "dateline"  #: the only one
MOST_MESSAGES = 2000
MOST_PARTS = 200  #: of one message's content
_MOST_SHOWN = 3  # things wrong that one error tells of


class _Read(BaseModel):
    """What is not known is not looked at."""

    model_config = ConfigDict(extra="ignore")


class Part(_Read):
    """A piece of a message. Only text is read."""

    type: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    text: str | None = None


class Message(_Read):
    """What somebody said. `content` is null where an assistant only called tools."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[list[Part], Field(max_length=MOST_PARTS)] | str | None = None


class StreamOptions(_Read):
    include_usage: bool | None = None


class DatelineOptions(Body):
    """What `POST /ask` takes besides the question, for a client that can send more."""

    as_of: Day | None = None
    filters: OptionalFilters = None
    top_k: TopK | None = None

    def index_filters(self) -> Filters:
        """The filters as the index takes them."""
        return self.filters.filters() if self.filters else Filters()


class ChatBody(_Read):
    """A conversation; its last message of a user is the question."""

    model: Annotated[
        str,
        Field(max_length=200, description=f'"{MODEL}"', json_schema_extra={"enum": [MODEL]}),
    ]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=1, description="1")] = None
    dateline: DatelineOptions | None = None


class UrlCitation(BaseModel):
    """`content[start_index:end_index]` is the number and its link."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Said(BaseModel):
    """The answer's text with its citations as numbered links, in Markdown."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = []


class Choice(BaseModel):
    index: Literal[0] = 0
    message: Said
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Tokens of o200k_base: of the messages' text, and of the content."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """OpenAI's chat completion, and beside it the whole answer as `POST /ask` gives it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970, UTC")
    model: str
    system_fingerprint: str = Field(description="Another one: another engine, or other articles")
    choices: list[Choice]
    usage: Usage
    dateline: Answer


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970, UTC")
    owned_by: str


class ModelList(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


class ErrorObject(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """OpenAI's shape of an error."""

    error: ErrorObject


_TAKES = {
    "model": f'the text "{MODEL}"',
    "messages": f"a list of 1 to {MOST_MESSAGES:,} messages, each with role and content",
    "role": "one of system, developer, user, assistant, tool",
    "content": f"a text or a list of up to {MOST_PARTS} parts, each with type and text",
    "type": "a text",
    "text": "a text",
    "stream": "true or false",
    "stream_options": "an object with include_usage",
    "include_usage": "true or false",
    "n": "1: there is one answer",
    "dateline": "an object of as_of, filters and top_k",
    "as_of": "a day as YYYY-MM-DD",
    "filters": "an object of sources, published_from and published_to",
    "sources": "a list of up to 50 names",
    "published_from": "a day as YYYY-MM-DD, not later than published_to",
    "published_to": "a day as YYYY-MM-DD",
    "top_k": "a whole number 1 to 50",
}


def describe_wrong(errors: Sequence[Mapping[str, Any]]) -> tuple[str, str | None]:
    """What is wrong with a body, in our words alone, and the name of the first wrong field."""
    told: dict[str, str | None] = {}
    for error in errors:
        name, known = "", ""
        for part in error["loc"]:
            if isinstance(part, int):
                name += f"[{part}]" if name else ""
            elif part in _TAKES:
                name += f".{part}" if name else part
                known = part
        if not known:
            told.setdefault("The body must be a JSON object with model and messages.", None)
        elif error["type"] == "missing":
            told.setdefault(f"{name} is missing; it takes {_TAKES[known]}.", name)
        else:
            told.setdefault(f"{name} must be {_TAKES[known]}.", name)
    return " ".join([*told][:_MOST_SHOWN]), next(iter(told.values()), None)
