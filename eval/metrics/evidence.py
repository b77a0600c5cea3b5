"""Measures of citations against the sentences that a gold set names as evidence.

A quote meets a sentence when both hold the same words one after the other, over more than half
of the shorter of the two. So one may contain the other, or they may be cut differently; while two
sentences that merely speak of the same things, as sentences of one article do, share words but no
long run of them. A run has at least `LEAST_RUN` words, or is the whole sentence: less is a
name or a date, which proves nothing of it.

In another article than the evidence's, only a copy counts, such as the same agency report at
another outlet: the shorter has to stand in the longer from its first to its last word, and
has at least `LEAST_COPY` words, since "two people were killed" is said of many events.

How long a quote is has no bound here, and a quote of the whole article meets all of it:
read `citations.quote_words` beside.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from eval.records import CitedQuote, Evidence

LEAST_RUN = 4  #: words, a clause at the shortest: "two people were killed"
LEAST_COPY = 8  #: words

#: A fact: sentences of which any one proves it.
Fact = Sequence[Evidence]

_WORD = re.compile(r"\w+")


def evidence_recall(citations: Sequence[CitedQuote], evidence: Sequence[Fact]) -> float | None:
    """Share of the facts that some cited quote proves: it meets one of the fact's sentences.

    0 where nothing is cited; None where the case names no evidence.
    """
    if not evidence:
        return None
    return sum(any(meets_any(one, fact) for one in citations) for fact in evidence) / len(evidence)


def evidence_precision(citations: Sequence[CitedQuote], evidence: Sequence[Fact]) -> float | None:
    """Share of the citations whose quote meets any sentence of any fact.

    None where the case names no evidence, or nothing is cited.
    """
    if not evidence or not citations:
        return None
    named = [sentence for fact in evidence for sentence in fact]
    return sum(meets_any(one, named) for one in citations) / len(citations)


def meets_any(citation: CitedQuote, named: Fact) -> bool:
    """Whether a cited quote meets any of the sentences."""
    return any(meets(citation, sentence) for sentence in named)


def meets(citation: CitedQuote, evidence: Evidence) -> bool:
    """Whether a cited quote meets a sentence, as said above."""
    quote, sentence = _words(citation.quote), _words(evidence.quote)
    shorter = min(len(quote), len(sentence))
    if not shorter:
        return False
    run = _longest_run(quote, sentence)
    if citation.article_id == evidence.article:
        return run >= min(LEAST_RUN, len(sentence)) and 2 * run > shorter
    return run == shorter >= LEAST_COPY


def _longest_run(quote: list[str], sentence: list[str]) -> int:
    """Words of the longest run that both have."""
    return SequenceMatcher(None, quote, sentence, autojunk=False).find_longest_match().size


def _words(text: str) -> list[str]:
    """Words regardless of case, marks and typography."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
