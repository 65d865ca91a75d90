"""One query: started, watched, cancelled by Ctrl-C, its result shown or written to a file."""

import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import CommandError
from .client import Api
from .downloading import fetch

FORMATS = {".csv": "csv", ".parquet": "parquet"}
_GOING_ON = ("queued", "running")
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
"""RFC 8259, section 6: neither `007`, which is a code, nor what Python takes beyond it (`1_000`, `nan`, `inf`)."""


def values(texts: list[str]) -> list[Any]:
    """Return what the texts stand for, as the portal reads them (portal/scripts/views/placeholders.js).

    Numbers as JSON writes them, true, false and null are those; `'...'` and all else are texts.
    """
    return [_value(text) for text in texts]


def _value(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1]
    number = _NUMBER.fullmatch(text)
    if number and not number["rest"]:
        return int(text)
    # 1e999 is infinite here, which JSON cannot say.
    return float(text) if number and math.isfinite(float(text)) else text


def run_query(
    api: Api,
    sql: str,
    parameters: list[Any],
    *,
    rows: int,
    to: Path | None,
    tell: Callable[[str], None],
    sent: Callable[[str, int, int], None],
) -> Any:
    """Run a query to its end, and return it with its first rows; raises CommandError where it fails."""
    begun = api.post("queries", body={"sql": sql, "parameters": parameters})
    try:
        state = _ended(api, begun, rows, tell)
    except KeyboardInterrupt:
        api.delete("queries", begun["id"])
        raise
    if state["status"] != "succeeded":
        raise CommandError(f"The query {state['status']}: {state['reason'] or 'no reason is known'}")
    if to:
        made = api.get("queries", begun["id"], format=FORMATS[to.suffix])["download"]
        fetch(api.pool, made["url"], to, None, lambda more: sent(to.name, more, 0))
    return state


def _ended(api: Api, state: Any, rows: int, tell: Callable[[str], None]) -> Any:
    pause = 0.3
    while state["status"] in _GOING_ON:
        tell(f"{state['status']}, {state['bytes_scanned']:,} bytes scanned")
        time.sleep(pause)
        pause = min(pause * 1.5, 5)
        state = api.get("queries", state["id"], limit=rows)
    return state
