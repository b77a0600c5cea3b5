"""Plain text and Markdown: header lines, title, byline, body."""

from __future__ import annotations

import re

from index.boilerplate import AD_MARK, is_boilerplate
from index.byline import read_authors
from index.clean import PLACE_LINE
from index.clean_text import is_wrapped, one_line
from index.date import read_date
from index.decode import NotText, decode
from index.records import Found, Rejected

TITLE_CHARACTERS = 200  #: a longer first line is a paragraph

_FIELDS = {
    "title": "title", "headline": "title", "date": "published", "published": "published",
    "publication date": "published", "updated": "updated", "modified": "updated",
    "source": "source", "publisher": "source", "outlet": "source", "site": "source",
    "author": "authors", "authors": "authors", "byline": "authors", "by": "authors",
    "url": "url", "link": "url", "id": "id",
}  # fmt: skip
_HEADER = re.compile(r"([A-Za-z][A-Za-z _-]{0,30}?)\s*:\s+(\S.*)")
_BYLINE = re.compile(r"By:? [A-ZÀ-Þ][^.!?:]{2,90}|Authors?: .{2,90}", re.ASCII)
_DATELINE_LABEL = re.compile(r"(?:published|updated|posted|last modified)\b:? ?", re.IGNORECASE)
_SENTENCE_END = (".", ",", ";", ":", ".”", '."', ".’", ".'", ".)")


def read_text(raw: bytes, key: str, origin: str, markdown: bool = False) -> Found | Rejected:
    """The article in a text file.

    Lines such as "Title: …" or a front matter between "---" lines are read where they stand
    at the start. Without a title there, a short first line that does not end like a sentence
    and has more text below it is the title; for Markdown, so is "# …". A byline and a line
    that is only a date, right below the title, are read too.
    """
    try:
        text = decode(raw)
    except NotText as reason:
        return Rejected(origin, str(reason))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fields, text = _front_matter(text)
    if not fields:
        fields, text = _header_lines(text)
    if markdown:
        text = _heading(fields, text)
    if "title" not in fields:
        text = _first_line(fields, text)
    if "title" in fields:
        text = _below_title(fields, text)
    if markdown:
        text = strip_markdown(text)
    if not text.strip():
        return Rejected(origin, "has no text")
    authors = read_authors(fields.pop("authors", "").split("\n"))
    return Found(origin=origin, key=key, text=text, authors=authors, **fields)  # type: ignore[arg-type]


def strip_markdown(text: str) -> str:
    """`text` without Markdown's marks: links become their words, images go."""
    from index.load_html import fragment_text, is_html

    if is_html(text):
        text = fragment_text(text)
    text = re.sub(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)", "", text)
    text = re.sub(r"\[([^\[\]\n]{1,500})\]\([^()\n]{1,2000}\)", r"\1", text)
    text = re.sub(r"\*\*([^*\n]{1,500})\*\*", r"\1", text)
    text = re.sub(r"(?<![\w*])\*([^*\s][^*\n]{0,500})\*(?![\w*])", r"\1", text)
    text = re.sub(r"(?<!\w)__?([^_\s][^_\n]{0,500})__?(?!\w)", r"\1", text)
    text = re.sub(r"`([^`\n]{1,500})`", r"\1", text)
    text = re.sub(r"^(?:#{1,6}[ \t]|(?:>[ \t]?){1,9})", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\[[^\[\]\n]{1,100}\]:[ \t].{0,2000}$", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", text)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    head = text.lstrip()
    if not head.startswith("---\n"):
        return {}, text
    end = head.find("\n---\n", 3, 20_000)
    if end < 0:
        if not head[:20_000].rstrip().endswith("\n---"):
            return {}, text
        end = head.rstrip().rfind("\n---")
    fields: dict[str, str] = {}
    name = ""
    for line in head[4:end].split("\n"):
        item = re.fullmatch(r"\s+-\s+(.+)", line)
        if item and name == "authors":  # a list, one name a line
            fields[name] = (fields.get(name, "") + "\n" + _unquote(item[1])).strip()
            continue
        key, _, value = line.partition(":")
        name = _FIELDS.get(key.strip().lower().replace("_", " "), "")
        value = value.strip()
        if name == "authors" and value.startswith("["):
            value = "\n".join(_unquote(v) for v in value.strip("[]").split(","))
        if name and value:
            fields.setdefault(name, _unquote(value))
    return fields, head[end + 4 :]


def _unquote(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _header_lines(text: str) -> tuple[dict[str, str], str]:
    """Lines "Name: value" up to the first blank one; all of them have to be such lines."""
    head, _, body = text.lstrip().partition("\n\n")
    if len(head) > 5000 or not body.strip():
        return {}, text
    fields: dict[str, str] = {}
    others = 0
    for line in head.split("\n"):
        match = _HEADER.fullmatch(line.strip())
        if match is None:
            return {}, text
        name = _FIELDS.get(match[1].lower())
        if name:
            fields.setdefault(name, match[2].strip())
        else:
            others += 1
    # A paragraph such as "Weather: rain." is no header; with known names around, it is.
    return (fields, body) if len(fields) > others else ({}, text)


def _heading(fields: dict[str, str], text: str) -> str:
    lines = text.split("\n", 40)
    for n, line in enumerate(lines[:40]):
        if line.startswith("# ") and "title" not in fields:
            fields["title"] = strip_markdown(line[2:].strip().rstrip("#").strip())
            return "\n".join(lines[:n] + lines[n + 1 :])
        if line.strip() and not is_boilerplate(AD_MARK.sub("", line)):
            break
    return text


def _first_line(fields: dict[str, str], text: str) -> str:
    lines = text.split("\n", 60)
    for n, line in enumerate(lines[:60]):
        title = one_line(AD_MARK.sub(" ", line))
        if is_boilerplate(title):
            continue
        rest = lines[n + 1 :]
        if _is_title(title, rest):
            fields["title"] = title.lstrip("#").strip()
            return "\n".join(rest)
        break
    return text


def _is_title(title: str, rest: list[str]) -> bool:
    if len(title) > TITLE_CHARACTERS or title.endswith(_SENTENCE_END) or PLACE_LINE.match(title):
        return False
    if not any(line.strip() for line in rest):
        return False
    below: list[str] = []
    for line in rest:
        if not line.strip():
            break
        below.append(line.strip())
    if not below:
        return True
    # Lines right below: a wrapped paragraph's first line is no title, a shorter one above it is.
    if below[0][:1].islower():
        return False
    width = max(map(len, below))
    return not (is_wrapped([title, *below[:40]]) and len(title) >= 0.7 * width)


def _below_title(fields: dict[str, str], text: str) -> str:
    """Take a byline and a date that stand alone among the first three lines of the body."""
    lines = text.split("\n", 12)
    taken: set[int] = set()
    seen = 0
    for n, line in enumerate(lines[:12]):
        words = one_line(line)
        if not words or is_boilerplate(AD_MARK.sub("", words)):
            continue
        seen += 1
        label = _DATELINE_LABEL.match(words)
        name = "updated" if label and label[0][0] in "uUlL" else "published"
        if "authors" not in fields and _BYLINE.fullmatch(words):
            fields["authors"] = words.removeprefix("Authors: ").removeprefix("Author: ")
        elif name not in fields and len(words) <= 60 and read_date(words):
            fields[name] = words
        else:
            break
        taken.add(n)
        if seen == 3:
            break
    left = [line for n, line in enumerate(lines) if n not in taken]
    return "\n".join(left) if any(line.strip() for line in left) else text
