"""The reader alone: which words of a given passage answer, on SQuAD-shifts' held-out questions.

    python -m eval.bench.spans --bench DIR [--data FOLDER] [--weights FILE] [--precision P …]
        [--first N] [--out FILE]

EM and F1 are SQuAD's, in 8-bit and in 32-bit arithmetic on the same questions, by domain and in
total. The held-out tenth is `eval.train.heldout`'s. A text is cut into passages of whole sentences
of at most 210 tokens, as the index does it, and the best span of all of them is the answer. FOLDER
keeps the reader's graphs. Two minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from eval.bench.machine import machine
from eval.bench.measures import evenly, mean
from eval.metrics.answers import exact_match, f1
from eval.train.heldout import Example, held_out
from index.chunk import Tokenizer, chunk
from index.config import IndexConfig
from index.records import Article
from index.tokens import ModelTokenizer
from qa.listen import Check, never
from qa.reader_model import ReaderModel, TokenScores

MOST_TOKENS = 30  #: of an answer
_WINDOW = IndexConfig(passage_tokens=210)
#: Domains whose titles name a collection and not what the text is about.
_UNTITLED = ("reddit", "amazon_reviews")
PRECISIONS = ("int8", "fp32")


class Model(Protocol):
    """`qa.reader_model.ReaderModel`, as this needs it."""

    name: str

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]: ...


def windows(one: Example, tokenizer: Tokenizer) -> list[str]:
    """The text as passages; the text itself where it has no sentence."""
    passages = chunk(Article("held-out", "", one.context), "", tokenizer, _WINDOW)
    return [passage.text for passage in passages] or [one.context]


def best_span(scores: TokenScores, most: int = MOST_TOKENS) -> tuple[float, int, int] | None:
    """(log of its probability in this passage, start, end) of the best span, in code points.

    argmax of start + end over start <= end < start + `most` (Devlin et al. 2019, section 4.2).
    None where no token was read.
    """
    count = len(scores.offsets)
    if not count:
        return None
    starts, ends = (_log_shares(one) for one in (scores.starts, scores.ends))
    sums = starts[:, None] + ends[None, :]
    places = np.arange(count)
    length = places[None, :] - places[:, None]
    sums = np.where((length >= 0) & (length < most), sums, -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    return float(sums[first, last]), scores.offsets[first][0], scores.offsets[last][1]


def _log_shares(logits: np.ndarray) -> np.ndarray:
    shifted = logits.astype(np.float64) - float(logits.max())
    return shifted - np.log(np.exp(shifted).sum())


def answered(model: Model, one: Example, texts: Sequence[str]) -> str:
    """The words of the best span of the passages; "" where nothing could be read.

    Between passages counts the logit that they answer, as it is trained: the logits of spans
    are only comparable within one.
    """
    title = "" if one.domain in _UNTITLED else one.title.replace("_", " ")
    scores = model.score(one.question, [(title, text) for text in texts])
    best: tuple[float, str] = (-np.inf, "")
    for text, score in zip(texts, scores, strict=True):
        span = best_span(score)
        if span is not None and score.answers + span[0] > best[0]:
            best = (score.answers + span[0], text[span[1] : span[2]])
    return best[1]


def scores_of(examples: Sequence[Example], given: Sequence[str]) -> dict[str, Any]:
    """EM and F1 by domain and in total, with intervals over the passages asked about."""
    by_domain: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(examples):
        by_domain[one.domain].append(place)
    pairs = list(zip(examples, given, strict=True))
    found: dict[str, Any] = {}
    for name, places in {**by_domain, "total": list(range(len(examples)))}.items():
        units = [examples[place].context for place in places]
        chosen = [pairs[place] for place in places]
        found[name] = {
            "questions": len(places),
            "EM": mean([exact_match(text, one.answers) for one, text in chosen], units),
            "F1": mean([f1(text, one.answers) for one, text in chosen], units),
        }
    return found


def answers_of(model: Model, examples: Sequence[Example], tokenizer: Tokenizer) -> list[str]:
    """What the model answers to each."""
    cut: dict[str, list[str]] = {}
    for one in examples:
        if one.context not in cut:
            cut[one.context] = windows(one, tokenizer)
    return [answered(model, one, cut[one.context]) for one in examples]


def difference(
    examples: Sequence[Example], first: Sequence[str], second: Sequence[str]
) -> dict[str, Any]:
    """EM and F1 of the first answers less those of the second, question by question."""
    units = [one.context for one in examples]
    found = {}
    for name, of in (("EM", exact_match), ("F1", f1)):
        pairs = zip(examples, first, second, strict=True)
        values = [of(a, one.answers) - of(b, one.answers) for one, a, b in pairs]
        found[name] = mean(values, units)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, help="where the reader's graphs are kept")
    parser.add_argument("--weights", type=Path, help="other weights than the release's")
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, default=list(PRECISIONS))
    parser.add_argument("--first", type=int, help="only so many questions, for a trial")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    examples = evenly(held_out(arguments.bench), arguments.first)
    if not examples:
        parser.error(f"{arguments.bench / 'readers'} holds no question that is held out")
    result: dict[str, Any] = {"machine": machine(), "precisions": {}}
    given: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.data or Path(temporary)
        for precision in arguments.precision:
            model = ReaderModel.open(folder, precision=precision, weights=arguments.weights)
            try:
                given[precision] = answers_of(model, examples, ModelTokenizer())
            finally:
                model.close()
            found = {"model": model.name, "domains": scores_of(examples, given[precision])}
            result["precisions"][precision] = found
            print(precision, json.dumps(found, indent=1), flush=True)
    if set(given) == set(PRECISIONS):
        result["int8 less fp32"] = difference(examples, given["int8"], given["fp32"])
        print("int8 less fp32", json.dumps(result["int8 less fp32"]))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
