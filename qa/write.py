"""Say the answer in the sources' own words, each sentence with its citation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Hit
from qa.choose import other_voices, prepared, says_the_same, sides_of, together
from qa.config import ReaderConfig
from qa.conflicts import Dispute, disputes
from qa.draft import NOT_SAID, Draft, Insertion, abstain
from qa.independence import count_sources
from qa.quote import Quote, cite, named_in, quotes_of
from qa.records import (
    AbstainReason,
    Conflict,
    Finding,
    Position,
    Reading,
    ShortAnswer,
    Status,
    Understood,
)
from qa.said import agree, answer_numbers, span_of
from qa.several import asks_for_several, further, lists, whole_list
from qa.target import Target, target
from qa.write_yes_no import compose_yes_no
from qa.writing_config import WritingConfig
from qa.yes_no import is_asked

__all__ = ["NOT_SAID", "Draft", "Insertion", "abstain", "compose"]


@dataclass(frozen=True, slots=True)
class _Answering:
    """What a reading says, before it is put into words."""

    lead: Finding
    has_span: bool  #: whether its few words are shown
    voices: tuple[Finding, ...] | None = None  #: what gives the lead's answer; None: anything may
    also: tuple[Finding, ...] = ()  #: the best finding of each further answer
    beside: tuple[Finding, ...] = ()  #: sentences that stand with the lead
    disputes: tuple[Dispute, ...] = ()


def compose(
    question: Understood,
    reading: Reading,
    hits: Sequence[Hit],
    config: ReaderConfig,
    writing: WritingConfig | None = None,
) -> Draft:
    """The best sentences verbatim, each followed by " [n]"; names in brackets are `insertions`.

    `Draft.text[answer_start:answer_end]` without its insertions is the quote of each citation.
    `hits` are those that were read; without any the draft abstains, as it does where the reader's
    confidence is too low.
    """
    writing = writing or WritingConfig()
    if not hits or not reading.findings:
        return abstain(AbstainReason.NO_RELEVANT_PASSAGES)
    asked = target(question.text)
    findings = prepared(question, asked, reading.findings, writing)
    confidence = reading.confidence * _left(reading.findings[0], findings[0])
    if confidence < config.partial_confidence:
        lost = reading.findings[0].support < config.least_relevance
        reason = AbstainReason.NO_RELEVANT_PASSAGES if lost else AbstainReason.LOW_SUPPORT
        return abstain(reason, confidence)
    if is_asked(question):
        return compose_yes_no(question, findings, confidence, config, writing)
    found = _answering(question, asked, findings, config, writing)
    chosen = [found.lead, *found.also, *sides_of(found.disputes), *found.beside]
    if not found.also:
        chosen += other_voices(asked, findings, chosen, found.voices, config, writing)
    quotes = quotes_of(chosen, found.lead, writing.sentences_back)
    cited = cite(quotes)
    wanting = asked.wants_span and not found.has_span
    sure = confidence >= config.answered_confidence and not wanting
    return Draft(
        text=cited.text,
        status=Status.ANSWERED if sure else Status.PARTIAL,
        short_answer=_short(found.lead, quotes, confidence) if found.has_span else None,
        also=tuple(
            _short(one, quotes, confidence * one.span_score / (found.lead.span_score or 1.0))
            for one in found.also
        ),
        citations=cited.citations,
        conflicts=tuple(_conflict(question, one, quotes) for one in found.disputes),
        independent_sources=_independent(
            question, findings, chosen, found.disputes, config, writing
        ),
        insertions=cited.insertions,
        confidence=confidence,
    )


def _left(best: Finding, lead: Finding) -> float:
    """What is left of the confidence where the reader's best finding denies what is asked."""
    if best.span is not None and lead.span is not None:
        return min(1.0, lead.span_score / best.span_score) if best.span_score else 1.0
    return min(1.0, lead.support / best.support) if best.support else 1.0


