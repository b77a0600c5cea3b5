"""Choose the sentences that answer, and the words in them that do.

`Reader` is the seam: a trained reader takes `SentenceReader`'s place. This one has no training of
its own; it adds up the likeness of meaning (the embedding model's), the question's words found in
and around a sentence, and whether words of the asked-for type stand there. Answers on which
several sentences agree gain.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from index.records import Hit
from qa.config import ReaderConfig
from qa.days import Day
from qa.evidence import (
    Candidate,
    asked_days,
    measure,
    place_names,
    small_words,
    split,
    title_keys,
    weigh,
    window,
)
from qa.records import Finding, Reading, Understood
from qa.span_records import Sentence, Span
from qa.spans import find_spans
from qa.target import Target, target
from qa.values import same_value
from qa.words import STOPWORDS, key, words

_CAUSE = re.compile(
    r"\b(?:because|since|due to|reason|so that|in order to|owing to|over|amid|thanks to|"
    r"cause[sd]?|as a result|citing)\b",
    re.I,
)


_THESE_DAYS = re.compile(r"\b(?:this|past) (?:week|month|weekend)\b", re.I)


class Reader(Protocol):
    """Anything that finds the answer in the passages of a question."""

    name: str  #: goes into `Answer.engine`

    def read(self, question: Understood, hits: Sequence[Hit]) -> Reading:
        """Findings best first, and how sure it is that the passages answer at all."""
        ...


class SentenceEmbedder(Protocol):
    """The embedding model, as the reader needs it. Vectors have length 1."""

    def embed_query(self, text: str) -> np.ndarray:
        """(dimension,) of a question."""
        ...

    def embed_passages(self, texts: list[str]) -> np.ndarray:
        """(len(texts), dimension) of sentences."""
        ...


@dataclass(slots=True)
class _Scored:
    """A sentence on its way to a finding."""

    candidate: Candidate
    cosine: float
    score: float = 0.0
    spans: list[Span] = field(default_factory=list)
    best: Span | None = None
    span_score: float = 0.0
    is_stale: bool = False  #: too old for a question about this week or month


class SentenceReader:
    """The reader without training. Holds no state between questions; safe to share by threads."""

    name = "sentences"

    def __init__(self, embedder: SentenceEmbedder, config: ReaderConfig | None = None) -> None:
        self._embedder = embedder
        self._config = config or ReaderConfig()

    def read(self, question: Understood, hits: Sequence[Hit]) -> Reading:
        """Read the hits in the order of retrieval. No hits, or empty ones: an empty reading."""
        candidates = split(hits)
        if not candidates:
            return Reading()
        asked = target(question.text)
        days = asked_days(question)
        terms = weigh(question, candidates, asked.heads)
        titles = {c.hit.passage.title: title_keys(c.hit.passage.title) for c in candidates}
        passages: dict[str, set[str]] = defaultdict(set)
        for candidate in candidates:
            passages[candidate.hit.passage.id].update(candidate.keys)
        for candidate in candidates:
            passage = candidate.hit.passage
            measure(candidate, terms, titles[passage.title], passages[passage.id], days)
        chosen = self._preselect(candidates)
        query = self._embedder.embed_query(question.text)
        vectors = self._embed([candidate.text for candidate in chosen])
        scored = [
            _Scored(candidate, max(0.0, float(cosine)))
            for candidate, cosine in zip(chosen, vectors @ query, strict=True)
        ]
        for item in scored:
            item.is_stale = self._is_stale(question, item.candidate)
        small, places = small_words(candidates), place_names(candidates)
        for item in scored:
            item.score = self._score(item, asked)
        scored.sort(key=lambda item: -item.score)
        is_done = any(asked.verb in candidate.keys for candidate in candidates)
        for item in scored[: self._config.max_windows]:
            item.spans = _spans(item.candidate, asked, small, places, is_done)
        known = {candidate.text: vector for candidate, vector in zip(chosen, vectors, strict=True)}
        self._choose_spans(query, scored, asked, known)
        for item in scored:
            item.score += self._config.span_weight * item.span_score
        scored.sort(key=lambda item: -item.score)
        return self._reading(scored, asked)

    def _embed(self, texts: list[str], known: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """(len(texts), dimension); a text that is repeated or known already is embedded once."""
        vectors = dict(known or {})
        new = [text for text in dict.fromkeys(texts) if text not in vectors]
        if new:
            vectors |= zip(new, self._embedder.embed_passages(new), strict=True)
        return np.stack([vectors[text] for text in texts])

    def _preselect(self, candidates: list[Candidate]) -> list[Candidate]:
        """The sentences worth embedding: by the question's words and by the rank of their hit."""
        ranked = sorted(candidates, key=lambda c: -(c.own + 0.7 * c.coverage + 0.3 / (1 + c.rank)))
        return ranked[: self._config.max_embedded]

    def _is_stale(self, question: Understood, candidate: Candidate) -> bool:
        """Whether a question about these days meets a report from long before them."""
        published = candidate.hit.passage.published
        if published is None or not _THESE_DAYS.search(question.text):
            return False
        return (question.as_of - published).days > self._config.days_of_news

    def _score(self, item: _Scored, asked: Target) -> float:
        config, candidate = self._config, item.candidate
        score = config.cosine_weight * item.cosine + config.coverage_weight * candidate.coverage
        score += config.rank_weight / (1 + 0.3 * candidate.rank)
        if candidate.start == candidate.hit.passage.start == 0:
            score += config.lead_weight  # a report says the main thing first
        if asked.kind == "why" and _CAUSE.search(candidate.text):
            score += config.cause_weight
        if not asked.may_have_span:
            score /= 1 - config.span_weight
        if candidate.text.endswith("?"):
            score *= 0.5  # a question answers nothing
        if len(candidate.words) < 4:
            score *= 0.7  # a heading, a signature
        if item.is_stale:
            score *= 0.9
        return score

    def _choose_spans(
        self,
        query: np.ndarray,
        scored: list[_Scored],
        asked: Target,
        known: Mapping[str, np.ndarray],
    ) -> None:
        """Weigh each candidate short answer: its shape, its clause's meaning, who agrees."""
        pool = [(item, span) for item in scored for span in item.spans[:3]]
        pool.sort(key=lambda pair: -(pair[0].score + 0.3 * pair[1].score))
        pool = pool[: self._config.max_windows]
        if not pool:
            return
        amount = asked.kind == "how_many"
        texts = [
            window(item.candidate.text, span.start, span.end, clause=amount) for item, span in pool
        ]
        cosines = self._embed(texts, known) @ query
        likeness = 0.3 if amount else 0.15
        weighed = [
            (item, span, 0.55 * span.score + likeness * max(0.0, float(cosine)) + 0.25 * item.score)
            for (item, span), cosine in zip(pool, cosines, strict=True)
        ]
        top = max(weight for _, _, weight in weighed)
        for item, span, weight in weighed:
            voices = {
                other.candidate.hit.passage.article_id
                for other, its, strength in weighed
                if strength > 0.8 * top and _agree(item, span, other, its)
            }
            voted = weight * (1 + 0.04 * math.log2(max(1, len(voices))))
            if voted > item.span_score:
                item.best, item.span_score = span, voted
        for item in scored:
            item.span_score = min(1.0, item.span_score)

    def _reading(self, scored: list[_Scored], asked: Target) -> Reading:
        findings = []
        for item in scored[: self._config.max_findings]:
            candidate, span = item.candidate, item.best
            findings.append(
                Finding(
                    hit=candidate.hit,
                    start=candidate.start,
                    end=candidate.end,
                    support=min(1.0, max(0.0, item.score)),
                    span=(candidate.start + span.start, candidate.start + span.end)
                    if span
                    else None,
                    span_score=item.span_score if span else 0.0,
                )
            )
        return Reading(tuple(findings), self.confidence(scored[0], asked))

    def _unsaid(self, best: _Scored, asked: Target) -> float:
        """0..1: how surely the question's verb, and any of like meaning, is not said here.

        Looked for in the sentence and the title, not beside them: that somebody was killed next
        to a name is no news of the name. First as it is, then by the embeddings of single words.
        """
        if asked.action is None or (action := key(asked.action)) in STOPWORDS:
            return 0.0
        candidate = best.candidate
        title = words(candidate.hit.passage.title)
        there = {word.key: word.text.lower() for word in [*candidate.words, *title]}
        stem = asked.action.rstrip("e")  # "called" has no stem of its own where it is a small word
        if action in there or any(text.startswith(stem) for text in there.values()):
            return 0.0
        others = [
            text
            for found, text in there.items()
            if found not in STOPWORDS and text not in STOPWORDS and text.isalpha()
        ][: self._config.max_embedded]
        vectors = self._embed([asked.action, *others])
        like = max((float(cosine) for cosine in vectors[1:] @ vectors[0]), default=0.0)
        config = self._config
        lack = (config.same_verb - like) / (config.same_verb - config.other_verb)
        return min(1.0, max(0.0, lack))

    def confidence(self, best: _Scored, asked: Target) -> float:
        """0..1 that the passages answer at all, from what the best sentence has and lacks."""
        candidate = best.candidate
        lean = 6.0 * best.cosine + 4.0 * candidate.coverage - 5.5
        lean -= 3.0 * candidate.missing_names + 2.0 * candidate.missing
        if asked.wants_span:
            lean += 2.0 * best.span_score - 1.2 if best.best else -1.5
        elif asked.may_have_span:
            lean += 4.0 * best.span_score - 2.2
        if asked.kind == "why" and not _CAUSE.search(candidate.text):
            lean -= 1.5
        if candidate.text.endswith("?"):
            lean -= 4.0  # the question again, as in a quiz
        if best.is_stale:
            lean -= 2.0
        telling = 3.5 if asked.kind in ("who", "yes_no") else 1.75
        lean -= telling * self._unsaid(best, asked)
        return 1 / (1 + math.exp(-lean))


def _agree(one: _Scored, span: Span, other: _Scored, its: Span) -> bool:
    """Whether two candidates say the same: the same day where both are dates, else words."""
    if span.day and its.day and span.day != Day() and its.day != Day():
        return span.day.agrees(its.day)
    return same_value(
        one.candidate.text[span.start : span.end], other.candidate.text[its.start : its.end]
    )


def _spans(
    candidate: Candidate,
    asked: Target,
    small: frozenset[str],
    places: frozenset[str],
    is_done: bool,
) -> list[Span]:
    sentence = Sentence(
        candidate.text,
        candidate.words,
        candidate.matched,
        small,
        candidate.hit.passage.published,
        places,
        verb_is_elsewhere=is_done and asked.verb not in candidate.keys,
    )
    return find_spans(sentence, asked)
