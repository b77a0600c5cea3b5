"""The language model that `DATELINE_LLM` names, as llama-index's `LLM`.

The variable reads `openai-like:URL#MODEL`, for example
`openai-like:http://127.0.0.1:11434/v1#llama3.1:8b`: URL is the root of a server that speaks
OpenAI's chat completions (most end in /v1), MODEL its name for the model, which may hold any
further `#`, `:` and `/`. vLLM, llama.cpp, Ollama, LM Studio and most hosted models are reached so.
The key, where the server wants one, is `DATELINE_LLM_API_KEY`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from qa.errors import AnsweringError, BadConfiguration

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse
    from llama_index.core.llms import LLM

EXTRA = "openai-like"
_LATER = ("openai", "anthropic", "ollama")
_FORM = "DATELINE_LLM=openai-like:URL#MODEL, as in openai-like:http://127.0.0.1:8080/v1#MODEL"
_MODEL_CHARACTERS = 200


class LLMFailed(AnsweringError):
    """The model gave no answer. Says which server and why, and never the server's own words:
    they may repeat the key, the question or the articles."""

    error_code = "LLM_FAILED"


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """Where a model is asked."""

    url: str  #: of the server's root, without a slash at its end
    model: str  #: the server's name for it
    is_local: bool  #: whether the server is on this machine


def configured_llm(
    spec: str,
    api_key: str | None,
    timeout_seconds: float = 60.0,
    *,
    retries: int = 2,
    most_tokens: int = 2048,
) -> LLM:
    """The model, at temperature 0. Nothing is sent before it is asked.

    Args:
        spec: what DATELINE_LLM holds; see the module.
        timeout_seconds: how long an answer may take, retries and waiting between them included.
        retries: how often a request is sent again after 408, 409, 429, 5xx or a lost connection,
            `Retry-After` honoured as long as it ends within the timeout.
        most_tokens: that the model may write for one answer.

    What the returned model raises when asked is `LLMFailed`. Raises `BadConfiguration`, which
    never repeats the setting.
    """
    address = parse_address(spec)
    key = _checked_key(api_key)
    try:
        from qa.llm_openai_like import GuardedOpenAILike
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("llama_index.llms", "openai")):
            raise
        raise BadConfiguration(
            f"DATELINE_LLM needs the extra {EXTRA}, which is not installed: "
            f"pip install 'dateline[{EXTRA}]'."
        ) from None
    try:
        return GuardedOpenAILike.at(address, key, timeout_seconds, retries, most_tokens)
    except ValueError:  # llama-index knows models that have no chat completions
        raise BadConfiguration(
            "The model that DATELINE_LLM names can't be asked through chat completions."
        ) from None


def parse_address(spec: str) -> ModelAddress:
    """The address in `openai-like:URL#MODEL`. Raises `BadConfiguration` without repeating it."""
    kind, _, rest = spec.strip().partition(":")
    if kind in _LATER:
        raise BadConfiguration(
            f"DATELINE_LLM={kind}:… is not there yet. openai-like serves most servers, "
            f"{kind}'s own or one in front of it: {_FORM}."
        )
    if kind != EXTRA:
        raise BadConfiguration(f"DATELINE_LLM names no kind of model that is known; {_FORM}.")
    url, _, model = rest.partition("#")
    model = model.strip()
    if not url or not model:
        raise BadConfiguration(f"DATELINE_LLM needs both a URL and a model: {_FORM}.")
    if len(model) > _MODEL_CHARACTERS or not model.isprintable():
        raise BadConfiguration("The model's name in DATELINE_LLM is too long or not printable.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadConfiguration("The URL in DATELINE_LLM holds characters that no URL may hold.")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no port
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfiguration(f"The URL in DATELINE_LLM is none of http:// or https://; {_FORM}.")
    if parts.username is not None or parts.password is not None or parts.query:
        raise BadConfiguration(
            "The URL in DATELINE_LLM must not hold a user, a password or a query: "
            "a key goes into DATELINE_LLM_API_KEY."
        )
    is_local = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
    return ModelAddress(url.rstrip("/"), model, is_local)


def tokens_of(response: ChatResponse) -> dict[str, int]:
    """Tokens as the server counted them, prompt_tokens and completion_tokens; what it doesn't
    tell is left out."""
    told = response.additional_kwargs
    counts = {name: told.get(name) for name in ("prompt_tokens", "completion_tokens")}
    return {name: count for name, count in counts.items() if type(count) is int and count >= 0}


def _checked_key(api_key: str | None) -> str | None:
    key = (api_key or "").strip()
    if not re.fullmatch(r"[!-~]*", key):
        raise BadConfiguration(
            "DATELINE_LLM_API_KEY holds spaces, line breaks or other characters that no key has."
        )
    return key or None
