"""The lexical index: BM25 over passages, kept by tantivy, derived from the catalogue.

Scores are Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009) with k1 = 1.2 and b = 0.75 over the text, plus a fraction of the
same over the title. Why tantivy: eval/bench/results/lexical.json.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import tantivy

from index.errors import IndexingError, LexicalIndexDamaged
from index.lexical_files import checksum_holds, damaged, our_errors
from index.lexical_schema import (
    ANALYZER,
    SEPARATOR,
    analyzer,
    document_of,
    encodable,
    schema,
)
from index.records import UNDATED, Filters, Passage, Scored, source_key

TITLE_BOOST = 0.3  #: best MRR@10 on the development questions; .1 to .5 differ by chance
MOST_TERMS = 64  #: a longer query keeps its rarest terms
MOST_TERMS_WEIGHED = 1024  #: terms whose rarity is looked up at all
MOST_TIES = 4096  #: passages looked at to order equal scores by id
WRITER_HEAP = 64_000_000  #: bytes


class LexicalIndex:
    """A folder of BM25 postings. Searches may come from any thread; one thread writes at a time.

    Only one process may write a folder; the store's lock sees to that.
    """

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        """Use `open`."""
        self._folder = folder
        self._index = index
        self._schema = index.schema
        self._all_terms = analyzer(stop_words=False)
        self._content_terms = analyzer(stop_words=True)
        self._lock = threading.RLock()  # guards the writer, never a search
        self._writer: tantivy.IndexWriter | None = None
        self._closed = False
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        """Open the index in `folder`, creating both when absent.

        An existing index is not written to before the first `add` or `delete`.

        Raises:
            LexicalIndexDamaged: there is something that cannot be read.
            FolderFull: no room for a new index, or the folder is not writable.
        """
        with our_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if not tantivy.Index.exists(str(folder)) and any(folder.glob("*.idx")):
                raise LexicalIndexDamaged(damaged(folder, "its table of contents is missing"))
            index = tantivy.Index(schema(), path=str(folder))
            index.register_tokenizer(ANALYZER, analyzer(stop_words=False))
            index.config_reader("manual")  # the default starts a thread that watches the folder
            return cls(folder, index)

    def close(self) -> None:
        """Let go of the folder. What was not committed is dropped. May be called twice."""
        with self._lock:
            self._closed = True
            writer, self._writer = self._writer, None
            if writer is not None:
                with our_errors(self._folder):
                    writer.rollback()
                    writer.wait_merging_threads()

    def add(self, passages: Sequence[Passage]) -> None:
        """Add passages, replacing those of the same id. Seen by searches after `commit`."""
        documents = [(passage.id, document_of(passage)) for passage in passages]
        with self._writing() as writer:
            for passage_id, document in documents:
                writer.delete_documents_by_term("id", passage_id)
                writer.add_document(document)

    def delete(self, passage_ids: Sequence[str]) -> None:
        """Delete passages; unknown ids are fine. Gone from searches after `commit`."""
        with self._writing() as writer:
            for passage_id in passage_ids:
                writer.delete_documents_by_term("id", passage_id)

    def commit(self) -> None:
        """Make everything since the last commit durable, and visible to searches at once.

        Raises:
            FolderFull: no room; nothing since the last commit was kept.
        """
        if self._writer is None and not self._closed:
            return  # nothing was added or deleted: do not create a writer for it
        with self._writing() as writer:
            writer.commit()
            self._index.reload()
            self._searcher = self._index.searcher()

    def count(self) -> int:
        """How many passages searches see."""
        return self._searcher.num_docs

    def ids(self) -> dict[str, str]:
        """Every passage id that searches see, with its `digest_of` when it was indexed.

        Raises:
            LexicalIndexDamaged: the terms cannot be read, or an id stands there twice.
        """
        with our_errors(self._folder):
            searcher = self._searcher
            # Terms of deleted passages stay until their segment is merged; a filter that
            # matches every living passage leaves them out.
            living = tantivy.Query.all_query()
            stamps = searcher.terms_with_prefix("stamp", "", filter_query=living)
            found = dict(stamp.rsplit(SEPARATOR, 1) for stamp, count in stamps if count)
            if len(found) != searcher.num_docs:
                raise LexicalIndexDamaged(damaged(self._folder, "its passages do not add up"))
            return found

    def search(self, query: str, k: int, filters: Filters | None = None) -> list[Scored]:
        """The `k` best passages for `query`, best first, equal scores by passage id.

        `query` is any text: nothing in it is an operator. No term in common: no result.
        Scores are BM25 sums rounded to 4 decimals, so that the order in which a sum was
        made up does not decide between equals. They compare within one commit only, since
        deleted passages count in the statistics until tantivy merges their segment.

        Raises:
            LexicalIndexDamaged: the index cannot be read.
        """
        searcher = self._searcher
        terms = self._terms_of(query, searcher)
        k = min(k, searcher.num_docs)
        if k <= 0 or not terms:
            return []
        with our_errors(self._folder):
            best = self._best(searcher, self._query(terms, filters), k)
            named = [Scored(searcher.doc(at)["id"][0], score) for score, at in best]
        return sorted(named, key=lambda hit: (-hit.score, hit.passage_id))[:k]

    def verify(self) -> None:
        """Check the checksum in every file against its content; about 1 s per GB.

        `open` finds files that are missing, cut or of another format; this finds changed bytes.

        Raises:
            LexicalIndexDamaged: naming the first file that is not what was written.
        """
        with self._lock, our_errors(self._folder):
            contents = json.loads((self._folder / "meta.json").read_bytes())
            segments = {one["segment_id"].replace("-", ""): one for one in contents["segments"]}
            for path in sorted(self._folder.iterdir()):
                name, *rest = path.name.split(".")
                if name not in segments:
                    continue  # a merge may be writing it just now
                if rest[-1:] == ["del"]:
                    deleted = segments[name].get("deletes") or {}
                    if rest[0] != str(deleted.get("opstamp")):
                        continue  # of a commit that was killed, or is being made just now
                if not checksum_holds(path.read_bytes()):
                    raise LexicalIndexDamaged(damaged(self._folder, f"{path.name} has changed"))

    @contextmanager
    def _writing(self) -> Iterator[tantivy.IndexWriter]:
        with self._lock:
            if self._closed:
                raise IndexingError("The lexical index was closed; open it again.")
            try:
                with our_errors(self._folder):
                    if self._writer is None:
                        self._writer = self._index.writer(WRITER_HEAP, 1)
                    yield self._writer
            except BaseException:
                # A writer whose thread died stays dead, and a batch that was half added must
                # not ride along with the next commit: start again from the last commit.
                self._writer = None
                raise

    def _terms_of(self, query: str, searcher: tantivy.Searcher) -> list[str]:
        text = encodable(query)
        found = self._content_terms.analyze(text) or self._all_terms.analyze(text)
        terms = list(dict.fromkeys(found))
        if len(terms) <= MOST_TERMS:
            return terms
        with our_errors(self._folder):
            rarity = {term: searcher.doc_freq("text", term) for term in terms[:MOST_TERMS_WEIGHED]}
        known = [term for term, frequency in rarity.items() if frequency]
        return sorted(known, key=lambda term: rarity[term])[:MOST_TERMS]

    def _query(self, terms: list[str], filters: Filters | None) -> tantivy.Query:
        # One flat list of plain terms: tantivy then skips whole blocks that cannot reach
        # the best k (block-max WAND), which nested queries would prevent.
        should = tantivy.Occur.Should
        wanted = [(should, self._term("text", term, "freq")) for term in terms]
        for term in terms:
            in_title = self._term("title", term, "freq")
            wanted.append((should, tantivy.Query.boost_query(in_title, TITLE_BOOST)))
        text_or_title = tantivy.Query.boolean_query(wanted)
        required = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(one, 0.0))
            for one in self._filter_queries(filters)
        ]
        if not required:
            return text_or_title
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, text_or_title), *required])

    def _filter_queries(self, filters: Filters | None) -> list[tantivy.Query]:
        if not filters:
            return []
        found = []
        should = tantivy.Occur.Should
        if filters.sources:
            sources = [self._term("source", source_key(name)) for name in filters.sources]
            found.append(tantivy.Query.boolean_query([(should, one) for one in sources]))
        if filters.published_from or filters.published_to:
            first = (filters.published_from or date.min).toordinal()
            last = (filters.published_to or date.max).toordinal()
            days = [
                tantivy.Query.range_query(
                    self._schema, "published", tantivy.FieldType.Integer, first, last
                )
            ]
            if filters.keep_undated:
                days.append(self._term("published", UNDATED))
            found.append(tantivy.Query.boolean_query([(should, one) for one in days]))
        return found

    def _term(self, field: str, value: Any, record: str = "basic") -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, index_option=record)

    @staticmethod
    def _best(
        searcher: tantivy.Searcher, query: tantivy.Query, k: int
    ) -> list[tuple[float, tantivy.DocAddress]]:
        """At least the k best, and with the last of them all that share its score."""
        limit = k + 16
        while True:
            hits = searcher.search(query, limit, count=False).hits
            rounded = [(round(score, 4), at) for score, at in hits]
            complete = len(rounded) < limit or rounded[-1][0] < rounded[k - 1][0]
            if complete or limit >= k + MOST_TIES:
                return rounded
            limit = min(limit * 4, k + MOST_TIES)
