"""Say the answer in the sources' own words, each sentence with its citation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Hit
from qa.config import ReaderConfig
from qa.conflicts import Side, agree, disagreements, sentence_of, span_of
from qa.independence import containment, group_copies, shingles
from qa.records import (
    AbstainReason,
    Citation,
    Conflict,
    Finding,
    Position,
    Reading,
    ShortAnswer,
    Status,
    Understood,
)
from qa.target import target
from qa.verify import verify

NOT_SAID = "The articles do not say."

_SENTENCE_SHINGLE = 3  # words; sentences are shorter than articles
_ALIKE = 0.6  # shared runs from which two sentences say the same in the same words
#: A sentence that starts like this speaks of something named before it.
_LEANS_BACK = re.compile(
    r"^(?:[“\"])?(?:he|she|it|they|his|her|its|their|both|neither|"
    r"(?:this|that|these|those)(?= (?:is|was|are|were|has|had|have|came|comes|follows|means)))\b",
    re.I,
)


_Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer without the particulars of the request."""

    text: str
    status: Status
    abstain_reason: AbstainReason | None = None
    short_answer: ShortAnswer | None = None
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    independent_sources: int = 0  #: articles that support it, copies counted once


@dataclass(frozen=True, slots=True)
class _Quote:
    """What is quoted for a finding: its sentence, with the one before where it leans on it."""

    finding: Finding
    start: int
    end: int

    @property
    def text(self) -> str:
        passage = self.finding.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]


def abstain(reason: AbstainReason) -> Draft:
    """An answer that says that there is none."""
    return Draft(NOT_SAID, Status.ABSTAINED, reason)


def compose(
    question: Understood, reading: Reading, hits: Sequence[Hit], config: ReaderConfig
) -> Draft:
    """The best one to three sentences verbatim, each followed by " [n]".

    `Draft.text[answer_start:answer_end] == quote` for each citation. `hits` are those that were
    read; without any the draft abstains, as it does where the reader's confidence is too low.
    """
    if not hits or not reading.findings:
        return abstain(AbstainReason.NO_RELEVANT_PASSAGES)
    if reading.confidence < config.partial_confidence:
        lost = reading.findings[0].support < config.least_relevance
        return abstain(AbstainReason.NO_RELEVANT_PASSAGES if lost else AbstainReason.LOW_SUPPORT)
    asked = target(question.text)
    least = config.short_answer_score if asked.wants_span else config.phrase_score
    lead = _lead(reading, least, config)
    has_span = lead.span is not None and lead.span_score >= least
    sides = disagreements(question, reading.findings, lead, config) if has_span else ()
    quotes = _order(_select(question, reading.findings, lead, sides, has_span, config), lead)
    text, citations = _cite(quotes)
    numbers = {_place(quote.finding): n for n, quote in enumerate(quotes, 1)}
    wanting = asked.wants_span and not has_span
    sure = reading.confidence >= config.answered_confidence and not wanting
    return Draft(
        text=text,
        status=Status.ANSWERED if sure else Status.PARTIAL,
        short_answer=_short(lead, numbers[_place(lead)], reading.confidence) if has_span else None,
        citations=citations,
        conflicts=_conflicts(question, sides, numbers),
        independent_sources=_independent(question, reading.findings, quotes, config),
    )


def _place(finding: Finding) -> _Place:
    return finding.hit.passage.article_id, finding.start, finding.end


def _lead(reading: Reading, least: float, config: ReaderConfig) -> Finding:
    """The finding that answers: the best, or one about as good that has the words asked for."""
    best = reading.findings[0]
    for finding in reading.findings:
        close = finding.support >= config.follow_support * best.support
        bar = least if finding is best else max(least, config.phrase_score)
        if close and finding.span is not None and finding.span_score >= bar:
            return finding
    return best


def _select(
    question: Understood,
    findings: Sequence[Finding],
    lead: Finding,
    sides: tuple[Side, ...],
    has_span: bool,
    config: ReaderConfig,
) -> list[Finding]:
    """The lead, one sentence for each other side of a conflict, and what adds to the lead."""
    chosen = [lead, *(side.findings[0] for side in sides[1:])]
    most = config.max_sentences + max(0, len(sides) - 1)
    if has_span and target(question.text).wants_span:
        most = min(most, len(chosen) + 1)  # a second voice is enough for a fact of a few words
    for finding in findings:
        if len(chosen) >= most:
            break
        if finding in chosen or finding.support < config.follow_support * lead.support:
            continue
        if any(_says_the_same(finding, other) for other in chosen):
            continue
        if _leans_outside(finding, chosen):
            continue
        if (
            has_span
            and target(question.text).wants_span
            and not (finding.span is not None and agree(question, lead, finding))
        ):
            continue
        chosen.append(finding)
    return chosen


