"""The chat page in a real browser: over the sample articles, and over a desk that fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest
from selenium.webdriver.common.keys import Keys

from qa.api_keys import ApiKeys
from qa.listen import Listener
from qa.llm import LLMFailed
from qa.local_desk import LocalDesk
from qa.records import Answer, Conflict, Position, Question
from qa.records_articles import NewArticle
from qa.service import create_app
from qa.service_config import ServiceConfig
from qa.settings import Settings
from tests.browser import (
    NARROW,
    PATIENT,
    Window,
    chromium,
    serving,
    set_scheme,
    set_window,
    window_on,
)
from tests.fakes import FakeDesk
from tests.serving import wait_until

ERBIL = "Who claimed the Erbil attack?"
KEY = "a-key-for-the-tests-0123456789"
HOSTILE = {
    "id": "hostile-1",
    "title": "<img src=x onerror='window.ran = 1'>Ferry",
    "source": "<b>Island</b> Gazette",
    "url": "https://island.example/ferry",
    "published": "2021-02-23",
    # The character before it counts one code point and two of JavaScript's units.
    "text": "The ferry to Oldport was halted on Monday \U0001f600 after a storm broke its ramp. "
    "Harbour master Ada Lind <script>window.ran = 1</script> said that repairs would take two "
    'weeks <img src=x onerror="window.ran = 1">.\n\nNothing else is known.',
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    with chromium(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def sample_address(
    browser, sample_once: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A service over the sample articles, and a hostile one."""
    data = shutil.copytree(sample_once, tmp_path_factory.mktemp("page") / "data")
    app = create_app(lambda: LocalDesk.open(Settings(data=data), "a test"))
    with serving(app) as address:
        httpx.post(f"{address}/articles", json=HOSTILE, timeout=PATIENT).raise_for_status()
        yield address


@pytest.fixture
def page(browser, sample_address: str) -> Iterator[Window]:
    """The page over the sample articles."""
    with window_on(browser, sample_address) as window:
        window.open()
        window.one(".examples .button")
        yield window


def desk_with_article(**kwargs) -> FakeDesk:
    desk = FakeDesk(**kwargs)
    for number, outlet in enumerate(("Harbour Post", "Island Gazette"), 1):
        text = f"The ferry resumed on Monday, report {number} says."
        desk.add_article(
            NewArticle(id=f"ferry-{number}", title=f"Ferry {number}", text=text, source=outlet)
        )
    return desk


@contextmanager
def page_over(browser, desk: FakeDesk, config: ServiceConfig | None = None) -> Iterator[Window]:
    with serving(create_app(lambda: desk, config)) as address, window_on(browser, address) as one:
        one.open()
        yield one


# -- asking and reading


def test_an_example_is_answered_and_its_citation_opens_at_the_marked_words(page: Window) -> None:
    assert page.one("#index-state", "article").text == "19 articles"
    page.one(".examples .button", "Erbil").click()
    page.wait_gone(".turn[aria-busy]")
    assert page.one(".short-answer").text == "Saraya Awlia al-Dam"
    assert "independent source" in page.one(".answer-facts", "independent").text
    assert page.one(".sources .source .origin").text.count("·") == 1
    cite = page.one(".answer-text .cite")
    page.hover(cite)
    quote = page.one(".popover .quote").text
    assert quote
    page.hover(page.one(".popover .quote"))
    assert page.one(".popover .origin", "2021")
    cite.click()
    mark = page.one("#reader mark")
    assert mark.text == quote
    assert page.until(lambda: page.is_in_view(mark))
    original = page.one("#reader .article-links a", "Original")
    assert original.get_attribute("rel") == "noopener noreferrer"
    assert original.get_attribute("target") == "_blank"
    permanent = page.one("#reader .article-links a", "Permanent").get_attribute("href")
    assert "/library?article=" in permanent
    assert "&start=" in permanent
    page.browser.get(permanent)
    mark = page.one("mark")
    assert mark.text == quote
    assert page.until(lambda: page.is_in_view(mark))


