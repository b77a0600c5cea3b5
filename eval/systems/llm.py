"""A language model that reads our passages, through llama-index's own query engine.

What the model writes is taken as it is: nothing is checked or mended, so that the measures show
it. Each question stands alone; the turns before it are not told to the model.
"""

from __future__ import annotations

import re
from typing import Any

from llama_index.core.callbacks import CallbackManager
from llama_index.core.callbacks.base_handler import BaseCallbackHandler
from llama_index.core.callbacks.schema import CBEventType, EventPayload
from llama_index.core.llms import LLM
from llama_index.core.schema import NodeWithScore, QueryBundle

from eval.records import CitedQuote, Prediction, RankedPassage
from eval.systems import Asked
from index.embed import Embedder
from index.store import Store
from prompts.render import fingerprint
from qa.llama_retriever import DatelineRetriever, query_engine
from qa.llm import LLMFailed, tokens_of
from qa.retrieve import Retriever
from qa.write import NOT_SAID

PASSAGES = 8  #: that the model reads
_MARK = re.compile(r"\[(\d{1,9}(?:\s*,\s*\d{1,9})*)\]")
_NOTHING = "Empty Response"  #: what llama-index makes of an empty reply


class LlmSystem:
    """Implements `eval.systems.System`."""

    name = "llm"
    most_jobs = 4

    def __init__(
        self, retriever: Retriever, llm: LLM, model_name: str, passages: int = PASSAGES
    ) -> None:
        self._retriever = retriever
        self._llm = llm
        self._model = model_name
        self._passages = passages
        self._store: Store | None = None
        self._settings = {"engine": f"llm:{model_name}", "prompt": fingerprint("answer")}

    @classmethod
    def over(cls, store: Store, embedder: Embedder, llm: LLM) -> LlmSystem:
        """Over an opened store, which it closes."""
        system = cls(Retriever(store, embedder), llm, llm.metadata.model_name)
        system._store = store
        system._settings |= {"embedding_model": embedder.identity, "index_version": store.version}
        return system

    def settings(self) -> dict[str, str]:
        return dict(self._settings)

    def answer(self, asked: Asked) -> Prediction:
        """Raises `LLMFailed` and whatever else the model raises."""
        retriever = _Numbered(self._retriever, self._passages, asked.as_of, asked.filters)
        # A copy of the model for each question (a shallow one: its connections are shared). The
        # engine sets the model's listeners, and ours counts the tokens of this question alone.
        llm = self._llm.model_copy()
        engine = query_engine(retriever, llm)
        count = _TokenCount()
        llm.callback_manager = CallbackManager([count])
        response = engine.query(asked.question)
        nodes = response.source_nodes
        text = str(response).strip()
        said = {
            "passages": tuple(_passage(node) for node in nodes),
            "engine": self._settings["engine"],
            "usage": count.tokens or None,
        }
        if not nodes:
            return Prediction(status="abstained", abstain_reason="NO_RELEVANT_PASSAGES", **said)
        if not text or text == _NOTHING:
            raise LLMFailed(f"{self._model} gave an empty answer")
        if is_refusal(text):
            return Prediction(status="abstained", abstain_reason="LOW_SUPPORT", **said)
        return Prediction(status="answered", text=text, citations=citations_of(text, nodes), **said)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()


def is_refusal(text: str) -> bool:
    """Whether a model's answer is the phrase that the prompt asks for when the passages do not
    answer, and nothing else: case, quotation marks, emphasis and marks of citations aside."""

    def bare(words: str) -> str:
        return _MARK.sub("", words).strip(" \t\r\n\"'“”*_.").casefold()

    return bare(text) == bare(NOT_SAID)


def citations_of(text: str, nodes: list[NodeWithScore]) -> tuple[CitedQuote, ...]:
    """A citation for each number in "[1]" or "[1, 2]", in their order, each once.

    The quote is the whole passage, for a model does not say which words it means. A number
    without a passage is no citation; its mark stays in the text, where the measures count it.
    """
    numbers = [int(one) for mark in _MARK.finditer(text) for one in re.findall(r"\d+", mark[1])]
    return tuple(
        CitedQuote(
            number=number,
            article_id=node.metadata["article_id"],
            quote=node.text,
            start=node.start_char_idx,
            end=node.end_char_idx,
        )
        for number in dict.fromkeys(numbers)
        if 1 <= number <= len(nodes)
        for node in [nodes[number - 1].node]
    )


class _Numbered(DatelineRetriever):
    """Passages that tell the model the numbers to cite them by."""

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        nodes = super()._retrieve(query_bundle)
        for number, one in enumerate(nodes, start=1):
            one.node.metadata = {"passage": f"[{number}]", **one.node.metadata}
        return nodes


class _TokenCount(BaseCallbackHandler):
    """Adds up the tokens that the server tells, over all calls of the model for one question."""

    def __init__(self) -> None:
        super().__init__(event_starts_to_ignore=[], event_ends_to_ignore=[])
        self.tokens: dict[str, int] = {}

    def on_event_start(self, event_type: CBEventType, *args: Any, **kwargs: Any) -> str:
        return kwargs.get("event_id", "")

    def on_event_end(
        self,
        event_type: CBEventType,
        payload: dict[str, Any] | None = None,
        event_id: str = "",
        **kwargs: Any,
    ) -> None:
        response = (payload or {}).get(EventPayload.RESPONSE)
        if event_type is not CBEventType.LLM or response is None:
            return
        for name, count in tokens_of(response).items():
            self.tokens[name] = self.tokens.get(name, 0) + count

    def start_trace(self, trace_id: str | None = None) -> None: ...

    def end_trace(
        self,
        trace_id: str | None = None,
        trace_map: dict[str, list[str]] | None = None,
    ) -> None: ...


def _passage(one: NodeWithScore) -> RankedPassage:
    node = one.node
    return RankedPassage(
        article_id=node.metadata["article_id"],
        text=node.text,
        score=one.score,
        title=node.metadata["title"] or "",
        start=node.start_char_idx,
    )
