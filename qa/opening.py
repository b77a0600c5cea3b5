"""Open what a command needs: the store, the embedding model, the answerer; and close it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from index.embed import Embedder
from index.graph import DIMENSION
from index.model import identity
from index.seal import holds_anything
from index.store import Store
from qa.settings import Settings

if TYPE_CHECKING:
    from index.tokens import ModelTokenizer
    from qa.answer import Answerer, StandAlone

Tell = Callable[[str], None]  #: told in words what takes long

_CONDENSE_SECONDS = 20.0  # a language model may take; then a follow-up is resolved without it


@contextmanager
def opened_catalogue(settings: Settings, purpose: str, tell: Tell | None = None) -> Iterator[Store]:
    """The store alone, for commands that embed nothing: whatever model it was made with."""
    config = settings.index
    model = None if holds_anything(config.data) else identity("int8")
    store = Store.open(config, model, DIMENSION, purpose, tell)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_store(
    settings: Settings, purpose: str, tell: Tell | None = None
) -> Iterator[tuple[Store, Embedder, ModelTokenizer]]:
    """The store, the embedding model and its tokenizer, for indexing."""
    from index.tokens import ModelTokenizer

    with _opened(settings, purpose, tell) as (store, embedder):
        yield store, embedder, ModelTokenizer()


@contextmanager
def opened_answerer(
    settings: Settings, purpose: str, tell: Tell | None = None
) -> Iterator[Answerer]:
    """Everything that a question needs."""
    from qa.answer import Answerer
    from qa.config import READING

    with _opened(settings, purpose, tell) as (store, embedder):
        yield Answerer.over(
            store, embedder, reading=READING[settings.reading], condense=condense_of(settings)
        )


def condense_of(settings: Settings, at_once: bool = False) -> StandAlone | None:
    """The language model that makes follow-ups stand alone, or None where none is configured.

    The model's client, which takes seconds to import, is loaded `at_once` or at the first
    follow-up. Raises `BadConfiguration`, which never repeats a setting.
    """
    if not settings.llm:
        return None
    from qa.llm import configured_llm, parse_address

    spec = settings.llm
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    parse_address(spec)

    @cache
    def loaded() -> StandAlone:
        from qa.condense import condenser

        return condenser(configured_llm(spec, key, _CONDENSE_SECONDS))

    return loaded() if at_once else lambda text, history: loaded()(text, history)


@contextmanager
def _opened(
    settings: Settings, purpose: str, tell: Tell | None
) -> Iterator[tuple[Store, Embedder]]:
    config = settings.index
    # Chroma's import takes half a second, much of it waiting for files.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(import_module, "chromadb")
        embedder = Embedder.open(config.data, config.threads)
        store = Store.open(config, embedder.identity, embedder.dimension, purpose, tell)
    try:
        yield store, embedder
    finally:
        store.close()
