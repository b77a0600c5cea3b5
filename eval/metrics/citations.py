"""Measures of citations, as pure functions of one answer.

Citation recall and precision are ALCE's (Gao et al., "Enabling Large Language Models to Generate
Text with Citations", EMNLP 2023, arXiv:2305.14627), with the quote as the cited passage and
`supports` in the place of its model: by default the deterministic judge of
`eval.metrics.support`. Against the sentences that a gold set names: `eval.metrics.evidence`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.metrics import support
from eval.records import CitedQuote
from index.sentences import sentences
from qa.verify import adds_only_names

#: Whether a premise (quotes, with line breaks between) supports a statement.
Supports = Callable[[str, str], bool]

_MARK = re.compile(r"(?<![ \t])[ \t]*(\[\d{1,9}(?:\s*,\s*\d{1,9})*\])")


_VERDICT = re.compile(r"\s*(?:yes|no|unclear)\s*\.\s*", re.I)
#: What `qa.verify.adds_only_names` lets a statement add to its quote.
_NAME = re.compile(r" \[[^\[\]\n]*[^\W\d_][^\[\]\n]*\]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and what is cited for it."""

    text: str  #: without its marks
    cited: tuple[CitedQuote | None, ...]
    #: each citation once, in order; None for a number that the answer gives no citation for


def statements(text: str, citations: Sequence[CitedQuote]) -> list[Statement]:
    """The sentences of an answer's text, each with the citations that belong to it.

    A citation belongs to the sentence that holds its mark ("[1]", "[1][2]", "[1, 2]"); marks
    that follow a full stop belong to the sentence before them. A citation that tells which words
    of the answer it is for belongs also to each sentence that lies within them: a quote of two
    sentences has one mark. Brackets within words that are a quote are the article's own, no
    marks. Sentences without a letter or digit are left out, and so is the verdict before the
    sentence that proves it: "Yes." Names that were added to a quote in brackets belong to no
    sentence: they are not the source's words.
    """
    by_number = {one.number: one for one in reversed(citations)}
    bare, marks, spans = _without_marks(text, citations)
    places = [
        (start, end)
        for start, end in sentences(bare)
        if any(character.isalnum() for character in bare[start:end])
        and not _VERDICT.fullmatch(bare[start:end])
    ]
    cited: list[list[CitedQuote | None]] = [[] for _ in places]
    for place, number in marks if places else ():
        cited[_sentence_at(place, bare, places)].append(by_number.get(number))
    for index, (start, end) in enumerate(places):
        while not bare[end - 1].isalnum():
            end -= 1  # the span may end before the full stop
        cited[index] += [one for left, right, one in spans if left <= start and end <= right]
    return [
        Statement(_without_names(bare, start, end, spans), tuple(dict.fromkeys(of)))
        for (start, end), of in zip(places, cited, strict=True)
    ]


def citation_recall(
    text: str, citations: Sequence[CitedQuote], supports: Supports = support.supports
) -> float | None:
    """Share of the statements that their citations, taken together, support.

    A statement without a citation, or with the number of one that does not exist, is not
    supported. None where there is no statement.
    """
    found = [_is_supported(one, supports) for one in statements(text, citations)]
    return sum(found) / len(found) if found else None


def citation_precision(
    text: str, citations: Sequence[CitedQuote], supports: Supports = support.supports
) -> float | None:
    """Share of the citations that are to the point, each counted at each statement that has it.

    A citation is to the point when the citations of its statement together support it and it is
    not irrelevant; it is irrelevant when it does not support the statement alone and the others
    support it without it. A number that no citation has is never to the point; ALCE's script
    does not count it. None where nothing is cited, for which that script says 0: recall says so.
    """
    verdicts: list[bool] = []
    for one in statements(text, citations):
        is_supported = _is_supported(one, supports)
        for place, cited in enumerate(one.cited):
            others = one.cited[:place] + one.cited[place + 1 :]
            verdicts.append(
                is_supported
                and (_holds((cited,), one, supports) or not _holds(others, one, supports))
            )
    return sum(verdicts) / len(verdicts) if verdicts else None