def test_a_follow_up_is_understood_kept_over_a_reload_and_deleted(page: Window) -> None:
    page.ask(ERBIL)
    second = page.ask("and who denied it?")
    understood = second.find_element("css selector", ".understood").text
    assert understood.startswith("Understood as: ")
    assert "Erbil" in understood
    address = page.until(lambda: "#conv_" in page.browser.current_url and page.browser.current_url)
    page.browser.get("about:blank")
    page.browser.get(address)
    page.until(lambda: len(page.all(".turn")) == 2)
    assert page.all(".turn .asked")[1].text == "and who denied it?"
    page.one(".conversation.is-open", ERBIL)
    page.one("[data-new]", "New").click()
    page.wait_gone(".turn")
    page.one(".conversation-open", ERBIL).click()
    page.until(lambda: len(page.all(".turn")) == 2)
    page.run("document.querySelector('.conversation .button').click()")
    page.one("dialog .button.danger").click()
    page.wait_gone(".turn")
    page.wait_gone(".conversation")
    page.browser.get("about:blank")
    page.browser.get(address)
    page.one(".failure", "deleted, has expired")
    assert "#conv_" not in page.browser.current_url


def test_the_way_back_leads_to_the_conversation_before(browser) -> None:
    with page_over(browser, desk_with_article()) as page:
        page.ask("When did the ferry resume?")
        page.until(lambda: "#conv_" in page.browser.current_url)
        page.one("[data-new]", "New").click()
        page.wait_gone(".turn")
        page.ask("When did the other ferry resume?")
        page.until(lambda: len(page.all(".conversation")) == 2)
        page.browser.back()
        page.one(".asked", "When did the ferry resume?")
        assert len(page.all(".turn")) == 1


def test_a_conversation_deleted_elsewhere_goes_on_in_a_new_one(browser) -> None:
    desk = desk_with_article()
    with page_over(browser, desk) as page:
        page.ask("When did the ferry resume?")
        address = page.until(
            lambda: "#conv_" in page.browser.current_url and page.browser.current_url
        )
        desk.delete_conversation(address.partition("#")[2], "")
        page.ask("When did the ferry resume again?")
        page.one(".failure .button", "new conversation").click()
        page.one(".answer-text", "Monday")
        page.until(lambda: "#conv_" in page.browser.current_url)
        assert page.browser.current_url != address
        assert len(page.all(".conversation")) == 1


def test_everything_that_can_be_reached_has_a_name(page: Window) -> None:
    page.ask(ERBIL)
    page.one("#filter-toggle").click()
    page.one(".source").click()
    page.one("#reader mark")
    nodes = page.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "link", "textbox", "checkbox", "Date", "searchbox", "navigation"}
    unnamed = [
        one["role"]["value"]
        for one in nodes
        if not one["ignored"]
        and one["role"]["value"] in roles
        and not one.get("name", {}).get("value")
    ]
    assert unnamed == []
    found = {one["role"]["value"] for one in nodes if not one["ignored"]}
    assert {"button", "link", "textbox", "main", "complementary", "mark"} <= found


def test_suggestions_are_asked_when_pressed(page: Window) -> None:
    page.ask(ERBIL)
    suggestion = page.one(".suggestions .button")
    words = suggestion.text
    suggestion.click()
    page.until(lambda: [one.text for one in page.all(".turn .asked")] == [ERBIL, words])


def test_markup_in_an_article_stays_text_everywhere(page: Window) -> None:
    turn = page.ask("Who is the harbour master of Oldport?")
    assert "<script>window.ran = 1</script>" in turn.text
    assert HOSTILE["title"] in turn.text
    cite = page.one(".answer-text .cite")
    page.hover(cite)
    assert "<img src=x onerror=" in page.one(".popover .quote").text
    cite.click()
    mark = page.one("#reader mark")
    start = HOSTILE["text"].index("Harbour master")
    assert mark.text == HOSTILE["text"][start:].partition("\n")[0]
    assert page.until(lambda: page.is_in_view(mark))
    assert page.one("#reader .article-title").text == HOSTILE["title"]
    assert "<b>Island</b> Gazette" in page.one("#reader .article-facts").text
    assert page.run("return window.ran === undefined")
    assert (
        page.run("return document.querySelectorAll('img, main script, aside script').length") == 0
    )


