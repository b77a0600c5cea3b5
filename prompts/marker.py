"""A line that fences data off in a prompt, and that the data cannot hold."""

from __future__ import annotations

import hashlib
from itertools import count


def marker_for(*texts: str) -> str:
    """A line to put around texts, which occurs in none of them; the same for the same texts.

    It is derived from them all, so that nobody who writes one of them can put it there.
    """
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    for number in count():
        digest = hashlib.sha256(str(number).encode())
        for text in written:
            digest.update(len(text).to_bytes(8, "big") + text)
        marker = f"=== {digest.hexdigest()[:24]} ==="
        if not any(marker in text for text in texts):
            return marker
    raise AssertionError("unreachable: the numbers do not end")
