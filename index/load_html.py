"""HTML: the main text and what the page says of itself."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from index.byline import read_authors
from index.date import read_date
from index.decode import NotText, decode
from index.records import Found, Rejected

if TYPE_CHECKING:
    from lxml.html import HtmlElement

HTML_BYTES = 20_000_000  #: a larger page is rejected: its tree would not fit the memory
MOST_TAGS = 500_000  #: so is one with more "<"
MOST_TAGS_WEIGHED = 50_000  #: above, all visible text is taken: weighing each block takes minutes

_TAG = re.compile(
    r"</?(?:p|div|br|span|a|ul|ol|li|h[1-6]|strong|em|b|i|img|figure|blockquote|table|tr|td"
    r"|section|article|html|body|head|script|style|iframe)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"<(?:html|body|head)[\s>]", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_UNREAD = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "select",
        "button",
        "textarea",
        "nav",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "hr",
        "form",
        "fieldset",
        "address",
        "body",
        "html",
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "publishdate", "publish-date",
    "publication_date", "pubdate", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.issued", "dc.date", "citation_publication_date", "cxenseparse:recs:publishtime",
    "article.published", "date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod")
_URL_DAY = re.compile(r"/(\d{4})[/-](\d{2})[/-](\d{2})(?:/|-|$)")


def read_html(raw: bytes, key: str, origin: str) -> Found | Rejected:
    """The article on a page; its date only where a field of the page or its URL tells it."""
    if len(raw) > HTML_BYTES:
        return Rejected(origin, f"is an HTML page over {HTML_BYTES // 1_000_000} MB")
    label = _CHARSET.search(raw[:4096])
    try:
        page = decode(raw, label[1].decode("ascii") if label else None)
    except NotText as reason:
        return Rejected(origin, str(reason))
    tree = _tree(page)
    if tree is None:
        return Rejected(origin, "holds no HTML that can be read, or too many elements")
    # before the extraction, which takes the tree apart
    told = _metas(tree)
    linked = list(_json_ld(tree))
    whole = visible_text(tree)
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    times = [t.get("datetime") or t.text_content() for t in tree.iter("time") if _is_pubdate(t)]
    _drop_hidden(tree)
    main = _extract(tree)
    # Where the extraction found next to nothing of a page with text, the visible text serves.
    text = main.get("text") or ""
    text = whole if len(text) < 80 and len(whole) > len(text) else text
    if not text.strip():
        return Rejected(origin, "has no text")
    url = main.get("url")
    return Found(
        origin=origin,
        key=key,
        text=text.strip(),
        url=url,
        title=_first(
            *_of(linked, "headline"), told.get("og:title"), *headings[:1], main.get("title")
        ),
        source=_first(told.get("og:site_name"), *_of(linked, "publisher"), main.get("sitename")),
        authors=read_authors((main.get("author") or "").split(";")),
        published=_first_date(
            *_of(linked, "datePublished"), *(told.get(n) for n in _PUBLISHED), *times[:1]
        )
        or _day_in(url),
        updated=_first_date(*_of(linked, "dateModified"), *(told.get(n) for n in _UPDATED)),
    )


def is_html(text: str) -> bool:
    """Whether `text` is evidently marked up: two tags or more near its start."""
    tags = _TAG.finditer(text[:200_000])
    return next(tags, None) is not None and next(tags, None) is not None


def fragment_text(markup: str) -> str:
    """Text of a piece of HTML that a row or feed holds; of a whole page, its main text.

    A piece is an article's body already: looking for the main part of it could only lose text.
    Empty where it cannot be read, is over 20 MB or has too many elements.
    """
    tree = _tree(markup) if len(markup) <= HTML_BYTES else None
    if tree is None:
        return ""
    whole = visible_text(tree)
    if not _WHOLE_PAGE.search(markup[:2000]):
        return whole
    _drop_hidden(tree)
    main = _extract(tree).get("text") or ""
    return whole if len(main) < 80 else main


def visible_text(tree: HtmlElement) -> str:
    """All text of `tree` that a reader would see, a blank line between blocks."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        name = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            if name in _UNREAD or _is_hidden(node):
                walk.skip_subtree()
                continue
            parts.append("\n\n" if name in _BLOCKS else "\n" if name == "br" else "")
            parts.append(_flat(node.text))
        else:
            parts.append("\n\n" if name in _BLOCKS else "")
            if node is not tree:
                parts.append(_flat(node.tail))
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _is_hidden(node: HtmlElement) -> bool:
    return "hidden" in node.attrib or bool(_HIDDEN.search(node.get("style", "")))


def _drop_hidden(tree: HtmlElement) -> None:
    """What no reader sees is no part of the article: it is where orders to machines hide."""
    for node in [n for n in tree.iter("*") if _is_hidden(n)]:
        if node.getparent() is not None:
            node.drop_tree()


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tree(markup: str) -> HtmlElement | None:
    from lxml import etree, html

    if markup.count("<") > MOST_TAGS:
        return None
    # As bytes with a named encoding: lxml refuses a str that declares one of its own.
    # huge_tree stays off: it is libxml2's guard against hostile nesting.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, no_network=True)
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _extract(tree: HtmlElement) -> dict[str, Any]:
    import trafilatura

    if sum(1 for _ in tree.iter()) > MOST_TAGS_WEIGHED:
        return {}
    # Its own complaints about odd pages are ours to tell, by a Rejected.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        document = trafilatura.bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            # Its date is not used: looking in running text, it finds days that are not the page's.
            date_extraction_params={"extensive_search": False, "max_date": "2100-01-01"},
        )
    except Exception:
        return {}
    return document.as_dict() if document is not None and hasattr(document, "as_dict") else {}


def _metas(tree: HtmlElement) -> dict[str, str]:
    told: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = meta.get(attribute)
            if name and content:
                told.setdefault(name.strip().lower(), content)
    return told


def _is_pubdate(node: HtmlElement) -> bool:
    marks = f"{node.get('itemprop', '')} {node.get('class', '')}".lower()
    return node.get("pubdate") is not None or bool(
        re.search(r"publish|pub-?date|entry-date", marks)
    )


def _json_ld(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Objects of the page's JSON-LD whose type is an article's."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            waiting: list[Any] = [json.loads(script.text or "")]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting += value[:100]
            elif isinstance(value, dict):
                waiting += [value["@graph"]] if "@graph" in value else []
                if re.search(r"Article|Posting|Report", str(value.get("@type"))[:200]):
                    yield value


def _of(objects: list[dict[str, Any]], name: str) -> list[str]:
    values = [o.get(name) for o in objects]
    values = [v.get("name") if isinstance(v, dict) else v for v in values]
    return [v for v in values if isinstance(v, str)]


def _first(*values: str | None) -> str | None:
    return next((v.strip() for v in values if v and v.strip()), None)


def _first_date(*values: str | None) -> str | None:
    return next((v.strip() for v in values if v and read_date(v)), None)


def _day_in(url: str | None) -> str | None:
    match = _URL_DAY.search(url or "")
    return "-".join(match.groups()) if match else None
