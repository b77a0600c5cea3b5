"""What is quoted for a finding, and how quotes become the answer's text with its citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.records import Hit
from qa.antecedent import Bracket, bracket, leans, sentence_before
from qa.draft import Insertion
from qa.records import Citation, Finding
from qa.verify import verify


@dataclass(frozen=True, slots=True)
class Quote:
    """A run of whole sentences of one passage, offsets in its article."""

    hit: Hit
    start: int
    end: int
    support: float
    brackets: tuple[Bracket, ...] = ()

    @property
    def text(self) -> str:
        """The words of the source, without brackets of ours."""
        passage = self.hit.passage
        return passage.text[self.start - passage.start : self.end - passage.start]

    @property
    def article(self) -> str:
        return self.hit.passage.article_id

    def holds(self, finding: Finding) -> bool:
        """Whether the finding's sentence stands in it."""
        return (
            self.article == finding.hit.passage.article_id
            and self.start <= finding.start
            and finding.end <= self.end
        )


class Cited(NamedTuple):
    """The text of quotes, and what stands in it where."""

    text: str
    citations: tuple[Citation, ...]
    insertions: tuple[Insertion, ...]


def quotes_of(findings: Sequence[Finding], lead: Finding, sentences_back: int) -> list[Quote]:
    """A quote for each finding: article by article as they were found, the lead's first, and
    inside one as it is written.

    A sentence that leans on the one before it gets the name in brackets where that is clear, or
    else brings that sentence along.
    """
    articles = [lead.hit.passage.article_id, *(f.hit.passage.article_id for f in findings)]
    ordered = sorted(findings, key=lambda f: (articles.index(f.hit.passage.article_id), f.start))
    quotes: list[Quote] = []
    for finding in ordered:
        if any(quote.holds(finding) for quote in quotes):
            continue
        passage, before = finding.hit.passage, None
        last = quotes[-1] if quotes and quotes[-1].article == passage.article_id else None
        own = Quote(finding.hit, finding.start, finding.end, finding.support)
        previous = sentence_before(passage, finding.start)
        follows = last is not None and previous is not None and last.end == previous[1]
        if not follows:
            found = bracket(passage, finding.start, finding.end, sentences_back)
            if found is not None:
                own = replace(own, brackets=(found,))
            elif leans(own.text):
                before = previous
        if before is not None and (last is None or before[0] >= last.end):
            own = replace(own, start=before[0])
        quotes.append(own)
    return quotes


def named_in(finding: Finding, sentences_back: int) -> Finding | None:
    """Where a short answer is a pronoun or "the group": the sentence that has the name, with the
    name as its short answer; None where it is another or the name is not clear.

    "He" answers nothing, and the quote of a name in brackets does not hold it.
    """
    passage = finding.hit.passage
    one = bracket(passage, finding.start, finding.end, sentences_back)
    if one is None or one.is_possessive or finding.span is None or finding.span[1] != one.after:
        return None
    for start, end in passage.sentences:
        if start <= one.start < one.end <= end:
            return replace(finding, start=start, end=end, span=(one.start, one.end))
    return None


def needs_another(finding: Finding, chosen: Sequence[Finding], sentences_back: int) -> bool:
    """Whether a finding can't be read without a sentence that is not quoted anyway.

    To quote that one too would add what nobody asked for to an answer that has its lead.
    """
    passage = finding.hit.passage
    text = passage.text[finding.start - passage.start : finding.end - passage.start]
    if not leans(text) or bracket(passage, finding.start, finding.end, sentences_back):
        return False
    before = sentence_before(passage, finding.start)
    return not any(
        (other.start, other.end) == before and other.hit.passage.article_id == passage.article_id
        for other in chosen
    )


def cite(quotes: Sequence[Quote], opening: str = "") -> Cited:
    """The answer's text, "quote [1] quote [2]" after an opening such as "Yes.", and a checked
    citation for each quote."""
    text, unchecked, insertions = opening, [], []
    for number, quote in enumerate(quotes, 1):
        text += " " if text else ""
        passage, begin, done = quote.hit.passage, len(text), quote.start
        for one in sorted(quote.brackets, key=lambda b: b.after):
            text += quote.text[done - quote.start : one.after - quote.start]
            added = one.text(passage)
            insertions.append(
                Insertion(number, len(text), len(text) + len(added), one.start, one.end)
            )
            text += added
            done = one.after
        text += quote.text[done - quote.start :]
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
                answer_start=begin,
                answer_end=len(text),
                verification="unsupported",
                support=round(quote.support, 3),
            )
        )
        text += f" [{number}]"
    citations = [
        one.model_copy(update={"verification": verify(one, one.quote, text, insertions)[0]})
        for one in unchecked
    ]
    return Cited(text, tuple(citations), tuple(insertions))
