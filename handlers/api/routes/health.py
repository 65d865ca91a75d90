"""Whether the API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from ..operations import Answer, Routes

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()


class Health(msgspec.Struct, frozen=True):
    """It answers."""

    status: Literal["ok"] = "ok"


@routes.add("GET", "/health", answers={200: Health})
def show_health(request: Request) -> Answer:
    """Say that the API answers; nothing behind it is asked."""
    return Answer(200, Health())
