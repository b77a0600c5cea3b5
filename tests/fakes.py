"""Fakes that really do what their interface says, in memory."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache

import numpy as np

from index.errors import ArticleNotFound
from index.records import Filters
from index.sentences import sentences
from qa.days import DAY_NAMES
from qa.errors import AnswerNotFound, BadRequest
from qa.reader_model import TokenScores
from qa.records import (
    AbstainReason,
    Answer,
    AppliedFilters,
    FoundPassage,
    Question,
    SearchResult,
    Status,
)
from qa.records_articles import (
    AddedArticle,
    ArticlePage,
    ArticleSummary,
    ArticleView,
    NewArticle,
    Readiness,
)
from qa.records_feedback import Feedback, KeptFeedback
from qa.words import NUMBER_WORDS, STOPWORDS, key, words


class FakeDesk:
    """A desk in memory: an article is one passage, found when it shares a word with the question.

    `before` runs at the start of every `ask`: tests block or raise there.
    """

    def __init__(self, before: Callable[[Question], None] | None = None) -> None:
        self._before = before
        self._articles: dict[str, ArticleView] = {}
        self._lock = threading.Lock()
        self.asked: list[Question] = []
        self.searched: list[tuple[str, Filters, int, date | None]] = []
        self.feedback: dict[str, Feedback] = {}
        self.is_ready = True
        self.is_closed = False

    def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if self._before is not None:
            self._before(question)
        passages = self._find(question.text, question.filters, question.top_k)
        return Answer(
            id="ans_1",
            conversation_id=question.conversation,
            question=question.text,
            standalone_question=question.text,
            as_of=question.as_of or date(2021, 2, 24),
            status=Status.ABSTAINED,
            abstain_reason=(
                AbstainReason.LOW_SUPPORT if self._articles else AbstainReason.EMPTY_INDEX
            ),
            text="The articles do not say.",
            short_answer=None,
            citations=(),
            conflicts=(),
            independent_sources=0,
            passages=passages,
            applied_filters=_applied(question.filters),
            engine="fake",
            index_version="1",
            timings_ms={"total": 0.5},
            usage=None,
        )

    def search(self, text: str, filters: Filters, k: int, as_of: date | None) -> SearchResult:
        self.searched.append((text, filters, k, as_of))
        return SearchResult(
            query=text,
            passages=self._find(text, filters, k),
            applied_filters=_applied(filters),
            index_version="1",
            timings_ms={},
        )

    def add_article(self, payload: NewArticle) -> AddedArticle:
        if "no text left" in payload.text:
            raise BadRequest("Nothing is left of the article after cleaning.")
        with self._lock:
            key = payload.id or f"art_{len(self._articles) + 1}"
            old = self._articles.get(key)
            new = ArticleView(
                **payload.model_dump(exclude={"id"}),
                id=key,
                fetched=datetime(2021, 2, 24, 12, tzinfo=UTC),
                version=old.version if old else 1,
                passages=1,
            )
            if old == new:
                return AddedArticle(id=key, outcome="unchanged", version=old.version, passages=1)
            if old is not None:
                new = new.model_copy(update={"version": old.version + 1})
            self._articles[key] = new
            outcome = "updated" if old else "added"
            return AddedArticle(id=key, outcome=outcome, version=new.version, passages=1)

    def list_articles(self, cursor: str | None, limit: int) -> ArticlePage:
        with self._lock:
            keys = sorted(self._articles)
            if cursor is not None and cursor not in keys:
                raise BadRequest("This cursor was never given; start without one.")
            rest = [key for key in keys if cursor is None or key > cursor]
            items = tuple(
                ArticleSummary(**self._articles[key].model_dump(exclude={"text"}))
                for key in rest[:limit]
            )
            more = rest[limit - 1] if len(rest) > limit else None
            return ArticlePage(items=items, next_cursor=more, total=len(keys))

    def get_article(self, id: str) -> ArticleView:
        with self._lock:
            if id not in self._articles:
                raise ArticleNotFound(f"no article {id}")
            return self._articles[id]

    def withdraw_article(self, id: str) -> None:
        with self._lock:
            if self._articles.pop(id, None) is None:
                raise ArticleNotFound(f"no article {id}")

    def give_feedback(self, feedback: Feedback) -> KeptFeedback:
        with self._lock:
            if feedback.answer_id != "ans_1" or not self.asked:
                raise AnswerNotFound("no such answer")
            has_replaced = feedback.answer_id in self.feedback
            self.feedback[feedback.answer_id] = feedback
            return KeptFeedback(
                answer_id=feedback.answer_id,
                is_positive=feedback.is_positive,
                given=datetime(2021, 2, 24, 12, tzinfo=UTC),
                has_replaced=has_replaced,
            )

    def ready(self) -> Readiness:
        return Readiness(
            is_ready=self.is_ready,
            detail="ready" if self.is_ready else "The index is being rebuilt.",
            articles=len(self._articles),
            passages=len(self._articles),
            index_version="1",
            embedding_model="fake",
        )

    def close(self) -> None:
        self.is_closed = True

    def _find(self, text: str, filters: Filters, k: int) -> tuple[FoundPassage, ...]:
        words = set(text.lower().split())
        wanted = {source.casefold() for source in filters.sources}
        with self._lock:
            found = [
                a
                for a in self._articles.values()
                if words & set(a.text.lower().split())
                and (not wanted or (a.source or "").casefold() in wanted)
            ]
        return tuple(
            FoundPassage(
                passage_id=f"p_{a.id}", article_id=a.id, title=a.title, url=a.url,
                source=a.source, published=a.published, text=a.text, start=0, end=len(a.text),
                score=1.0, parts={"lexical_rank": 1.0},
            )
            for a in found[:k]
        )  # fmt: skip


def _applied(filters: Filters) -> AppliedFilters:
    return AppliedFilters(
        sources=filters.sources,
        published_from=filters.published_from,
        published_to=filters.published_to,
        undated="kept" if filters.published_from or filters.published_to else None,
    )


class FakeEmbedder:
    """Vectors that only shared words make alike: every word hashed to a direction, summed.

    Implements `index.embed.PassageEmbedder`; `embedded` counts the passages it was given.
    """

    identity = "fake"
    dimension = 64

    def __init__(self) -> None:
        self.embedded = 0

    def embed_query(self, text: str) -> np.ndarray:
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector += _direction(word, self.dimension)
        return vector / (np.linalg.norm(vector) or 1.0)

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += len(texts)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([self.embed_query(text) for text in texts])


@cache
def _direction(word: str, dimension: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).normal(size=dimension).astype(np.float32)


class FakeModel:
    """A reader that learned nothing: what shares the question's words answers it.

    Implements `qa.read.Model`. The answer is the nearest number, time or run of capitals, by the
    question's first word, that the question does not have, in the sentence that shares most with
    it; else what stands behind the words that they share. `questions` records what it was asked.
    """

    name = "fake"

    def __init__(self) -> None:
        self.questions: list[str] = []

    def score(self, question: str, texts: Sequence[tuple[str, str]]) -> list[TokenScores]:
        self.questions.append(question)
        asked = {word.key for word in words(question)} - STOPWORDS - {"happen", "peopl"}
        return [self._scored(question, asked, title, text) for title, text in texts]

    def _scored(self, question: str, asked: set[str], title: str, text: str) -> TokenScores:
        tokens = list(_TOKEN.finditer(text))
        starts, ends = np.zeros((2, len(tokens)), np.float32)
        keys = [key(one.group()) if one.group().isalpha() else "" for one in tokens]
        around = asked & {*keys, *(word.key for word in words(title))}
        best = 0.0
        for start, end in sentences(text):
            places = [i for i, one in enumerate(tokens) if start <= one.start() < end]
            shared = {i for i in places if keys[i] in asked}
            own = len({keys[i] for i in shared})
            share = (own + 0.5 * (len(around) - own)) / max(1, len(asked))
            if not own or text[start:end].endswith("?"):
                continue
            best = max(best, share)
            first, last = _few_words(question, [tokens[i].group() for i in places], shared, places)
            starts[first], ends[last] = 10 + 5 * share, 10 + 5 * share
        offsets = [one.span() for one in tokens]
        return TokenScores(starts, ends, 12 * best - 6, offsets, 0.0)


_TOKEN = re.compile(r"[$£€]?\d+(?:[.,:]\d+)*%?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]")
_INSIDE = frozenset({"al", "of", "and", "-", "than"})  # of a run, not at its ends


def _few_words(
    question: str, said: Sequence[str], shared: set[int], places: Sequence[int]
) -> tuple[int, int]:
    """The first and the last token of the run nearest to the shared ones."""
    at = [places.index(i) for i in shared]
    begun = question.lower().split()
    is_time = bool({"when", "year", "day"} & set(begun))
    if "how" in begun and {"many", "much", "old", "long"} & set(begun):
        fits = [one.lower() in _AMOUNT or any(c.isdigit() for c in one) for one in said]
    elif is_time:
        fits = [one in DAY_NAMES or one.isdecimal() for one in said]
    elif begun and begun[0] in ("who", "whom", "where", "which", "what"):
        fits = [
            one[0].isupper() and one.lower() not in STOPWORDS and one not in DAY_NAMES
            for one in said
        ]
    else:
        fits = [False] * len(said)
    inside = _INSIDE | {","} if is_time else _INSIDE  # "Sunday, 12 May"
    fits = [fit and i not in at for i, fit in enumerate(fits)]
    runs: list[list[int]] = []
    for i in (i for i, fit in enumerate(fits) if fit):
        if runs and set(said[runs[-1][-1] + 1 : i]) <= inside:
            runs[-1].append(i)
        else:
            runs.append([i])
    if runs:
        near = min(runs, key=lambda run: min(_way(said, one, i) for one in run for i in at))
        return places[near[0]], places[near[-1]]
    behind = max(at) + 1
    if behind < len(said) - 1:
        return places[behind], places[min(behind + 9, len(said) - 2)]
    return places[0], places[max(0, min(at) - 1)]


_AMOUNT = NUMBER_WORDS.keys() | {"more", "least", "million", "billion", "thousand"}


def _way(said: Sequence[str], one: int, other: int) -> int:
    """How far two tokens are apart; what stands in brackets is far from what does not."""
    between = said[min(one, other) : max(one, other)]
    return len(between) + 10 * (between.count("(") != between.count(")"))
