from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.boilerplate import is_boilerplate
from index.byline import read_authors
from index.clean import clean, clean_title
from index.clean_text import clean_body, clean_characters
from index.records import Article, Found, Rejected

ONE = "The harbour of Norwick reopened on Monday after a storm had closed it for nine days."
TWO = "Two ferries left before noon, the harbour master Ada Moor said, and a third was expected."
THREE = "No one was hurt."


def cleaned(text: str, **values: object) -> Article:
    article = clean(Found(origin="o", key="k", text=text, **values))  # type: ignore[arg-type]
    assert isinstance(article, Article)
    return article


def test_ad_marks_go_and_paragraphs_stay() -> None:
    article = cleaned(f"\n\n[ad_1]\n\n{ONE}\n\n \n\n{TWO} [ad_12]\n\n[ad_2]")
    assert article.text == f"{ONE}\n\n{TWO}"


def test_paragraphs_on_lines_of_their_own_get_a_blank_line_between() -> None:
    assert cleaned(f"{ONE}\r\n{TWO}\r\n{THREE}").text == f"{ONE}\n\n{TWO}\n\n{THREE}"


def test_hard_wrapped_text_is_unwrapped() -> None:
    wrapped = (
        "The harbour of Norwick reopened on Monday after a storm had closed\n"
        "it for nine days, the harbour master said in a well-\n"
        "known tavern by the quay. Two ferries left before noon.\n"
        "\n"
        "Nobody was hurt in the storm, which took roofs from several of the\n"
        "houses on the hill.\n"
    )
    first, second = cleaned(wrapped).text.split("\n\n")
    assert first.startswith("The harbour of Norwick reopened on Monday after a storm had closed it")
    assert "well-known tavern" in first
    assert second.endswith("several of the houses on the hill.")


def test_wrapped_without_blank_lines_parts_where_a_line_ends_short() -> None:
    wrapped = (
        "The harbour of Norwick reopened on Monday after a storm had closed\n"
        "it for nine days and nights in a row.\n"
        "Nobody was hurt in the storm, which took roofs from several of the\n"
        "houses on the hill."
    )
    assert cleaned(wrapped).text.count("\n\n") == 1


def test_a_list_stays_a_list() -> None:
    assert cleaned("Closed:\n- the pier\n- the ferry\n- the baths").text.count("\n\n") == 3


def test_the_second_copy_of_a_paragraph_goes() -> None:
    article = cleaned(f"{ONE}\n{TWO}\n{THREE}\nA new line follows.\n{TWO}\n{THREE}\n")
    assert article.text.split("\n\n") == [ONE, TWO, THREE, "A new line follows.", THREE]


def test_a_body_that_stands_twice_stands_once() -> None:
    body = f"{ONE}\n\nWhat we know\n\n{TWO}\n\n{THREE}"
    assert cleaned(f"{body}\n\n{body}").text == body
    assert cleaned(f"{ONE} {ONE}").text == ONE


def test_a_repeated_subheading_goes_with_its_repeated_paragraph() -> None:
    article = cleaned(f"{ONE}\n\nThe storm\n\n{TWO}\n\nThe end came late.\n\nThe storm\n\n{TWO}")
    assert article.text.endswith("The end came late.")


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement", "ADVERTISEMENT", "- Advertisement -", "Read More", "Read more:",
        "Story continues below advertisement", "Share this article", "Share on Facebook",
        "Sign up for our newsletter", "Like it? Sign up for our evening newsletter today!",
        "1. How relevant is this ad to you?", "Video Ad Feedback", "Video content never loaded",
        "Video player was slow to load content Video content never loaded Other issues",
        "This video player requires JavaScript.", "Please enable JavaScript to view this page.",
        "(adsbygoogle = window.adsbygoogle || []).push({});", "© 2021 Example News", "(c) 2021 Ex",
        "All rights reserved.", "* * *", "___", "►", "Related Articles", "Skip to main content",
        "We use cookies to make this site work.",
    ],
)  # fmt: skip
def test_boilerplate(line: str) -> None:
    assert is_boilerplate(line)
    assert cleaned(f"{ONE}\n\n{line}\n\n{TWO}").text == f"{ONE}\n\n{TWO}"


@pytest.mark.parametrize(
    "line",
    [
        "Copyright law has changed little since.",
        "Read more books, the minister told schools.",
        "The advertisement was withdrawn.",
        "Sign up, they said.",
        "Share prices fell by 3%.",
        "Ad spending rose.",
        "Follow the money, the inspector said.",
        "The story continues to unfold in the courts of three countries, lawyers told reporters.",
        "Related parties denied it.",
        "2021",
        "“No.”",
    ],
)
def test_sentences_are_no_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_nothing_left_is_a_rejection_that_quotes_nothing() -> None:
    rejected = clean(Found(origin="a.txt:3", key="k", text="[ad_1]\n\nAdvertisement\n\nRead more"))
    assert isinstance(rejected, Rejected)
    assert rejected.origin == "a.txt:3" and "no text" in rejected.reason
    assert "Read" not in rejected.reason


