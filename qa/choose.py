"""Which findings are quoted: the one that leads, those that stand with it, and other voices."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from index.records import Passage
from qa.config import ReaderConfig
from qa.conflicts import Dispute
from qa.independence import containment, shingles
from qa.polarity import is_negated, is_negative
from qa.quote import needs_another
from qa.records import Finding, Understood
from qa.said import sentence_of
from qa.target import Target
from qa.trim import trim
from qa.words import STOPWORDS, key, words
from qa.writing_config import WritingConfig

_SENTENCE_SHINGLE = 3  # words; sentences are shorter than articles
_ALIKE = 0.6  # shared runs from which two sentences say the same in the same words
#: A reason that is told of the sentence before it.
_GOES_ON = re.compile(
    r"^[“\"]?(?:the (?:reason|cause|aim|purpose|idea|result) (?:is|was|behind)|"
    r"that(?:['’]s| is| was) (?:because|why|how)|this (?:is|was) (?:because|due)|"
    r"because of (?:this|that)|"
    r"as a (?:result|consequence)|therefore|thus|hence|so,? |instead,? |consequently)",
    re.I,
)
_WHOLE = re.compile(r"[.!?…][”\"’')\]]*$")


def prepared(
    question: Understood, asked: Target, findings: Sequence[Finding], writing: WritingConfig
) -> list[Finding]:
    """The findings with their short answers trimmed; those that ask themselves, or deny what is
    asked about, weigh less and come last: "it did not fail on 3 May" does not tell when it failed.
    """
    kept: list[Finding] = []
    lowered: list[Finding] = []
    for finding in findings:
        if finding.span is not None and not _has_place(finding):
            kept.append(finding)  # a span outside its sentence: verification refuses it
            continue
        one = replace(finding, span=_trimmed(finding, asked)) if finding.span else finding
        if _asks(one) or _denies(question, asked, one):
            share = writing.negated_share
            lowered.append(
                replace(one, support=share * one.support, span_score=share * one.span_score)
            )
        else:
            kept.append(one)
    return kept + lowered


def _asks(finding: Finding) -> bool:
    """Whether a sentence is a question: it answers none."""
    return sentence_of(finding).rstrip("”’\"')").endswith("?")


def _has_place(finding: Finding) -> bool:
    span = finding.span
    return span is not None and finding.start <= span[0] < span[1] <= finding.end


def _trimmed(finding: Finding, asked: Target) -> tuple[int, int] | None:
    if finding.span is None:
        return None
    text, offset = sentence_of(finding), finding.start
    start, end = trim(
        text, finding.span[0] - offset, finding.span[1] - offset, asked.kind, asked.heads
    )
    return offset + start, offset + end


def _denies(question: Understood, asked: Target, finding: Finding) -> bool:
    if asked.kind in ("yes_no", "why", "how", "other") or is_negative(question.text):
        return False
    text = sentence_of(finding)
    near = finding.span[0] - finding.start if finding.span else None
    action = asked.verb or (key(asked.action) if asked.action else None)
    if action is not None and action not in STOPWORDS:
        return is_negated(text, {action}, near)
    verbs = {word.key for term in question.terms if term.islower() for word in words(term)}
    return any(is_negated(text, {one}, near, strictly=True) for one in verbs)


def other_voices(
    asked: Target,
    findings: Sequence[Finding],
    chosen: Sequence[Finding],
    alike: Collection[Finding] | None,
    config: ReaderConfig,
    writing: WritingConfig,
) -> list[Finding]:
    """What is quoted beside the `chosen`, whose first is the lead: it adds to what that says.

    `alike` are the findings that give the lead's answer, None where the answer has no few words:
    a fact of a few words gets a second voice from among them, an answer in sentences gets others
    about as well supported.
    """
    lead = chosen[0]
    most = config.max_sentences - 1 if alike is None or not asked.wants_span else 1
    found: list[Finding] = []
    for finding in findings:
        if len(found) >= most:
            break
        taken = [*chosen, *found]
        if any(_covers(other, finding) for other in taken):
            continue
        if finding.support < config.follow_support * lead.support:
            continue
        if any(says_the_same(finding, other) for other in taken):
            continue
        if needs_another(finding, taken, writing.sentences_back):
            continue
        if alike is not None and finding not in alike:
            continue
        found.append(finding)
    return found


def _covers(one: Finding, other: Finding) -> bool:
    return (
        one.hit.passage.article_id == other.hit.passage.article_id
        and one.start <= other.start
        and other.end <= one.end
    )


def says_the_same(one: Finding, other: Finding) -> bool:
    """Whether two sentences are one in nearly the same words."""
    sets = [shingles(sentence_of(finding), _SENTENCE_SHINGLE) for finding in (one, other)]
    return containment(*sets) >= _ALIKE


def sides_of(disputes: Sequence[Dispute]) -> list[Finding]:
    """The best finding of each side but the answer's own."""
    return [side.findings[0] for dispute in disputes for side in dispute.sides[1:]]


def together(
    lead: Finding, findings: Sequence[Finding], writing: WritingConfig
) -> tuple[Finding, list[Finding]]:
    """The sentences that answer "why" or "how" together with the lead.

    First the lead, drawn out over its neighbours in the paragraph; then those of the paragraphs
    beside it. A neighbour stands with it when one of the two goes on from the other ("The reason
    is"), when the lead is no whole sentence, or when it is well supported itself.
    """
    passage = lead.hit.passage
    places = [(a, b) for a, b in passage.sentences if passage.start <= a < b <= passage.end]
    at = next((i for i, (a, b) in enumerate(places) if a <= lead.start < b), None)
    if at is None:
        return lead, []
    first = last = at
    least = writing.together_share * lead.support
    supported = {f.start for f in findings if f.hit.passage.id == passage.id and f.support >= least}
    while last - first + 1 < writing.most_together:
        if first and _GOES_ON.match(_text(passage, places[first])):
            first -= 1
        elif last + 1 < len(places) and (
            _GOES_ON.match(_text(passage, places[last + 1]))
            or not _WHOLE.search(_text(passage, places[last]))
            or places[last + 1][0] in supported
        ):
            last += 1
        elif first and places[first - 1][0] in supported:
            first -= 1
        else:
            break
    return _drawn(lead, places[first : last + 1])


def _drawn(lead: Finding, places: list[tuple[int, int]]) -> tuple[Finding, list[Finding]]:
    """A run of sentences as findings, one for each paragraph; the lead's own first."""
    passage = lead.hit.passage
    runs: list[tuple[int, int]] = []
    for start, end in places:
        if runs and "\n" not in _text(passage, (runs[-1][1], start)):
            runs[-1] = runs[-1][0], end
        else:
            runs.append((start, end))
    own = next((run for run in runs if run[0] <= lead.start < run[1]), None)
    if own is None:
        return lead, []
    drawn = replace(lead, start=min(own[0], lead.start), end=max(own[1], lead.end))
    rest = [
        replace(lead, start=a, end=b, span=None, span_score=0.0) for a, b in runs if (a, b) != own
    ]
    return drawn, rest


def _text(passage: Passage, place: tuple[int, int]) -> str:
    return passage.text[place[0] - passage.start : place[1] - passage.start]
