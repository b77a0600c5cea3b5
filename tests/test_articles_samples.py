"""The sample articles: every kind that they are there to show is there, and stays a sample."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ARTICLES = Path(__file__).parent.parent / "articles"
FILES = sorted(path for path in ARTICLES.iterdir() if path.name != "README.md")
VOID = {"meta", "link", "br", "img", "hr", "input"}


def named(fragment: str) -> str:
    """The text of the one sample whose name contains the fragment."""
    (path,) = (path for path in FILES if fragment in path.name)
    return path.read_text(encoding="utf-8")


def headed(fragment: str) -> tuple[dict[str, str], str]:
    """Header lines and body of a plain-text sample."""
    head, body = named(fragment).split("\n\n", 1)
    return dict(line.split(": ", 1) for line in head.splitlines()), body.strip()


def rows() -> list[dict[str, object]]:
    return [json.loads(line) for line in named(".jsonl").splitlines()]


class Page(HTMLParser):
    """Checks that tags close in order; keeps tags and the text of JSON-LD scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.linked_data: list[str] = []
        self._in_linked_data = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self._in_linked_data = ("type", "application/ld+json") in attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._in_linked_data = False

    def handle_data(self, data: str) -> None:
        if self._in_linked_data:
            self.linked_data.append(data)


def test_between_12_and_20_articles_each_named_in_the_readme() -> None:
    assert 12 <= len(FILES) - 1 + len(rows()) <= 20
    readme = (ARTICLES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)`", readme, re.MULTILINE) == [path.name for path in FILES]
    assert "samples" in readme and "fictitious" in readme


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_address_is_evidently_fictitious(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    hosts = {urlsplit(url).hostname or "" for url in re.findall(r"https?://[^\s\"<>)]+", text)}
    assert all(host.endswith(".example") for host in hosts - {"schema.org"})
    assert path.suffix == ".html" or "schema.org" not in hosts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_advertisement_marks_only_where_they_are_meant(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    marks = [mark in text for mark in ("[ad_1]", "[ad_2]", "\nAdvertisement\n")]
    assert marks == [path.name == "07-katyusha-cells-with-ads.txt"] * 3


def test_syndicated_copy_is_the_same_text_at_another_outlet() -> None:
    original, text = headed("03-")
    copy, copied = headed("04-")
    assert copied == text and copy["Title"] == original["Title"]
    assert copy["URL"] != original["URL"] and copy["Source"] != original["Source"]


def test_update_keeps_the_report_and_adds_to_it() -> None:
    head, body = headed("02-")
    update = rows()[0]
    paragraphs = str(update["text"]).split("\n\n")
    assert set(body.split("\n\n")) < set(paragraphs)
    assert update["url"] != head["URL"] and update["source"] == head["Source"]
    assert str(update["published"]) == head["Date"] < str(update["updated"])


def test_rows_are_whole_articles() -> None:
    assert len({row["id"] for row in rows()}) == len(rows()) == 3
    for row in rows():
        assert all(row[name] for name in ("url", "title", "source", "authors", "published"))
        assert len(str(row["text"]).split()) >= 80


def test_outlets_disagree_on_the_day_of_balad() -> None:
    saturday, sunday = headed("05-"), headed("06-")
    assert "Saturday" in saturday[1] and "Sunday" not in saturday[1]
    assert "Sunday" in sunday[1] and "Saturday" not in sunday[1]
    assert saturday[0]["Source"] != sunday[0]["Source"]


def test_undated_and_bare_and_doubled() -> None:
    assert "Date" not in headed("09-")[0]
    title, place = named("13-").splitlines()[:2]
    assert not title.startswith("Title:") and place.startswith("ERBIL, Kurdistan Region — ")
    paragraphs = headed("14-")[1].split("\n\n")
    assert len(paragraphs) - len(set(paragraphs)) >= 2


def test_markdown_has_front_matter() -> None:
    _, front, body = named(".md").split("---\n", 2)
    assert {line.split(":")[0] for line in front.splitlines()} >= {"title", "date", "source", "url"}
    assert body.lstrip().startswith("# ")


def test_page_is_whole_and_tells_its_metadata() -> None:
    page = Page()
    page.feed(named(".html"))
    page.close()
    assert page.open == []
    assert page.seen >= {"header", "nav", "article", "h1", "footer", "script", "style"}
    data = json.loads("".join(page.linked_data))
    assert data["datePublished"].startswith("2021-02-24") and data["publisher"]["name"]


def test_spellings_vary_as_outlets_do() -> None:
    together = "".join(path.read_text(encoding="utf-8") for path in FILES)
    for variants in (("al-Kadhimi", "Al-Kazemi"), ("Erbil", "Irbil"), ("Balad Air", "Al-Balad")):
        assert all(variant in together for variant in variants)
