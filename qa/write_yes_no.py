"""Say yes, no or unclear, and the sentence that proves it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.config import ReaderConfig
from qa.draft import Draft
from qa.independence import count_sources, group_copies
from qa.quote import cite, quotes_of
from qa.records import Conflict, Finding, Position, ShortAnswer, Status, Understood
from qa.writing_config import WritingConfig
from qa.yes_no import Verdict, verdict


def compose_yes_no(
    question: Understood,
    findings: Sequence[Finding],
    confidence: float,
    config: ReaderConfig,
    writing: WritingConfig,
) -> Draft:
    """ "Yes. quote [1]", "No. quote [1]" or "Unclear. quote [1]".

    The best supported sentence that decides is the proof; which words of it the reader took for
    an answer says nothing here. Where another article's decides otherwise both are shown and the
    answer is unclear. An unclear answer is partial and has no short answer.
    """
    findings = sorted(findings, key=lambda finding: -finding.support)
    strong = [f for f in findings if f.support >= writing.verdict_support * findings[0].support]
    decided = [(f, said) for f in strong if (said := verdict(question, f)) != "unclear"]
    if not decided:
        return _draft("unclear", question, [findings[0]], (), confidence, config, writing)
    lead, said = decided[0]
    against = [f for f, other in decided if other != said and _is_other(f, lead, config)]
    if against:
        shown = [lead, against[0]]
        return _draft("unclear", question, shown, (said, _other(said)), confidence, config, writing)
    voices = [f for f, other in decided if other == said]
    return _draft(said, question, [lead], (), confidence, config, writing, voices)


def _draft(
    said: Verdict,
    question: Understood,
    shown: list[Finding],
    positions: tuple[Verdict, ...],
    confidence: float,
    config: ReaderConfig,
    writing: WritingConfig,
    voices: Sequence[Finding] = (),
) -> Draft:
    lead = shown[0]
    quotes = quotes_of(shown, lead, writing.sentences_back)
    cited = cite(quotes, f"{said.capitalize()}.")

    def number(finding: Finding) -> int:
        return next(n for n, quote in enumerate(quotes, 1) if quote.holds(finding))

    short = None
    if said != "unclear":
        short = ShortAnswer(
            text=said,
            citation=number(lead),
            start=lead.start,
            end=lead.end,
            confidence=round(min(1.0, max(0.0, confidence)), 3),
        )
    conflicts: tuple[Conflict, ...] = ()
    if positions:
        told = tuple(
            Position(value=value, citations=(number(f),), published=f.hit.passage.published)
            for value, f in zip(positions, shown, strict=True)
        )
        conflicts = (Conflict(about=question.text, positions=told),)
    sure = said != "unclear" and confidence >= config.answered_confidence
    return Draft(
        text=cited.text,
        status=Status.ANSWERED if sure else Status.PARTIAL,
        short_answer=short,
        citations=cited.citations,
        conflicts=conflicts,
        independent_sources=_independent([lead, *voices], config),
        insertions=cited.insertions,
        confidence=confidence,
    )


def _other(said: Verdict) -> Verdict:
    return "no" if said == "yes" else "yes"


def _is_other(finding: Finding, lead: Finding, config: ReaderConfig) -> bool:
    """Whether a finding is another article's, and no copy of the lead's."""
    one, two = finding.hit.passage, lead.hit.passage
    copies = group_copies([one.text, two.text], config.copy_containment)
    return one.article_id != two.article_id and len(set(copies)) == 2


def _independent(findings: Sequence[Finding], config: ReaderConfig) -> int:
    articles = {f.hit.passage.article_id: f.hit.passage for f in findings}
    return count_sources([(p.text, p.source) for p in articles.values()], config.copy_containment)