def test_an_abstention_says_why_and_its_passages_open(page: Window) -> None:
    turn = page.ask("What is the capital of Peru?")
    assert "The articles do not say." in turn.text
    assert not page.all(".answer-text")
    passage = page.one(".passages .passage")
    title = passage.find_element("css selector", ".title").text
    passage.click()
    page.one("#reader .article-title", title)
    assert page.one("#reader mark")


def test_a_withdrawn_article_is_told_of(page: Window) -> None:
    article = {"id": "gone-1", "title": "Quay", "text": "Pilot Rosa Venn steers the Oldport tug."}
    httpx.post(f"{page.address}/articles", json=article, timeout=PATIENT).raise_for_status()
    page.ask("Who steers the Oldport tug?")
    httpx.delete(f"{page.address}/articles/gone-1", timeout=PATIENT).raise_for_status()
    page.one(".source", "Quay").click()
    page.one("#reader [role=alert]", "withdrawn")
    address = page.until(lambda: "#conv_" in page.browser.current_url and page.browser.current_url)
    page.browser.get("about:blank")
    page.browser.get(address)
    page.one(".source .badge", "Withdrawn since")


def test_the_keyboard_alone_is_enough(page: Window) -> None:
    page.run("document.activeElement.blur()")
    page.press("/")
    assert page.focused.get_attribute("id") == "question"
    page.press(*"first line", Keys.SHIFT + Keys.ENTER, "x")
    assert page.one("#question").get_attribute("value") == "first line\nx"
    page.press(Keys.CONTROL + "a", Keys.BACKSPACE)
    page.press(*ERBIL, Keys.ENTER)
    page.one(".sources")
    page.wait_gone(".turn[aria-busy]")
    page.press(Keys.ARROW_UP)
    assert page.one("#question").get_attribute("value") == ERBIL
    page.press(Keys.CONTROL + "a", Keys.BACKSPACE)
    tab_to(page, ".cite", backwards=True)
    page.one(".popover .quote")
    described = page.focused.get_attribute("aria-describedby")
    quote = page.run("return document.getElementById(arguments[0]).textContent", described)
    assert page.one(".popover .quote").text in quote
    page.press(Keys.ESCAPE)
    page.wait_gone(".popover")
    page.press(Keys.ENTER)
    assert page.until(lambda: page.focused.tag_name == "mark")
    page.press(Keys.ESCAPE)
    page.wait_gone("#reader")
    assert page.focused.get_attribute("class") == "cite"


def tab_to(page: Window, css: str, backwards: bool = False) -> None:
    for _ in range(60):
        page.press(Keys.SHIFT + Keys.TAB if backwards else Keys.TAB)
        if page.run("return document.activeElement.matches(arguments[0])", css):
            return
    raise AssertionError(f"{css} is not reached by Tab")


def test_a_narrow_window_scrolls_no_way_but_down(page: Window) -> None:
    set_window(page.browser, NARROW)
    page.open()
    page.one(".examples .button")
    page.one("#filter-toggle").click()
    assert overflow(page) == []
    for css in (".welcome h2", "#filters .button", ".examples .button"):
        place = page.one(css)
        page.run("arguments[0].scrollIntoView({ block: 'nearest' })", place)
        assert page.is_in_view(place)
    page.press(Keys.ESCAPE)
    page.wait_gone("#filters")
    page.ask(ERBIL)
    assert overflow(page) == []
    cite = page.one(".answer-text .cite")
    page.tap(cite)
    page.one(".popover .quote")
    assert overflow(page) == []
    page.tap(page.one(".popover .button"))
    mark = page.one("#reader mark")
    assert page.until(lambda: page.is_in_view(mark))
    assert page.run("return document.getElementById('reader').getBoundingClientRect().width") == 360
    assert page.run("return document.getElementById('main').inert")
    assert overflow(page) == []
    page.one(".reader-close").click()
    page.one("#filter-toggle").click()
    assert overflow(page) == []
    page.press(Keys.ESCAPE)
    page.one("#menu").click()
    page.one("#sidebar .conversation", ERBIL)
    assert overflow(page) == []
    page.press(Keys.ESCAPE)
    page.wait_gone("#sidebar")


