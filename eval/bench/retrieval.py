"""R@k and MRR@10 of ours, its two halves alone, and plain llama-index, in one run.

    python -m eval.bench.retrieval --bench DIR --data FOLDER [--out FILE]

DIR holds `realtimeqa-mini`; FOLDER/ours and FOLDER/llama-index are indexes of its articles (made
when new). Further rows repeat ours without the nearness in time and with copies kept, and a
second table dense search with the model in full precision, which shows what the faster
arithmetic costs. A minute and a half, and five minutes for the second table; ten more where the
indexes have to be made.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.bench.corpus import DEPTH, OURS, PLAIN, articles_of, build, is_built, open_store
from eval.bench.machine import machine
from eval.bench.searching import found_at, measured
from eval.datasets.realtimeqa import AskedQuestion, questions
from eval.systems import Asked, System
from eval.systems.from_answer import passage_of
from eval.systems.llama_index import PlainLlamaIndex
from eval.systems.retrieval import Retrieval
from index.chunk import embedded_text, title_context
from index.config import IndexConfig
from index.embed import Embedder
from index.store import Store
from index.tokens import ModelTokenizer
from qa.retrieve import RetrievalConfig, Retriever

DATASET = "realtimeqa-mini"
PLAIN_ROW = "plain llama-index"


def systems(store: Store, embedder: Embedder, plain: Path) -> dict[str, System]:
    """The compared searches. All give their first 50 passages."""
    ours = RetrievalConfig()
    return {
        "BM25 alone": Retrieval.by_words(store, embedder, DEPTH),
        "dense alone": Retrieval.by_meaning(store, embedder, DEPTH),
        PLAIN_ROW: PlainLlamaIndex(plain, embedder, DEPTH),
        "ours": Retrieval.fused(store, embedder, DEPTH),
        "ours without nearness in time": _varied(store, embedder, replace(ours, nearness_weight=0)),
        "ours with near-identical passages kept": _varied(
            store, embedder, replace(ours, copy_share=2.0)
        ),
    }


def _varied(store: Store, embedder: Embedder, config: RetrievalConfig) -> System:
    retriever = Retriever(store, embedder, config)

    def search(asked: Asked):
        return tuple(
            passage_of(hit) for hit in retriever.retrieve(asked.question, DEPTH, asked.as_of)
        )

    return Retrieval("varied", store, embedder, search)


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

    def found(embedder: Embedder, matrix: np.ndarray) -> dict[str, float]:
        def search(question: AskedQuestion) -> list[str]:
            order = np.argsort(-(matrix @ embedder.embed_query(question.text)), kind="stable")
            return [passages[position] for position in order[:DEPTH]]

        return measured(search, asked)

    result = {name: found(*pair) for name, pair in matrices.items()}
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
    result: dict[str, object] = {"machine": machine(), "dataset": DATASET}
    for system in (OURS, PLAIN):
        if not is_built(system, arguments.data / system):
            build(system, articles_of(arguments.bench, DATASET), arguments.data / system)
    asked = questions(arguments.bench / DATASET)
    data = arguments.data / OURS
    embedder = Embedder.open(data)
    store = open_store(data, embedder)
    try:
        compared = systems(store, embedder, arguments.data / PLAIN)
        table = {name: found_at(system, asked) for name, system in compared.items()}
        compared[PLAIN_ROW].close()
        if not arguments.skip_full_precision:
            result["precision"] = full_precision(store, data, asked)
    finally:
        store.close()
    result |= {"questions": len(asked), "systems": table}
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
