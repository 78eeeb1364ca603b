"""A page, opened in Chromium: what it asks for, what it complains of, how it looks."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).parent.parent.parent / "outputs" / "report"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own; a machine without one fails, and says what to do."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail(
            f"The page is looked at in a browser, and there is none of {', '.join(_NAMES)} here. "
            "On Debian and Ubuntu: apt-get install chromium",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        # Without a sandbox, which a container's root cannot have; the page is our own.
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


REDRAWN = "WARN: Too many auto-margin redraws."
"""Plotly's warning where a narrow chart's margins do not settle soon, as with Chromium 156 and no Chinese font.

The last of them is drawn, and that it fits into the page is tested.
"""


@contextmanager
def opened(browser: Browser, path: Path, *, width: int = 1300, dark: bool = False) -> Iterator[Page]:
    """The page in a file; on leaving it must have asked for nothing else and complained of nothing."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.text != REDRAWN else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.resolve().as_uri())
    yield page
    assert complaints == []
    assert [url for url in asked if not url.startswith("data:")] == [path.resolve().as_uri()]
    page.close()


def drawn(page: Page) -> int:
    """Scrolls through the page, waits until every plot that can be seen is drawn, and counts them."""
    visible = page.locator(".plot:visible")
    for number in range(visible.count()):
        visible.nth(number).scroll_into_view_if_needed()
        visible.nth(number).locator(".main-svg").first.wait_for()
    page.evaluate("window.scrollTo(0, 0)")
    return visible.count()


def kept(page: Page, name: str) -> None:
    """A screenshot of the whole page, under outputs/report."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
