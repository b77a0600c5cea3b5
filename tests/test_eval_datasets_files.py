"""Files of datasets: what is read of a bad one, and what is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from eval.datasets.files import (
    Form,
    Several,
    as_indexed,
    checked,
    document,
    file_in,
    fingerprint_of,
    id_as_indexed,
    lines,
    rows,
    verbatim,
    without_copies,
)
from eval.errors import DatasetInvalid
from index.fingerprint import article_id
from index.records import Article, Found, Rejected


class Row(Form):
    name: str
    parts: Several[int] = []


def written(folder: Path, content: bytes) -> Path:
    file = folder / "rows.jsonl"
    file.write_bytes(content)
    return file


def test_rows_come_with_their_line_and_other_fields_are_let_be(tmp_path: Path) -> None:
    file = written(tmp_path, b'{"name": "a", "more": null}\n\n \r\n{"name": "b", "parts": [1]}')
    assert list(rows(file, Row)) == [(1, Row(name="a")), (4, Row(name="b", parts=[1]))]


def test_separators_that_are_no_line_ends_stay_in_their_line(tmp_path: Path) -> None:
    text = "a\u2028b\x85c\x0bd"
    file = written(tmp_path, f'{{"name": "{text}"}}\n'.replace("\x0b", "\\u000b").encode())
    assert [row.name for _, row in rows(file, Row)] == [text]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{", "is not JSON (column 2"),
        (b"\xff", "is not UTF-8"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"name": NaN}', "NaN is no JSON number"),
        (b'{"other": -Infinity}', "-Infinity is no JSON number"),
        (b'{"name": ' + b"9" * 10_000 + b"}", "is not JSON"),
        (b"[]", "dictionary"),
        (b"{}", "name: Field required"),
        (b'{"name": 1}', "name: "),
        (b'{"name": "a", "parts": {}}', "parts: "),
        (b'{"name": "a", "parts": [1, 2, "3"]}', "parts[2]: "),
        (b'{"name": "a", "parts": [true]}', "parts[0]: "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_line_is_named_and_not_quoted(tmp_path: Path, line: bytes, told: str) -> None:
    file = written(tmp_path, b'{"name": "a"}\n' + line + b"\n")
    with pytest.raises(DatasetInvalid) as caught:
        list(rows(file, Row))
    assert str(caught.value).startswith(f"{file}:2: ") and told in str(caught.value)
    assert len(str(caught.value)) < len(str(file)) + 200


def test_a_list_is_read_up_to_its_first_mistake(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"here: parts\[0\]: "):
        checked(Row, {"name": "a", "parts": ["x"] * 1_000_000}, "here")


def test_half_a_character_is_replaced_and_whole_ones_stay(tmp_path: Path) -> None:
    file = written(tmp_path, rb'{"name": "a \ud83d b \ud83c\udf09 c \udc00"}')
    [(_, row)] = rows(file, Row)
    assert row.name == "a \ufffd b \U0001f309 c \ufffd"
    row.name.encode()


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r":2: .* longer than 1,000 bytes"):
        list(lines(written(tmp_path, b"short\n" + b"x" * 1001), 1000))
    assert len(list(lines(written(tmp_path, b"short\n" + b"x" * 1000), 1000))) == 2


def test_a_document_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match="larger than 1,000 bytes"):
        document(written(tmp_path, gzip.compress(b" " * 5000)), 1000)


def test_a_mistake_in_a_document_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match=r"rows.jsonl:3: is not JSON \(column 1"):
        document(written(tmp_path, b'[\n1,\n"open'))
    with pytest.raises(DatasetInvalid, match=r"rows.jsonl:2: is not UTF-8"):
        document(written(tmp_path, b'[\n"\xff"]'))
    with pytest.raises(DatasetInvalid, match=r"rows.jsonl:1: is not JSON"):
        document(written(tmp_path, b""))


def test_packed_files_are_told_by_their_bytes(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"name": "a"}\n' * 1000)
    assert len(list(rows(written(tmp_path, packed), Row))) == 1000
    with pytest.raises(DatasetInvalid, match="cut off or damaged"):
        list(rows(written(tmp_path, packed[:-9]), Row))
    with pytest.raises(DatasetInvalid, match="cut off or damaged"):
        list(rows(written(tmp_path, packed[:20] + b"\x00\xff" + packed[22:]), Row))
    with pytest.raises(DatasetInvalid, match="cut off or damaged"):
        list(rows(written(tmp_path, b"\x1f\x8bno gzip at all"), Row))


def test_a_file_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DatasetInvalid, match="can't be read"):
            list(lines(path))
        with pytest.raises(DatasetInvalid, match="can't be read"):
            fingerprint_of([path])
    with pytest.raises(DatasetInvalid, match=r"holds no rows.jsonl \(nor rows.jsonl.gz\)"):
        file_in(tmp_path, "rows.jsonl")
    packed = tmp_path / "rows.jsonl.gz"
    packed.touch()
    assert file_in(tmp_path, "rows.jsonl") == packed
    assert file_in(tmp_path, "rows.jsonl") != written(tmp_path, b"")
    assert file_in(tmp_path, "rows.jsonl") == tmp_path / "rows.jsonl"


def test_the_fingerprint_is_of_names_and_bytes(tmp_path: Path) -> None:
    file = written(tmp_path, b"one")
    first = fingerprint_of([file])
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert fingerprint_of([written(other, b"one")]) == first
    assert fingerprint_of([written(other, b"two")]) != first
    assert fingerprint_of([file.rename(tmp_path / "other.jsonl")]) != first


# -- articles -----------------------------------------------------------------


def found(id: str, text: str = "The ferry runs again.", title: str = "Ferry") -> Found:
    return Found(origin=id, key=id, id=id, text=text, title=title)


@pytest.mark.parametrize("given", ["4983", "a-b.c:d_e", "MED/10", "ä", "a" * 201, "..", "a b"])
def test_an_id_is_what_indexing_makes_of_it(given: str) -> None:
    assert id_as_indexed(given) == article_id(found(given))
    assert (id_as_indexed(given) == given) == (given in ("4983", "a-b.c:d_e"))


def test_a_copy_has_the_id_of_the_first() -> None:
    kept: dict[str, str] = {}
    first, copy, other, empty = (
        as_indexed(one, kept)
        for one in (
            found("1"),
            found("2", "The  ferry runs\u00a0again. ", " Ferry"),
            found("3", title="Another"),
            found("4", " "),
        )
    )
    assert isinstance(first, Article) and isinstance(copy, Article) and isinstance(other, Article)
    assert (first.id, other.id) == ("1", "3") and isinstance(empty, Rejected)
    assert copy == first
    assert [
        one.id for one in without_copies([found("1"), found("5"), found("4", ""), found("5")])
    ] == ["1", "4"]


def test_a_sentence_is_verbatim_after_cleaning_or_not_at_all() -> None:
    text = "The ferry runs again. The council paid."
    assert verbatim(" The ferry runs again. ", text) == "The ferry runs again."
    assert verbatim("The\u00a0ferry  runs\nagain.", text) == "The ferry runs again."
    assert verbatim("The ferry stopped.", text) is None
    assert verbatim(" ", text) is None
