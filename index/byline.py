"""Who wrote it: a byline becomes names."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST, LONGEST = 50, 200  #: names kept, characters of one

_BY = re.compile(r"^(?:written\s+)?by:?\s+", re.IGNORECASE)
_AND = re.compile(r"\s*;\s*|\s+and\s+|\s*&\s+|\s*\|\s*", re.IGNORECASE)


def read_authors(values: Iterable[str]) -> tuple[str, ...]:
    """Names in `values`, in order, each once; a value may hold several ("By A, B and C").

    A comma parts names only where each part has two words or more: "Doe, Jane" stays one.
    """
    names: dict[str, str] = {}
    for value in values:
        for part in _AND.split(_BY.sub("", " ".join(value.split()))):
            pieces = [p.strip() for p in part.split(",") if p.strip()]
            whole = len(pieces) > 1 and any(" " not in p for p in pieces)
            for name in [part.strip(" ,")] if whole else pieces:
                if any(c.isalpha() for c in name) and len(name) <= LONGEST:
                    names.setdefault(name.casefold(), name)
    return tuple(names.values())[:MOST]
