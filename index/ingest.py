"""Take articles in: load → clean → fingerprint → chunk → embed → store → report.

An article is acknowledged with its whole batch; a kill loses at most the batch that
was under way, and running the same command again takes it in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from index.chunk import Tokenizer, chunk, embedded_text, title_context
from index.clean import clean
from index.config import IndexConfig
from index.embed import PassageEmbedder
from index.fingerprint import content_fingerprint, fingerprint
from index.records import Article, Found, Rejected
from index.report import IndexReport, Outcome, Taken
from index.rows import Entry
from index.store import Store

#: A batch is stored when its texts reach this many characters, so that a few huge
#: articles do not gather in memory.
_BATCH_CHARACTERS = 4_000_000


class Ingest:
    """Takes articles into one store. Not for several threads at a time."""

    def __init__(
        self, store: Store, embedder: PassageEmbedder, tokenizer: Tokenizer, config: IndexConfig
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._tokenizer = tokenizer
        self._config = config

    def run(
        self,
        found: Iterable[Found | Rejected],
        on_batch: Callable[[IndexReport], None] | None = None,
        bring_back: bool = False,
    ) -> IndexReport:
        """Take in all of `found`, in batches; `on_batch` is told after each.

        `bring_back`: articles that were withdrawn are taken again. Raises what
        `Store.put` raises; what was acknowledged before stays.
        """
        report = IndexReport()
        began = time.monotonic()
        for batch in self._batches(self._accepted(found, report, bring_back)):
            entries = self._entries(batch, report)
            self._store.put(entries)
            report.seconds = time.monotonic() - began
            if on_batch:
                on_batch(report)
        report.seconds = time.monotonic() - began
        return report

    def take(self, found: Found) -> Taken | Rejected:
        """Take in one article, also one that was withdrawn, and say what became of it."""
        report = IndexReport()
        outcome: list[Taken] = []
        accepted = list(self._accepted([found], report, True, outcome))
        if report.rejected:
            return report.rejected[0]
        if not accepted:
            stored = self._store.catalogue.article(outcome[0].article_id)
            return replace(outcome[0], version=stored.version, passages=stored.passages)
        entries = self._entries(accepted, report)
        if report.rejected:
            return report.rejected[0]
        article = entries[0].article
        known = self._store.catalogue.known(article.id)
        self._store.put(entries)
        return Taken(
            article.id,
            Outcome.UPDATED if known else Outcome.ADDED,
            known.version + 1 if known else 1,
            len(entries[0].passages),
        )

    def _accepted(
        self,
        found: Iterable[Found | Rejected],
        report: IndexReport,
        bring_back: bool,
        taken: list[Taken] | None = None,
    ) -> Iterator[tuple[Article, str, str]]:
        """Articles that are new or changed, with both fingerprints; the rest goes to the report."""
        catalogue = self._store.catalogue
        seen: dict[str, str] = {}  # id → fingerprint, within this run
        contents: dict[str, str] = {}  # content → id, within this run

        def done(article_id: str, outcome: Outcome, version: int = 1) -> None:
            one = Taken(article_id, outcome, version)
            report.add(one)
            if taken is not None:
                taken.append(one)

        for one in found:
            article = self._cleaned(one) if isinstance(one, Found) else one
            if isinstance(article, Rejected):
                report.reject(article)
                continue
            print_ = fingerprint(article)
            content = content_fingerprint(article)
            known = catalogue.known(article.id)
            holder = contents.get(content) or catalogue.holder_of(content)
            if seen.get(article.id, print_) != print_:
                # Taking the later one would make every run change the article back and forth.
                report.reject(
                    Rejected(
                        one.origin,
                        "an article with the same id but another content came earlier in this "
                        "run; give each its own id, or index only the newest",
                    )
                )
            elif article.id in seen:
                done(article.id, Outcome.DUPLICATE)
            elif known and known.fingerprint == print_:
                done(article.id, Outcome.UNCHANGED, known.version)
            elif not known and holder and holder != article.id:
                done(holder, Outcome.DUPLICATE)
            elif not bring_back and catalogue.was_withdrawn(article.id, content):
                done(article.id, Outcome.WITHDRAWN)
            else:
                contents[content] = article.id
                yield article, print_, content
            seen.setdefault(article.id, print_)

    def _cleaned(self, found: Found) -> Article | Rejected:
        article = clean(found)
        if isinstance(article, Rejected):
            return article
        return replace(article, fetched=datetime.now(UTC))

    def _batches(
        self, articles: Iterable[tuple[Article, str, str]]
    ) -> Iterator[list[tuple[Article, str, str]]]:
        batch: list[tuple[Article, str, str]] = []
        characters = 0
        for one in articles:
            batch.append(one)
            characters += len(one[0].text)
            if len(batch) >= self._config.batch_articles or characters >= _BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
        # Also an empty one: the caller is told about a run in which nothing was new.
        yield batch

    def _entries(self, batch: list[tuple[Article, str, str]], report: IndexReport) -> list[Entry]:
        """Cut and embed a batch, reusing the vectors of passages that did not change."""
        cut = [
            (article, print_, content, chunk(article, print_, self._tokenizer, self._config))
            for article, print_, content in batch
        ]
        texts: list[str] = []
        for article, _, _, passages in cut:
            title = title_context(article.title, self._tokenizer, self._config)
            texts += [embedded_text(title, passage.text) for passage in passages]
        kept = self._kept([article for article, *_ in cut])
        fresh = [text for text in texts if text not in kept]
        vectors = self._embedder.embed_passages(fresh)
        known = kept | dict(zip(fresh, vectors, strict=True))
        entries: list[Entry] = []
        position = 0
        for article, print_, content, passages in cut:
            rows = [known[text] for text in texts[position : position + len(passages)]]
            position += len(passages)
            is_update = self._store.catalogue.known(article.id) is not None
            entries.append(Entry(article, print_, content, passages, np.stack(rows)))
            report.add(
                Taken(
                    article.id,
                    Outcome.UPDATED if is_update else Outcome.ADDED,
                    passages=len(passages),
                )
            )
        return entries

    def _kept(self, articles: list[Article]) -> dict[str, np.ndarray]:
        """Embedded text → vector of the passages that these articles have now."""
        found: dict[str, np.ndarray] = {}
        for article in articles:
            for passage, vector in self._store.catalogue.passages_of(article.id):
                title = title_context(passage.title, self._tokenizer, self._config)
                found[embedded_text(title, passage.text)] = vector
        return found
