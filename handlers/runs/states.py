"""Which stage a state belongs to: a stage is made of several, whose names begin with its own."""

from __future__ import annotations

import re

_PARTS = (
    *("done?", "recorded"),
    *("failed after cleaning up", "failed", "on demand", "lost to Spot?"),
    *("query", "emptied?", "emptying", "results", "passed?", "passed"),
    *("looking", "found?", "waiting", "late", "start", "status", "ended?", "wait"),
    *(r"branch \d+ done", "item begins", "item done"),
)
"""`components/orchestration/definition.py` and `components/orchestration/states/` name them so."""
_PART = re.compile(rf"(.+?) ({'|'.join(part.replace('?', '[?]') for part in _PARTS)})")
OF_THE_RUN = ("Begin run", "Run of this date going on?", "Already running", "Finish run")
"""States around the stages."""


RECORDED = " recorded"
"""What the state's name ends with that writes a finished stage into the ledger."""


def stage_of(state: str) -> str:
    """Return the name of the stage that the state is a part of, or the state's own where it is of the run."""
    if state in OF_THE_RUN:
        return state
    found = _PART.fullmatch(state)
    return found[1] if found else state