def test_words_without_an_end_are_broken_in_a_narrow_window(browser) -> None:
    desk, endless = FakeDesk(), "x" * 400
    text = f"The ferry {endless} resumed."
    desk.add_article(NewArticle(title=endless, text=text, source=endless))
    with page_over(browser, desk) as page:
        set_window(browser, NARROW)
        page.ask(f"Did the ferry {endless} resume?")
        assert overflow(page) == []
        page.one("#filter-toggle").click()
        page.one(".source-choices .tick", endless).click()
        assert overflow(page) == []
        page.press(Keys.ESCAPE)
        page.one(".source").click()
        page.one("#reader mark")
        assert overflow(page) == []


def overflow(page: Window) -> list[str]:
    """What can be scrolled sideways, as tags and classes."""
    return page.run(
        "const wide = [];"
        "for (const one of document.querySelectorAll('body, body *')) {"
        "  const how = getComputedStyle(one).overflowX;"
        "  const canScroll = how === 'auto' || how === 'scroll';"
        "  if (canScroll && one.clientWidth > 0 && one.scrollWidth > one.clientWidth)"
        "    wide.push(one.tagName + '.' + one.className + ' ' + one.scrollWidth);"
        "}"
        "if (document.documentElement.scrollWidth > innerWidth) wide.push('page');"
        "return wide;"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page: Window, scheme: str) -> None:
    set_scheme(page.browser, scheme)
    page.ask(ERBIL)
    page.one("#filter-toggle").click()
    page.one(".source").click()
    page.one("#reader mark")
    assert page.until(lambda: faint(page) == []) is not None


_FAINT = """
const light = (rgb) => {
  const [r, g, b] = rgb.map((one) => {
    const part = one / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const holder = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || !holder.checkVisibility()) continue;
  if (holder.closest(".hidden-words, .skip, script")) continue;
  let ground = holder;
  while (ground && (numbers(getComputedStyle(ground).backgroundColor)[3] ?? 1) < 1) {
    ground = ground.parentElement;
  }
  const style = getComputedStyle(holder);
  const sides = [style.color, getComputedStyle(ground).backgroundColor];
  const [low, high] = sides.map((one) => light(numbers(one).slice(0, 3))).sort((a, b) => a - b);
  const ratio = (high + 0.05) / (low + 0.05);
  if (ratio < 4.5) faint.push(`${holder.className} ${ratio.toFixed(2)}`);
}
return faint;
"""


def faint(page: Window) -> list[str]:
    """Texts whose contrast with what they stand on is below 4.5 (WCAG 2.2, 1.4.3)."""
    return page.run(_FAINT)


def test_the_chosen_theme_outlives_a_reload(page: Window) -> None:
    toggle = page.one("[data-theme-toggle]")
    assert toggle.get_attribute("aria-label") == "Switch to dark"
    toggle.click()
    page.open()
    assert page.run("return document.documentElement.dataset.theme") == "dark"
    page.until(lambda: page.one("[data-theme-toggle]").get_attribute("aria-label"))


def test_an_answer_is_copied_with_its_sources(page: Window) -> None:
    page.ask(ERBIL)
    page.one(".actions .button", "Copy").click()
    page.until(lambda: page.run("return announcer.textContent") == "Copied")
    page.one("#question").send_keys(Keys.CONTROL, "v")
    copied = page.one("#question").get_attribute("value")
    assert copied.startswith(f"{ERBIL}\n\nSaraya Awlia al-Dam\n")
    assert "[1] " in copied
    assert "2021. " in copied
    assert "“" in copied
    assert "https://" in copied


# -- what is sent, and what goes wrong


