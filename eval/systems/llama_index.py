"""The pipeline that llama-index's own parts make, with our embedding model: what ours is
compared with.

Its `IngestionPipeline` (a `SentenceSplitter`, the model), its Chroma store, and its vector and
BM25 retrievers, fused by reciprocal rank. Every setting is the library's own, but for these: the
articles are cleaned as ours are, and the same ones are left out as duplicates; pieces are
measured with the model's tokenizer, so that it reads each to the end; Chroma compares by cosine,
as the model is made for; and the pipeline's cache, which would hold all vectors in memory once
more, is off.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.corpus import corpus_key
from eval.errors import DatasetInvalid, EvalError
from eval.records import Dataset, Prediction, RankedPassage
from eval.systems import Asked
from index.chunk import title_context
from index.clean import clean
from index.config import IndexConfig
from index.embed import Embedder, PassageEmbedder
from index.fingerprint import content_fingerprint
from index.records import Article, Found, Rejected
from index.sentences import sentences
from index.tokens import MAX_TOKENS, ModelTokenizer

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode, Document, NodeWithScore

DEPTH = 100  #: passages that each retriever finds, and that are left when they are fused
CHUNK_TOKENS = MAX_TOKENS - 2  #: of title and text together: what the model reads
OVERLAP_TOKENS = 20
BATCH = 64  #: articles a call of the pipeline, as `IndexConfig.batch_articles`
_FOLDER = "llama-index"
_MARK = "built.json"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PlainCounts:
    """What a plain pipeline's folder holds."""

    articles: int
    passages: int


def build_plain(
    found: Iterable[Found | Rejected],
    folder: Path,
    embedder: PassageEmbedder,
    *,
    fingerprint: str = "",
    tell: Tell | None = None,
) -> PlainCounts:
    """Add articles to the plain pipeline in `folder`, which is made when it is new.

    The BM25 retriever can't grow: it is built anew from all passages. An article that is there
    already is left out; one whose text changed stands beside its old self. `fingerprint` is kept,
    and says whose articles these are. Raises `DatasetInvalid` when nothing could be indexed.
    """
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.retrievers.bm25 import BM25Retriever

    from index.llama_embedding import DatelineEmbedding

    tokenizer = ModelTokenizer()
    earlier = _mark_of(folder) or {}
    (folder / _MARK).unlink(missing_ok=True)
    client, store = _chroma(folder)
    try:
        pipeline = IngestionPipeline(
            transformations=[
                SentenceSplitter(
                    chunk_size=CHUNK_TOKENS,
                    chunk_overlap=OVERLAP_TOKENS,
                    tokenizer=tokenizer.offsets,
                    # The library's own would be the same Punkt model, read by NLTK's loader,
                    # which refuses the files where an installer hard-linked them.
                    chunking_tokenizer_fn=_sentences,
                ),
                DatelineEmbedding(embedder),
            ],
            vector_store=store,
            disable_cache=True,
        )
        nodes = _nodes_of(folder) if earlier else []
        count = int(earlier.get("articles", 0))
        contents = set(earlier.get("contents", ()))
        for batch in _batches(different(found, contents)):
            for node in pipeline.run(documents=[_document(one, tokenizer) for one in batch]):
                node.embedding = None  # Chroma has it; as a list of floats it takes 12 kB
                nodes.append(node)
            count += len(batch)
            if tell and count // 500 > (count - len(batch)) // 500:
                tell(f"indexing with llama-index: {count:,} articles so far")
        if not nodes:
            raise DatasetInvalid("none of the articles could be indexed.")
        most = min(DEPTH, len(nodes))
        retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=most)
        shutil.rmtree(folder / "bm25", ignore_errors=True)
        retriever.persist(str(folder / "bm25"))
    finally:
        client.close()
    counts = PlainCounts(count, len(nodes))
    mark = {
        "fingerprint": fingerprint,
        "articles": counts.articles,
        "passages": counts.passages,
        "contents": sorted(contents),
    }
    (folder / _MARK).write_text(json.dumps(mark))
    return counts


def different(
    found: Iterable[Found | Rejected], contents: set[str] | None = None
) -> Iterator[Article]:
    """The articles that `Ingest` takes from `found`: cleaned, without rejects and duplicates.

    `contents` are the fingerprints of what was taken before, and grows.
    """
    ids: set[str] = set()
    contents = set() if contents is None else contents
    for one in found:
        article = clean(one) if isinstance(one, Found) else one
        if isinstance(article, Rejected):
            continue
        content = content_fingerprint(article)
        if article.id not in ids and content not in contents:
            yield article
            contents.add(content)
        ids.add(article.id)


def plain_counts(folder: Path) -> PlainCounts | None:
    """What is there; None where no pipeline was built to its end. Raises `DatasetInvalid`."""
    mark = _mark_of(folder)
    return PlainCounts(int(mark["articles"]), int(mark["passages"])) if mark else None


