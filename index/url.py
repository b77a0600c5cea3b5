"""Addresses of articles: which are kept, and which are the same."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

LONGEST = 2000  #: characters; a longer address is no address of an article

#: No part of an address. Marks of writing direction would make a link read as another one.
_UNFIT = re.compile(
    r"[\s\x00-\x20\x7f-\x9f\"<>\\^`{|}\ud800-\udfff"
    r"\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_TRACKING = re.compile(
    r"(?:utm_[^=]*|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|cmpid|ocid|_ga)(?:=|$)", re.I
)


def read_url(value: str | None) -> str | None:
    """`value` if it is a whole http or https address, else None: nothing else is ever linked to.

    One with a user is none: "https://outlet.example@elsewhere.example/" would be read as the first.
    """
    text = (value or "").strip()
    if not text or len(text) > LONGEST or _UNFIT.search(text):
        return None
    parts = _split(text)
    return text if parts is not None and "@" not in parts.netloc else None


def host_of(url: str | None) -> str | None:
    """Host of `url` in lower case without "www.", or None."""
    parts = _split(url or "")
    if parts is None or parts.hostname is None:
        return None
    return parts.hostname.removeprefix("www.") or None


def canonical_url(url: str) -> str:
    """What two addresses of one article share.

    Scheme and host in lower case; no user, default port, fragment, tracking parameter or
    trailing slash.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return url
    scheme = parts.scheme.lower()
    port = parts.port
    shown = f":{port}" if port and port != {"http": 80, "https": 443}[scheme] else ""
    kept = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.match(p))
    path = parts.path.rstrip("/")
    return f"{scheme}://{parts.hostname}{shown}{path}{'?' + kept if kept else ''}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  a bad port only shows when it is read
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    return parts
