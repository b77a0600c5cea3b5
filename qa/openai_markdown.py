"""Text of articles in Markdown: it is shown as it is written, and nothing of it is obeyed.

Chat clients render what a model says as Markdown, many with HTML, formulas, links made of bare
addresses, directives and templates besides. So what any of them could obey is escaped, in the way
that reads best where nothing is rendered: a backslash before a mark, an entity where a backslash
would begin a formula (`\\[`), and a code span around what could become a link by itself.
"""

from __future__ import annotations

import html
import re

#: what a client may take for an address: it links none inside a code span
_LINKABLE = re.compile(r"://|www\.|\S@\S|\w\.[^\W\d_]{2,}", re.IGNORECASE)
#: marks beside an address that are no part of it
_EDGE = "\"'“”‘’«»()[].,;:!?*_~$…&#"
_MARKS = re.compile(r"[\\*_~$|{}]")  # never alone between words: emphasis, formulas, tables
_ENTITY = re.compile(r"&(?=#?\w+;)")
_DIRECTIVE = re.compile(r":(?=[A-Za-z:])")  # of remark-directive, which LibreChat renders
_OPENING = re.compile(r"[-+=#:]|\d{1,9}(?=[.)])")  # what begins a list, heading or rule of a line
_BROKEN = re.compile(r"([<>`{}|\\]+)")  # a code span could not hold these, or holds them unsafely
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
#: no text: control characters, halves of UTF-16, and marks that turn the writing direction
_UNFIT = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
_READ_IN_ADDRESS = re.compile(r"(&#?[0-9A-Za-z]+);")

_LINK = re.compile(r"\s?\[\d{1,9}\]\(https?://[^\s()]+\)")
_RENDERED = re.compile(
    rf"{_LINK.pattern}|`(?P<code>[^`\s]+)`|\\(?P<mark>[!-/:-@\[-`{{-~])|(?P<entity>&(?:#\d+|\w+);)"
)


def space(run: str) -> str:
    """A run of whitespace: a space, the end of a line, or that of a paragraph.

    Kept as it is, it could indent a line and so make code of it.
    """
    return "\n" * min(2, len(_BREAK.findall(run))) or " "


def word(text: str, at_start: bool) -> str:
    """A run of other characters; `at_start`: it begins a line, where more is special.

    Words can be escaped one by one: joined with `space` between them they are the whole text.
    """
    pieces = _BROKEN.split(_UNFIT.sub("\N{REPLACEMENT CHARACTER}", text))
    return "".join(_piece(one, at_start and not number) for number, one in enumerate(pieces))


def label(text: str) -> str:
    """A text in one go that may stand in the brackets of a link, on one line.

    No client links an address inside a link, so it needs no code span there.
    """
    clean = _UNFIT.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    return _escaped(clean, False).replace("[", "&#91;").replace("]", "&#93;")


def link(label: str, url: str) -> str:
    """A link of a label that is Markdown already to an address that `index.url.read_url` took."""
    return f"[{label}]({address(url)})"


def address(url: str) -> str:
    """Such an address, the same to a browser, that ends in Markdown where it ends."""
    # Brackets would end the address early, a formula begin at a dollar; entities are read in it.
    safe = url.replace("(", "%28").replace(")", "%29").replace("$", "%24")
    return _READ_IN_ADDRESS.sub(r"\1%3B", safe)


def unlinked(markdown: str) -> str:
    """What was said in Markdown of ours as text again, without its numbered links."""
    return _RENDERED.sub(_text_of, markdown)


def _piece(text: str, at_start: bool) -> str:
    if not _LINKABLE.search(text):
        return _escaped(text, at_start)
    core = text.strip(_EDGE)
    begin = text.find(core)
    before, after = text[:begin], text[begin + len(core) :]
    if not _LINKABLE.search(core):
        # What makes it an address is at its edge: the whole is shown as code.
        return f"`{text}`"
    return f"{_escaped(before, at_start)}`{core}`{_escaped(after, False)}"


def _escaped(text: str, at_start: bool) -> str:
    if not text:
        return ""
    opening = _OPENING.match(text) if at_start else None
    begun = opening.end() if opening else 0
    if opening and opening.group().isdecimal():  # the mark behind the number makes it a list
        head = opening.group() + ("\\." if text[begun] == "." else "&#41;")
        begun += 1
    elif opening:
        head = f"\\{opening.group()}"
    elif at_start and text[0] == "[":  # [name]: address, which is shown nowhere and links
        head, begun = "&#91;", 1
    else:
        head = ""
    rest = _ENTITY.sub("&amp;", text[begun:])
    rest = rest.replace("<", "&lt;").replace(">", "&gt;").replace("`", "&#96;")
    rest = _DIRECTIVE.sub(r"\\:", _MARKS.sub(r"\\\g<0>", rest))
    return head + rest.replace("](", "]&#40;")


def _text_of(found: re.Match[str]) -> str:
    code, mark, entity = found.group("code", "mark", "entity")
    if code is not None:
        return code
    if mark is not None:
        return mark
    return html.unescape(entity) if entity is not None else ""
