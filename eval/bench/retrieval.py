"""R@k and MRR@10 of BM25 alone, dense alone and ours, over one index, in one run.

    python -m eval.bench.retrieval --bench DIR --data FOLDER [--out FILE]

DIR holds `realtimeqa-mini`; FOLDER is a data folder with its articles (made when new).
A second table repeats ours without the nearness in time, and dense with the model in
full precision, which shows what the faster arithmetic costs.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.bench.corpus import build
from eval.bench.machine import machine
from eval.datasets.realtimeqa import AskedQuestion, questions
from eval.metrics.ranking import answer_recall, first_rank, reciprocal_rank
from index.chunk import embedded_text, title_context
from index.config import IndexConfig
from index.embed import Embedder
from index.graph import DIMENSION
from index.model import identity
from index.store import Store
from index.tokens import ModelTokenizer
from qa.retrieve import RetrievalConfig, Retriever

DEPTH = 50
Search = Callable[[AskedQuestion], list[str]]  #: the texts of the passages found, best first


def measure(search: Search, asked: list[AskedQuestion]) -> dict[str, float]:
    """R@1/5/10/50 and MRR@10 of one search over the questions. `eval.bench.speed` times it."""
    ranks = [first_rank(search(question), question.answers) for question in asked]
    return {
        **{f"R@{k}": round(answer_recall(ranks, k), 4) for k in (1, 5, 10, 50)},
        "MRR@10": round(reciprocal_rank(ranks), 4),
    }


def systems(store: Store, embedder: Embedder) -> dict[str, Search]:
    """The compared searches. All give passages as stored, the first 50."""

    def texts(ids: list[str]) -> list[str]:
        return [passage.text for passage in store.passages(ids)]

    def lexical(question: AskedQuestion) -> list[str]:
        return texts([one.passage_id for one in store.search_lexical(question.text, DEPTH)])

    def dense(question: AskedQuestion) -> list[str]:
        vector = embedder.embed_query(question.text)
        return texts([one.passage_id for one in store.search_dense(vector, DEPTH)])

    def fused(config: RetrievalConfig) -> Search:
        retriever = Retriever(store, embedder, config)

        def search(question: AskedQuestion) -> list[str]:
            hits = retriever.retrieve(question.text, DEPTH, question.asked_on)
            return [hit.passage.text for hit in hits]

        return search

    ours = RetrievalConfig()
    return {
        "BM25 alone": lexical,
        "dense alone": dense,
        "ours": fused(ours),
        "ours without nearness in time": fused(replace(ours, nearness_weight=0.0)),
        "ours with near-identical passages kept": fused(replace(ours, copy_share=2.0)),
    }


def full_precision(
    store: Store, data: Path, asked: list[AskedQuestion]
) -> dict[str, dict[str, float]]:
    """Dense search by exact cosine with the model as shipped and in 32-bit floats, side by side."""
    tokenizer, config = ModelTokenizer(), IndexConfig(data=data)
    passages, shipped, texts = [], [], []
    for batch in store.catalogue.walk():
        for passage, vector in batch:
            passages.append(passage.text)
            shipped.append(vector)
            title = title_context(passage.title, tokenizer, config)
            texts.append(embedded_text(title, passage.text))
    exact = Embedder.open(data, precision="fp32")
    matrices = {
        "shipped arithmetic, exact search": (Embedder.open(data), np.stack(shipped)),
        "32-bit floats, exact search": (exact, exact.embed_passages(texts)),
    }

    def search_of(embedder: Embedder, matrix: np.ndarray) -> Search:
        def search(question: AskedQuestion) -> list[str]:
            order = np.argsort(-(matrix @ embedder.embed_query(question.text)), kind="stable")
            return [passages[position] for position in order[:DEPTH]]

        return search

    result = {name: measure(search_of(*pair), asked) for name, pair in matrices.items()}
    ours, theirs = (pair[1] for pair in matrices.values())
    cosines = np.sum(ours * theirs, axis=1)
    result["cosine of the two"] = {
        "mean": round(float(cosines.mean()), 5),
        "min": round(float(cosines.min()), 5),
    }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--skip-full-precision", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.bench / "realtimeqa-mini"
    result: dict[str, object] = {"machine": machine(), "dataset": "realtimeqa-mini"}
    if not (arguments.data / "catalogue.sqlite").exists():
        build(folder / "articles.jsonl.gz", arguments.data)
    asked = questions(folder)
    store = Store.open(IndexConfig(data=arguments.data), identity("int8"), DIMENSION, "a benchmark")
    try:
        table = {
            name: measure(search, asked)
            for name, search in systems(store, Embedder.open(arguments.data)).items()
        }
        if not arguments.skip_full_precision:
            result["precision"] = full_precision(store, arguments.data, asked)
    finally:
        store.close()
    result |= {"questions": len(asked), "systems": table}
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