def _leans_outside(finding: Finding, chosen: Sequence[Finding]) -> bool:
    """Whether a finding needs the sentence before it and that one is not quoted anyway.

    To quote that one too would add what nobody asked for to an answer that has its lead.
    """
    if not _LEANS_BACK.match(sentence_of(finding)):
        return False
    article = finding.hit.passage.article_id
    before = _antecedent(finding)
    return before is None or (article, *before) not in {_place(other) for other in chosen}


def _says_the_same(one: Finding, other: Finding) -> bool:
    sets = [shingles(sentence_of(finding), _SENTENCE_SHINGLE) for finding in (one, other)]
    return containment(*sets) >= _ALIKE


def _order(findings: list[Finding], lead: Finding) -> list[_Quote]:
    """Article by article as they were found, the lead's first; inside one as it is written."""
    articles = list(dict.fromkeys(finding.hit.passage.article_id for finding in findings))
    ordered = sorted(findings, key=lambda f: (articles.index(f.hit.passage.article_id), f.start))
    quotes: list[_Quote] = []
    for finding in ordered:
        passage, before = finding.hit.passage, _antecedent(finding)
        taken = [
            quote.end
            for quote in quotes
            if quote.finding.hit.passage.article_id == passage.article_id
        ]
        start = finding.start
        if before is not None and before[0] >= max(taken, default=0):
            gap = passage.text[before[1] - passage.start : finding.start - passage.start]
            if "\n" in gap:  # another paragraph: a quote of its own
                quotes.append(_Quote(finding, *before))
            else:
                start = before[0]
        quotes.append(_Quote(finding, start, finding.end))
    return quotes


def _antecedent(finding: Finding) -> tuple[int, int] | None:
    """The sentence before, where a finding's sentence leans on it; None where there is none."""
    if not _LEANS_BACK.match(sentence_of(finding)):
        return None
    passage = finding.hit.passage
    earlier = [(a, b) for a, b in passage.sentences if passage.start <= a < b <= finding.start]
    if not earlier or not passage.text[earlier[-1][0] - passage.start].isupper():
        return None
    gap = passage.text[earlier[-1][1] - passage.start : finding.start - passage.start]
    return earlier[-1] if not gap.strip() else None


def _cite(quotes: Sequence[_Quote]) -> tuple[str, tuple[Citation, ...]]:
    """The answer's text and a checked citation for each quote."""
    text, unchecked = "", []
    for number, quote in enumerate(quotes, 1):
        text += " " if text else ""
        passage = quote.finding.hit.passage
        unchecked.append(
            Citation(
                number=number,
                article_id=passage.article_id,
                passage_id=passage.id,
                title=passage.title,
                url=passage.url,
                source=passage.source,
                published=passage.published,
                quote=quote.text,
                start=quote.start,
                end=quote.end,
                answer_start=len(text),
                answer_end=len(text) + len(quote.text),
                verification="unsupported",
                support=round(quote.finding.support, 3),
            )
        )
        text += f"{quote.text} [{number}]"
    citations = []
    for citation, quote in zip(unchecked, quotes, strict=True):
        verdict = verify(citation, quote.text, text)
        citations.append(citation.model_copy(update={"verification": verdict.verification}))
    return text, tuple(citations)


def _short(lead: Finding, number: int, confidence: float) -> ShortAnswer | None:
    if lead.span is None:
        return None
    text = span_of(lead).rstrip(" ,;:")
    return ShortAnswer(
        text=text,
        citation=number,
        start=lead.span[0],
        end=lead.span[0] + len(text),
        confidence=round(min(1.0, (lead.span_score * confidence) ** 0.5), 3),
    )


def _conflicts(
    question: Understood, sides: tuple[Side, ...], numbers: dict[_Place, int]
) -> tuple[Conflict, ...]:
    if not sides:
        return ()
    positions = [
        Position(
            value=side.value,
            citations=tuple(
                sorted(numbers[_place(f)] for f in side.findings if _place(f) in numbers)
            ),
        )
        for side in sides
    ]
    return (Conflict(about=question.text, positions=tuple(positions)),)


def _independent(
    question: Understood,
    findings: Sequence[Finding],
    quotes: Sequence[_Quote],
    config: ReaderConfig,
) -> int:
    """How many articles say what the answer says, copies of one another counted once."""
    cited = [quote.finding for quote in quotes]
    texts: dict[str, str] = {f.hit.passage.article_id: f.hit.passage.text for f in cited}
    for finding in findings:
        same_words = any(_says_the_same(finding, other) for other in cited)
        same_answer = finding.span is not None and any(
            other.span is not None
            and agree(question, finding, other)
            and finding.support >= config.conflict_support * other.support
            for other in cited
        )
        if same_words or same_answer:
            texts.setdefault(finding.hit.passage.article_id, finding.hit.passage.text)
    return len(set(group_copies(list(texts.values()), config.copy_containment)))
