"""The articles page in a real browser: over the sample articles, and over odd desks."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from selenium.webdriver.common.keys import Keys

from qa.api_keys import ApiKeys
from qa.local_desk import LocalDesk
from qa.records_articles import ArticlePage, NewArticle, Uploaded
from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.settings import Settings
from tests.browser import (
    NARROW,
    PATIENT,
    WIDE,
    Window,
    chromium,
    serving,
    set_scheme,
    set_window,
    window_on,
)
from tests.fakes import FakeDesk
from tests.serving import served

KEY = "a-key-for-the-tests-0123456789"
HOSTILE = {
    "id": "hostile-1",
    "title": "<img src=x onerror='window.ran = 1'>Ferry",
    "source": "<b>Island</b> Gazette",
    "published": "2021-03-23",
    # The character before it counts one code point and two of JavaScript's units.
    "text": "The ferry to Oldport was halted on Monday \U0001f600 after a storm broke its ramp. "
    + "It is a long story of wind and water. " * 60
    + "\n\nHarbour master Ada Lind <script>window.ran = 1</script> spoke of two weeks.\n\n"
    + "The end came late. " * 60,
}
SPOKEN = "Harbour master Ada Lind <script>window.ran = 1</script> spoke of two weeks."


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    with chromium(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def sample_address(
    browser, sample_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    data = shutil.copytree(sample_once, tmp_path_factory.mktemp("library") / "data")
    with serving(create_app(lambda: LocalDesk.open(Settings(data=data), "a test"))) as address:
        httpx.post(f"{address}/articles", json=HOSTILE, timeout=PATIENT).raise_for_status()
        yield address


@pytest.fixture
def page(browser, sample_address: str) -> Iterator[Window]:
    """The page over the sample articles and the hostile one. No test changes them."""
    with window_on(browser, sample_address) as window:
        window.open("/library")
        window.one(".article-row")
        yield window


@contextmanager
def page_over(browser, desk: FakeDesk, config: ServiceConfig | None = None) -> Iterator[Window]:
    with serving(create_app(lambda: desk, config)) as address, window_on(browser, address) as one:
        one.open("/library")
        yield one


def desk_with(count: int) -> FakeDesk:
    desk = FakeDesk()
    for number in range(count):
        text = f"The ferry resumed, report {number} says."
        id = f"f{number:03}"
        desk.add_article(NewArticle(id=id, title=f"Ferry {number}", text=text, source="Post"))
    return desk


def titles(page: Window) -> list[str]:
    return [one.text for one in page.all(".article-open")]


def choose(page: Window, *files: Path) -> None:
    """Choose files as the button's file chooser would."""
    page.run("return document.getElementById('files')").send_keys("\n".join(map(str, files)))


# -- browsing, searching, reading


def test_the_latest_articles_come_first_with_outlet_and_date(page: Window) -> None:
    assert page.one("#total", "19 articles, the latest first")
    assert titles(page)[0] == HOSTILE["title"]
    assert page.all(".article-origin")[0].text == "<b>Island</b> Gazette · 23 Mar 2021"
    assert page.all(".article-origin")[-1].text == "Outlet not named · no date"
    assert page.one(".top a", "Ask").get_attribute("href") == f"{page.address}/"


def test_copies_unfold_and_open(page: Window) -> None:
    row = page.until(lambda: next((r for r in page.all(".article-row") if "copy" in r.text), None))
    title = row.find_element("css selector", ".article-open").text
    row.find_element("css selector", "summary").click()
    page.one(".copies-list .copy-open").click()
    assert page.one("#reader .article-title")
    assert page.one("#reader .reader-part h3", "1 copy")
    assert title in [one.text for one in page.all("#reader .copy-open")]