def test_filters_go_with_each_question_and_can_be_cleared(browser) -> None:
    desk = desk_with_article()
    with page_over(browser, desk) as page:
        page.one("#filter-toggle").click()
        page.one(".source-choices .tick", "Island Gazette").click()
        for name, value in (("from", "2020-01-02"), ("to", "2021-03-04"), ("as-of", "2021-02-25")):
            set_day(page, f"filter-{name}", value)
        chips = [one.text for one in page.all(".chip")]
        assert chips == [
            "Island Gazette",
            "From 2 Jan 2020",
            "Until 4 Mar 2021",
            "As of 25 Feb 2021",
        ]
        page.ask("When did the ferry resume?")
        sent = desk.asked[-1]
        assert sent.filters.sources == ("Island Gazette",)
        assert sent.filters.published_from == date(2020, 1, 2)
        assert sent.filters.published_to == date(2021, 3, 4)
        assert sent.as_of == date(2021, 2, 25)
        page.one(".turn-filters", "as of 25 Feb 2021")
        set_day(page, "filter-from", "2022-01-01")
        page.one("#question").send_keys("Not asked", Keys.ENTER)
        page.one("#filters .wrong", "later than")
        assert len(desk.asked) == 1
        page.one("#question").clear()
        while chips := page.all(".chip"):
            chips[0].click()
        page.ask("When did the ferry resume?")
        assert desk.asked[-1].filters == Question("x").filters
        assert desk.asked[-1].as_of is None


def set_day(page: Window, id: str, day: str) -> None:
    page.run(
        "const field = document.getElementById(arguments[0]);"
        "field.value = arguments[1];"
        "field.dispatchEvent(new Event('change', { bubbles: true }));",
        *(id, day),
    )


def test_feedback_is_kept_with_its_reason(browser) -> None:
    desk = desk_with_article()
    with page_over(browser, desk) as page:
        page.ask("When did the ferry resume?")
        page.one("[aria-label='Not a good answer']").click()
        page.one(".reason-form textarea").send_keys("It was Tuesday")
        page.one(".reason-form .button", "Send").click()
        page.wait_gone(".reason-form")
        (kept,) = desk.feedback.values()
        assert (kept.is_positive, kept.reason) == (False, "It was Tuesday")
        page.one("[aria-label='Good answer']").click()
        page.until(lambda: next(iter(desk.feedback.values())).is_positive)
        page.one("[aria-label='Good answer'][aria-pressed=true]")


def test_stop_ends_the_work_and_says_so(browser) -> None:
    def hang(question: Question, listener: Listener | None) -> None:
        if "hang" in question.text:
            wait_until(listener.is_gone, PATIENT)

    desk = desk_with_article(midway=hang)
    with page_over(browser, desk) as page:
        page.one("#question").send_keys("Does the ferry hang?", Keys.ENTER)
        page.one(".progress", "Reading 2 passages of 2 articles")
        page.one("#stop").click()
        page.one(".failure", "Stopped.")
        wait_until(lambda: desk.left == 1, PATIENT)
        page.one("#send")
        page.ask("When did the ferry resume?")
        assert "Monday" in page.all(".answer-text")[-1].text


def test_an_error_in_the_middle_is_told_and_can_be_tried_again(browser) -> None:
    failures = [LLMFailed("no model")]

    def fail_once(question: Question, listener: Listener | None) -> None:
        if failures:
            raise failures.pop()

    with page_over(browser, desk_with_article(midway=fail_once)) as page:
        page.ask("When did the ferry resume?")
        assert "was not answered" in page.one(".failure[role=alert]").text
        page.one(".failure .button", "Try again").click()
        page.one(".answer-text", "Monday")
        assert len(page.all(".turn")) == 1


class CutOff:
    """An app whose first stream breaks off in the middle, with its connection."""

    def __init__(self, app) -> None:
        self._app = app
        self._is_cut = False

    async def __call__(self, scope, receive, send) -> None:
        if scope.get("path") != "/ask" or self._is_cut:
            await self._app(scope, receive, send)
            return

        async def send_part(message) -> None:
            if self._is_cut:
                raise ConnectionAbortedError("cut off by the test")
            if b"event: message" in message.get("body", b""):
                self._is_cut = True
                part = message["body"].partition(b"event: citation")[0]
                await send({"type": "http.response.body", "body": part, "more_body": True})
                raise ConnectionAbortedError("cut off by the test")
            await send(message)

        await self._app(scope, receive, send_part)


