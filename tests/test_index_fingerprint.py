from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from index.fingerprint import article_id, content_fingerprint, fingerprint, passage_id
from index.records import Article, Found
from index.url import canonical_url, host_of, read_url

ARTICLE = Article(
    id="a1",
    title="Harbour reopens",
    text="The harbour reopened on Monday.",
    url="https://news.example/harbour",
    source="Example News",
    authors=("Ada Moor",),
    published=date(2021, 2, 24),
)


def found(**values: str) -> Found:
    return Found(origin="o", key=values.pop("key", "folder/a.txt"), text="t", **values)


def test_a_clean_id_is_kept() -> None:
    assert article_id(found(id="cnn:2021-02-24.a_B")) == "cnn:2021-02-24.a_B"


@pytest.mark.parametrize("given", ["has space", "ä", "a/b", "x" * 201, "<b>", "a\nb", "\ud800"])
def test_any_other_id_becomes_a_digest(given: str) -> None:
    made = article_id(found(id=given))
    assert re.fullmatch(r"art_[0-9a-f]{16}", made)
    assert made == article_id(found(id=given, key="elsewhere.txt", url="https://x.example/"))


def test_urls_of_one_article_give_one_id() -> None:
    same = [
        "https://News.Example/a/b?x=1",
        "HTTPS://news.example:443/a/b/?x=1&utm_source=feed&fbclid=zz#part",
    ]
    assert len({article_id(found(url=u)) for u in same}) == 1
    assert article_id(found(url=same[0])) != article_id(found(url="https://news.example/a/b?x=2"))


def test_the_key_counts_only_without_id_and_url() -> None:
    assert article_id(found(key="a.txt")) != article_id(found(key="b.txt"))
    assert article_id(found(key="a.txt", url="javascript:alert(1)")) == article_id(
        found(key="a.txt")
    )


def test_ids_do_not_change_between_releases() -> None:
    assert article_id(found(key="folder/a.txt")) == "art_a328ae61061c832f"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"text": "x"},
        {"url": None},
        {"source": "x"},
        {"authors": ()},
        {"published": None},
        {"updated": date(2021, 2, 25)},
    ],
)
def test_fingerprint_changes_with_what_the_article_says(change: dict[str, object]) -> None:
    assert fingerprint(replace(ARTICLE, **change)) != fingerprint(ARTICLE)  # type: ignore[arg-type]


def test_fingerprint_is_not_of_id_and_fetching() -> None:
    other = replace(ARTICLE, id="b2", fetched=datetime(2021, 3, 1, tzinfo=UTC))
    assert fingerprint(other) == fingerprint(ARTICLE)
    assert re.fullmatch(r"[0-9a-f]{32}", fingerprint(ARTICLE))


def test_content_fingerprint_finds_the_same_article_again() -> None:
    again = replace(ARTICLE, id="z", url="https://news.example/harbour/?utm_medium=rss", authors=())
    assert content_fingerprint(again) == content_fingerprint(ARTICLE)
    assert content_fingerprint(replace(ARTICLE, text="x")) != content_fingerprint(ARTICLE)


def test_passage_ids() -> None:
    one = passage_id("a1", "f" * 32, 0, 12)
    assert re.fullmatch(r"p_[0-9a-f]{20}", one)
    others = {passage_id("a1", "f" * 32, 0, 13), passage_id("a1", "e" * 32, 0, 12)}
    assert one not in others and one == passage_id("a1", "f" * 32, 0, 12)


@pytest.mark.parametrize(
    "value",
    [None, "", "ftp://x.example/a", "javascript:alert(1)", "//x.example/a", "http://", "/a",
     "http://[::1", "https://x.example/a b", "https://x.example:99999/", "https://x/" + "a" * 3000,
     'https://x.example/"onclick', "data:text/html,x", "https://x.example@evil.example/",
     "https://u:p@x.example/"],
)  # fmt: skip
def test_what_is_no_web_address_is_dropped(value: str | None) -> None:
    assert read_url(value) is None


def test_addresses() -> None:
    assert read_url(" https://x.example/a?b=c ") == "https://x.example/a?b=c"
    assert host_of("https://www.News.Example/x") == "news.example"
    assert canonical_url("http://user:pw@x.example:8080/") == "http://x.example:8080"


@pytest.mark.parametrize("given", [".", "..", "..."])
def test_an_id_that_would_be_a_path_is_replaced(given: str) -> None:
    found = Found(origin="x", key="k", text="t", id=given)
    assert article_id(found).startswith("art_")
