"""The body of an article: its characters, its lines, its paragraphs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from index.boilerplate import AD_MARK, is_boilerplate

REPEAT_CHARACTERS = 40  #: a paragraph this long that stands twice is a fault, not an emphasis
MARKS_TOGETHER = 30  #: combining marks on one letter; more is an attack (see `_thin_marks`)
WRAP_COLUMNS = 100  #: lines up to this wide may be hard-wrapped

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control, zero-width, direction and tag characters: they show nothing, and can hide words.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
# The joiners do belong between letters of Persian, Indic and other scripts, and in emoji.
_JOINERS = re.compile(
    "(?<![^\x00-\u024f\\s\u200c\u200d])[\u200c\u200d]++|[\u200c\u200d]++(?![^\x00-\u024f\\s])"
)
_WIDE = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_SPACES = re.compile(f"[ {_WIDE}]{{2,}}|[{_WIDE}]")
# Wide and quick: every block that has combining marks, without the ideographs.
_MAYBE_MARKS = re.compile(
    "[\u0300-\u2fff\u3020-\u309f\ua600-\uabff\ufb1e\ufe20-\ufe2f\U00010100-\U0001efff]{31}"
)
_ENDS = tuple(".!?…:;\"”’')]。！？»")
_ITEM = re.compile(r"(?:[-*•►▪–—]|\(?\d{1,3}[.)])\s")
_PLACE_LINE_END = re.compile(r"[^.!?;:]{2,80}\s(?:—|–|--)")


def clean_characters(text: str) -> str:
    """`text` in NFC, with "\\n" as the only line end and " " as the only space, nothing unseen."""
    text = _BREAKS.sub("\n", text)
    text = _UNSEEN.sub("", text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
        if "\u200c" in text or "\u200d" in text:
            text = _JOINERS.sub("", text)
        text = _thin_marks(unicodedata.normalize("NFC", _thin_marks(text)))
    return _SPACES.sub(" ", text)


def one_line(text: str) -> str:
    """`text` with clean characters and every run of white space one space."""
    return " ".join(clean_characters(text).split())


def clean_body(text: str, title: str = "", source: str | None = None) -> str:
    """Body of an article: paragraphs on one line each, a blank line between, none of them twice.

    Args:
        text: as the file holds it.
        title: the cleaned title; paragraphs at the start that only repeat it are dropped.
        source: the outlet; a place line that names nothing else is dropped.

    Returns:
        The cleaned text, without a line break at its ends; empty when nothing is left.
        Cleaning it again changes nothing.
    """
    found = _paragraphs(AD_MARK.sub(" ", clean_characters(text)))
    outlet = (source or "").casefold()
    outlet = outlet.split(".")[0] if "." in outlet else outlet
    # What is joined or dropped can show a new neighbour to the same rules. Every round that
    # changes anything leaves fewer paragraphs, so this ends; as a rule in the second round.
    while True:
        kept = [AD_MARK.sub(" ", p).strip() if "(" in p or "[" in p else p for p in found]
        kept = _drop_repeats([p for p in kept if p and not is_boilerplate(p)])
        kept = _settle_start(kept, title, outlet)
        if kept == found:
            return "\n\n".join(kept)
        found = [" ".join(p.split()) for p in kept]


def is_wrapped(lines: list[str]) -> bool:
    """Whether `lines` were one paragraph before somebody broke it at a column."""
    if len(lines) < 2:
        return False
    width = max(map(len, lines))
    if not 30 <= width <= WRAP_COLUMNS:
        return False
    inner = lines[:-1]
    full = sum(len(line) >= 0.7 * width for line in inner)
    running = sum(not line.endswith(_ENDS) for line in inner)
    return full >= 0.6 * len(inner) and running >= 0.5 * len(inner)


def _thin_marks(text: str) -> str:
    """Shorten endless runs of combining marks: ordering n of them takes n² steps."""
    if not _MAYBE_MARKS.search(text):
        return text
    return _marks().sub(lambda run: run[0][:MARKS_TOGETHER], text)


@cache
def _marks() -> re.Pattern[str]:
    # 0x300 is the first combining mark; none is assigned beyond Adlam's in plane 1
    marks = "".join(chr(c) for c in range(0x300, 0x1E950) if unicodedata.combining(chr(c)))
    return re.compile(f"[{re.escape(marks)}]{{{MARKS_TOGETHER + 1},}}")


def _paragraphs(text: str) -> list[str]:
    found: list[str] = []
    block: list[str] = []
    for line in text.split("\n"):
        line = line.strip()
        if line:
            block.append(line)
        elif block:
            found += _unwrap(block)
            block = []
    return found + _unwrap(block) if block else found


def _unwrap(block: list[str]) -> list[str]:
    """Lines between two blank ones: a wrapped paragraph or several, or each line its own."""
    if len(block) == 1:
        return block
    block = [line for line in block if not is_boilerplate(line)]
    if not is_wrapped(block):
        return block
    width = max(map(len, block))
    found: list[str] = []
    run: list[str] = []
    for line in block:
        if run and _ITEM.match(line):
            found.append(_join(run))
            run = []
        run.append(line)
        if len(line) < 0.7 * width and line.endswith(_ENDS):
            found.append(_join(run))
            run = []
    return found + [_join(run)] if run else found


def _join(lines: list[str]) -> str:
    joined = " ".join(lines)
    return re.sub(r"(?<=\w)- (?=[a-z])", "-", joined) if "- " in joined else joined


def _settle_start(paragraphs: list[str], title: str, outlet: str) -> list[str]:
    """Drop what only repeats the title or the outlet; put a place line before its paragraph.

    In one pass, so that a long run of such lines does not cost a round of cleaning each.
    """
    wanted = title.casefold().rstrip(" .")
    n, first = 0, paragraphs[0] if paragraphs else ""
    while n < len(paragraphs) - 1:
        if wanted and len(first) < 600 and first.casefold().rstrip(" .") == wanted:
            first = paragraphs[n + 1]
        elif _PLACE_LINE_END.fullmatch(first):
            bare = first.rstrip(" —–-").casefold() == outlet
            first = paragraphs[n + 1] if bare else f"{first} {paragraphs[n + 1]}"
        else:
            break
        n += 1
    return [first, *paragraphs[n + 1 :]] if n else paragraphs


def _drop_repeats(paragraphs: list[str]) -> list[str]:
    paragraphs = _first_half(paragraphs)
    seen: set[str] = set()
    again = [False] * len(paragraphs)
    short_again = [False] * len(paragraphs)
    for n, paragraph in enumerate(paragraphs):
        if paragraph in seen:
            (again if len(paragraph) >= REPEAT_CHARACTERS else short_again)[n] = True
        seen.add(paragraph)
    if not any(again):
        return paragraphs
    # A subheading that stands twice goes with the repeated paragraph that follows it.
    for n in range(len(paragraphs) - 2, -1, -1):
        again[n] = again[n] or (short_again[n] and again[n + 1])
    return [p for p, gone in zip(paragraphs, again, strict=True) if not gone]


def _first_half(paragraphs: list[str]) -> list[str]:
    """The body once, when it stands twice: as paragraphs, or within the only one."""
    while True:
        half, odd = divmod(len(paragraphs), 2)
        if half and not odd and paragraphs[:half] == paragraphs[half:]:
            if sum(map(len, paragraphs[:half])) < REPEAT_CHARACTERS:
                return paragraphs
            paragraphs = paragraphs[:half]
        elif len(paragraphs) == 1 and len(paragraphs[0]) > 2 * REPEAT_CHARACTERS:
            only = paragraphs[0]
            half, odd = divmod(len(only), 2)
            if not odd or only[half] != " " or only[:half] != only[half + 1 :]:
                return paragraphs
            paragraphs = [only[:half]]
        else:
            return paragraphs
