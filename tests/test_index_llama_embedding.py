"""Our embedding model behind llama-index's interface."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from llama_index.core.schema import TextNode

from index.llama_embedding import DatelineEmbedding
from tests.fakes import FakeEmbedder


class Recorder(FakeEmbedder):
    """Remembers by which way each text came."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []
        self.passages: list[str] = []

    def embed_query(self, text: str) -> np.ndarray:
        self.queries.append(text)
        return super().embed_query(text)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.passages += texts
        return np.stack([FakeEmbedder.embed_query(self, text) for text in texts])


@pytest.fixture
def fake() -> Recorder:
    return Recorder()


def test_questions_and_texts_go_their_own_ways(fake: Recorder) -> None:
    embedding = DatelineEmbedding(fake)
    question = embedding.get_query_embedding("who resigned?")
    texts = embedding.get_text_embedding_batch(["the mayor resigned", "rain fell"])
    assert fake.queries == ["who resigned?"]
    assert fake.passages == ["the mayor resigned", "rain fell"]
    assert np.allclose(question, fake.embed_query("who resigned?"))
    assert np.allclose(texts, fake.embed_passages(["the mayor resigned", "rain fell"]))
    assert embedding.model_name == fake.identity


def test_asynchronous_methods_agree(fake: Recorder) -> None:
    embedding = DatelineEmbedding(fake)

    async def ask() -> tuple[list[float], list[float], list[list[float]]]:
        return (
            await embedding.aget_query_embedding("a b"),
            await embedding.aget_text_embedding("a b"),
            await embedding.aget_text_embedding_batch(["a b", "c"]),
        )

    question, text, texts = asyncio.run(ask())
    assert question == embedding.get_query_embedding("a b")
    assert text == embedding.get_text_embedding("a b")
    assert texts == embedding.get_text_embedding_batch(["a b", "c"])


def test_as_a_step_of_a_pipeline(fake: Recorder) -> None:
    nodes = DatelineEmbedding(fake)([TextNode(text="the mayor resigned")])
    assert np.allclose(nodes[0].embedding, fake.embed_passages(["the mayor resigned"])[0])
