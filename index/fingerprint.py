"""What identifies an article, a version of it, and a passage: the same on every machine."""

from __future__ import annotations

import json
import re
from hashlib import blake2b

from index.records import Article, Found
from index.url import canonical_url, read_url

_CLEAN_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}")


def article_id(found: Found) -> str:
    """Id of the article: the one it gives if that is clean, else drawn from id, URL or key.

    A given id of 1 to 200 characters of A-Z a-z 0-9 . _ : - stays as it is; everything else
    becomes "art_" and 16 hexadecimal digits.
    """
    given = (found.id or "").strip()
    if given:
        # "." and ".." would be paths in the address of an article.
        is_clean = _CLEAN_ID.fullmatch(given) and given.strip(".")
        return given if is_clean else "art_" + _digest("id:" + given, 8)
    url = read_url(found.url)
    if url:
        return "art_" + _digest(canonical_url(url), 8)
    return "art_" + _digest("key:" + found.key, 8)


def fingerprint(article: Article) -> str:
    """32 hexadecimal digits over all that the article says of itself; not its id, not `fetched`."""
    return _of_values(
        article.title, article.text, article.url, article.source, list(article.authors),
        _day(article.published), _day(article.updated),
    )  # fmt: skip


def content_fingerprint(article: Article) -> str:
    """32 hexadecimal digits that the same article shares when it comes under another id."""
    return _of_values(
        article.title, article.text, article.source, _day(article.published),
        canonical_url(article.url) if article.url else None,
    )  # fmt: skip


def passage_id(article_id: str, fingerprint: str, start: int, end: int) -> str:
    """The mark "p_" and 20 hexadecimal digits, from article, version and offsets."""
    return "p_" + _digest(f"{article_id}\n{fingerprint}\n{start}\n{end}", 10)


def _day(value: object) -> str | None:
    return None if value is None else str(value)


def _of_values(*values: object) -> str:
    return _digest(json.dumps(values, ensure_ascii=False, separators=(",", ":")), 16)


def _digest(text: str, size: int) -> str:
    # surrogatepass: a file's name or id may hold what UTF-8 cannot; it still needs one id
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
