"""What making suggestions takes: a candidate, and the passages with their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.records import Passage
from qa.mentions import MOST, Mention, mentions
from qa.names import alike
from qa.records import Answer, FoundPassage
from qa.words import words

MOST_CHARACTERS = 120  #: of a suggestion
_READ = 6  #: passages that candidates are made from
_NAME_CHARACTERS = 50
_NAME = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+){0,5}")
_SENTENCE = re.compile(r"\S(?:[^\n.!?]|[.!?](?=\S))*[.!?]?[”\"’]?")
_DEMONYM = re.compile(r"(?:[^dl]i|ian|ean|can|ese|ish|ern|nch)s?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and what its answer has to be about for it to be worth asking."""

    text: str
    group: str  #: what it was made from; three suggestions from three groups are best
    names: tuple[str, ...] = ()  #: one of them has to stand by the answer
    rivals: tuple[str, ...] = ()  #: names of other events: none may stand nearer to the answer
    weight: float = 1.0  #: how welcome it is beside others


@dataclass(frozen=True, slots=True)
class Named:
    """A name where a passage has it, with the rest of its sentence."""

    mention: Mention
    before: str
    after: str


def passages_of(last: Answer) -> list[Passage]:
    """The passages that an answer cites, then its nearest others."""
    cited = {one.passage_id for one in last.citations}
    ordered = sorted(last.passages, key=lambda one: one.passage_id not in cited)
    return [_passage(one) for one in ordered[:_READ]]


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a passage are, roughly: an abbreviation may end one too many."""
    return [found.span() for found in _SENTENCE.finditer(text)]


def named(passage: Passage) -> Iterator[Named]:
    """The names of a passage that are fit to stand in a question of ours."""
    for start, end in sentences_of(passage.text):
        if end - start > MOST:
            continue
        for mention in mentions(passage, passage.start + start, passage.start + end):
            if is_fit(mention.text):
                left, right = mention.start - passage.start, mention.end - passage.start
                yield Named(mention, passage.text[start:left], passage.text[right:end])


def is_fit(name: str) -> bool:
    """Whether a name from an article can stand in a question: short, and nothing but words."""
    return len(name) <= _NAME_CHARACTERS and bool(_NAME.fullmatch(name)) and not name.isdigit()


def is_demonym(name: str) -> bool:
    """Whether a single word says where somebody is from: "Iraqi", "Americans"."""
    return " " not in name and bool(_DEMONYM.search(name))


def tells_of(text: str, name: str) -> bool:
    """Whether a text has a word of a name, in whatever spelling."""
    return bool(places_of(text, name))


def places_of(text: str, name: str) -> list[int]:
    """Where a text has a word of a name, in whatever spelling."""
    parts = [word.text for word in words(name) if word.text[0].isupper() and len(word.text) > 2]
    return [word.start for word in words(text) if any(alike(part, word.text) > 0 for part in parts)]


def _passage(found: FoundPassage) -> Passage:
    return Passage(
        id=found.passage_id,
        article_id=found.article_id,
        start=found.start,
        end=found.end,
        text=found.text,
        title=found.title,
        source=found.source,
        published=found.published,
    )