def test_a_broken_stream_is_told_and_can_be_tried_again(browser) -> None:
    app = CutOff(create_app(desk_with_article))
    with serving(app) as address, window_on(browser, address) as page:
        page.open()
        page.ask("When did the ferry resume?")
        assert "connection" in page.one(".failure[role=alert]").text
        page.one(".failure .button", "Try again").click()
        page.one(".sources")
        assert not page.all(".failure")


class ConflictingDesk(FakeDesk):
    """Says that its sources do not agree."""

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        answer = super().ask(question, listener)
        positions = (
            Position(value="two", citations=(1,), published=date(2021, 2, 16)),
            Position(value="three", citations=(2,)),
        )
        differ = Conflict(about="people killed", positions=positions)
        grew = Conflict(about="people hurt", positions=positions, kind="update")
        return answer.model_copy(update={"conflicts": (differ, grew)})


def test_conflicts_are_shown_with_who_says_what(browser) -> None:
    desk = ConflictingDesk()
    for outlet, number in (("Harbour Post", "Two"), ("Island Gazette", "Three")):
        text = f"{number} people were killed in the flood."
        desk.add_article(NewArticle(title=outlet, text=text, source=outlet))
    with page_over(browser, desk) as page:
        page.ask("How many people were killed in the flood?")
        disagreement, update = page.all(".conflict")
        assert "The sources disagree" in disagreement.text
        assert "Later reports say more" in update.text
        first, second = page.all(".conflict:not(.is-update) .position")
        assert first.text.split("\n")[0] == "two"
        assert "Harbour Post · first reported 16 February 2021" in first.text
        assert "Island Gazette" in second.text
        second.find_element("css selector", ".cite").click()
        page.one("#reader mark", "Three people")


def test_a_key_is_asked_for_and_conversations_are_the_services(browser) -> None:
    config = ServiceConfig(keys=ApiKeys([KEY]))
    with page_over(browser, desk_with_article(), config) as page:
        page.one("dialog #key").send_keys(Keys.ESCAPE)
        page.one("#state .button", "Enter the key").click()
        page.one("dialog #key").send_keys("not-the-key-of-this-service", Keys.ENTER)
        page.one("dialog .wrong", "did not take")
        page.one("dialog #key").send_keys(KEY, Keys.ENTER)
        page.wait_gone("dialog")
        page.ask("When did the ferry resume?")
        page.one(".conversation", "When did the ferry resume?")
        assert page.run("return localStorage.getItem('dateline.conversations')") is None
        assert page.run("return localStorage.getItem('dateline.key')") is None
        page.browser.refresh()
        page.one(".turn .answer-text", "Monday")
        address = page.browser.current_url
        page.run("sessionStorage.clear()")
        page.browser.get("about:blank")
        page.browser.get(address)
        page.one("dialog .tick").click()
        page.one("dialog #key").send_keys(KEY, Keys.ENTER)
        page.one(".turn .answer-text", "Monday")
        assert len(page.all(".turn")) == 1
        assert page.run("return localStorage.getItem('dateline.key')") == KEY
        page.one("#key-place .button", "Forget").click()
        page.one("dialog #key")
        assert page.run("return localStorage.getItem('dateline.key')") is None


def test_a_long_list_of_conversations_is_shown_page_by_page(browser) -> None:
    keys = ApiKeys([KEY])
    desk = desk_with_article()
    for number in range(52):
        desk.ask(Question(f"When did the ferry resume, {number}?", owner=keys.owner_of(KEY)))
    with page_over(browser, desk, ServiceConfig(keys=keys)) as page:
        page.one("dialog #key").send_keys(KEY, Keys.ENTER)
        page.until(lambda: len(page.browser.find_elements("css selector", ".conversation")) == 50)
        more = page.one("#conversations > li:not(.conversation) > .button", "Show more")
        page.run("arguments[0].scrollIntoView()", more)
        more.click()
        page.until(lambda: len(page.browser.find_elements("css selector", ".conversation")) == 52)
        page.wait_gone("#conversations > li:not(.conversation) > .button")


