"""Debian's chromium without a window, for tests of the pages; skips where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.serving import served, wait_until

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--lang=en-GB",
)
PATIENT = 60.0  #: seconds that a test waits for what must come
WIDE, NARROW = (1280, 900), (360, 740)  #: windows in CSS pixels


@contextmanager
def chromium(profile: Path) -> Iterator[webdriver.Chrome]:
    """A browser with an empty `profile` folder. Skips the test where none is installed."""
    binary = shutil.which("chromium")
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("chromium and chromedriver are not both installed: apt install chromium-driver")
    options = Options()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # The driver's path, so that selenium does not go looking for one on the network.
    browser = webdriver.Chrome(options=options, service=Service(driver))
    try:
        browser.set_page_load_timeout(PATIENT)
        browser.set_script_timeout(PATIENT)
        # What a page's policy refused, told by the browser itself.
        browser.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument",
            {
                "source": "window.violations = [];"
                "addEventListener('securitypolicyviolation', (event) =>"
                " window.violations.push(event.violatedDirective + ' ' + event.blockedURI));"
            },
        )
        yield browser
    finally:
        browser.quit()


def set_window(browser: webdriver.Chrome, size: tuple[int, int]) -> None:
    """Give the page `size` exactly, narrower than a window of a desktop may be."""
    width, height = size
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


def set_scheme(browser: webdriver.Chrome, scheme: str) -> None:
    """Let the page believe that the person prefers `scheme`: "light" or "dark"."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


class Window:
    """A window on a service at `address`; every wait is for a state, with a generous limit."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser = browser
        self.address = address

    def open(self, path: str = "/") -> None:
        self.browser.get("about:blank")  # or a new fragment alone would load nothing
        self.browser.get(self.address + path)

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(script, *arguments)

    def run_module(self, script: str) -> Any:
        """What an async function with this body returns."""
        return self.browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            f"(async () => {{ {script} }})().then(done, (error) => done('failed: ' + error));"
        )

    def until(self, holds: Callable[[], Any]) -> Any:
        """What `holds` returns once that is true."""
        waiting = WebDriverWait(
            self.browser, PATIENT, ignored_exceptions=[StaleElementReferenceException]
        )
        return waiting.until(lambda _: holds())

    def all(self, css: str) -> list[WebElement]:
        """The elements on show."""
        return [
            one for one in self.browser.find_elements(By.CSS_SELECTOR, css) if one.is_displayed()
        ]

    def one(self, css: str, text: str = "") -> WebElement:
        """The first element on show that has `text`, waited for."""
        return self.until(lambda: next((one for one in self.all(css) if text in one.text), None))

    def wait_gone(self, css: str) -> None:
        self.until(lambda: not self.all(css))

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is; "\ue008x" is Shift and x."""
        for key in keys:
            chain = ActionChains(self.browser)
            if len(key) > 1:
                chain.key_down(key[0]).send_keys(key[1:]).key_up(key[0]).perform()
            else:
                chain.send_keys(key).perform()

    def hover(self, place: WebElement) -> None:
        ActionChains(self.browser).move_to_element(place).perform()

    def tap(self, place: WebElement) -> None:
        """Touch an element with a finger."""
        finger = PointerInput("touch", "finger")
        chain = ActionBuilder(self.browser, mouse=finger)
        chain.pointer_action.move_to(place).pointer_down().pointer_up()
        chain.perform()

    @property
    def focused(self) -> WebElement:
        return self.browser.switch_to.active_element

    def ask(self, question: str) -> WebElement:
        """Type a question, press Enter, and wait for the end of its turn."""
        before = len(self.all(".turn"))
        self.one("#question").send_keys(question, Keys.ENTER)
        self.until(lambda: len(self.all(".turn")) == before + 1)
        self.wait_gone(".turn[aria-busy]")
        return self.all(".turn")[-1]

    def is_in_view(self, place: WebElement) -> bool:
        """Whether all of it lies within the window, and nothing lies over its middle."""
        return self.run(
            "const at = arguments[0].getBoundingClientRect();"
            "const top = document.elementFromPoint((at.left + at.right) / 2, at.top + 4);"
            "return at.height > 0 && at.top >= 0 && at.left >= 0 && at.bottom <= innerHeight"
            " && at.right <= innerWidth && (top === arguments[0] || arguments[0].contains(top));",
            place,
        )

    def complaints(self) -> list[str]:
        """What the browser's console has to say, but for answers that were no success."""
        log = self.browser.get_log("browser")
        said = [one["message"] for one in log if one.get("source") != "network"]
        return said + (self.run("return window.violations") or [])

    def strangers(self) -> list[str]:
        """Addresses outside the service that the page has asked for something."""
        names = self.run("return performance.getEntriesByType('resource').map((one) => one.name)")
        return [one for one in names or [] if not one.startswith(self.address + "/")]


@contextmanager
def serving(app: FastAPI, is_ready: bool = True) -> Iterator[str]:
    """The address of a service; `is_ready`: once it is."""
    with served(app, grace=5) as port:
        address = f"http://127.0.0.1:{port}"
        if is_ready:
            ready = f"{address}/health/ready"
            wait_until(lambda: httpx.get(ready).status_code == 200, PATIENT)
        yield address


@contextmanager
def window_on(browser: webdriver.Chrome, address: str) -> Iterator[Window]:
    """A wide window; afterwards the browser must have had nothing to complain of."""
    set_window(browser, WIDE)
    set_scheme(browser, "light")
    browser.get_log("browser")
    window = Window(browser, address)
    yield window
    assert window.complaints() == []
    assert window.strangers() == []
    window.run("localStorage.clear(); sessionStorage.clear();")
