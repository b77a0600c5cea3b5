"""What a file held becomes an article, or is rejected with a reason."""

from __future__ import annotations

import re
from datetime import date

from index.byline import read_authors
from index.clean_text import clean_body, one_line
from index.date import MONTH, read_date
from index.fingerprint import article_id
from index.records import Article, Found, Rejected
from index.url import host_of, read_url

TITLE_CHARACTERS = 500
SOURCE_CHARACTERS = 200

_DAY = rf"(?:{MONTH}\.? \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} {MONTH}\.?(?:,? \d{{4}})?)"
#: "ERBIL, Iraq (Agency) Feb. 24, 2021 —": a city in capitals, region, agency, day, a dash.
PLACE_LINE = re.compile(
    r"[A-ZÀ-ÞŁ][A-ZÀ-ÞŁ.'’\- ]{1,40}(?:, [A-ZÀ-Þ][\w.'’\- ]{0,40}){0,2}(?: ?\([^()]{1,40}\))?"
    rf"(?:,? ?(?P<day>(?i:{_DAY})))?(?: ?\([^()]{{1,40}}\))? ?(?:—|–|--| - )"
)
_SUFFIX = re.compile(r"\s+(?:[-–—|]|::)\s+(?P<outlet>[^|–—]{1,60}?)\s*$")


def clean(found: Found) -> Article | Rejected:
    """The article in `found`, cleaned; what it does not tell stays empty.

    The outlet falls back to the URL's host, the day of publication to the one in the place
    line ("ERBIL (Agency) Feb. 24, 2021 —"). Cleaning a cleaned article changes nothing.

    Returns:
        The article, its `fetched` None; or `Rejected` when no text is left.
    """
    url = read_url(found.url)
    source = one_line(found.source or "")[:SOURCE_CHARACTERS].strip() or host_of(url)
    title = clean_title(found.title or "", source)
    text = clean_body(found.text, title, source)
    if not text:
        return Rejected(found.origin, "has no text once advertising and page furniture are removed")
    return Article(
        id=article_id(found),
        title=title,
        text=text,
        url=url,
        source=source,
        authors=read_authors(one_line(a) for a in found.authors),
        published=read_date(found.published) or _place_line_day(text),
        updated=read_date(found.updated),
    )


def clean_title(title: str, source: str | None) -> str:
    """`title` on one line, 500 characters at most, without its own outlet's name at the end."""
    title = one_line(title)[:TITLE_CHARACTERS].strip()
    names = _names_of(source)
    while (suffix := _SUFFIX.search(title[-80:])) and suffix["outlet"].casefold() in names:
        title = title[: len(title) - len(suffix[0])].strip()
    return title


def _names_of(source: str | None) -> set[str]:
    """Spellings of an outlet: as given, and for a host its first label ("cnn.com": "cnn")."""
    name = (source or "").casefold()
    if not name:
        return set()
    bare = name.removeprefix("www.")
    return {name, bare, bare.split(".")[0]} if "." in name else {name, name + ".com"}


def _place_line_day(text: str) -> date | None:
    match = PLACE_LINE.match(text[:200])
    return read_date(match["day"]) if match else None
