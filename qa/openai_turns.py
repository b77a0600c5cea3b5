"""Turns as they were answered, for the client that comes back with them in its messages.

A client sends what was said, and not which words of it were the answer: "who leads them?" is
understood better with those. So the latest turns are remembered, in memory alone; a turn that is
not, or whose text was changed, is read from the text that the client sent.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from qa.records import PastTurn

MOST = 5000  #: turns of all clients together; each a few kilobytes


class Turns:
    """Remembers the latest `most` turns. Safe to share by threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._turns: OrderedDict[bytes, PastTurn] = OrderedDict()

    def keep(self, owner: str, turn: PastTurn) -> None:
        """Remember a turn of `owner`; its text is what was said, without links and Markdown."""
        key = _key(owner, turn.question, turn.text)
        with self._lock:
            self._turns[key] = turn
            self._turns.move_to_end(key)
            while len(self._turns) > self._most:
                self._turns.popitem(last=False)

    def find(self, owner: str, question: str, said: str) -> PastTurn | None:
        """The turn of `owner` that went so; nobody finds another's."""
        key = _key(owner, question, said)
        with self._lock:
            turn = self._turns.get(key)
            if turn is not None:
                self._turns.move_to_end(key)
            return turn


def _key(*parts: str) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
