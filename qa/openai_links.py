"""An answer's text as Markdown in which each citation's number is a link, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.openai_markdown import link, space, word
from qa.records import Citation

_NUMBERS = re.compile(r"(?:\s*\[\d{1,9}\])+")
_NUMBER = re.compile(r"\[(\d{1,9})\]")
_PERHAPS = re.compile(r"\[\d{0,9}(?:\]|$)")  # a number, or the beginning of one
_RUN = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Linked:
    """A number in the content: `content[start:end]` is the whole link."""

    citation: Citation
    url: str
    start: int
    end: int


class LinkedText:
    """Takes an answer as a `qa.listen.Listener` is told it and gives it back as Markdown.

    What `wrote`, `cited` and `end` return, joined, is the content, whatever pieces the text came
    in. A number is a link only where a citation's words end: "[1]" in an article's own words is
    text. So what may be a number is held back until its citation comes or the text ends, and with
    it the last word, which may go on.
    """

    def __init__(self, url_of: Callable[[Citation], str]) -> None:
        self.links: list[Linked] = []
        self.content = ""
        self._url_of = url_of
        self._text = ""
        self._done = 0  # so much of the text has been given back
        self._claimed: dict[int, tuple[int, Citation]] = {}  # by the place of a number: its end
        self._decided = 0  # before it no number becomes a link any more
        self._gap = ""  # whitespace before the next word

    def wrote(self, delta: str) -> str:
        """The next piece of the text."""
        self._text += delta
        return self._give(self._sure())

    def cited(self, citation: Citation) -> str:
        """A citation of what was written."""
        numbers = _NUMBERS.match(self._text, citation.answer_end)
        for found in _NUMBER.finditer(self._text, *numbers.span()) if numbers else ():
            if int(found[1]) == citation.number and found.start() >= self._done:
                self._claimed[found.start()] = (found.end(), citation)
                self._decided = max(self._decided, found.end())
                break
        return self._give(self._sure())

    def end(self) -> str:
        """What was held back."""
        return self._give(len(self._text))

    def _sure(self) -> int:
        """The text before this place is known to stay as it is."""
        held = _PERHAPS.search(self._text, max(self._decided, self._done))
        sure = held.start() if held else len(self._text)
        begin = max((end for end, _ in self._claimed.values()), default=self._done)
        if begin >= sure:
            return sure
        rest = self._text[begin:sure]
        if rest[-1].isspace():
            # Before a number it is the whole of it; else more of it may come.
            return sure if held else begin + len(rest.rstrip())
        return sure - len(rest.rsplit(None, 1)[-1])

    def _give(self, until: int) -> str:
        given = ""
        places = sorted(place for place in self._claimed if self._done <= place < until)
        for place in places:
            given += self._words(self._text[self._done : place], self.content + given)
            end, citation = self._claimed.pop(place)
            given += self._gap
            given = given[:-1] + "&#33;" if given.endswith("!") else given  # no image
            url = self._url_of(citation)
            shown = link(str(citation.number), url)
            start = len(self.content) + len(given)
            self.links.append(Linked(citation, url, start, start + len(shown)))
            given += shown
            self._gap, self._done = "", end
        given += self._words(self._text[self._done : until], self.content + given)
        self._done = until
        self.content += given
        return given

    def _words(self, text: str, before: str) -> str:
        shown = ""
        for found in _RUN.finditer(text):
            run = found.group()
            if run.isspace():
                self._gap = space(run) if before or shown else ""
            else:
                at_start = not (before or shown) or "\n" in self._gap
                shown += self._gap + word(run, at_start)
                self._gap = ""
        return shown


def linked(
    text: str, citations: Sequence[Citation], url_of: Callable[[Citation], str]
) -> LinkedText:
    """A whole answer at once: its `content` and its `links`."""
    made = LinkedText(url_of)
    made.wrote(text)
    for citation in sorted(citations, key=lambda one: (one.answer_end, one.number)):
        made.cited(citation)
    made.end()
    return made
