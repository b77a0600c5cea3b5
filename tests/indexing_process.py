"""A process that indexes until it is killed. Run as `python -m tests.indexing_process FOLDER SEED`.

Prints one line for each acknowledged write, flushed before the next one starts:
"put <article number> <version> …" or "withdrawn <article number>".
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from index.config import IndexConfig
from index.store import Store
from tests.stored import DIMENSION, MODEL, entry


def main(folder: str, seed: str) -> None:
    chance = random.Random(int(seed))
    store = Store.open(IndexConfig(data=Path(folder)), MODEL, DIMENSION, "an indexing process")
    print("opened", flush=True)
    while True:
        numbers = chance.sample(range(400), 6)
        entries = []
        for number in numbers:
            known = store.catalogue.known(f"a{number:05d}")
            entries.append(entry(number, version=(known.version + 1 if known else 1)))
        store.put(entries)
        pairs = zip(numbers, entries, strict=True)
        print("put", *(f"{number}:{one.fingerprint}" for number, one in pairs), flush=True)
        if chance.random() < 0.3:
            gone = chance.choice(numbers)
            store.withdraw(f"a{gone:05d}")
            print("withdrawn", gone, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
