"""Our embedding model as llama-index's `BaseEmbedding`, for whoever uses llama-index.

Importing this imports llama-index, which takes seconds: nothing on the way of
`dateline ask` does.
"""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from index.embed import PassageEmbedder


class DatelineEmbedding(BaseEmbedding):
    """Questions go to `embed_query`, texts to `embed_passages`. Vectors have length 1."""

    _embedder: PassageEmbedder = PrivateAttr()

    def __init__(self, embedder: PassageEmbedder, **settings: Any) -> None:
        """`settings` are BaseEmbedding's own, such as callback_manager."""
        settings = {"model_name": embedder.identity, "embed_batch_size": 256} | settings
        super().__init__(**settings)
        self._embedder = embedder

    @classmethod
    def class_name(cls) -> str:
        return "DatelineEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embedder.embed_query(query).tolist()

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.embed_passages(texts).tolist()

    # A thread, so that the event loop goes on: the model runs outside Python's lock.
    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)
