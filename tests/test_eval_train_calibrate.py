"""How sure the reader is, fitted."""

from datetime import date

import numpy as np
import pytest

from eval.train.calibrate import fitted, table
from eval.train.judged import Judged
from qa.calibrate import NAMES, Evidence
from qa.records import Question
from qa.understand import understand

ASKED = understand(Question("Who sank the ship?"), date(2023, 5, 1))


def _observed(count: int, seed: int = 0) -> list[tuple[Judged, Evidence, bool]]:
    """Readings whose answer is right the oftener, the more its passage says so."""
    random = np.random.default_rng(seed)
    found = []
    for says in random.uniform(-6, 6, count):
        is_right = bool(random.random() < 1 / (1 + np.exp(-says)))
        evidence = Evidence(says=says, cited=says, first=0.5, second=0.2, voices=2)
        answers = ("the Vega",) if is_right else ()
        found.append((Judged("quiz", ASKED, (), answers), evidence, is_right))
    return found


def test_a_fitted_model_says_how_often_answers_are_right():
    found = _observed(3000)
    made = fitted([one for _, one, _ in found], [right for _, _, right in found])
    assert made.weights.keys() == NAMES
    for says in (-4.0, 0.0, 3.0):
        evidence = Evidence(says=says, cited=says, first=0.5, second=0.2, voices=2)
        assert made.probability(evidence) == pytest.approx(1 / (1 + np.exp(-says)), abs=0.06)


def test_the_same_observations_give_the_same_model():
    found = _observed(200)
    made = [fitted([e for _, e, _ in found], [r for _, _, r in found]) for _ in range(2)]
    assert made[0] == made[1]


def test_the_table_tells_what_a_threshold_lets_through():
    found = _observed(2000)
    made = fitted([one for _, one, _ in found], [right for _, _, right in found])
    rows = {row["threshold"]: row for row in table(made, found)}
    assert {row["kind"] for row in rows.values()} == {"quiz"}
    assert rows[0.5]["answered of answerable"] < rows[0.1]["answered of answerable"]
    assert rows[0.5]["right of answered"] > rows[0.1]["right of answered"]
    assert rows[0.5]["abstention recall"] > rows[0.1]["abstention recall"]
    assert rows[0.5]["calibration error"] < 0.05
