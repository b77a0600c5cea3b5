"""Browsing: the latest first, outlets, search by title and text, copies; over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import ArticleNotFound
from index.ingest import Ingest
from index.records import Found
from index.store import Store
from qa.copies import CopiesConfig, copies_of
from qa.errors import BadRequest
from qa.library import Library, searchable
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer

WIRE = (
    "The harbour authority closed the northern pier on Friday after divers found a crack in its "
    "second pillar. Engineers expect the repair to take three weeks, and ferries will leave from "
    "the old quay until then. Two cruise ships were sent to the next port along the coast."
)
OTHER = (
    "Voters in the hill district chose a teacher as their mayor on Sunday. She promised a bus line "
    "to the station and a library that stays open until ten."
)


class Shelf:
    """A store, what is needed to fill it, and the library over it."""

    def __init__(self, folder: Path) -> None:
        config = IndexConfig(data=folder)
        embedder = FakeEmbedder()
        self.store = Store.open(config, "fake", embedder.dimension, "a test")
        self.ingest = Ingest(self.store, embedder, WordTokenizer(), config)
        self.library = Library(self.store, embedder)

    def add(self, id: str, text: str, **facts) -> None:
        done = self.ingest.take(Found(origin=id, key=id, id=id, text=text, **facts))
        assert getattr(done, "article_id", None) == id, done

    def ids(self, *arguments, **options) -> list[str]:
        options = {"cursor": None, "limit": 50, **options}
        return [one.id for one in self.library.list_articles(*arguments, **options).items]


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "data")
    yield shelf
    shelf.store.close()


@pytest.fixture
def filled(shelf: Shelf) -> Shelf:
    shelf.add("pier", WIRE, title="Pier closed", source="Harbour Post", published="2024-03-02")
    shelf.add("pier-copy", "(Wire) " + WIRE, title="Crack shuts pier", source="Gulf Courier",
              published="2024-03-03")  # fmt: skip
    shelf.add("mayor", OTHER, title="Teacher elected", source="harbour post",
              published="2024-03-01")  # fmt: skip
    shelf.add("fair", "The fair in Oldport opens with a concert.", title="Oldport fair")
    return shelf


def test_an_empty_index_has_an_empty_list(shelf: Shelf) -> None:
    page = shelf.library.list_articles(None, 50, with_copies=True)
    assert (page.items, page.next_cursor, page.total) == ((), None, 0)
    assert shelf.library.sources().items == ()
    assert shelf.ids(query="ferry") == []


def test_the_latest_come_first_and_the_undated_last(filled: Shelf) -> None:
    assert filled.ids() == ["pier-copy", "pier", "mayor", "fair"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_hold_every_article_once_in_order(filled: Shelf, limit: int) -> None:
    seen, cursor = [], None
    while True:
        page = filled.library.list_articles(cursor, limit)
        seen += [one.id for one in page.items]
        assert page.total == 4
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["pier-copy", "pier", "mayor", "fair"]


def test_a_cursor_holds_when_its_article_is_withdrawn(filled: Shelf) -> None:
    cursor = filled.library.list_articles(None, 2).next_cursor
    filled.store.withdraw("pier")
    assert filled.ids(cursor=cursor) == ["mayor", "fair"]


@pytest.mark.parametrize("cursor", ["", "x", "2024-03-02", "2024-03-02:", "undated:a b", "٢:x"])
def test_a_cursor_that_no_list_gave_is_refused(filled: Shelf, cursor: str) -> None:
    with pytest.raises(BadRequest):
        filled.library.list_articles(cursor, 10)


def test_outlets_are_counted_without_regard_to_case(filled: Shelf) -> None:
    told = [(one.source, one.articles) for one in filled.library.sources().items]
    assert told[0][1] == 2
    assert told[0][0].casefold() == "harbour post"
    assert told[1:] == [("Gulf Courier", 1), (None, 1)]


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ("HARBOUR POST", ["pier", "mayor"]),
        ("Gulf Courier", ["pier-copy"]),
        ("", ["fair"]),
        ("Nobody", []),
    ],
)
def test_a_list_of_one_outlet(filled: Shelf, source: str, ids: list[str]) -> None:
    page = filled.library.list_articles(None, 50, source=source)
    assert [one.id for one in page.items] == ids
    assert page.total == len(ids)


def test_words_of_title_and_text_find_an_article(filled: Shelf) -> None:
    assert filled.ids(query="teacher elected")[0] == "mayor"
    assert set(filled.ids(query="divers crack pillar")[:2]) == {"pier", "pier-copy"}
    assert filled.ids(query="oldport concert", source="") == ["fair"]
    assert filled.ids(query="divers", source="gulf courier") == ["pier-copy"]


def test_what_fits_nothing_finds_nothing(filled: Shelf) -> None:
    page = filled.library.list_articles(None, 50, query="zyzzyva quokka")
    assert (page.items, page.total, page.next_cursor) == ((), 0, None)


@pytest.mark.parametrize(
    "query",
    [
        'title:"pier" AND (text:* OR -crack) ~2 ^3',
        "ferry\x00\x1b[31m\u202e pier",
        "\ud800 pier",
        "pier " * 800,
        "((((((((",
        "'; DROP TABLE articles; --",
        "😀" * 4000,
    ],
)
def test_anything_may_be_typed_into_the_search_box(filled: Shelf, query: str) -> None:
    before = filled.store.catalogue.counts()
    page = filled.library.list_articles(None, 50, query=query, with_copies=True)
    if "pier" in query:
        assert {"pier", "pier-copy"} <= {one.id for one in page.items}
    assert filled.store.catalogue.counts() == before


@pytest.mark.parametrize("query", ["", "  ", "\x00\x01\n", None])
def test_without_words_it_is_the_whole_list(filled: Shelf, query: str | None) -> None:
    assert len(filled.ids(query=query)) == 4


def test_a_search_has_no_further_page(filled: Shelf) -> None:
    cursor = filled.library.list_articles(None, 1).next_cursor
    with pytest.raises(BadRequest):
        filled.library.list_articles(cursor, 1, query="pier")


def test_searchable_keeps_words_apart() -> None:
    assert searchable("a\x00b\u202ec\n\td  ") == "a b c d"


def test_copies_are_told_on_both_sides_and_only_when_asked_for(filled: Shelf) -> None:
    page = filled.library.list_articles(None, 50, with_copies=True)
    assert {one.id: one.copies for one in page.items} == {
        "pier": ("pier-copy",),
        "pier-copy": ("pier",),
        "mayor": (),
        "fair": (),
    }
    assert all(one.copies is None for one in filled.library.list_articles(None, 50).items)
    view = filled.library.view("pier")
    assert [(one.id, one.title, one.source) for one in view.copies] == [
        ("pier-copy", "Crack shuts pier", "Gulf Courier")
    ]
    assert view.text == WIRE


def test_a_withdrawn_article_is_gone_from_list_search_outlets_and_copies(filled: Shelf) -> None:
    filled.ids(with_copies=True)
    filled.store.withdraw("pier-copy")
    page = filled.library.list_articles(None, 50, with_copies=True)
    assert [(one.id, one.copies) for one in page.items][0] == ("pier", ())
    assert filled.ids(query="divers crack pillar") == ["pier"]
    assert "Gulf Courier" not in [one.source for one in filled.library.sources().items]
    assert filled.library.view("pier").copies == ()
    with pytest.raises(ArticleNotFound):
        filled.library.view("pier-copy")


def test_an_article_that_holds_a_copy_and_more_is_one(shelf: Shelf) -> None:
    shelf.add("short", WIRE, title="Pier closed")
    shelf.add("long", f"{WIRE}\n\n{OTHER}\n\nThe museum is closed on Monday.", title="The day")
    assert copies_of(shelf.store, ["short", "long"]) == {"short": ["long"], "long": ["short"]}


def test_articles_on_one_subject_are_no_copies(shelf: Shelf) -> None:
    shelf.add("one", "Divers found a crack in the northern pier and it was closed on Friday.")
    shelf.add("two", "The northern pier was closed, as divers had found a crack.")
    assert copies_of(shelf.store, ["one", "two"]) == {"one": [], "two": []}


def test_the_work_for_copies_is_bounded(shelf: Shelf) -> None:
    for number in range(6):
        shelf.add(f"c{number}", f"Edition {number}. {WIRE}", title="Pier closed")
    ids = [f"c{number}" for number in range(6)]
    assert all(len(found) == 5 for found in copies_of(shelf.store, ids).values())
    few = copies_of(shelf.store, ids, CopiesConfig(most_copies=2))
    assert all(len(found) == 2 for found in few.values())
    two_texts = CopiesConfig(most_compared=2 * len(WIRE) + 40)
    assert sum(map(len, copies_of(shelf.store, ids, two_texts).values())) == 2
    assert copies_of(shelf.store, ids, CopiesConfig(most_compared=0)) == {id: [] for id in ids}


def test_copies_of_what_is_not_there_are_none(filled: Shelf) -> None:
    assert copies_of(filled.store, ["nobody"]) == {"nobody": []}
    assert copies_of(filled.store, []) == {}