class PlainLlamaIndex:
    """Implements `eval.systems.System`. It retrieves: without a language model such a pipeline
    answers nothing, so its predictions have no status. It knows no clock and no conversation,
    and a question with filters is refused.
    """

    name = "llama-index"
    most_jobs = 1  # its BM25 retriever is not said to be safe for threads

    def __init__(self, folder: Path, embedder: PassageEmbedder, depth: int = DEPTH) -> None:
        """Open what `build_plain` made. Raises `DatasetInvalid` where it is not complete."""
        from llama_index.core import VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
        from llama_index.retrievers.bm25 import BM25Retriever

        from index.llama_embedding import DatelineEmbedding

        mark = _mark_of(folder)
        if mark is None:
            raise DatasetInvalid(f"{folder} holds no finished llama-index pipeline; build it.")
        self._settings = {
            "embedding_model": embedder.identity,
            "index_version": f"{mark['articles']}-{mark['passages']}-{mark['fingerprint']}",
        }
        lexical = BM25Retriever.from_persist_dir(str(folder / "bm25"))
        lexical.similarity_top_k = min(depth, int(mark["passages"]))
        self._client, store = _chroma(folder)
        index = VectorStoreIndex.from_vector_store(store, embed_model=DatelineEmbedding(embedder))
        self.retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=depth), lexical],
            llm=MockLLM(),  # never asked: with one query none is made up
            num_queries=1,
            mode=FUSION_MODES.RECIPROCAL_RANK,
            similarity_top_k=depth,
            use_async=False,
        )

    @classmethod
    def over(
        cls, dataset: Dataset, data: Path, tell: Tell | None = None, depth: int = DEPTH
    ) -> PlainLlamaIndex:
        """Over a dataset's articles, in a folder of its own below `data`, built if need be.

        Raises `DatasetInvalid` when the folder was built from other files.
        """
        folder = data / _FOLDER
        mark = _mark_of(folder)
        if mark is not None and mark["fingerprint"] != corpus_key(dataset):
            raise DatasetInvalid(
                f"{folder} holds the articles of another dataset, or of another state of this "
                "one; name another folder with --data, or delete it."
            )
        embedder = Embedder.open(data)
        if mark is None:
            # What was cut off can't be gone on with: its articles would stand twice.
            shutil.rmtree(folder, ignore_errors=True)
            build_plain(
                dataset.corpus(), folder, embedder, fingerprint=corpus_key(dataset), tell=tell
            )
        return cls(folder, embedder, depth)

    def settings(self) -> dict[str, str]:
        return dict(self._settings)

    def answer(self, asked: Asked) -> Prediction:
        if asked.filters:
            raise EvalError("the plain llama-index pipeline can't filter")
        hits = self.retriever.retrieve(asked.question)
        return Prediction(passages=tuple(passage_of(hit) for hit in hits), engine=self.name)

    def close(self) -> None:
        self._client.close()


def _chroma(folder: Path) -> tuple[Any, Any]:
    """Chroma's client, to be closed, and llama-index's store on its collection."""
    import chromadb
    from chromadb.config import Settings
    from llama_index.vector_stores.chroma import ChromaVectorStore

    folder.mkdir(parents=True, exist_ok=True)
    client = chromadb.PersistentClient(
        str(folder / "chroma"), settings=Settings(anonymized_telemetry=False)
    )
    # Without an embedding function: Chroma's own would download a model.
    collection = client.get_or_create_collection(
        "articles", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    return client, ChromaVectorStore(chroma_collection=collection)


def _nodes_of(folder: Path) -> list[BaseNode]:
    """The passages, as BM25 keeps them: Chroma fails to give more than 32,766 at once."""
    from llama_index.core.vector_stores.utils import metadata_dict_to_node
    from llama_index.retrievers.bm25 import BM25Retriever

    retriever = BM25Retriever.from_persist_dir(str(folder / "bm25"))
    return [metadata_dict_to_node(one) for one in retriever.corpus]


def _document(article: Article, tokenizer: ModelTokenizer) -> Document:
    from llama_index.core.schema import Document

    # Metadata is embedded with each piece. A title is cut as ours is: the splitter fails on one
    # that leaves no room for text.
    title = title_context(article.title, tokenizer, IndexConfig())
    return Document(text=article.text, doc_id=article.id, metadata={"title": title})


def _sentences(text: str) -> list[str]:
    """The text in pieces of one sentence with the space after it; joined they are the text."""
    starts = [start for start, _ in sentences(text)][1:]
    return [text[a:b] for a, b in zip([0, *starts], [*starts, len(text)], strict=True)]


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    batch: list[Article] = []
    for one in articles:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def passage_of(hit: NodeWithScore) -> RankedPassage:
    """A node as llama-index ranked it."""
    node = hit.node
    return RankedPassage(
        article_id=node.ref_doc_id or "",
        text=node.get_content(),
        score=hit.score,
        title=node.metadata.get("title", ""),
        start=getattr(node, "start_char_idx", None),
    )


def _mark_of(folder: Path) -> dict[str, Any] | None:
    """What `build_plain` wrote at its end; None where it did not get so far."""
    try:
        mark = json.loads((folder / _MARK).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DatasetInvalid(
            f"{folder / _MARK} can't be read ({error}); delete {folder}."
        ) from None
    return mark if isinstance(mark, dict) and "passages" in mark else None
