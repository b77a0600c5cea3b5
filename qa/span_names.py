"""Names in a sentence: capitalised runs."""

from __future__ import annotations

import re

from qa.days import DAY_NAMES
from qa.span_records import Sentence
from qa.words import STOPWORDS, Word, fold, word_set

_PARTICLES = word_set("of de del della di da la le du van von der den bin ibn al el and the")
#: Words before a person's name that are no part of it.
TITLES = word_set(
    """president minister secretary senator governor mayor director chairman chairwoman chief
    general judge justice spokesman spokeswoman spokesperson chancellor premier leader
    representative ambassador officer executive commissioner coach actor actress singer rapper
    mr mrs ms dr sen gov rep gen col lt sgt prof professor attorney congressman congresswoman
    founder ceo"""
)


def names(sentence: Sentence) -> list[tuple[int, int]]:
    """Capitalised runs with their inner particles, titles in front cut off.

    A word that only starts the sentence counts when the passages never write it small.
    """
    runs: list[list[Word]] = []
    run: list[Word] = []
    for index, word in enumerate(sentence.words):
        joined = bool(run) and re.fullmatch(
            r"[\s\-&]|\s&\s|\.\s", sentence.text[run[-1].end : word.start]
        )
        if run and not joined:
            runs.append(run)
            run = []
        if (
            _is_capital(sentence, index)
            or (run and word.text[0].isdigit())
            or _is_particle(sentence, index, bool(run))
        ):
            run.append(word)
        elif run:
            runs.append(run)
            run = []
    if run:
        runs.append(run)
    return [span for run in runs if (span := _trim(sentence, run))]


def _is_capital(sentence: Sentence, index: int) -> bool:
    word = sentence.words[index]
    if not word.text[0].isupper() or word.text.rstrip(".") in DAY_NAMES:
        return False
    following = sentence.words[index + 1 : index + 2]
    if following and sentence.text[word.end : following[0].start] == "-":
        # "Al-Kazemi", "As-Sadr" are names; "Better-known" and "Kessel-made" say of what kind.
        return following[0].text[0].isupper() or following[0].text[0].isdigit()
    if word.text.lower() in STOPWORDS and not (word.text.isupper() and len(word.text) > 1):
        return False
    opening = index == 0 or sentence.text[: word.start].rstrip()[-1:] in '.!?:“"'
    if opening and not (following and following[0].text[0].isupper()):
        return fold(word.text) not in sentence.lower
    return True


def _is_particle(sentence: Sentence, index: int, inside: bool) -> bool:
    word = sentence.words[index]
    if word.text not in _PARTICLES or word.text == "and":
        return False
    following = sentence.words[index + 1 : index + 3]
    if not following:
        return False
    if word.text in ("al", "el", "van", "von", "de", "bin") and following[0].text[0].isupper():
        return inside or sentence.text[word.end : following[0].start] == "-"
    if not inside:
        return False
    if word.text == "of" and following[0].text == "the" and len(following) > 1:
        return following[1].text[0].isupper()
    return word.text != "the" and following[0].text[0].isupper()


def _trim(sentence: Sentence, run: list[Word]) -> tuple[int, int] | None:
    """A run without titles in front and particles at either end."""
    for index in range(len(run) - 1, 0, -1):
        if run[index - 1].text.lower().rstrip(".") in TITLES and run[index].text[0].isupper():
            run = run[index:]
            break
    while run and not (run[-1].text[0].isupper() or run[-1].text[0].isdigit()):
        run = run[:-1]
    while run and run[0].text in _PARTICLES - {"al", "el", "de", "van", "von", "bin"}:
        run = run[1:]
    if not run:
        return None
    end = run[-1].end
    possessive = re.search(r"['’]s?$", run[-1].text)
    return run[0].start, end - (len(possessive.group()) if possessive else 0)
