"""Signing in and out, and what happens when a session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.portal.world import ANN, NOBODY, READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.portal.world import World


def test_a_person_signs_in_and_comes_back_to_the_view_that_the_address_asked_for(
    page: Page, sign_in: Callable[..., Page], portal: World
) -> None:
    sign_in(page, at="#/datasets/flights/schema")
    expect(page.get_by_role("heading", name="Schema")).to_be_visible()
    assert page.url == f"{portal.url}#/datasets/flights/schema"
    expect(page.get_by_text(ANN)).to_be_visible()
