"""Pages as somebody sees them: in a real browser of any width, light or dark, on paper, and as axe-core reads them."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.support.browser import NAMES

AXE = Path(__file__).parents[2] / ".venv/node/node_modules/axe-core/axe.min.js"
PHONE, DESKTOP = 360, 1200

# Everything that reaches beyond the window to the right, but for what is kept out of sight for those who listen.
_BEYOND = """() => [...document.querySelectorAll('body *')]
  .filter(each => !each.closest('.skip, .unseen') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.tagName + '.' + (each.className.baseVal ?? each.className)).slice(0, 5)"""


class Looking:
    """A browser; `asked` is every address beside its own that a page asked for and its policy did not hold back."""

    def __init__(self, browser: Any, directory: Path) -> None:
        self._browser = browser
        self._directory = directory
        self.asked: list[str] = []

    @contextlib.contextmanager
    def page(self, html: str, *, width: int = DESKTOP, dark: bool = False) -> Iterator[Any]:
        """The page `html`, opened from a file as people open it (a Page of Playwright)."""
        file = self._directory / "page.html"
        file.write_text(html, "utf-8")
        context = self._browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
        )

        def note(request: Any) -> None:
            if request.url != file.as_uri() and request.failure != "csp":
                self.asked.append(request.url)

        context.on("requestfinished", note)
        context.on("requestfailed", note)
        try:
            page = context.new_page()
            page.goto(file.as_uri())
            yield page
        finally:
            context.close()

    def beyond(self, page: Any) -> list[str]:
        """What of a page does not fit its width."""
        scrolls = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [*page.evaluate(_BEYOND), *(["the page"] if scrolls else [])]

    def violations(self, page: Any, *rules: str) -> list[str]:
        """What axe-core finds that keeps somebody from reading the page, by all its rules or only these.

        The test is skipped, and says so, where there is no axe-core.
        """
        if not AXE.exists():
            pytest.skip("axe-core is not installed (scripts/test fetches it by npm): nobody is asked who is kept out")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("rules => axe.run(rules.length ? {runOnly: rules} : {})", list(rules))
        return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]

    def printed(self, page: Any) -> list[str]:
        """The text of each sheet that the page makes on paper; fails unless each is A4."""
        document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=False))
        assert all(abs(sheet.get_width() - 595) < 2 and abs(sheet.get_height() - 842) < 2 for sheet in document)
        return [sheet.get_textpage().get_text_bounded() for sheet in document]


@contextlib.contextmanager
def looking() -> Iterator[Looking]:
    """A browser; the test is skipped, and says so, where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("chromium is not installed: the pages are not looked at")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="tm-looking-") as directory, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield Looking(browser, Path(directory))
        finally:
            browser.close()
