"""Text of articles, questions, answers and errors, made safe to look at.

Nothing of it is trusted: it may be huge, hold control characters, marks of HTML or Markdown, or
halves of characters. What would be invisible is shown, because it is often the reason why two
texts that look the same are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

#: Characters that show nothing, turn the direction of writing, or can't be written in UTF-8. The
#: joiners of emoji and of Indic and Persian script are not among them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_MARKDOWN = re.compile(r"([\\`*_\[\]|~$#]|(?<!\w)@|^[-+=])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(?=:)|(www)(?=\.)")
_NUMBERED = re.compile(r"^(\d+)(?=[.)](?:\s|$))")

_SEARCHED = 20_000  #: characters of a text in which an answer is looked for
_WORDS = 30  #: of an acceptable answer, by which it is looked for
_ANSWERS = 40  #: acceptable answers that are looked for


def visible(text: str) -> str:
    """`text` with its invisible characters shown by their numbers, such as ⟨U+202E⟩.

    Line breaks and tabs stay. The result can be written as UTF-8.
    """
    return _HIDDEN.sub(_shown, text)


def clipped(text: str, limit: int) -> str:
    """The first `limit` characters, and how many more there are."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … ({len(text) - limit:,} more characters)"


def line_of(text: str, limit: int) -> str:
    """`text` on one line, cut to `limit` characters with "…"."""
    line = " ".join(text[: limit * 4].split())
    cut = len(line) > limit or len(text) > limit * 4
    return line[:limit].rstrip() + "…" if cut else line


def answer_pattern(answers: Iterable[str]) -> re.Pattern[str] | None:
    """Finds the answers in a text whatever stands between their words ("al Dam", "al-Dam").

    For showing, not for measuring. None where no answer has a word.
    """
    spelled = []
    for answer in list(answers)[:_ANSWERS]:
        words = re.findall(r"\w+", answer[:1000])[:_WORDS]
        if words:
            spelled.append(r"[\W_]{1,3}".join(map(re.escape, words)))
    if not spelled:
        return None
    longest_first = sorted(dict.fromkeys(spelled), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def marked(text: str, pattern: re.Pattern[str] | None, limit: int) -> Markup:
    """At most `limit` characters of `text` as HTML, what the pattern finds in <mark>.

    Where the first find lies beyond the limit, the part around it is shown.
    """
    from markupsafe import Markup, escape

    searched = text[:_SEARCHED]
    first = pattern.search(searched) if pattern else None
    start = 0
    if first is not None and first.end() > limit:
        start = max(0, min(first.start() - limit // 3, len(text) - limit))
        word = re.compile(r"\s\w").search(searched, start, first.start())
        start = word.start() + 1 if word else start
    shown = searched[start : start + limit]
    pieces = [Markup("… ")] if start else []
    last = 0
    for find in pattern.finditer(shown) if pattern else ():
        pieces.append(escape(visible(shown[last : find.start()])))
        pieces.append(Markup("<mark>%s</mark>") % visible(find[0]))
        last = find.end()
    pieces.append(escape(visible(shown[last:])))
    left = len(text) - start - len(shown)
    if left > 0:
        pieces.append(escape(f" … ({left:,} more characters)"))
    return Markup("").join(pieces)


def markdown(text: str, limit: int = 300) -> str:
    """`text` as one line of Markdown that shows it and does nothing else.

    Holds within a paragraph, a list item and a table cell; nothing becomes a link, an image, HTML
    or a further cell.
    """
    line = visible(line_of(text, limit)).translate(_ENTITIES)
    line = _MARKDOWN.sub(r"\\\1", line)
    line = _NUMBERED.sub(r"\1\\", line)
    # Bare addresses become links in many readers; an escaped colon or dot hinders that.
    return _LINK.sub(lambda start: start[0] + "\\", line)


def _shown(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩"