def test_unseen_characters_go_and_joiners_of_other_scripts_stay() -> None:
    hidden = "\u202eNor\u200bwick\ufeff \x07is\u00a0op\u00aden\U000e0041\x00"
    assert clean_characters(hidden) == "Norwick is open"
    assert clean_characters("a\u200db می\u200cخواهم") == "ab می\u200cخواهم"
    assert clean_characters("cafe\u0301 \ud800") == "café \ufffd"


def test_title() -> None:
    assert clean_title("  Harbour \n reopens - CNN ", "cnn.com") == "Harbour reopens"
    assert clean_title("Harbour reopens | Example News", "example news") == "Harbour reopens"
    assert clean_title("Harbour - storm", "cnn.com") == "Harbour - storm"
    assert clean_title("A - CNN | CNN", "CNN") == "A"
    assert len(clean_title("x" * 900, None)) == 500
    article = cleaned(f"Harbour reopens\n\n{ONE}", title="Harbour reopens")
    assert article.text == ONE


def test_fields() -> None:
    article = cleaned(
        ONE,
        url="https://www.news.example/a?utm_source=x",
        authors=("By Ada Moor, Jo Lund and  Kim Ott", "Ada Moor"),
        published="Wed, 24 Feb 2021 23:30:00 -0500",
        updated="someday",
    )
    assert article.source == "news.example"
    assert article.authors == ("Ada Moor", "Jo Lund", "Kim Ott")
    assert (article.published, article.updated) == (date(2021, 2, 25), None)
    assert cleaned(ONE, url="javascript:alert(1)").url is None
    for mark in "\x7f\x80\x9b\x9f\u061c\u200e\u200f\u202a\u202e\u2066\u2069":
        assert cleaned(ONE, url=f"https://x.example/{mark}a").url is None
    assert cleaned(ONE, url="https://x.example/größe").url == "https://x.example/größe"
    assert cleaned(ONE).source is None and cleaned(ONE).title == ""


def test_authors_keep_a_turned_name_whole() -> None:
    assert read_authors(["Moor, Ada"]) == ("Moor, Ada",)
    assert read_authors(["", " ", "42"]) == ()


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("NORWICK, Northland (Agency) Feb. 24, 2021 — ", date(2021, 2, 24)),
        ("NORWICK, February 24, 2021 (Agency) - ", date(2021, 2, 24)),
        ("NORWICK, Northland — ", None),
        ("NORWICK, Feb. 24 (Agency) -- ", None),
        ("On Feb. 24, 2021 — ", None),
    ],
)
def test_the_place_line_stays_and_may_tell_the_day(start: str, day: date | None) -> None:
    article = cleaned(start + ONE)
    assert article.text == start + ONE and article.published == day
    assert cleaned(start + ONE, published="2021-03-01").published == date(2021, 3, 1)


def test_a_place_line_on_its_own_joins_its_paragraph() -> None:
    assert cleaned(f"Norwick CNN —\n\n{ONE}", source="cnn.com").text == f"Norwick CNN — {ONE}"
    assert cleaned(f"CNN —\n\n{ONE}", source="cnn.com").text == ONE


def again(article: Article) -> Article:
    return cleaned(
        article.text,
        id=article.id,
        url=article.url,
        title=article.title,
        source=article.source,
        authors=article.authors,
        published=article.published and article.published.isoformat(),
        updated=article.updated and article.updated.isoformat(),
    )


LINES = st.lists(
    st.sampled_from(
        [ONE, TWO, THREE, "", " ", "[ad_1]", "[ad[ad_1]_1]", "Read more", "CNN —", "Norwick —", "—",
         "It was a line of the sort\nthat somebody had broken at a\nnarrow column, for a letter.",
         "Read\nmore", "- item", "Title", "a\u0301\u200d\u200cb", "x" * 130,
         "Sign up for the\nnewsletter"]
    )
    | st.text(max_size=50),
    max_size=14,
).map("\n".join)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    LINES, st.sampled_from(["", "Title", "[ad_1] Title - CNN"]), st.sampled_from([None, "cnn.com"])
)
@example("a" + "\u0344" * 60, "", None)
@example("\u200d" * 5 + "a" + "\u200c\u200c", "", None)
def test_never_raises_and_cleaning_again_changes_nothing(
    text: str, title: str, source: str | None
) -> None:
    article = clean(Found(origin="o", key="k", id="i", text=text, title=title, source=source))
    if isinstance(article, Article):
        assert article.text == article.text.strip() and "\n\n\n" not in article.text
        assert again(article) == article


@pytest.mark.parametrize(
    "text",
    [
        "\u0300\u0316" * 500_000,
        "[" * 1_000_000,
        "(adsbygoogle" * 100_000,
        "a\n" * 500_000,
        "A, " * 300_000,
        ("Sign up for the " * 14 + "\n") * 5_000,
        "CNN —\n" * 100_000,
        " \n" * 1_000_000 + "x",
        "\u200d" * 1_000_000,
    ],
    ids=["marks", "brackets", "ads", "lines", "capitals", "sign-ups", "places", "blank", "joiners"],
)
def test_hostile_texts_take_time_in_proportion(text: str) -> None:
    started = time.process_time()
    clean_body(text, "a", "cnn.com")
    clean(Found(origin="o", key="k", text=text, title=text[:100_000]))
    assert time.process_time() - started < 5
