"""Words of a text with their places, and the keys under which two words are the same word."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

import tantivy

#: A dotted abbreviation, a number with its separators, or letters with inner apostrophes.
#: Hyphens part words, so that "Al-Balad" and "Balad" share one.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")


def word_set(listed: str) -> frozenset[str]:
    """The words of a list that is written as one string."""
    return frozenset(listed.split())


STOPWORDS = word_set(
    """a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each few for from
    further had has have having he her here hers him himself his how i if in into is it its itself
    just me more most my myself no nor not now of off on once only or other our ours out over own
    same she should so some such than that the their theirs them then there these they this those
    through to too under until up upon us very was we were what when where which while who whom
    whose why will with within would you your yours s t al el ul
    who's what's where's when's how's it's that's there's he's she's don't didn't isn't wasn't
    according exactly please tell know say says said name called many much
    """
)

#: Forms that a stemmer cannot bring together; the language's, no article's.
IRREGULAR = {
    form: base
    for base, forms in {
        "win": "won winner winners",
        "shoot": "shot shots",
        "take": "took taken",
        "give": "gave given",
        "say": "said says",
        "go": "went gone",
        "make": "made",
        "buy": "bought",
        "sell": "sold sale sales",
        "leave": "left",
        "find": "found",
        "lose": "lost loss losses",
        "die": "died dead death deaths dying dies",
        "begin": "began begun",
        "become": "became",
        "break": "broke broken",
        "speak": "spoke spoken",
        "steal": "stole stolen",
        "fall": "fell fallen",
        "rise": "rose risen",
        "write": "wrote written",
        "drive": "drove driven",
        "choose": "chose chosen choice",
        "fly": "flew flown flight flights flies",
        "grow": "grew grown growth",
        "know": "knew known",
        "throw": "threw thrown",
        "build": "built",
        "pay": "paid",
        "hold": "held",
        "meet": "met meeting meetings",
        "run": "ran",
        "send": "sent",
        "spend": "spent",
        "strike": "struck",
        "catch": "caught",
        "teach": "taught",
        "think": "thought",
        "bring": "brought",
        "keep": "kept",
        "tell": "told",
        "see": "saw seen",
        "sink": "sank sunk",
        "lead": "led",
        "fight": "fought",
        "flee": "fled",
        "stand": "stood",
        "seek": "sought",
        "draw": "drew drawn",
        "withdraw": "withdrew withdrawn",
        "hide": "hid hidden",
        "ride": "rode ridden",
        "hear": "heard",
        "shake": "shook shaken",
        "swear": "swore sworn",
        "sing": "sang sung",
        "swim": "swam swum",
        "drink": "drank drunk",
        "eat": "ate eaten",
        "freeze": "froze frozen",
        "blow": "blew blown",
        "wear": "wore worn",
        "tear": "tore torn",
        "get": "got gotten",
        "forget": "forgot forgotten",
        "mean": "meant",
        "lay": "laid",
        "feel": "felt",
        "hang": "hung",
        "sleep": "slept",
        "dig": "dug",
        "come": "came",
        "beat": "beaten",
        "arrest": "arrested arrests",
        "marry": "marriage married",
        "deny": "denial denials denied denies",
        "launch": "launched",
        "injure": "injury injuries",
        "attack": "attacker attackers",
        "elect": "election elections",
        "percent": "percentage",
    }.items()
    for form in forms.split()
}

#: Number words → their values.
NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip


class Word(NamedTuple):
    """One word of a text."""

    text: str
    start: int  #: code points into the text
    end: int
    key: str  #: what it is compared by


@cache
def _stemmer() -> tantivy.TextAnalyzer:
    """The lexical index's stemmer (Porter, Snowball "English"), one word at a time."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _stem(word: str) -> str:
    found = _stemmer().analyze(word)
    return found[0] if found else word


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower case without diacritics, for comparing."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def is_acronym(word: str) -> bool:
    """Whether a word is written as an acronym: "AFP", "U.S."."""
    letters = word.replace(".", "")
    return 2 <= len(letters) <= 6 and letters.isalpha() and letters.isupper()


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """What a word is compared by: its stem, its number, or for an acronym its capitals."""
    if is_acronym(word):
        return word.replace(".", "")
    plain = fold(re.sub(r"['’]s?$", "", word))
    if plain[:1].isdigit():
        return plain.replace(",", "")
    if plain in NUMBER_WORDS:
        return str(NUMBER_WORDS[plain])
    base = IRREGULAR.get(plain, plain)
    return base if base in STOPWORDS else _stem(base)


def words(text: str) -> list[Word]:
    """The words of a text in order. In a text all in capitals none counts as an acronym."""
    shouted = text.isupper() and len(text) > 12
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        found.append(Word(word, *match.span(), key(word.lower() if shouted else word)))
    return found


def initials(found: list[Word]) -> dict[str, int]:
    """Acronyms that runs of capitalised words make, with the index of the run's first word.

    "National Security Agency" makes "NSA", and "NS" and "SA" besides.
    """
    made: dict[str, int] = {}
    run: list[int] = []
    for index, word in enumerate([*found, Word("", 0, 0, "")]):
        if word.text[:1].isupper():
            run.append(index)
            continue
        if word.text in ("of", "and", "the", "for") and run:
            continue
        for size in range(2, min(len(run), 5) + 1):
            for first in range(len(run) - size + 1):
                letters = "".join(found[i].text[0] for i in run[first : first + size])
                made.setdefault(letters, run[first])
        run = []
    return made
