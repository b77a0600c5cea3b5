"""What is held out of training: always the same, a tenth, and no passage on both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.train.heldout import DOMAINS, held_out, training


def entry(title: str, *contexts: str) -> dict:
    paragraphs = [
        {
            "context": context,
            "qas": [
                {
                    "id": f"{title} {context[:12]} {number}",
                    "question": "who wrote it?",
                    "answers": [{"text": "Ada", "answer_start": context.index("Ada")}],
                }
                for number in range(2)
            ],
        }
        for context in contexts
    ]
    return {"title": title, "paragraphs": paragraphs}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two domains of many titles; the third has one title, for many passages."""
    folder = tmp_path / "readers"
    folder.mkdir()
    many = [entry(f"Title {n}", f"{n}: Ada wrote it.", f"{n}: so did Ada.") for n in range(200)]
    one = [entry("All of them", *(f"{n} times Ada" for n in range(400)))]
    for domain in DOMAINS:
        found = {"data": one if domain == "reddit" else many}
        (folder / f"{domain}.json").write_text(json.dumps(found))
    return tmp_path


def test_a_tenth_of_each_domain_and_nothing_on_both_sides(small: Path) -> None:
    out, rest = held_out(small), training(small)
    assert len(out) + len(rest) == 3 * 800
    for domain in DOMAINS:
        share = sum(one.domain == domain for one in out) / 800
        assert 0.04 < share < 0.18, domain
    assert not {(one.domain, one.context) for one in out} & {
        (one.domain, one.context) for one in rest
    }
    titles = {one.title for one in out if one.domain != "reddit"}
    assert not titles & {one.title for one in rest if one.domain != "reddit"}


def test_it_is_the_same_each_time_and_answers_stand_where_they_say(small: Path) -> None:
    out = held_out(small)
    assert out == held_out(small)
    # Of a digest, so on every machine: what was held out when this was written.
    assert sorted({one.title for one in out if one.domain == "new_wiki"})[:3] == [
        "Title 103",
        "Title 11",
        "Title 118",
    ]
    for one in out + training(small):
        for answer, start in zip(one.answers, one.starts, strict=True):
            assert one.context[start : start + len(answer)] == answer


def test_the_public_data_are_split_as_they_were_trained_on(bench: Path) -> None:
    assert (len(held_out(bench)), len(training(bench))) == (3034, 24592)
