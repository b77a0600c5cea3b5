"""A question, read: as a standalone text, with its content words and names."""

from __future__ import annotations

import re
from datetime import date

from qa.asked_time import asked_time
from qa.days import DAY_NAMES
from qa.records import Question, Understood
from qa.target import AUXILIARIES, EMPTY, target
from qa.words import STOPWORDS, Word, fold, word_set, words

#: Words that carry no content when they tell when the question is asked.
_NOW = re.compile(
    r"\b(?:(?:earlier|later) )?(?:this|last|past) (?:week|month)\b|\brecent(?:ly)?\b|\blately\b|"
    r"\bcurrent(?:ly)?\b|\bjust\b|\blatest\b",
    re.I,
)
_GREETINGS = word_set(
    """hello hi hey hiya yo greetings howdy thanks thank you thx cheers bye goodbye ok okay good
    morning evening afternoon night day there all everyone please welcome cool great nice lol haha
    test testing"""
)
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "1234567890")


def understand(question: Question, today: date) -> Understood:
    """Read a question. `today` counts where the question does not say as of when it is asked."""
    text = " ".join(question.text.split())
    content = _NOW.sub(" ", text)
    terms: dict[str, None] = {}
    for word in words(content):
        if word.text.isupper() and len(word.text) > 1:
            terms.setdefault(word.text)
        elif word.key not in STOPWORDS and word.text.lower() not in STOPWORDS | EMPTY:
            terms.setdefault(re.sub(r"['’]s?$", "", word.text).lower())
    as_of = question.as_of or today
    return Understood(
        text=text,
        as_of=as_of,
        kind=target(text).kind,
        terms=tuple(terms),
        names=_names(content),
        when=asked_time(text, as_of),
    )


def is_question(text: str) -> bool:
    """Whether a text can be asked of the articles at all; lenient, bare keywords are accepted.

    Refused are texts without a word, greetings and thanks, and keyboard noise.
    """
    found = re.findall(r"[^\W_]+", text)
    letters = [word for word in found if any(c.isalpha() for c in word)]
    if not letters or sum(map(len, letters)) < 2:
        return False
    if all(fold(word) in _GREETINGS for word in letters):
        return False
    return not all(_is_noise(fold(word)) for word in letters)


def _names(text: str) -> tuple[str, ...]:
    """Runs of capitalised words, without a capitalised question word at the front."""
    found: list[str] = []
    run: list[Word] = []
    for word in [*words(text), Word("", len(text), len(text), "")]:
        capital = word.text[:1].isupper() or word.text[:1].isdigit() and bool(run)
        bridge = word.text.lower() in ("of", "al", "el", "de", "bin", "the") and bool(run)
        joined = not run or not re.search(r"[^\s\-'’&]", text[run[-1].end : word.start])
        if run and (not joined or not (capital or bridge)):
            _close(text, run, found)
            run = []
        small = word.text.lower() in STOPWORDS | AUXILIARIES and not word.text.isupper()
        if (capital and (run or not small)) or (bridge and run):
            run.append(word)
    return tuple(found)


def _close(text: str, run: list[Word], found: list[str]) -> None:
    while run and not run[-1].text[:1].isupper() and not run[-1].text[:1].isdigit():
        run.pop()
    if run:
        name = re.sub(r"['’]s?$", "", text[run[0].start : run[-1].end])
        if name not in found and name not in DAY_NAMES:
            found.append(name)


def _is_noise(word: str) -> bool:
    """Whether a word in Latin letters is keyboard noise: "asdfgh", "aaaaaa", "xkcdqz"."""
    if not word.isascii() or not word.isalpha():
        return False
    if len(word) >= 4 and len(set(word)) == 1:
        return True
    pieces = [word[i : i + 4] for i in range(len(word) - 3)]
    rows = (*_KEYBOARD, *(row[::-1] for row in _KEYBOARD))
    if pieces and any(piece in row for piece in pieces for row in rows) and len(word) > 3:
        return sum(any(piece in row for row in rows) for piece in pieces) * 2 >= len(pieces)
    return len(word) >= 6 and not set(word) & set("aeiouy")
