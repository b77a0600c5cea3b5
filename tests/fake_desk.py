"""A desk that really does what `qa.desk.Desk` says, in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from zlib import crc32

from index.errors import ArticleNotFound
from index.records import Filters
from index.sentences import sentences
from qa.errors import (
    AnswerNotFound,
    BadRequest,
    ConversationFull,
    ConversationNotFound,
    TooManyConversations,
)
from qa.listen import Listener, go_on, tell_answer
from qa.records import (
    AbstainReason,
    Answer,
    AppliedFilters,
    Citation,
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
    RejectedArticle,
    SourceCount,
    SourceList,
    Uploaded,
    UploadedArticle,
)
from qa.records_conversation import (
    Conversation,
    ConversationPage,
    ConversationSummary,
    Suggestions,
    Turn,
)
from qa.records_feedback import Feedback, KeptFeedback

NOW = datetime(2021, 2, 24, 12, tzinfo=UTC)
_MOST_CITED = 3


class FakeDesk:
    """A desk in memory: an article is one passage, found when it shares a word with the question.

    The answer is the sentences that share one, each with its citation. `before` runs at the start
    of every `ask`, `midway` when the passages were told and nothing is written yet: tests block
    or raise there. `left` counts the askers that were found gone.
    """

    def __init__(
        self,
        before: Callable[[Question], None] | None = None,
        midway: Callable[[Question, Listener | None], None] | None = None,
        most_turns: int = 200,
        most_conversations: int = 10_000,
    ) -> None:
        self.before = before
        self.midway = midway
        self._most_turns = most_turns
        self._most_conversations = most_conversations
        self._articles: dict[str, ArticleView] = {}
        self._lock = threading.Lock()
        self._given = 0  # answers
        self._started = 0  # conversations
        self._conversations: dict[str, tuple[str, list[Answer]]] = {}  # the last asked last
        self.asked: list[Question] = []
        self.searched: list[tuple[str, Filters, int, date | None]] = []
        self.feedback: dict[str, Feedback] = {}
        self.left = 0
        self.is_ready = True
        self.is_closed = False

    # -- questions

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        self.asked.append(question)
        if self.before is not None:
            self.before(question)
        try:
            go_on(listener)
            with self._lock:
                id = self._conversation_for(question)
            passages = self._find(question.text, question.filters, question.top_k)
            if listener is not None:
                listener.found(self._result(question.text, question.filters, passages))
            if self.midway is not None:
                self.midway(question, listener)
            answer = self._answer(question, id, passages)
            tell_answer(listener, answer)
            go_on(listener)
        except BaseException:
            with self._lock:
                self.left += listener is not None and listener.is_gone()
            raise
        with self._lock:
            if id is not None:
                _, answers = self._conversations.pop(id, (question.owner, []))
                self._conversations[id] = question.owner, [*answers, answer]
        return answer

    def search(self, text: str, filters: Filters, k: int, as_of: date | None) -> SearchResult:
        self.searched.append((text, filters, k, as_of))
        return self._result(text, filters, self._find(text, filters, k))

    def give_feedback(self, feedback: Feedback) -> KeptFeedback:
        with self._lock:
            number = feedback.answer_id.removeprefix("ans_")
            if not number.isdecimal() or not 1 <= int(number) <= self._given:
                raise AnswerNotFound("no such answer")
            for owner, answers in self._conversations.values():
                if owner != feedback.owner and feedback.answer_id in [one.id for one in answers]:
                    raise AnswerNotFound("another's answer")
            has_replaced = feedback.answer_id in self.feedback
            self.feedback[feedback.answer_id] = feedback
            return KeptFeedback(
                answer_id=feedback.answer_id,
                is_positive=feedback.is_positive,
                given=NOW,
                has_replaced=has_replaced,
            )

    # -- conversations

    def conversation(self, id: str, owner: str) -> Conversation:
        with self._lock:
            answers = self._own(id, owner)
            return Conversation(
                id=id, started=NOW, updated=NOW, turns=tuple(self._turn(one) for one in answers)
            )

    def list_conversations(self, owner: str, cursor: str | None, limit: int) -> ConversationPage:
        with self._lock:
            own = [id for id, (who, _) in reversed(self._conversations.items()) if who == owner]
            if cursor is not None and cursor not in own:
                raise BadRequest("This cursor was never given; start without one.")
            rest = own if cursor is None else own[own.index(cursor) + 1 :]
            items = tuple(
                ConversationSummary(
                    id=id, title=answers[0].question, started=NOW, updated=NOW, turns=len(answers)
                )
                for id in rest[:limit]
                for answers in [self._conversations[id][1]]
            )
            return ConversationPage(
                items=items, next_cursor=rest[limit - 1] if len(rest) > limit else None
            )

    def delete_conversation(self, id: str, owner: str) -> None:
        with self._lock:
            for answer in self._own(id, owner):
                self.feedback.pop(answer.id, None)
            del self._conversations[id]

    def suggest(self, id: str, owner: str, listener: Listener | None = None) -> Suggestions:
        with self._lock:
            self._own(id, owner)
            titles = [article.title for article in self._articles.values() if article.title]
        return Suggestions(questions=tuple(f"What about “{title}”?" for title in titles[:3]))

    # -- articles

    def add_article(self, payload: NewArticle) -> AddedArticle:
        if "no text left" in payload.text:
            raise BadRequest("Nothing is left of the article after cleaning.")
        with self._lock:
            key = payload.id or f"art_{len(self._articles) + 1}"
            old = self._articles.get(key)
            new = ArticleView(
                **payload.model_dump(exclude={"id"}),
                id=key,
                fetched=NOW,
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

    def upload(self, name: str, content: bytes) -> Uploaded:
        """Takes UTF-8 text alone, as one article."""
        try:
            article = NewArticle(text=content.decode(), title=name, id=f"file_{crc32(content):x}")
            added = self.add_article(article)
        except (UnicodeDecodeError, BadRequest) as error:
            reason = RejectedArticle(origin=name, reason=type(error).__name__)
            return Uploaded(file=name, added=(), rejected=(reason,))
        taken = UploadedArticle(**added.model_dump(), title=name, origin=name)
        return Uploaded(file=name, added=(taken,), rejected=())

    def list_articles(
        self,
        cursor: str | None,
        limit: int,
        query: str | None = None,
        source: str | None = None,
        with_copies: bool = False,
    ) -> ArticlePage:
        words = set((query or "").lower().split())
        with self._lock:
            keys = [
                key
                for key, one in sorted(self._articles.items())
                if (source is None or (one.source or "").casefold() == source.casefold())
                and (query is None or words & set(one.text.lower().split()))
            ]
            if cursor is not None and (cursor not in keys or query is not None):
                raise BadRequest("This cursor was never given; start without one.")
            rest = [key for key in keys if cursor is None or key > cursor]
            copies = () if with_copies else None
            items = tuple(
                ArticleSummary(
                    **self._articles[key].model_dump(exclude={"text", "copies"}), copies=copies
                )
                for key in rest[:limit]
            )
            more = rest[limit - 1] if len(rest) > limit and query is None else None
            total = len(keys) if query is None else len(items)
            return ArticlePage(items=items, next_cursor=more, total=total)

    def list_sources(self) -> SourceList:
        with self._lock:
            counted = Counter(article.source for article in self._articles.values())
        return SourceList(
            items=tuple(SourceCount(source=one, articles=n) for one, n in counted.most_common())
        )

    def get_article(self, id: str) -> ArticleView:
        with self._lock:
            if id not in self._articles:
                raise ArticleNotFound(f"no article {id}")
            return self._articles[id]

    def withdraw_article(self, id: str) -> None:
        with self._lock:
            if self._articles.pop(id, None) is None:
                raise ArticleNotFound(f"no article {id}")

    # -- the rest

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

    def _conversation_for(self, question: Question) -> str | None:
        """The id of the conversation that a question goes on with, or of a new one."""
        if question.history is not None:
            return None
        if question.conversation is not None:
            if len(self._own(question.conversation, question.owner)) >= self._most_turns:
                raise ConversationFull("full")
            return question.conversation
        owned = sum(who == question.owner for who, _ in self._conversations.values())
        if owned >= self._most_conversations:
            raise TooManyConversations("too many")
        self._started += 1
        return f"conv_{self._started:032x}"

    def _own(self, id: str, owner: str) -> list[Answer]:
        who, answers = self._conversations.get(id, (None, []))
        if who != owner:
            raise ConversationNotFound("no such conversation")
        return answers

    def _turn(self, answer: Answer) -> Turn:
        given = self.feedback.get(answer.id)
        cited = dict.fromkeys(one.article_id for one in answer.citations)
        return Turn(
            asked=NOW,
            answer=answer,
            is_positive=given.is_positive if given else None,
            withdrawn=tuple(id for id in cited if id not in self._articles),
        )

    def _answer(
        self, question: Question, conversation: str | None, passages: tuple[FoundPassage, ...]
    ) -> Answer:
        with self._lock:
            self._given += 1
            id = f"ans_{self._given}"
        text, citations = _write(question.text, passages)
        reason = AbstainReason.LOW_SUPPORT if self._articles else AbstainReason.EMPTY_INDEX
        return Answer(
            id=id,
            conversation_id=conversation,
            question=question.text,
            standalone_question=question.text,
            as_of=question.as_of or date(2021, 2, 24),
            status=Status.ANSWERED if citations else Status.ABSTAINED,
            abstain_reason=None if citations else reason,
            text=text if citations else "The articles do not say.",
            short_answer=None,
            citations=citations,
            conflicts=(),
            independent_sources=len({one.source for one in citations}),
            passages=passages,
            applied_filters=_applied(question.filters),
            engine="fake",
            index_version="1",
            timings_ms={"total": 0.5},
            usage=None,
        )

    def _result(
        self, text: str, filters: Filters, passages: tuple[FoundPassage, ...]
    ) -> SearchResult:
        return SearchResult(
            query=text,
            passages=passages,
            applied_filters=_applied(filters),
            index_version="1",
            timings_ms={},
        )

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


def _write(question: str, passages: tuple[FoundPassage, ...]) -> tuple[str, tuple[Citation, ...]]:
    """The sentences that share a word with the question, and the citations that prove them."""
    words = set(question.lower().split())
    proofs = [
        (passage, start, end)
        for passage in passages
        for start, end in sentences(passage.text)
        if words & set(passage.text[start:end].lower().split())
    ]
    text, citations = "", []
    for number, (passage, start, end) in enumerate(proofs[:_MOST_CITED], 1):
        text += " " * bool(text)
        at = len(text)
        quote = passage.text[start:end]
        citations.append(
            Citation(
                number=number, article_id=passage.article_id, passage_id=passage.passage_id,
                title=passage.title, url=passage.url, source=passage.source,
                published=passage.published, quote=quote, start=start, end=end,
                answer_start=at, answer_end=at + len(quote), verification="verbatim", support=0.9,
            )
        )  # fmt: skip
        text += f"{quote} [{number}]"
    return text, tuple(citations)


def _applied(filters: Filters) -> AppliedFilters:
    return AppliedFilters(
        sources=filters.sources,
        published_from=filters.published_from,
        published_to=filters.published_to,
        undated="kept" if filters.published_from or filters.published_to else None,
    )
