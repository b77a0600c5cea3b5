"""The language model that the settings name, for a system that answers or for the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.errors import SystemUnknown

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


def language_model(wanted_by: str, timeout_seconds: float) -> tuple[LLM, str]:
    """The model, and DATELINE_LLM as it names it.

    Raises `SystemUnknown`, beginning with `wanted_by`, where none is configured, and what
    `qa.llm.configured_llm` raises.
    """
    from qa.llm import configured_llm
    from qa.settings import read_settings

    settings = read_settings()
    if not settings.llm:
        raise SystemUnknown(
            f"{wanted_by} needs a language model: set DATELINE_LLM=openai-like:URL#MODEL"
        )
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    return configured_llm(settings.llm, key, timeout_seconds), settings.llm
