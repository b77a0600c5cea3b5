"""Take several articles in together, and tell of each what became of it.

One commit for a batch: taken one by one, a file of short articles spends most of its time there.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.catalogue import Catalogue
from index.fingerprint import content_fingerprint
from index.ingest import Ingest
from index.records import Article, Found, Rejected
from index.report import Outcome, Taken
from index.rows import Known

Cleaned = tuple[Found, Article]  #: what a file held, and the same cleaned


def take_batch(
    ingest: Ingest, catalogue: Catalogue, batch: Sequence[Cleaned]
) -> list[Taken | Rejected]:
    """The outcome of each, in order; also those that were withdrawn are taken.

    No two of a batch may have the same id or origin. Raises what `Ingest.run` raises; then none
    of the batch was taken.
    """
    before = [catalogue.known(article.id) for _, article in batch]
    report = ingest.run([found for found, _ in batch], bring_back=True)
    rejected = {one.origin: one for one in report.rejected}
    after = catalogue.without_text([article.id for _, article in batch])
    passages = {one.article.id: one.passages for one in after}
    done: list[Taken | Rejected] = []
    for (found, article), known in zip(batch, before, strict=True):
        if found.origin in rejected:
            done.append(rejected[found.origin])
            continue
        now = catalogue.known(article.id)
        if now is not None:
            outcome = _outcome(known, now)
            done.append(Taken(article.id, outcome, now.version, passages.get(article.id, 0)))
            continue
        done.append(_duplicate(catalogue, found, article))
    return done


def _outcome(before: Known | None, now: Known) -> Outcome:
    if before is None:
        return Outcome.ADDED
    return Outcome.UNCHANGED if before.version == now.version else Outcome.UPDATED


def _duplicate(catalogue: Catalogue, found: Found, article: Article) -> Taken | Rejected:
    """The article that has the same content under another id."""
    holder = catalogue.holder_of(content_fingerprint(article))
    stored = catalogue.without_text([holder]) if holder else []
    if not stored:
        return Rejected(found.origin, "was withdrawn while it was added; add it again")
    return Taken(stored[0].article.id, Outcome.DUPLICATE, stored[0].version, stored[0].passages)
