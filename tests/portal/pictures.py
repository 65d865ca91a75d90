"""Write docs/pictures/portal-*.png anew: `python -m tests.portal.pictures`. Typefaces are those of this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.portal.browser import enter, launched
from tests.portal.world import ANN, started

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[2] / "docs/pictures"
WIDE = {"viewport": {"width": 1200, "height": 780}}
PHONE = {"viewport": {"width": 360, "height": 860}, "device_scale_factor": 1.5, "is_mobile": True, "has_touch": True}
DELAYS = """SELECT carrier, round(avg(dep_delay), 1) AS mean_delay, count(*) AS flights
FROM flights
WHERE month >= ?
GROUP BY carrier
ORDER BY mean_delay DESC"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as world, launched() as browser:
        take(browser, world.url)


def take(browser: Browser, url: str) -> None:
    picture(browser, url, "datasets", "#/datasets", lambda page: page.locator(".frame").wait_for(), **WIDE)
    histograms = "#/datasets/flights/statistics"
    picture(browser, url, "statistics-dark", histograms, _histograms, color_scheme="dark", **WIDE)
    picture(browser, url, "lineage", "#/datasets/flights/lineage", _lineage, **WIDE)
    picture(browser, url, "query", "#/query", _query, **{**WIDE, "viewport": {"width": 1200, "height": 980}})
    picture(browser, url, "phone", histograms, _histograms, **PHONE)


def picture(browser: Browser, url: str, name: str, at: str, ready: Callable[[Page], None], **options: Any) -> None:
    context = browser.new_context(timezone_id="UTC", **options)
    page = enter(context.new_page(), url, ANN, at)
    ready(page)
    # A focus ring is no part of the picture.
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=FOLDER / f"portal-{name}.png")
    context.close()


def _histograms(page: Page) -> None:
    page.locator("svg.histogram").first.wait_for()


def _lineage(page: Page) -> None:
    page.locator("svg.lineage").wait_for()


def _query(page: Page) -> None:
    page.get_by_label("One SELECT").fill(DELAYS)
    page.get_by_label("Value 1").fill("1")
    page.get_by_role("button", name="Run").click()
    page.locator("svg rect.bar").first.wait_for()


if __name__ == "__main__":
    main()
