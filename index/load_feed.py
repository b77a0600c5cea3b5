"""RSS and Atom: each entry an article."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from index.load_html import fragment_text, is_html
from index.records import Found, Rejected
from index.url import read_url


def read_feed(raw: bytes, key: str, origin: str) -> Iterator[Found | Rejected]:
    """Articles of a feed; the outlet is the feed's title. Nothing is fetched."""
    import feedparser

    try:
        # As a stream: a string could be taken for an address or a file's name.
        feed = feedparser.parse(io.BytesIO(raw), resolve_relative_uris=False, sanitize_html=False)
    except Exception:
        yield Rejected(origin, "is a feed that cannot be read")
        return
    entries = feed.get("entries") or []
    if not entries:
        kind = "has no entries" if feed.get("version") else "is not an RSS or Atom feed"
        yield Rejected(origin, kind)
        return
    outlet = _plain(feed.feed.get("title"))
    home = feed.feed.get("link") or outlet or key
    for number, entry in enumerate(entries, 1):
        yield _read_entry(entry, outlet, home, f"{key}:{number}", f"{origin}:{number}")


def _read_entry(
    entry: Any, outlet: str | None, home: str, key: str, origin: str
) -> Found | Rejected:
    bodies = [c.get("value") or "" for c in entry.get("content") or []]
    text = max((_body(b) for b in [*bodies, entry.get("summary") or ""]), key=len)
    if not text.strip():
        return Rejected(origin, "the feed's entry has no text")
    url = read_url(entry.get("link")) or read_url(entry.get("id"))
    # dict's own get: feedparser's answers with the other one where one is missing
    published, updated = dict.get(entry, "published"), dict.get(entry, "updated")
    return Found(
        origin=origin,
        key=key,
        text=text,
        # A feed's own entry numbers are only unique within it.
        id=f"{home}#{entry['id']}" if not url and entry.get("id") else None,
        url=url,
        title=_plain(entry.get("title")),
        source=outlet,
        authors=tuple(a["name"] for a in entry.get("authors") or [] if a.get("name")),
        published=published or updated,  # Atom obliges entries to the second one only
        updated=updated if published else None,
    )


def _body(markup: str) -> str:
    return fragment_text(markup) if "<" in markup or "&" in markup else markup


def _plain(value: str | None) -> str | None:
    if not value:
        return None
    return (fragment_text(value) if is_html(value) or "&" in value else value).strip() or None
