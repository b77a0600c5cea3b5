"""The sentences that an answer was read from, numbered for a person to choose among."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from eval.gold_schema import GoldEvidence
from index.sentences import sentences
from qa.records import Answer, Citation

MOST_PASSAGES = 50  #: shown of one answer; the service gives no more
_LONGEST = 4000  #: characters of a quote in a gold set
#: Characters from which words in an article that is not shown are surely those that are meant.
_TELLING = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, as it stands in the article."""

    article: str  #: the article's id
    text: str
    number: int | None  #: None: it can't be evidence, the gold set's articles do not hold it
    is_cited: bool  #: the answer quotes it


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of an answer, or a citation from outside of them."""

    heading: str
    article: str
    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    heading: str
    article: str
    text: str
    start: int


class Excerpts:
    """What an answer shows of the articles; what of it can be evidence in a gold set."""

    def __init__(self, answer: Answer, texts: Mapping[str, str]) -> None:
        """`texts`: id → text of the articles that the gold set is asked over."""
        self._texts = texts
        self.shown = tuple(self._read(answer))
        self._numbered = {
            one.number: one
            for excerpt in self.shown
            for one in excerpt.sentences
            if one.number is not None
        }

    @property
    def count(self) -> int:
        """How many sentences have a number: 1 to this."""
        return len(self._numbered)

    def sentence(self, number: int) -> tuple[GoldEvidence, ...]:
        """The sentence of that number, wherever it is shown. Empty: there is no such number."""
        found = self._numbered.get(number)
        return self.quote(found.text, found.article) if found else ()

    def quote(self, text: str, article: str | None = None) -> tuple[GoldEvidence, ...]:
        """Evidence in each article that holds `text` verbatim, `article` first.

        Copies of a report prove the same, so each of them will do, shown or not; and where the
        passage that proves it was not found, which is why an answer is wrong, it may be pasted
        from its article. Fewer than 40 characters have to stand in what is shown. Empty when it
        stands nowhere.
        """
        if not text or len(text) > _LONGEST:
            return ()
        holding = dict.fromkeys(
            one.article
            for one in self.shown
            if text in one.text and text in self._texts.get(one.article, "")
        )
        if len(text) >= _TELLING:
            holding |= dict.fromkeys(id for id, whole in self._texts.items() if text in whole)
        ordered = sorted(holding, key=lambda id: id != article)
        return tuple(GoldEvidence(article=id, quote=text) for id in ordered)

    def _read(self, answer: Answer) -> Iterator[Excerpt]:
        number = 0
        seen: set[tuple[str, int]] = set()
        for source in _sources(answer):
            found = []
            for start, end in sentences(source.text):
                place = (source.article, source.start + start)
                if place in seen:  # passages overlap
                    continue
                seen.add(place)
                text = source.text[start:end]
                can_prove = (
                    text in self._texts.get(source.article, "") and 0 < len(text) <= _LONGEST
                )
                number += can_prove
                cited = _is_cited(answer.citations, place, source.start + end)
                found.append(Sentence(source.article, text, number if can_prove else None, cited))
            if found:
                yield Excerpt(source.heading, source.article, source.text, tuple(found))


def _sources(answer: Answer) -> Iterator[_Source]:
    """The passages, and the quotes that are in none of them: more are read than are shown."""
    passages = answer.passages[:MOST_PASSAGES]
    for one in passages:
        yield _Source(_heading(one), one.article_id, one.text, one.start)
    for one in answer.citations[:MOST_PASSAGES]:
        if not any(
            p.article_id == one.article_id and p.start <= one.start and one.end <= p.end
            for p in passages
        ):
            yield _Source(_heading(one), one.article_id, one.quote, one.start)


def _heading(one: object) -> str:
    title, source, published = (getattr(one, name) for name in ("title", "source", "published"))
    told = [title or "untitled", source, str(published or "undated")]
    return ", ".join(part for part in told if part)


def _is_cited(citations: Iterable[Citation], place: tuple[str, int], end: int) -> bool:
    article, start = place
    return any(
        one.article_id == article and one.start < end and start < one.end for one in citations
    )
