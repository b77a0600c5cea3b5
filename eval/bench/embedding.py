"""How fast passages are embedded, and how near to fp32: ways to run one model, side by side.

    python -m eval.bench.embedding --bench DIR [--limit N] [--repeats N] [--out FILE.json]

DIR is the benchmark's folder. The passages are those that indexing makes of
realtimeqa-mini's articles. Every way embeds all of them once to warm up and then once
per repeat, in turn, so that a busy moment of the machine meets all alike; the medians
count. `cpu_ms` is processor time per passage, which a busy machine disturbs less.

Chroma's way is Chroma's own code (texts padded to 256 tokens, batches of 32, as many
threads as there are cores) on our fp32 graph, because its model would be downloaded.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from index.chunk import chunk, embedded_text, title_context
from index.config import IndexConfig
from index.embed import Embedder
from index.graph import Precision
from index.model import package_file, pinned_graph
from index.records import Article
from index.tokens import ModelTokenizer

REFERENCE, CHROMA, OURS = "fp32, one by one", "Chroma's way", "ours: int8, one by one"
SEED = 11

Way = Callable[[Sequence[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Figures:
    """One way's figures; the rate is in passages per second."""

    rate: float
    rates: tuple[float, ...]
    times_chroma: float
    cpu_ms: float
    cosine_mean: float
    cosine_least: float


def passages(bench: Path, limit: int) -> list[str]:
    """Texts as indexing embeds them, drawn from all articles."""
    tokenizer, config = ModelTokenizer(), IndexConfig()
    with gzip.open(bench / "realtimeqa-mini" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chance = random.Random(SEED)
    chance.shuffle(rows)
    found: list[str] = []
    for row in rows:
        article = Article(id=row["id"], title=row["title"] or "", text=row["text"])
        title = title_context(article.title, tokenizer, config)
        cut = chunk(article, "bench", tokenizer, config)
        # A few of each, so that long articles don't make up the whole sample.
        chosen = chance.sample(cut, min(4, len(cut)))
        found += [embedded_text(title, passage.text) for passage in chosen]
        if len(found) >= limit:
            return found[:limit]
    return found


def chroma_way(folder: Path) -> Way:
    """Chroma's default embedding function, with our fp32 graph where its model would be."""
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2
    from onnx import TensorProto, helper

    model = pinned_graph("fp32", padded=True)
    graph = model.graph
    for node in graph.node:
        names = ["mask" if name == "attention_mask" else name for name in node.input]
        node.input[:] = names
    graph.node.insert(
        0, helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.INT32)
    )
    hidden = [node.output[0] for node in graph.node if node.op_type == "LayerNormalization"][-1]
    shape = ["batch", "length"]
    del graph.input[:], graph.output[:]
    graph.input.extend(
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    )
    graph.output.append(helper.make_tensor_value_info(hidden, TensorProto.FLOAT, [*shape, 384]))
    files = folder / ONNXMiniLM_L6_V2.EXTRACTED_FOLDER_NAME
    files.mkdir(parents=True)
    (files / "model.onnx").write_bytes(model.SerializeToString())
    (files / "tokenizer.json").write_bytes(package_file("tokenizer.json").read_bytes())
    for name in ("config.json", "special_tokens_map.json", "tokenizer_config.json", "vocab.txt"):
        (files / name).touch()  # it asks for them, and downloads when one is missing

    class Local(ONNXMiniLM_L6_V2):
        DOWNLOAD_PATH = folder

    function = Local()
    return lambda texts: np.stack(function(list(texts)))


def batches_way(precision: Precision, size: int) -> Way:
    """Batches of texts of like length, padded to the longest, on all cores."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        pinned_graph(precision, padded=True).SerializeToString(),
        options,
        providers=["CPUExecutionProvider"],
    )
    tokenizer = ModelTokenizer()

    def embed(texts: Sequence[str]) -> np.ndarray:
        ids = [tokenizer.ids(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        vectors = np.empty((len(ids), 384), np.float32)
        for begin in range(0, len(order), size):
            places = order[begin : begin + size]
            padded = np.zeros((len(places), len(ids[places[-1]])), np.int32)
            mask = np.zeros_like(padded)
            for row, place in enumerate(places):
                padded[row, : len(ids[place])] = ids[place]
                mask[row, : len(ids[place])] = 1
            feed = {"input_ids": padded, "attention_mask": mask}
            vectors[places] = session.run(None, feed)[0]
        return vectors

    return embed


def measure(texts: Sequence[str], repeats: int) -> dict[str, Figures]:
    """All ways over the same texts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways: dict[str, Way] = {
            REFERENCE: Embedder.open(folder / "data", precision="fp32").embed_passages,
            CHROMA: chroma_way(folder / "chroma"),
            "fp32, batches of 32": batches_way("fp32", 32),
            "fp32, batches of 8": batches_way("fp32", 8),
            "int8, batches of 32": batches_way("int8", 32),
            "int8, batches of 8": batches_way("int8", 8),
            OURS: Embedder.open(folder / "data").embed_passages,
        }
        vectors = {name: embed(texts) for name, embed in ways.items()}
        rates: dict[str, list[float]] = {name: [] for name in ways}
        works: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(repeats):
            for name, embed in ways.items():
                began, worked = time.perf_counter(), time.process_time()
                embed(texts)
                works[name].append(1000 * (time.process_time() - worked) / len(texts))
                rates[name].append(len(texts) / (time.perf_counter() - began))
    slowest = statistics.median(rates[CHROMA])
    figures = {}
    for name in ways:
        cosines = (vectors[name] * vectors[REFERENCE]).sum(axis=1)
        rate = statistics.median(rates[name])
        figures[name] = Figures(
            rate=round(rate, 1),
            rates=tuple(round(value, 1) for value in rates[name]),
            times_chroma=round(rate / slowest, 2),
            cpu_ms=round(statistics.median(works[name]), 2),
            cosine_mean=round(float(cosines.mean()), 5),
            cosine_least=round(float(cosines.min()), 5),
        )
    return figures


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text("utf-8", errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "onnxruntime": metadata.version("onnxruntime"),
        "chromadb": metadata.version("chromadb"),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bench", type=Path, required=True, help="the benchmark's folder")
    parser.add_argument("--limit", type=int, default=256, help="passages")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, help="where to write the figures as JSON")
    chosen = parser.parse_args(arguments)
    told = machine()
    texts = passages(chosen.bench, chosen.limit)
    tokenizer = ModelTokenizer()
    tokens = statistics.mean(len(tokenizer.ids(text)) for text in texts)
    figures = measure(texts, chosen.repeats)
    print(f"{len(texts)} passages of {tokens:.0f} tokens in the mean, {chosen.repeats} repeats")
    print(f"{'':24}{'passages/s':>11}{'x Chroma':>10}{'cpu ms':>8}{'cosine':>9}{'least':>9}")
    for name, found in figures.items():
        print(
            f"{name:24}{found.rate:>11.1f}{found.times_chroma:>10.2f}{found.cpu_ms:>8.1f}"
            f"{found.cosine_mean:>9.4f}{found.cosine_least:>9.4f}"
        )
    if chosen.out:
        result = {
            "machine": told,
            "passages": len(texts),
            "mean_tokens": round(tokens, 1),
            "repeats": chosen.repeats,
            "ways": {name: asdict(found) for name, found in figures.items()},
        }
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
