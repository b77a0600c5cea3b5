"""Train the reader: from the public data to the weights that the release carries.

    python -m eval.train.reader --bench DIR --data FOLDER --work FOLDER [--out FILE] [--bits 4|8]

DIR holds the public data, --data an index of all articles of `realtimeqa-2022-2023` (made when
new, which takes half an hour), --work what is prepared and each stage's weights: a run that was
ended goes on after the last whole stage. About an hour on two cores whose processor multiplies
bfloat16, several on others; a GPU is used where there is one. Needs torch (the extra `train`, which
the lock leaves out). The seeds are fixed; sums in another order, on another processor or number of
threads, change the last digits and with them the figures within noise.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from safetensors.numpy import load_file, save_file

from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.train.encode import Item, items_of
from eval.train.encoder import Reader
from eval.train.export import write_delta
from eval.train.fit import fit
from eval.train.prepare import Sources
from eval.train.recipe import STAGES, Stage
from index.embed import Embedder
from index.model import package_file
from qa.reader_model import WEIGHTS
from qa.reader_tokens import load_tokenizer
from qa.retrieve import Retriever

DATASET = "realtimeqa-2022-2023"


def read_by(stage: Stage, sources: Sources) -> list[tuple[Item, ...]]:
    """The stage's groups as tokens, those whose answers lie past what is read left out."""
    tokenizer = load_tokenizer()
    found: list[tuple[Item, ...]] = []
    for name, part in stage.passages.items():
        for group in sources.groups(name):
            items = items_of(group, tokenizer)[part]
            is_lost = any(text.spans for text in group.texts[part]) and not any(
                item.spans for item in items
            )
            if items and not is_lost:
                found += [items] * stage.repeats.get(name, 1)
    return found


def train(work: Path, sources: Sources) -> Path:
    """Every stage that `work` has no weights of yet; the file of the last one's weights."""
    before = package_file("model.safetensors")
    for number, stage in enumerate(STAGES, start=1):
        path = work / f"{number}-{stage.name}.safetensors"
        if not path.exists():
            reader = Reader()
            reader.load(load_file(before))
            groups = read_by(stage, sources)
            print(f"stage {number}, {stage.name}: {len(groups)} questions", flush=True)
            trained = fit(reader, groups, stage.schedule, lambda text: print(text, flush=True))
            part = path.with_suffix(".part")
            save_file(trained.weights(), part)
            part.replace(path)
        before = path
    return before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--bits", type=int, choices=(4, 8), default=8)
    arguments = parser.parse_args()
    if not is_built(OURS, arguments.data):
        build(OURS, articles_of(arguments.bench, DATASET), arguments.data)
    arguments.work.mkdir(parents=True, exist_ok=True)
    embedder = Embedder.open(arguments.data)
    store = open_store(arguments.data, embedder)
    try:
        sources = Sources(
            arguments.bench,
            arguments.work,
            store,
            Retriever(store, embedder),
            lambda text: print(text, flush=True),
        )
        last = train(arguments.work, sources)
    finally:
        store.close()
        embedder.close()
    base = load_file(package_file("model.safetensors"))
    facts = {
        "command": "python -m eval.train.reader",
        "stages": json.dumps([stage.name for stage in STAGES]),
    }
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    write_delta(base, load_file(last), arguments.out, arguments.bits, facts)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
