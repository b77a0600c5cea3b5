"""Sentence borders, by the Punkt algorithm with its English parameters.

Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary Detection",
Computational Linguistics 32(4), 2006; NLTK's implementation. The parameters are
those that llama-index-core ships. They are read here and not by NLTK's own loader,
which refuses files that an installer has hard-linked.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktSentenceTokenizer

#: A stretch without a paragraph break is split here at the latest: Punkt's time and
#: memory grow with the text it is given.
_STRETCH = 20_000

#: Titles and months that news abbreviates, and that Punkt's parameters lack.
_ABBREVIATIONS = [
    "sen",
    "rep",
    "gov",
    "gen",
    "lt",
    "col",
    "sgt",
    "capt",
    "maj",
    "adm",
    "cmdr",
    "pres",
    "rev",
    "hon",
    "supt",
    "det",
    "insp",
    "fr",
    "sr",
    "jr",
    "st",
    "mt",
    "ft",
    "no",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "u.s",
    "u.k",
    "u.n",
    "e.u",
    "u.a.e",
    "d.c",
    "a.m",
    "p.m",
    "inc",
    "ltd",
    "corp",
    "co",
    "bros",
    "vs",
    "approx",
    "est",
]

_PARAGRAPH = re.compile(r"[^\n]+")


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """(start, end) of each sentence of `text[start:end]`, in code points of `text`.

    Sentences never cross a line break, carry no surrounding whitespace and are not empty.
    """
    found: list[tuple[int, int]] = []
    stop = len(text) if end is None else end
    for paragraph in _PARAGRAPH.finditer(text, start, stop):
        for begin, finish in _stretches(text, paragraph.start(), paragraph.end()):
            piece = text[begin:finish]
            for left, right in _tokenizer().span_tokenize(piece):
                stripped = piece[left:right].strip()
                if stripped:
                    left += piece[left:right].index(stripped)
                    found.append((begin + left, begin + left + len(stripped)))
    return found


def _stretches(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut an overlong paragraph at spaces, or anywhere where there is none."""
    found = []
    while end - start > _STRETCH:
        cut = text.rfind(" ", start + 1, start + _STRETCH)
        cut = cut if cut > start else start + _STRETCH
        found.append((start, cut))
        start = cut
    return [*found, (start, end)]


@cache
def _tokenizer() -> PunktSentenceTokenizer:
    from nltk.tabdata import PunktDecoder
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    decoder = PunktDecoder()
    folder = _parameters()
    parameters = PunktParameters()

    def lines(name: str) -> list[str]:
        return (folder / name).read_text(encoding="utf-8").splitlines()

    parameters.collocations = set(decoder.tab2tups(lines("collocations.tab")))
    parameters.sent_starters = set(lines("sent_starters.txt"))
    parameters.abbrev_types = set(lines("abbrev_types.txt")).union(_ABBREVIATIONS)
    parameters.ortho_context = decoder.tab2intdict(lines("ortho_context.tab"))
    return PunktSentenceTokenizer(parameters)


def _parameters() -> Path:
    """The folder of the English parameters inside llama-index-core, without importing it."""
    for file in files("llama-index-core") or ():
        if file.parts[-3:] == ("punkt_tab", "english", "abbrev_types.txt"):
            return Path(str(file.locate())).parent
    raise FileNotFoundError(
        "llama-index-core lacks its punkt_tab data. Install the versions of requirements.lock."
    )
