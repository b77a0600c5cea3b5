"""Fit how sure the reader is of its answer, and show what thresholds mean.

    python -m eval.train.calibrate --bench DIR --data FOLDER [--out FILE]

DIR and FOLDER as for `eval.train.reader`. Settings are chosen by questions that are neither
trained on nor tests (`eval.train.judged`), each asked where it can be answered and where it can't.
An answer is right when its words overlap a gold answer's by F1 of at least one half. The logistic
model's weights go to `qa/weights/calibration.json`. Ten minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from eval.bench.corpus import open_store
from eval.metrics.answers import f1
from eval.metrics.calibration import bins_of_equal_width, expected_calibration_error
from eval.train.judged import Judged, quizzes, wiki
from index.embed import Embedder
from qa.calibrate import FILE, Calibration, Evidence
from qa.read import TrainedReader
from qa.reader_model import ReaderModel
from qa.retrieve import Retriever

WIKI = 150  #: held-out questions on Wikipedia, each asked twice
_RIGHT = 0.5  #: F1 from which an answer is right
_PULL = 1.0  #: towards weights of 0, as of one observation


def observed(reader: TrainedReader, asked: Iterator[Judged]) -> list[tuple[Judged, Evidence, bool]]:
    """What reading tells of each question's first answer, and whether that is right."""
    found = []
    for one in asked:
        if not one.hits:
            continue
        appraisal = reader.appraise(one.question, one.hits)
        if appraisal.answers:
            is_right = f1(appraisal.answers[0].text, one.answers) >= _RIGHT and bool(one.answers)
            found.append((one, appraisal.evidence, is_right))
    return found


def fitted(evidence: list[Evidence], is_right: list[bool]) -> Calibration:
    """The logistic model of greatest likelihood, its weights pulled a little towards 0."""
    names = list(evidence[0].figures())
    figures = np.array([list(one.figures().values()) for one in evidence])
    mean, spread = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    scaled = np.hstack([(figures - mean) / spread, np.ones((len(figures), 1))])
    sign = np.where(is_right, 1.0, -1.0)

    def loss(weights: np.ndarray) -> float:
        lean = np.logaddexp(0, -sign * (scaled @ weights)).sum()
        return float(lean + _PULL * (weights[:-1] ** 2).sum() / 2)

    best = minimize(loss, np.zeros(scaled.shape[1]), method="L-BFGS-B").x
    weights = best[:-1] / spread
    constant = best[-1] - float(weights @ mean)
    rounded = {name: round(float(one), 5) for name, one in zip(names, weights, strict=True)}
    return Calibration(rounded, round(float(constant), 5))


def table(
    calibration: Calibration, found: list[tuple[Judged, Evidence, bool]]
) -> list[dict[str, object]]:
    """For thresholds of the probability, what would be answered and how much of it is right."""
    rows: list[dict[str, object]] = []
    for kind in ("quiz", "wiki"):
        mine = [one for one in found if one[0].kind == kind]
        if not mine:
            continue
        sure = np.array([calibration.probability(evidence) for _, evidence, _ in mine])
        right = np.array([is_right for _, _, is_right in mine])
        can = np.array([bool(judged.answers) for judged, _, _ in mine])
        bins = bins_of_equal_width(sure.tolist(), right.astype(float).tolist())
        error = expected_calibration_error(bins)
        for least in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
            told = sure >= least
            rows.append(
                {
                    "kind": kind,
                    "threshold": least,
                    "answered of answerable": _share(told & can, can),
                    "answered of unanswerable": _share(told & ~can, ~can),
                    "right of answered": _share(right & told, told),
                    "abstention precision": _share(~told & ~can, ~told),
                    "abstention recall": _share(~told & ~can, ~can),
                    "calibration error": round(error, 4) if error is not None else None,
                }
            )
    return rows


def _share(some: np.ndarray, of: np.ndarray) -> float | None:
    return round(float(some.sum() / of.sum()), 3) if of.any() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=FILE)
    arguments = parser.parse_args()
    embedder = Embedder.open(arguments.data)
    store = open_store(arguments.data, embedder)
    model = ReaderModel.open(arguments.data)
    reader = TrainedReader(model, calibration=Calibration({}, 0.0))
    try:
        found = observed(reader, quizzes(arguments.bench, Retriever(store, embedder)))
        found += observed(reader, wiki(arguments.bench, WIKI))
    finally:
        model.close()
        store.close()
    calibration = fitted([one for _, one, _ in found], [right for _, _, right in found])
    for row in table(calibration, found):
        print(json.dumps(row))
    content = {"weights": calibration.weights, "constant": calibration.constant}
    arguments.out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(content))


if __name__ == "__main__":
    main()
