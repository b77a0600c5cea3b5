"""Open a system by its name on the command line, over a dataset's articles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eval.errors import SystemUnknown
from eval.language_model import language_model
from eval.records import Dataset
from eval.systems import System

#: Name → what it is, for the help text and for errors.
SYSTEMS = {
    "ours": "Dateline itself, in this process",
    "service:URL": "a running service",
    "llm": "the language model that DATELINE_LLM names, reading our passages",
    "hybrid": "our retrieval alone",
    "bm25": "search by words alone",
    "dense": "search by meaning alone",
    "llama-index": "a plain llama-index pipeline: its own splitter, store and retrievers",
    "llama-index-llm": "the same as a query engine, with the model that DATELINE_LLM names",
}
Tell = Callable[[str], None]
_THAT = "that system"


def open_system(
    name: str, dataset: Dataset, data: Path, *, timeout_seconds: float, tell: Tell | None = None
) -> System:
    """The system, ready to be asked; its `close()` is the caller's to call.

    Args:
        data: the folder in which the articles are, or are going to be, indexed.
        timeout_seconds: how long a service or a language model may take for one question.

    Raises `SystemUnknown`, and what opening raises.
    """
    kind, _, rest = name.partition(":")
    if kind == "service":
        if not rest:
            raise SystemUnknown("--system service needs a URL: service:http://127.0.0.1:8000")
        from eval.systems.service import Service

        return Service(rest, timeout_seconds)
    if name in ("llama-index", "llama-index-llm"):
        return _plain(name, dataset, data, timeout_seconds, tell)
    if name not in SYSTEMS:
        known = "; ".join(f"{one}, {what}" for one, what in SYSTEMS.items())
        raise SystemUnknown(f"no system is called {name!r}. There are: {known}.")
    return _over_our_index(name, dataset, data, timeout_seconds, tell)


def _over_our_index(
    name: str, dataset: Dataset, data: Path, timeout_seconds: float, tell: Tell | None
) -> System:
    from eval.corpus import opened_corpus
    from eval.systems.ours import Ours
    from eval.systems.retrieval import Retrieval

    llm = language_model(_THAT, timeout_seconds)[0] if name == "llm" else None
    store, embedder = opened_corpus(dataset, data, tell=tell)
    try:
        if llm is not None:
            from eval.systems.llm import LlmSystem

            return LlmSystem.over(store, embedder, llm)
        makers: dict[str, Callable[..., System]] = {
            "ours": Ours,
            "hybrid": Retrieval.fused,
            "bm25": Retrieval.by_words,
            "dense": Retrieval.by_meaning,
        }
        return makers[name](store, embedder)
    except BaseException:
        store.close()
        raise


def _plain(
    name: str, dataset: Dataset, data: Path, timeout_seconds: float, tell: Tell | None
) -> System:
    from eval.systems.llama_index import PlainLlamaIndex

    if name == "llama-index":
        return PlainLlamaIndex.over(dataset, data, tell)
    llm, _ = language_model(_THAT, timeout_seconds)
    from eval.systems.llama_index_llm import PASSAGES, PlainQueryEngine

    return PlainQueryEngine(PlainLlamaIndex.over(dataset, data, tell, PASSAGES), llm)
