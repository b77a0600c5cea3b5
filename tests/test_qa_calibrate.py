"""How sure a reading is, and the file that says so."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import ModelError
from qa.calibrate import NAMES, Calibration, Evidence

EVIDENCE = Evidence(says=2.0, cited=1.5, first=0.6, second=0.2, voices=3)


def test_a_logistic_model_of_the_figures() -> None:
    made = Calibration({"says": 0.5, "lead": 2.0, "voices": 1.0}, -1.0)
    lean = 0.5 * 2 + 2 * 0.4 + math.log(4) - 1
    assert made.probability(EVIDENCE) == pytest.approx(1 / (1 + math.exp(-lean)))


def test_what_speaks_for_an_answer_makes_it_likelier() -> None:
    shipped = Calibration.shipped()
    assert shipped.weights.keys() <= NAMES
    weak = replace(EVIDENCE, says=-6.0, cited=-6.0, first=0.1, second=0.1, voices=1)
    strong = replace(EVIDENCE, says=8.0, cited=8.0, first=0.95, second=0.02, voices=6)
    assert 0 <= shipped.probability(weak) < shipped.probability(strong) <= 1


def test_probabilities_stay_within_0_and_1_and_what_is_no_number_is_0() -> None:
    made = Calibration({"says": 1.0}, 0.0)
    assert 0 <= made.probability(replace(EVIDENCE, says=-1e300)) < 1e-9
    assert 1 - 1e-9 < made.probability(replace(EVIDENCE, says=math.inf)) <= 1
    assert made.probability(replace(EVIDENCE, says=math.nan)) == 0
    assert made.probability(replace(EVIDENCE, cited=math.nan)) > 0.8  # it does not count


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"weights": {"says": 1}}',
        b'{"constant": 1}',
        b'{"weights": [1], "constant": 1}',
        b'{"weights": {"says": "much"}, "constant": 1}',
        b'{"weights": {"says": null}, "constant": 1}',
        b'{"weights": {"says": NaN}, "constant": 1}',
        b'{"weights": {"says": 1}, "constant": Infinity}',
        b'{"weights": {"hearsay": 1}, "constant": 1}',
        b'\xff\xfe{"weights": {}, "constant": 1}',
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calibration.json"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"calibration\.json cannot be read.*Install Dateline"):
        Calibration.shipped(path)


def test_a_missing_file_too(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="none cannot be read"):
        Calibration.shipped(tmp_path / "none")


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text('{"weights": {"says": 1, "lead": -0.5}, "constant": 2, "fitted": "x"}')
    assert Calibration.shipped(path) == Calibration({"says": 1.0, "lead": -0.5}, 2.0)