def test_search_finds_as_one_types_and_the_outlet_narrows_it(page: Window) -> None:
    page.one("#search").send_keys("militia claims Erbil")
    page.one("#total", "the best fit first")
    assert "militia" in titles(page)[0]
    assert "query=militia" in page.browser.current_url
    page.run(
        "const chosen = document.getElementById('source'); chosen.value = '=Gulf Courier';"
        "chosen.dispatchEvent(new Event('change'));"
    )
    page.until(lambda: len(page.all(".article-row")) in (1, 2, 3))
    assert all("Gulf Courier" in one.text for one in page.all(".article-origin"))
    page.browser.refresh()
    page.one("#total", "the best fit first")
    assert all("Gulf Courier" in one.text for one in page.all(".article-origin"))
    page.one("#search").clear()
    page.one("#search").send_keys("zzyzx qqqq")
    page.one("#total", "No article fits these words.")
    assert not page.all(".article-row")


@pytest.mark.parametrize("typed", ['title:"x" OR *', "<script>window.ran = 1</script>", "%00 & ?#"])
def test_odd_words_are_searched_for_as_they_are(page: Window, typed: str) -> None:
    page.one("#search").send_keys(typed)
    page.until(lambda: "latest first" not in page.one("#total").text)
    assert not page.all("#state")
    assert page.run("return window.ran") is None


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_deep_link_opens_at_the_marked_words(page: Window, size: tuple[int, int]) -> None:
    set_window(page.browser, size)
    text = httpx.get(f"{page.address}/articles/hostile-1").json()["text"]
    start = text.index(SPOKEN)
    page.open(f"/library?article=hostile-1&start={start}&end={start + len(SPOKEN)}")
    mark = page.one("#reader mark")
    assert mark.text == SPOKEN
    assert page.until(lambda: page.is_in_view(mark))
    assert page.run("return window.ran") is None
    page.press(Keys.ESCAPE)
    page.wait_gone("#reader")
    assert page.browser.current_url == f"{page.address}/library"
    page.browser.refresh()
    page.one(".article-row")
    assert not page.all("#reader")


def test_a_link_to_what_is_not_there_says_so(page: Window) -> None:
    page.open("/library?article=nobody&start=1&end=5")
    page.one("#reader [role=alert]", "withdrawn")
    page.open("/library?article=hostile-1&start=-1&end=x")
    page.one("#reader .article-title")
    assert not page.all("#reader mark")
    page.open(f"/library?article={'%2e%2e/' * 40}")
    page.one("#reader [role=alert]")


def test_going_back_closes_and_forward_opens_again(page: Window) -> None:
    page.all(".article-open")[0].click()
    page.one("#reader .article-title", "Ferry")
    assert page.browser.current_url.endswith("/library?article=hostile-1")
    page.browser.back()
    page.wait_gone("#reader")
    page.browser.forward()
    page.one("#reader .article-title", "Ferry")


def test_markup_in_an_article_stays_text(page: Window) -> None:
    page.all(".article-open")[0].click()
    assert page.one("#reader .article-title").text == HOSTILE["title"]
    assert "<script>window.ran = 1</script>" in page.one("#reader .article-text").text
    assert page.run("return window.ran") is None
    assert page.run("return document.querySelectorAll('main img, #reader img').length") == 0


def test_the_keyboard_alone_is_enough(page: Window) -> None:
    page.run("document.activeElement.blur()")
    page.press("/")
    assert page.focused.get_attribute("id") == "search"
    page.press(Keys.TAB, Keys.TAB)
    assert page.focused.text == HOSTILE["title"]
    page.press(Keys.ENTER)
    page.one("#reader .article-title", "Ferry")
    page.until(lambda: page.focused.get_attribute("class") == "article-title")
    page.press(Keys.ESCAPE)
    page.wait_gone("#reader")
    assert page.focused.text == HOSTILE["title"]
    page.press(Keys.TAB, Keys.ENTER)
    page.one("dialog[open]")
    assert page.focused.text == "Keep it"
    page.press(Keys.ESCAPE)
    page.wait_gone("dialog")
    assert page.focused.get_attribute("aria-label") == f"Withdraw: {HOSTILE['title']}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_window_scrolls_no_way_but_down(page: Window, scheme: str) -> None:
    set_scheme(page.browser, scheme)
    set_window(page.browser, NARROW)
    page.open("/library")
    page.one(".copies summary").click()
    page.one(".copies-list .copy-open")
    wide = "return [...document.querySelectorAll('html, .shelf, .top, #reader, .reader-scroll')]"
    wide += ".filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"
    assert page.run(wide) == []
    page.all(".article-open")[0].click()
    page.one("#reader .article-title")
    assert page.run(wide) == []
    assert page.run("return document.getElementById('main').inert") is True