def test_no_articles_and_an_index_that_is_not_ready_are_told(browser) -> None:
    desk = FakeDesk()
    with page_over(browser, desk) as page:
        page.one("#state", "There are no articles yet")
        desk.is_ready = False
        page.open()
        page.one("#state", "The index is being rebuilt.")
        desk.add_article(NewArticle(title="Ferry", text="The ferry resumed on Monday."))
        desk.is_ready = True
        page.wait_gone("#state")
        page.one("#index-state", "1 article")
        page.one(".examples .button", "Ferry")


def test_a_full_conversation_goes_on_in_a_new_one(browser) -> None:
    with page_over(browser, desk_with_article(most_turns=1)) as page:
        page.ask("When did the ferry resume?")
        page.ask("When did the ferry resume again?")
        page.one(".failure .button", "new conversation").click()
        page.one(".answer-text", "Monday")
        assert len(page.all(".turn")) == 1


# -- single modules, in the browser that runs them


def test_events_are_read_however_they_are_cut(page: Window) -> None:
    stream = (
        '\\ufeff: hello\\r\\nevent: message\\r\\ndata: {\\"a\\":\\r\\ndata: 1}\\r\\n\\r\\n'
        ":\\n\\ndata:x\\ndata\\n\\nevent: none\\n\\nid: 1\\rdata:  two\\r\\r"
        "event: left\\ndata: over"
    )
    found = page.run_module(
        f"""const {{ EventParser }} = await import("/page/stream.js");
        const whole = "{stream}";
        const results = new Set();
        for (let size = 1; size <= whole.length; size += 1) {{
          const events = [];
          const parser = new EventParser((type, data) => events.push([type, data]));
          for (let at = 0; at < whole.length; at += size) parser.push(whole.slice(at, at + size));
          results.add(JSON.stringify(events));
        }}
        return [...results];"""
    )
    assert found == ['[["message","{\\"a\\":\\n1}"],["message","x\\n"],["message"," two"]]']


def test_offsets_count_code_points_and_odd_places_mark_nothing(page: Window) -> None:
    found = page.run_module(
        """const { findPassage, articleBody, originalLink } = await import("/page/reader.js");
        const text = "\\u{1f600}\\u{1f600} one.\\n\\ntwo \\u{1f600} three.";
        const marked = (place) =>
          articleBody(text, findPassage(text, place)).mark?.textContent ?? null;
        return [
          marked({ start: 3, end: 7, quote: "one." }),
          marked({ start: 0, end: 4, quote: "three." }),
          marked({ start: 0, end: 4, quote: "gone" }),
          marked({ start: 90, end: 99 }),
          marked({ start: -1, end: 2 }),
          marked({ start: 5, end: 5 }),
          marked({ start: Number.NaN, end: 5 }),
          originalLink("javascript:alert(1)"),
          originalLink("//host/x"),
          originalLink(null),
        ];"""
    )
    assert found == ["one.", "three.", *[None] * 8]


def test_an_article_s_own_numbers_are_no_citations(page: Window) -> None:
    found = page.run_module(
        """const { fillCited } = await import("/page/citations.js");
        const { element } = await import("/page/text.js");
        const parent = element("p");
        const make = (one) => element("button", { text: `<${one.number}>` });
        const citations = [{ number: 1, answer_end: 11 }, { number: 2, answer_end: 11 }];
        fillCited(parent, "\\u{1f600} Said [1]. x [1][2] [2] [3]", citations, make);
        return parent.textContent;"""
    )
    assert found == "\U0001f600 Said [1]. x <1><2> [2] [3]"


def test_what_is_no_json_is_told_in_words(page: Window) -> None:
    found = page.run_module(
        """const { getJson, jsonOf } = await import("/page/api.js");
        const told = (error) => [error.name, error.errorCode];
        return [
          await jsonOf(new Response("<html>")).catch(told),
          await getJson("/page/api.js").catch(told),
          await jsonOf(new Response('{"a": 1}')),
        ];"""
    )
    assert found == [["Problem", "GARBLED"], ["Problem", "GARBLED"], {"a": 1}]
