"""Answer a question: understand → retrieve → read → write → verify."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from index.records import Filters, Hit, Passage
from index.store import Store
from qa.config import ReaderConfig
from qa.draft import Draft, abstain
from qa.errors import QuestionTooLong
from qa.follow_up import FollowUps
from qa.listen import Listener, check_of, go_on, tell_answer
from qa.read import Model, Reader, TrainedReader
from qa.reader_model import ReaderModel
from qa.records import (
    AbstainReason,
    Answer,
    AppliedFilters,
    FoundPassage,
    PastTurn,
    Question,
    Reading,
    SearchResult,
    Status,
    Understood,
)
from qa.retrieve import QueryEmbedder, RetrievalConfig, Retriever
from qa.understand import is_question, understand
from qa.verify import is_proved
from qa.write import compose

MOST_CHARACTERS = 4000  #: of a question; no index reads further
#: Makes a question stand alone, given the turns before it, oldest first.
StandAlone = Callable[[str, Sequence[PastTurn]], str]
_ROUNDS = 3  #: times a question is read before articles that change under it are given up on


class Answerer:
    """Answers from one store. Safe to share by threads."""

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        reader: Reader,
        config: ReaderConfig,
        condense: StandAlone | None = None,
    ) -> None:
        self._store = store
        self.retriever = retriever
        self._reader = reader
        self._config = config
        self._condense = condense
        self._follow_ups = FollowUps(retriever, reader, config)

    @classmethod
    def over(
        cls,
        store: Store,
        embedder: QueryEmbedder,
        retrieval: RetrievalConfig | None = None,
        reading: ReaderConfig | None = None,
        model: Model | None = None,
        condense: StandAlone | None = None,
    ) -> Answerer:
        """Our retriever and the trained reader. Follow-ups are made to stand alone by `condense`,
        without it by our own rules.

        Without `model`, this release's is opened, kept in the store's folder; that raises
        ModelError and DataFolderError (see `ReaderModel.open`).
        """
        config = reading or ReaderConfig()
        model = model or ReaderModel.open(store.config.data, store.config.threads)
        retriever = Retriever(store, embedder, retrieval)
        return cls(store, retriever, TrainedReader(model, config), config, condense)

    @property
    def engine(self) -> str:
        """What answers: `Answer.engine`."""
        return self._reader.name

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        """The answer. Not finding one is an answer too: see `Answer.abstain_reason`.

        `question.history` is what a follow-up is understood from. Raises `QuestionTooLong`,
        `AskerLeft` where the listener is gone, and what the store raises when it can't be read.
        """
        began = time.perf_counter()
        _refuse_long(question.text)
        as_of = question.as_of or date.today()
        question = replace(question, as_of=as_of)
        timings: dict[str, float] = {}
        ways = self._ways(question, timings)
        understood = understand(replace(question, text=ways[0]), as_of)
        hits: list[Hit] = []
        if not is_question(ways[0]):
            draft = abstain(AbstainReason.NOT_A_QUESTION)
        elif self._store.catalogue.is_empty():
            draft = abstain(AbstainReason.EMPTY_INDEX)
        else:
            draft, hits = self._answered(understood, question, timings, listener)
            if draft.status is not Status.ANSWERED and ways[1:]:
                began_again = time.perf_counter()
                least = max(draft.confidence, self._config.partial_confidence)
                other = self._follow_ups.surest(question, ways[1:], least, check_of(listener))
                timings["condense"] += _since(began_again)
                if other is not None:
                    understood = understand(replace(question, text=other), as_of)
                    draft, hits = self._answered(understood, question, timings, listener)
        timings["total"] = _since(began)
        answer = Answer(
            id=f"ans_{uuid.uuid4().hex}",
            conversation_id=question.conversation,
            question=question.text,
            standalone_question=understood.text,
            as_of=as_of,
            status=draft.status,
            abstain_reason=draft.abstain_reason,
            text=draft.text,
            short_answer=draft.short_answer,
            also=draft.also,
            confidence=round(min(1.0, draft.confidence), 4),
            citations=draft.citations,
            conflicts=draft.conflicts,
            independent_sources=draft.independent_sources,
            passages=tuple(_shown(hit) for hit in hits[: question.top_k]),
            applied_filters=_applied(question.filters),
            engine=self.engine,
            index_version=self._store.version,
            timings_ms={name: round(value, 1) for name, value in timings.items()},
            usage=None,
        )
        go_on(listener)
        tell_answer(listener, answer)
        return answer

    def _ways(self, question: Question, timings: dict[str, float]) -> list[str]:
        """What is asked, made to stand alone, and what else a follow-up may mean."""
        if not question.history:
            return [question.text]
        began = time.perf_counter()
        if self._condense is None:
            ways = self._follow_ups.ways(question, question.history)
        else:
            ways = [self._condense(question.text, question.history)]
        timings["condense"] = _since(began)
        return [way[:MOST_CHARACTERS] for way in ways]

    def search(self, question: Question) -> SearchResult:
        """The passages alone, best first."""
        began = time.perf_counter()
        _refuse_long(question.text)
        as_of = question.as_of or date.today()
        hits = self.retriever.retrieve(question.text, question.top_k, as_of, question.filters)
        return self._found(question.text, question, hits, _since(began))

    def _found(
        self, query: str, question: Question, hits: Sequence[Hit], milliseconds: float
    ) -> SearchResult:
        return SearchResult(
            query=query,
            passages=tuple(_shown(hit) for hit in hits[: question.top_k]),
            applied_filters=_applied(question.filters),
            index_version=self._store.version,
            timings_ms={"total": round(milliseconds, 1)},
        )

    def _answered(
        self,
        understood: Understood,
        question: Question,
        timings: dict[str, float],
        listener: Listener | None,
    ) -> tuple[Draft, list[Hit]]:
        """The draft and the passages it was read from, none of them withdrawn meanwhile."""
        for round_number in range(_ROUNDS):
            go_on(listener)
            began = time.perf_counter()
            count = max(self._config.passages, question.top_k)
            hits = self.retriever.retrieve(
                understood.text, count, understood.as_of, question.filters
            )
            timings["retrieve"] = _since(began)
            if listener is not None and round_number == 0:
                listener.found(self._found(understood.text, question, hits, timings["retrieve"]))
                go_on(listener)
            if not hits:
                return abstain(self._why_nothing(understood.text, question)), hits
            began = time.perf_counter()
            reading: Reading = self._reader.read(understood, hits, check_of(listener))
            hits = list(reading.passages or hits)
            draft = compose(understood, reading, hits, self._config)
            timings["read"] = _since(began)
            live = self._live(hits)
            if is_proved(draft, live):
                kept = [hit for hit in hits if hit.passage.id in live]
                return draft, kept
            # A cited article was withdrawn or replaced while it was read: once more.
        live = self._live(hits)
        kept = [hit for hit in hits if hit.passage.id in live]
        return abstain(AbstainReason.LOW_SUPPORT), kept

    def _live(self, hits: list[Hit]) -> dict[str, Passage]:
        """Those of the passages that the catalogue still holds, as it holds them now, by id."""
        return {one.id: one for one in self._store.passages([hit.passage.id for hit in hits])}

    def _why_nothing(self, text: str, question: Question) -> AbstainReason:
        """Nothing was found: because of the dates asked for, or because nothing fits."""
        filters = question.filters
        if filters.published_from or filters.published_to:
            anytime = Filters(sources=filters.sources)
            if self.retriever.retrieve(text, 1, None, anytime):
                return AbstainReason.OUT_OF_DATE_RANGE
        return AbstainReason.NO_RELEVANT_PASSAGES


def _refuse_long(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise QuestionTooLong(
            f"The question has {len(text)} characters; ask in {MOST_CHARACTERS} or fewer."
        )


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def _shown(hit: Hit) -> FoundPassage:
    passage = hit.passage
    return FoundPassage(
        passage_id=passage.id,
        article_id=passage.article_id,
        title=passage.title,
        url=passage.url,
        source=passage.source,
        published=passage.published,
        text=passage.text,
        start=passage.start,
        end=passage.end,
        score=round(hit.score, 4),
        parts={name: round(value, 4) for name, value in hit.parts.items()},
    )


def _applied(filters: Filters) -> AppliedFilters:
    is_dated = filters.published_from is not None or filters.published_to is not None
    undated = "kept" if filters.keep_undated else "dropped"
    return AppliedFilters(
        sources=filters.sources,
        published_from=filters.published_from,
        published_to=filters.published_to,
        undated=undated if is_dated else None,
    )