# -- adding and withdrawing


def test_files_are_sent_indexed_and_told_of_article_by_article(
    browser, sample_once: Path, tmp_path: Path
) -> None:
    data = shutil.copytree(sample_once, tmp_path / "data")
    rows = [
        {"title": "Pier <b>closed</b> & shut", "text": "The northern pier was closed on Friday."},
        {"title": "no text"},
    ]
    one = tmp_path / "pier <i>news & more.jsonl"
    one.write_text("".join(json.dumps(row) + "\n" for row in rows))
    other = tmp_path / "picture.png"
    other.write_bytes(b"\x89PNG")
    app = create_app(lambda: LocalDesk.open(Settings(data=data), "a test"))
    with serving(app) as address, window_on(browser, address) as page:
        page.open("/library")
        page.one("#total", "18 articles")
        choose(page, one, other)
        page.one(".upload-state", "1 new, 1 not taken")
        page.one(".upload-list li", f"{one.name}:2: has no text")
        page.one(".upload-list li", "picture.png: is of a format that is not read")
        page.one("#total", "19 articles")
        page.one(".upload-list .copy-open", "closed").click()
        page.one("#reader .article-text", "The northern pier")
        page.press(Keys.ESCAPE)
        choose(page, one)
        page.one(".upload-state", "1 there already, 1 not taken")
        for _ in range(3):
            page.all(".upload-head .button")[0].click()
        page.wait_gone("#uploads")


