"""Whether a quote supports a statement: the deterministic judge behind the citation measures.

ALCE asks a model of natural language inference. Ours needs no model and is the same on every
machine; it reads words, not meaning, so that "Iran hit Iraq" passes for "Iraq hit Iran". It is
stricter than what the product checks before it shows a citation (`qa.verify`), and not the same
code, so that the product is not measured by its own opinion; only the knowledge of word forms
and spellings is shared.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.sentences import sentences
from qa.names import alike
from qa.words import STOPWORDS, Word, words

#: Share of a statement's content words that the quotes have to hold. Over all pairs of sentences
#: of the sample articles, .8 loses mostly sentences that do say the same.
CONTENT_SHARE = 0.7

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.I
)


def supports(premise: str, statement: str, content_share: float = CONTENT_SHARE) -> bool:
    """Whether the premise (one quote, or several with line breaks between) holds the statement.

    A statement that stands there word for word is held, always. Else the premise has to hold
    every number of it ("two" is 2), every name in any spelling, and `content_share` of its
    content words in any form; and the sentence of the premise that is nearest to it has to deny
    when it denies, and not when not. A name is a capitalised word, but not the statement's first,
    which is capitalised in any case, unless it is an acronym. A statement without a content word
    is held only word for word.
    """
    if not _plain(statement):
        return False
    if f" {_plain(statement)} " in f" {_plain(premise)} ":
        return True
    asked = [word for word in words(statement) if word.key not in STOPWORDS]
    if not asked:
        return False
    keys, capitals = _held(premise)
    first = words(statement)[0]
    missing = 0
    for word in asked:
        if word.key in keys:
            continue
        is_capital = word.text[0].isupper()
        if is_capital and any(alike(word.text, name) for name in capitals):
            continue
        if word.key[0].isdigit() or (is_capital and (word != first or word.text.isupper())):
            return False
        missing += 1
    if (len(asked) - missing) / len(asked) < content_share:
        return False
    return _denies(statement) == _denies(_nearest(premise, asked))


@lru_cache(maxsize=32)
def _held(premise: str) -> tuple[frozenset[str], frozenset[str]]:
    """The keys of a premise's words, and its capitalised words."""
    held = words(premise)
    capitals = frozenset(word.text for word in held if word.text[0].isupper())
    return frozenset(word.key for word in held), capitals


def _nearest(premise: str, asked: list[Word]) -> str:
    """The sentence of the premise that holds most of the words asked for; the first of equals."""
    keys = {word.key for word in asked}
    spans = [premise[start:end] for start, end in sentences(premise)]
    return max(spans, key=lambda span: len(keys & {word.key for word in words(span)}), default="")


def _denies(text: str) -> bool:
    return bool(_NEGATION.search(text))


@lru_cache(maxsize=32)  # the same quote is asked about every statement that cites it
def _plain(text: str) -> str:
    """For comparing word for word: letters and digits in lower case, single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+(?:[.,:]\d+)*", folded))
