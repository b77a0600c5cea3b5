"""The gold set: ours holds what it promises, and a mistake in one is told with file and line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.datasets import read_dataset
from eval.datasets.gold import OUR_ARTICLES, cleaned, read
from eval.errors import DatasetInvalid, GoldInvalid
from eval.gold_schema import KINDS
from index.config import IndexConfig
from index.load import load

CASE = {
    "id": "first-program",
    "question": "who wrote the first program?",
    "answers": ["Ada Lovelace"],
    "tags": ["who"],
    "evidence": [[{"article": "ada", "quote": "Ada Lovelace wrote the first program."}]],
}
NONE = {"id": "none", "question": "who paid?", "tags": ["who", "unanswerable"]}
TEXT = "Ada Lovelace wrote the first program. It was never run."


def written(folder: Path, *lines: object) -> Path:
    """A gold set of these lines over one article."""
    (folder / "articles").mkdir(exist_ok=True)
    article = {"id": "ada", "title": "Programs", "text": TEXT}
    (folder / "articles" / "ada.json").write_text(json.dumps(article))
    file = folder / "cases.jsonl"
    file.write_bytes(
        b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines)
    )
    return file


def turn(number: int, **changes: object) -> dict:
    case = {**CASE, "id": f"turn-{number}", "conversation": "talk", "turn": number, **changes}
    if number > 1:
        case = {"standalone": CASE["question"], **case, "tags": ["who", "follow_up"]}
    return case


# -- ours ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours():
    return read()


def test_ours_holds_what_it_promises(ours) -> None:
    cases = ours.cases
    assert len(cases) >= 160
    assert cases[0].question == "who claimed the Erbil attack?"
    unanswerable = [case for case in cases if not case.is_answerable]
    assert len(unanswerable) >= 35
    assert sum("near_miss" in case.tags for case in unanswerable) >= len(unanswerable) / 2
    tags = Counter(tag for case in cases for tag in case.tags)
    for tag in KINDS - {"yes_no"}:
        assert tags[tag] >= 8, tag
    for tag in ("attribution", "relative_date", "several_articles", "contradiction", "spelling"):
        assert tags[tag] >= 5, tag


def test_ours_has_conversations_of_two_to_four_turns(ours) -> None:
    turns = Counter(case.conversation for case in ours.cases if case.conversation)
    assert len(turns) >= 15 and set(turns.values()) == {2, 3, 4}
    assert sum(case.turn > 1 for case in ours.cases) >= 40
    for case in ours.cases:
        assert (case.standalone is not None) == (case.turn > 1)


def test_ours_uses_every_article(ours) -> None:
    articles = {one.id for one in cleaned(load([OUR_ARTICLES], IndexConfig()))}
    used = Counter(
        article
        for case in ours.cases
        for article in {one.article for fact in case.evidence for one in fact}
    )
    assert set(used) == articles


def test_turns_stand_together_and_in_order(ours) -> None:
    units = [case.unit for case in ours.cases]
    assert len(set(units)) == sum(a != b for a, b in zip(units, units[1:], strict=False)) + 1
    for before, after in zip(ours.cases, ours.cases[1:], strict=False):
        if after.turn > 1:
            assert (before.unit, before.turn) == (after.unit, after.turn - 1)


def test_reading_twice_gives_the_same(ours) -> None:
    again = read_dataset("gold")
    assert again.fingerprint == ours.fingerprint and again.cases == ours.cases


# -- anybody's ----------------------------------------------------------------


def test_a_gold_set_of_ones_own_is_read_with_its_articles(tmp_path: Path) -> None:
    file = written(tmp_path, CASE, b"", NONE)
    cases = read_dataset("gold", file).cases
    assert [case.id for case in cases] == ["first-program", "none"]
    assert cases[0].relevant == {"ada": 1} and cases[0].is_answerable
    assert cases[1].is_answerable is False and cases[1].relevant == {}
    assert read(tmp_path).cases == cases
    assert read(file, tmp_path / "articles").cases == cases


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = written(tmp_path, CASE)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(read(file).cases) == 1


def test_the_index_of_the_articles_outlives_a_new_case(tmp_path: Path) -> None:
    first = read(written(tmp_path, CASE))
    second = read(written(tmp_path, CASE, NONE))
    assert first.corpus_fingerprint == second.corpus_fingerprint is not None
    (tmp_path / "articles" / "more.txt").write_text("Another\n\nAnother article.")
    assert read(tmp_path).corpus_fingerprint != first.corpus_fingerprint


def test_the_fingerprint_follows_cases_and_articles(tmp_path: Path) -> None:
    first = read(written(tmp_path, CASE)).fingerprint
    assert read(written(tmp_path, CASE, NONE)).fingerprint != first
    written(tmp_path, CASE)
    assert read(tmp_path).fingerprint == first
    (tmp_path / "articles" / "more.txt").write_text("Another\n\nAnother article.")
    assert read(tmp_path).fingerprint != first


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe{}", "is not UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "valid dictionary"),
        ({**CASE, "id": "Has Spaces"}, "id: "),
        ({**CASE, "question": " "}, "question: "),
        ({**CASE, "surprise": 1}, "surprise: "),
        ({**CASE, "tags": ["who", "weird"]}, "tags.1: "),
        ({**CASE, "tags": ["paraphrase"]}, "tags need one of"),
        ({**CASE, "answers": []}, "answers, or the tag unanswerable"),
        ({**CASE, "tags": ["who", "unanswerable"]}, "answers, or the tag unanswerable"),
        ({**CASE, "evidence": []}, "needs evidence"),
        ({**CASE, "evidence": [[]]}, "evidence.0: "),
        ({**CASE, "tags": ["who", "near_miss"]}, "near_miss is for"),
        ({**CASE, "as_of": "yesterday"}, "as_of: "),
        ({**CASE, "as_of": 0}, "YYYY-MM-DD"),
        ({**CASE, "answers": ["The!"]}, "has no word"),
        ({**CASE, "turn": 2}, "go together"),
        ({**CASE, "standalone": "q"}, "standalone goes with"),
        ({**CASE, "evidence": [[{"article": "bob", "quote": "x"}]]}, "no article 'bob'"),
        ({**CASE, "evidence": [[{"article": "ada", "quote": "Bob did."}]]}, "does not hold"),
        (turn(1), "from 1 on without a gap, two at least"),
        (turn(2), "from 1 on without a gap"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, line: object, told: str) -> None:
    file = written(tmp_path, NONE, line)
    with pytest.raises(GoldInvalid) as caught:
        read(file)
    [problem] = caught.value.problems
    assert problem.startswith(f"{file}:2: ") and told in problem
    assert problem in str(caught.value)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    file = written(tmp_path, CASE, CASE, b"{", turn(1), turn(1, id="again"), turn(2))
    with pytest.raises(GoldInvalid) as caught:
        read(file)
    lines = [problem.removeprefix(f"{file}:").split(":")[0] for problem in caught.value.problems]
    assert lines == ["3", "2", "5"]


def test_no_cases_no_articles_no_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match="no such file"):
        read_dataset("gold", tmp_path / "missing")
    with pytest.raises(DatasetInvalid, match="no \\*.jsonl"):
        read(tmp_path, OUR_ARTICLES)
    (tmp_path / "cases.jsonl").write_text("")
    with pytest.raises(DatasetInvalid, match="--articles"):
        read(tmp_path)
    with pytest.raises(DatasetInvalid, match="holds no cases"):
        read(tmp_path, OUR_ARTICLES)
    (tmp_path / "articles").mkdir()
    with pytest.raises(DatasetInvalid, match="holds no articles"):
        read(tmp_path)


def test_an_unknown_dataset_is_told_the_known_ones() -> None:
    with pytest.raises(DatasetInvalid, match="multihop-rag"):
        read_dataset("trivia")
    with pytest.raises(DatasetInvalid, match="needs a path"):
        read_dataset("squad")