class SlowDesk(FakeDesk):
    """Uploads, and searches for "slow", wait until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.waiting: list[str] = []

    def upload(self, name: str, content: bytes) -> Uploaded:
        self.waiting.append(name)
        assert self.let_go.wait(PATIENT)
        return super().upload(name, content)

    def list_articles(self, cursor, limit, query=None, *rest) -> ArticlePage:
        if query == "slow":
            self.waiting.append(query)
            assert self.let_go.wait(PATIENT)
        return super().list_articles(cursor, limit, query, *rest)


def test_what_an_upload_is_doing_is_told(browser, tmp_path: Path) -> None:
    file = tmp_path / "pier.txt"
    file.write_text("The pier was closed.")
    desk = SlowDesk()
    with page_over(browser, desk) as page:
        page.one("#total", "There are no articles yet.")
        choose(page, file)
        page.one(".upload-state", "Indexing…")
        bar = page.one(".upload progress")
        assert page.run("return arguments[0].matches(':indeterminate')", bar) is True
        desk.let_go.set()
        page.one(".upload-state", "1 new")
        assert not page.all(".upload progress")
        page.one("#total", "1 article, the latest first")


def test_files_dropped_on_the_page_are_added(browser) -> None:
    desk = SlowDesk()
    desk.let_go.set()
    with page_over(browser, desk) as page:
        drop = """
            const carried = new DataTransfer();
            carried.items.add(new File(["The pier was closed."], "a/../pier.txt"));
            carried.items.add(new File(["The fair was held."], "fair.txt"));
            const event = (name) => new DragEvent(name, {
              bubbles: true, cancelable: true, dataTransfer: carried });
            document.body.dispatchEvent(event("dragenter"));
            const isShown = !document.getElementById("drop").hidden;
            document.body.dispatchEvent(event("drop"));
            return isShown;"""
        assert page.run(drop) is True
        page.one("#total", "2 articles")
        assert not page.all("#drop")
        assert len(desk.waiting) == 2


def test_an_answer_to_earlier_words_is_dropped(browser) -> None:
    desk = SlowDesk()
    desk.add_article(NewArticle(id="s", title="Slow boat", text="A slow boat."))
    desk.add_article(NewArticle(id="f", title="Ferry", text="The ferry resumed."))
    with page_over(browser, desk) as page:
        page.one("#total", "2 articles")
        page.one("#search").send_keys("slow")
        page.until(lambda: "slow" in desk.waiting)
        page.one("#search").clear()
        page.one("#search").send_keys("ferry")
        page.one("#total", "1 article, the best fit first")
        assert titles(page) == ["Ferry"]
        desk.let_go.set()
        page.run_module("await new Promise((done) => setTimeout(done, 300));")
        assert titles(page) == ["Ferry"]


def test_failed_uploads_say_why_and_can_be_tried_again(browser, tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    file.write_text("x " * 2000)
    desk = FakeDesk()
    config = ServiceConfig(max_body_bytes=1000, max_question_bytes=1000)
    with page_over(browser, desk, config) as page:
        choose(page, file)
        page.one(".upload-state", "Not added")
        page.one(".upload .wrong")
        page.one(".upload .button", "Try again").click()
        page.one(".upload .wrong")


def test_withdrawing_asks_first_and_then_it_is_gone(browser) -> None:
    desk = desk_with(3)
    with page_over(browser, desk) as page:
        page.one("#total", "3 articles")
        page.one("[aria-label='Withdraw: Ferry 1']").click()
        assert "Ferry 1" in page.one("dialog[open] .quote").text
        page.one("dialog .button", "Keep it").click()
        page.wait_gone("dialog")
        assert len(titles(page)) == 3
        page.one("[aria-label='Withdraw: Ferry 1']").click()
        page.one("dialog .button.danger").click()
        page.wait_gone("dialog")
        page.until(lambda: titles(page) == ["Ferry 0", "Ferry 2"])
        page.one("#total", "2 articles")
        assert page.focused.text == "Ferry 2"
        assert httpx.get(f"{page.address}/articles/f001").status_code == 404
        page.all(".article-open")[0].click()
        page.one("#reader .button", "Withdraw").click()
        page.one("dialog .button.danger").click()
        page.wait_gone("#reader")
        page.until(lambda: titles(page) == ["Ferry 2"])


def test_withdrawing_what_somebody_else_withdrew_is_no_error(browser) -> None:
    desk = desk_with(2)
    with page_over(browser, desk) as page:
        page.one("[aria-label='Withdraw: Ferry 1']").click()
        desk.withdraw_article("f001")
        page.one("dialog .button.danger").click()
        page.wait_gone("dialog")
        page.until(lambda: titles(page) == ["Ferry 0"])


def test_more_articles_come_on_request(browser) -> None:
    with page_over(browser, desk_with(60)) as page:
        page.one("#total", "50 of 60 articles")
        page.one("#more").click()
        page.one("#total", "60 articles")
        assert len(set(titles(page))) == 60
        assert page.focused.text == "Ferry 50"
        assert not page.all("#more")


def test_a_key_is_asked_for_where_the_service_has_some(browser) -> None:
    config = ServiceConfig(keys=ApiKeys([KEY]))
    with page_over(browser, desk_with(1), config) as page:
        page.one("dialog #key").send_keys(KEY, Keys.ENTER)
        page.one(".article-open", "Ferry 0").click()
        page.one("#reader .article-text", "The ferry resumed")


def test_an_index_that_is_not_there_yet_is_told_and_asked_again(browser) -> None:
    opened = threading.Event()

    def open_desk() -> FakeDesk:
        assert opened.wait(PATIENT)
        return desk_with(1)

    with (
        served(create_app(open_desk)) as port,
        window_on(browser, f"http://127.0.0.1:{port}") as page,
    ):
        page.open("/library")
        page.one("#state", "still being opened")
        opened.set()
        page.one(".article-open", "Ferry 0")
        page.wait_gone("#state")
