"""A plain llama-index query engine: its own retrievers, its own prompt, and a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.errors import EvalError
from eval.records import Prediction
from eval.systems import Asked
from eval.systems.llama_index import PlainLlamaIndex, passage_of

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

PASSAGES = 8  #: that the model reads, as ours does
_NOTHING = "Empty Response"  #: what llama-index makes of no passages


class PlainQueryEngine:
    """Implements `eval.systems.System`. Such an engine cites nothing and never says that it does
    not know, but in the model's own words, which count as an answer."""

    name = "llama-index-llm"
    most_jobs = 1

    def __init__(self, retrieval: PlainLlamaIndex, llm: LLM) -> None:
        """Over a plain pipeline opened to the depth of `PASSAGES`, which it closes."""
        from llama_index.core.query_engine import RetrieverQueryEngine

        self._retrieval = retrieval
        self._model = llm.metadata.model_name
        self._engine = RetrieverQueryEngine.from_args(retrieval.retriever, llm=llm)

    def settings(self) -> dict[str, str]:
        return {**self._retrieval.settings(), "engine": f"llm:{self._model}"}

    def answer(self, asked: Asked) -> Prediction:
        if asked.filters:
            raise EvalError("the plain llama-index pipeline can't filter")
        response = self._engine.query(asked.question)
        text = str(response).strip()
        passages = tuple(passage_of(one) for one in response.source_nodes)
        if not passages or text == _NOTHING:
            return Prediction(status="abstained", passages=passages, engine=self.name)
        return Prediction(status="answered", text=text, passages=passages, engine=self.name)

    def close(self) -> None:
        self._retrieval.close()