def _answering(
    question: Understood,
    asked: Target,
    findings: Sequence[Finding],
    config: ReaderConfig,
    writing: WritingConfig,
) -> _Answering:
    lead = findings[0]
    has_span = lead.span is not None
    if asked.kind in ("why", "how"):
        drawn, beside = together(lead, findings, writing)
        has_span = has_span and writing.has_short_reasons
        alone = not beside and (drawn.start, drawn.end) == (lead.start, lead.end)
        voices = _voices(question, findings, lead) if alone else ()
        return _Answering(drawn, has_span, voices, beside=tuple(beside))
    voices = _voices(question, findings, lead)
    if not has_span:
        return _Answering(lead, has_span, voices)
    several = asks_for_several(question.text)
    found = () if several else disputes(question, findings, lead, config, writing)
    if found and found[0].sides[0].findings[0] != lead:
        lead = found[0].sides[0].findings[0]  # a later report has a higher number
        voices = _voices(question, findings, lead)
    if named := named_in(lead, writing.sentences_back):
        return _Answering(named, True, voices, beside=(replace(lead, span=None),))
    listed = replace(lead, span=whole_list(question, asked, lead, several))
    if several:
        share, most = writing.several_share, writing.most_answers - 1
        also = further(question, findings, lead, span_of(listed), share, most)
        return _Answering(listed, True, voices, also=tuple(also))
    return _Answering(listed, True, voices, disputes=found)


def _voices(
    question: Understood, findings: list[Finding], lead: Finding
) -> tuple[Finding, ...] | None:
    """The findings that give the lead's answer; None where it has no few words to compare, so
    that any other may stand beside it."""
    if lead.span is None:
        return None
    numbers = answer_numbers(question, findings)
    own = numbers[findings.index(lead)]
    return tuple(f for f, number in zip(findings, numbers, strict=True) if number == own)


def _number(quotes: Sequence[Quote], finding: Finding) -> int:
    """The number of the citation that has a finding's sentence."""
    return next(n for n, quote in enumerate(quotes, 1) if quote.holds(finding))


def _short(finding: Finding, quotes: Sequence[Quote], confidence: float) -> ShortAnswer:
    start, end = finding.span or (finding.start, finding.end)
    return ShortAnswer(
        text=span_of(finding),
        citation=_number(quotes, finding),
        start=start,
        end=end,
        confidence=round(min(1.0, max(0.0, confidence)), 3),
    )


def _conflict(question: Understood, dispute: Dispute, quotes: Sequence[Quote]) -> Conflict:
    positions = []
    for side in dispute.sides:
        shown = [f for f in side.findings if any(quote.holds(f) for quote in quotes)]
        numbers = {_number(quotes, finding) for finding in shown}
        positions.append(
            Position(value=side.value, citations=tuple(sorted(numbers)), published=side.first)
        )
    return Conflict(about=question.text, positions=tuple(positions), kind=dispute.kind)


def _independent(
    question: Understood,
    findings: Sequence[Finding],
    chosen: Sequence[Finding],
    against: Sequence[Dispute],
    config: ReaderConfig,
    writing: WritingConfig,
) -> int:
    """How many sources say what the answer says; those that give another value do not."""
    others = {_article(f) for one in against for side in one.sides[1:] for f in side.findings}
    said = [one for one in chosen if _article(one) not in others]
    articles = {_article(one): one for one in said}
    for finding in findings:
        if _article(finding) in others:
            continue
        if any(_supports(question, finding, one, writing) for one in said):
            articles.setdefault(_article(finding), finding)
    told = [(one.hit.passage.text, one.hit.passage.source) for one in articles.values()]
    return count_sources(told, config.copy_containment)


def _supports(question: Understood, one: Finding, other: Finding, writing: WritingConfig) -> bool:
    """Whether a finding says what another, which is quoted, says: its value, or its words."""
    if one.span is not None and other.span is not None:
        if agree(question, one, other) or lists(other, one):
            return one.support >= writing.conflict_support * other.support
        if question.kind in ("when", "how_many"):
            return False
    return says_the_same(one, other)


def _article(finding: Finding) -> str:
    return finding.hit.passage.article_id