def quote_exactness(
    citations: Sequence[CitedQuote], text_of: Callable[[str], str | None]
) -> float | None:
    """Share of the citations whose quote is, character for character, where they say it is.

    Args:
        text_of: article id → its cleaned text; None where there is no such article.

    The place is `start:end` of the article; where the system does not tell it, anywhere in the
    article. An empty quote is never exact. None where nothing is cited.
    """
    found = [_is_exact(one, text_of(one.article_id)) for one in citations]
    return sum(found) / len(found) if found else None


def quote_words(citations: Sequence[CitedQuote]) -> float | None:
    """Mean number of words of a quote. None where nothing is cited.

    To be read beside the other measures, all of which a quote of the whole article passes.
    """
    counts = [len(one.quote.split()) for one in citations]
    return sum(counts) / len(counts) if counts else None


def _is_exact(one: CitedQuote, text: str | None) -> bool:
    if text is None or not one.quote.strip():
        return False
    if one.start is None or one.end is None:
        return one.quote in text
    return 0 <= one.start <= one.end and text[one.start : one.end] == one.quote


def _is_supported(one: Statement, supports: Supports) -> bool:
    return _holds(one.cited, one, supports)


def _holds(cited: Sequence[CitedQuote | None], one: Statement, supports: Supports) -> bool:
    quotes = [quote.quote for quote in cited if quote is not None]
    return bool(quotes) and len(quotes) == len(cited) and supports("\n".join(quotes), one.text)


_Span = tuple[int, int, CitedQuote]


def _without_marks(
    text: str, citations: Sequence[CitedQuote]
) -> tuple[str, list[tuple[int, int]], list[_Span]]:
    """The text without marks, (place in it, number) of each, and the spans of the answer that
    citations tell, in its offsets.

    Sentence borders are found in it, for a mark between two sentences hides the border.
    """
    told = [
        (one.answer_start, one.answer_end, one)
        for one in citations
        if one.answer_start is not None and one.answer_end is not None
        if 0 <= one.answer_start < one.answer_end <= len(text)
    ]
    verbatim = [
        (left, right) for left, right, one in told if adds_only_names(text[left:right], one.quote)
    ]
    kept: list[str] = []
    marks: list[tuple[int, int]] = []
    cuts: list[tuple[int, int]] = []
    length = last = 0
    for mark in _MARK.finditer(text):
        if any(left <= mark.start(1) and mark.end() <= right for left, right in verbatim):
            continue
        kept.append(text[last : mark.start()])
        length += len(kept[-1])
        marks += [(length, int(number)) for number in re.findall(r"\d+", mark[1])]
        cuts.append(mark.span())
        last = mark.end()
    kept.append(text[last:])

    def moved(place: int) -> int:
        return place - sum(min(place, end) - start for start, end in cuts if start < place)

    return "".join(kept), marks, [(moved(left), moved(right), one) for left, right, one in told]


def _without_names(text: str, start: int, end: int, spans: Sequence[_Span]) -> str:
    """A sentence without the names in brackets that it adds to the quote that it is."""
    for left, right, one in spans:
        if left <= start and end <= right + 1 and one.quote not in text[left:right]:
            return (
                _NAME.sub("", text[start:end])
                if adds_only_names(text[left:right], one.quote)
                else text[start:end]
            )
    return text[start:end]


def _sentence_at(mark: int, text: str, places: Sequence[tuple[int, int]]) -> int:
    """The index of the sentence that a mark belongs to: the one it stands in or after, but the
    next one when it begins a line."""
    index = max(0, bisect_left([start for start, _ in places], mark) - 1)
    begins_line = "\n" in text[places[index][1] : mark]
    return index + 1 if begins_line and index + 1 < len(places) else index
