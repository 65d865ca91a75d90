"""The portal in a real browser: each test has a page of its own, on which nothing may go wrong unseen.

Browser and world live as long as a file's tests: Playwright's event loop, and the environment, would disturb others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from local.emulator import lifecycle
from local.workspace import Workspace
from tests.portal import chromium
from tests.portal.hosted_ui import PASSWORD
from tests.portal.world import ANN, World, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_MILLISECONDS = 15_000
# What the browser itself says of an answer with an error status; that the page shows it is another matter.
_EXPECTED = "Failed to load resource: the server responded with a status of"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    workspace = Workspace(tmp_path_factory.mktemp("portal"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        try:
            endpoint = lifecycle.start(workspace, 0, region="us-east-1").endpoint
            for name, value in aws_environment(endpoint).items():
                monkeypatch.setenv(name, value)
            with world(endpoint, monkeypatch) as made:
                yield made
        finally:
            lifecycle.stop(workspace)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium.find_or_fetch()
    expect.set_options(timeout=_PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        # A sandbox needs namespaces that containers and root have not; what is shown here is our own page alone.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        environment: Any = chromium.environment(path)
        launched = playwright.chromium.launch(executable_path=path, args=options, env=environment)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, portal: World) -> Iterator[Callable[..., Page]]:
    """Open pages, and hold them to it that nothing was refused by the policy or written as an error."""
    wrong: list[str] = []
    opened = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "timezone_id": "UTC", **options})
        context.set_default_timeout(_PATIENCE_MILLISECONDS)
        page = context.new_page()
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => console.error('CSP ' + event.blockedURI))"
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: _note(message, wrong))
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def sign_in(portal: World) -> Callable[..., Page]:
    """Sign in as a person, coming to a view by its hash."""
    return lambda page, email=ANN, at="": enter(page, portal.url, email, at)


def enter(page: Page, url: str, email: str, at: str) -> Page:
    page.goto(url + at)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def aws_environment(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _note(message: Any, wrong: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(_EXPECTED):
        wrong.append(message.text)
