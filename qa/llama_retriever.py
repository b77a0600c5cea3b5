"""Our retriever as llama-index's, for whoever builds with llama-index.

engine = query_engine(DatelineRetriever(retriever), llm)
engine.query("who claimed the Erbil attack?")
"""

from __future__ import annotations

from datetime import date

from llama_index.core import PromptTemplate
from llama_index.core.llms import LLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.records import Filters, Hit
from prompts.render import render
from qa.retrieve import Retriever


class DatelineRetriever(BaseRetriever):
    """Passages as llama-index nodes: the passage's id and text, its source as metadata."""

    def __init__(
        self,
        retriever: Retriever,
        k: int = 8,
        as_of: date | None = None,
        filters: Filters | None = None,
    ) -> None:
        super().__init__()
        self._retriever = retriever
        self._k = k
        self._as_of = as_of
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._retriever.retrieve(
            query_bundle.query_str, self._k, self._as_of or date.today(), self._filters
        )
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]


def query_engine(retriever: BaseRetriever, llm: LLM) -> RetrieverQueryEngine:
    """llama-index's own query engine over a retriever, with our prompt.

    It does not check what the model writes; `qa.answer` does.
    """
    prompt = render("answer", passages="{context_str}", question="{query_str}")
    return RetrieverQueryEngine.from_args(
        retriever, llm=llm, text_qa_template=PromptTemplate(prompt)
    )


def _node(hit: Hit) -> TextNode:
    passage = hit.passage
    day = passage.published.isoformat() if passage.published else None
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "article_id": passage.article_id,
            "title": passage.title,
            "source": passage.source,
            "published": day,
            "url": passage.url,
        },
        excluded_llm_metadata_keys=["article_id", "url"],
    )
