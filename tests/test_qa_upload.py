"""A file handed in: read as `dateline index` reads it, whatever its name and its bytes are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import FolderFull
from index.ingest import Ingest
from index.records import Rejected
from index.report import Taken
from index.store import Store
from qa.records_articles import Uploaded
from qa.take_batch import Cleaned, take_batch
from qa.upload import (
    BATCH_ARTICLES,
    FOLDER,
    LEAST_UNPACKED,
    LONGEST_NAME,
    MOST_UNPACKED,
    NoFileName,
    TooManyArticles,
    UploadLimits,
    file_name,
    remove_leftovers,
    upload,
)
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer

TEXT = b"Pier closed\n\nThe northern pier was closed on Friday after divers found a crack in it.\n"
RTL = "\u202e"


class Box:
    """A store and a place to put files into it."""

    def __init__(self, folder: Path) -> None:
        self.config = IndexConfig(data=folder)
        embedder = FakeEmbedder()
        self.store = Store.open(self.config, "fake", embedder.dimension, "a test")
        self.ingest = Ingest(self.store, embedder, WordTokenizer(), self.config)

    def put(self, name: str, content: bytes, **limits: int) -> Uploaded:
        done = upload(name, content, self.config, self.take, UploadLimits(**limits))
        assert self.left() == []
        return done

    def take(self, batch: Sequence[Cleaned]) -> list[Taken | Rejected]:
        return take_batch(self.ingest, self.store.catalogue, batch)

    def left(self) -> list[Path]:
        return list((self.config.data / FOLDER).glob("*"))

    def texts(self) -> dict[str, str]:
        ids = [id for id, _ in self.store.catalogue.fingerprints()]
        return self.store.catalogue.texts(ids, 1000)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path / "data")
    yield box
    box.store.close()


def row(number: int, text: str = "", **more: object) -> dict[str, object]:
    words = text or f"Town {number} held its fair on the old quay and {number * 7} people came."
    return {"title": f"Fair {number}", "text": words, **more}


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in rows).encode()


def outcomes(done: Uploaded) -> list[str]:
    return [one.outcome for one in done.added]


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>
<link>https://post.example/</link><item><title>Pier closed</title>
<link>https://post.example/pier</link>
<description>The northern pier was closed on Friday after a crack was found.</description>
</item></channel></rss>"""
HTML = b"""<html><head><title>Pier closed</title></head><body><article><h1>Pier closed</h1>
<p>The northern pier was closed on Friday after divers found a crack in one of its pillars.</p>
<p>Engineers expect the repair to take three weeks and a day, the authority said.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pier.txt", TEXT),
        ("pier.md", b"# Pier closed\n\nThe northern pier was closed on Friday.\n"),
        ("pier.html", HTML),
        ("pier.json", json.dumps({"title": "Pier closed", "text": "The pier shut."}).encode()),
        ("pier.jsonl", lines({"title": "Pier closed", "text": "The pier shut."})),
        ("pier.rss", RSS),
        ("PIER.TXT", TEXT),
        ("pier.txt.gz", gzip.compress(TEXT)),
    ],
)
def test_every_kind_is_read_and_told_with_its_title(box: Box, name: str, content: bytes) -> None:
    done = box.put(name, content)
    assert done.rejected == ()
    (one,) = done.added
    assert (one.outcome, one.title, one.version) == ("added", "Pier closed", 1)
    assert one.origin.startswith(name)
    stored = box.store.catalogue.article(one.id)
    assert one.passages == stored.passages > 0
    again = box.put(name, content)
    assert [(a.id, a.outcome) for a in again.added] == [(one.id, "unchanged")]
    assert box.store.catalogue.counts()[0] == 1


def test_an_edited_file_of_the_same_name_replaces_its_articles(box: Box) -> None:
    first = box.put("fairs.jsonl", lines(row(1), row(2)))
    edited = box.put("folder/fairs.jsonl", lines(row(1), row(2, "There was no fair this year.")))
    assert [one.id for one in edited.added] == [one.id for one in first.added]
    assert outcomes(edited) == ["unchanged", "updated"]
    assert box.store.catalogue.counts()[0] == 2
    assert box.texts()[first.added[1].id] == "There was no fair this year."
    other = box.put("fairs2.jsonl", lines(row(3)))
    assert outcomes(other) == ["added"]


def test_each_article_and_each_bad_row_is_told_in_its_place(box: Box) -> None:
    content = lines(row(1), {"title": "no text"}, row(3)) + b"{not json\n" + lines(row(1))
    done = box.put("fairs.jsonl", content)
    assert [(one.origin, one.outcome) for one in done.added] == [
        ("fairs.jsonl:1", "added"),
        ("fairs.jsonl:3", "added"),
        ("fairs.jsonl:5", "duplicate"),
    ]
    assert [one.origin for one in done.rejected] == ["fairs.jsonl:2", "fairs.jsonl:4"]
    assert all(one.reason for one in done.rejected)


def test_one_id_with_two_contents_does_not_change_back_and_forth(box: Box) -> None:
    content = lines(row(1, id="x"), row(2, id="x"))
    assert outcomes(box.put("x.jsonl", content)) == ["added"]
    again = box.put("x.jsonl", content)
    assert outcomes(again) == ["unchanged"]
    assert [one.origin for one in again.rejected] == ["x.jsonl:2"]


def test_uploading_brings_a_withdrawn_article_back(box: Box) -> None:
    id = box.put("pier.txt", TEXT).added[0].id
    box.store.withdraw(id)
    assert outcomes(box.put("pier.txt", TEXT)) == ["added"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/pier.txt", "pier.txt"),
        ("..\\..\\pier.txt", "pier.txt"),
        ("/pier.txt", "pier.txt"),
        ("a\x00b.txt", "a\ufffdb.txt"),
        (f"pier{RTL}txt.exe.txt", "pier\ufffdtxt.exe.txt"),
        ("\ud800.txt", "\ufffd.txt"),
        ("n" * 300 + ".txt", "n" * LONGEST_NAME),
        ("-rf *; $(x).txt", "-rf *; $(x).txt"),
        ("ＣＯＮ.txt", "ＣＯＮ.txt"),
    ],
)
def test_a_name_is_a_word_and_never_a_path(box: Box, name: str, shown: str) -> None:
    before = {path for path in box.config.data.parent.rglob("*") if "chroma" not in str(path)}
    done = box.put(name, TEXT)
    assert done.file == shown
    assert outcomes(done) == ["added"]
    after = {path for path in box.config.data.parent.rglob("*") if "chroma" not in str(path)}
    made = {path for path in after - before if "lexical" not in str(path)}
    assert made <= {box.config.data / FOLDER}
    assert outcomes(box.put(name, TEXT)) == ["unchanged"]


@pytest.mark.parametrize("name", ["", "..", ".", "a/", "a\\", "/", "x/..", " ", "../"])
def test_what_is_no_file_name_is_refused(box: Box, name: str) -> None:
    with pytest.raises(NoFileName):
        box.put(name, TEXT)


def test_long_names_that_differ_at_their_end_are_different_files(box: Box) -> None:
    one = box.put("n" * 250 + "1.txt", TEXT).added[0].id
    assert box.put("n" * 250 + "2.txt", TEXT.replace(b"Friday", b"Monday")).added[0].id != one


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("pier.txt", b"", "empty"),
        ("pier.txt", b"  \n", "empty"),
        ("pier", TEXT, "format"),
        ("pier.exe", TEXT, "format"),
        ("pier.zip", b"PK\x03\x04", "archives"),
        ("pier.txt.gz", TEXT, "unpacked"),
        ("pier.txt.gz", gzip.compress(TEXT)[:-12], "cut off"),
        ("pier.json", b"[" * 100_000, "JSON"),
        ("pier.txt", b"\x00\xff\xfe\x01" * 100, ""),
        ("pier.rss", b"<rss", ""),
        ("pier.txt", b"[ad_1]\n\n[ad_2]", ""),
    ],
)
def test_what_cannot_be_read_is_told_and_not_raised(box, name, content, words) -> None:
    done = box.put(name, content)
    assert done.added == ()
    (one,) = done.rejected
    assert one.origin == name
    assert words in one.reason
    assert str(box.config.data) not in one.model_dump_json()
    assert box.store.catalogue.counts() == (0, 0)


def test_a_packed_file_is_not_unpacked_without_end(box: Box) -> None:
    bomb = gzip.compress(b" " * 3_000_000)
    done = box.put("bomb.jsonl.gz", bomb, unpacked=1_000_000)
    assert done.added == ()
    assert "1000000 bytes" in done.rejected[0].reason


def test_what_packs_too_well_is_not_unpacked(box: Box) -> None:
    done = box.put("blank.jsonl.gz", gzip.compress(b"\n" * (LEAST_UNPACKED + 1)))
    assert done.added == ()
    assert str(LEAST_UNPACKED) in done.rejected[0].reason


@pytest.mark.parametrize(
    ("size", "unpacked"),
    [
        (0, LEAST_UNPACKED),
        (1_000_000, 32_000_000),
        (64 * 1024 * 1024, MOST_UNPACKED),
    ],
)
def test_a_larger_file_may_unpack_to_more(size: int, unpacked: int) -> None:
    assert UploadLimits().unpacked_of(size) == unpacked


def test_too_many_articles_are_refused_before_any_is_taken(box: Box) -> None:
    with pytest.raises(TooManyArticles, match="more than 3 articles"):
        box.put("fairs.jsonl", lines(*map(row, range(4))), articles=3)
    assert box.store.catalogue.counts() == (0, 0)
    assert box.left() == []
    assert len(box.put("fairs.jsonl", lines(*map(row, range(3))), articles=3).added) == 3


def test_a_failure_half_way_leaves_no_file_and_can_be_tried_again(box: Box) -> None:
    content = lines(*map(row, range(BATCH_ARTICLES + 2)))
    taken = []

    def take(batch):
        if taken:
            raise FolderFull("no room")
        taken.append(batch)
        return box.take(batch)

    with pytest.raises(FolderFull):
        upload("fairs.jsonl", content, box.config, take)
    assert box.left() == []
    again = outcomes(box.put("fairs.jsonl", content))
    assert again == ["unchanged"] * BATCH_ARTICLES + ["added"] * 2


def test_each_of_several_batches_is_told_in_order(box: Box) -> None:
    rows = [row(n) if n % 10 else {"title": "no text"} for n in range(3 * BATCH_ARTICLES)]
    done = box.put("fairs.jsonl", lines(*rows))
    assert [one.title for one in done.added] == [one["title"] for one in rows if "text" in one]
    assert len(done.added) + len(done.rejected) == len(rows)
    stored = {one.id: box.store.catalogue.article(one.id) for one in done.added}
    assert all(stored[one.id].article.title == one.title for one in done.added)
    assert all(stored[one.id].passages == one.passages for one in done.added)


def test_an_article_withdrawn_while_it_is_added_is_not_told_as_there(box: Box) -> None:
    def take(batch):
        catalogue = box.store.catalogue

        class Late:
            def __getattr__(self, name):
                return getattr(catalogue, name)

            def without_text(self, ids):
                box.store.withdraw(ids[0])
                return []

        return take_batch(box.ingest, Late(), batch)

    done = upload("pier.txt", TEXT, box.config, take)
    assert done.added == ()
    assert "withdrawn" in done.rejected[0].reason


def test_the_file_is_there_while_it_is_read_and_readable_by_its_owner_alone(box: Box) -> None:
    modes = []

    def take(found):
        (own,) = box.left()
        modes.append(own.stat().st_mode & 0o077)
        return box.take(found)

    upload("pier.txt", TEXT, box.config, take)
    assert modes == [0]


def test_where_the_file_cannot_be_written_the_error_says_so(box: Box) -> None:
    (box.config.data / FOLDER).write_text("in the way")
    with pytest.raises(FolderFull):
        upload("pier.txt", TEXT, box.config, box.take)


def test_what_a_kill_left_is_removed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a").write_text("x")
    left = tmp_path / "data" / FOLDER / "abc"
    left.mkdir(parents=True)
    (left / "upload.txt").write_text("x")
    remove_leftovers(tmp_path / "data")
    assert not left.parent.exists()
    remove_leftovers(tmp_path / "data")
    (tmp_path / "data" / FOLDER).symlink_to(kept)
    remove_leftovers(tmp_path / "data")
    assert (kept / "a").exists()
    assert not (tmp_path / "data" / FOLDER).is_symlink()


def test_markup_and_control_characters_in_titles_come_back_as_they_are_stored(box: Box) -> None:
    hostile = "<script>alert(1)</script> \u202etitle"
    done = box.put("x.jsonl", lines(row(1, title=hostile), row(2, title="\ud800 half")))
    assert len(done.added) == 2
    json.dumps(done.model_dump(mode="json")).encode()
    done.model_dump_json().encode()


def test_file_name_composes() -> None:
    assert file_name("cafe\u0301.txt") == "caf\u00e9.txt"
