"""What is made of the API's code: its description, and the page of who may what. `python -m` this writes both anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from handlers.api.access import Level, Scope
from handlers.api.openapi import document
from handlers.api.routes import OPERATIONS
from tests.handlers.api.description import FILE

if TYPE_CHECKING:
    from handlers.api.operations import Operation

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "dataset-api-access.md"
ROLES = {
    "no token": None,
    "no scope": None,
    "no rights": Level.NONE,
    "another team": Level.NONE,
    "read": Level.READ,
    "write": Level.WRITE,
    "admin": Level.ADMIN,
}
"""Who calls, with what its groups may do with the data set; all but the first two have every scope."""
ALLOWED = "yes"
_HEAD = """\
# Who may what in the Dataset API

Made of the code by `make api-docs`; a test makes every one of these requests.

A request needs both: the scope of its route in the token, and a grant on the data set for one of the caller's groups
(`access` in the settings document; for a machine the group is `machine:<its name>`). *Another team* has grants on other
data sets, *no rights* has none at all. A data set that the caller may not read answers 404, as if it were not there.
*own* means: only the caller's own things, or those that its grants let it see.

"""


def expected(operation: Operation, role: str) -> str:
    """What a role is answered: `yes`, `own`, or the status of the refusal."""
    if operation.scope is None:
        return ALLOWED
    if role == "no token":
        return "401"
    if role == "no scope":
        return "403"
    level = ROLES[role] or Level.NONE
    if operation.needs is not None:
        if level is Level.NONE:
            return "404"
        return ALLOWED if level >= operation.needs else "403"
    if operation.id == "registerDataset":
        return ALLOWED if level >= Level.WRITE else "403"
    if operation.id == "startQuery":
        return ALLOWED if level >= Level.READ else "404"
    return "own"


def page() -> str:
    titles = ["route", "scope", *ROLES]
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    for operation in OPERATIONS:
        scope = f"`{operation.scope}`" if operation.scope else ""
        cells = [f"`{operation.method} {operation.path}`", scope, *(expected(operation, role) for role in ROLES)]
        lines.append(f"| {' | '.join(cells)} |")
    names = ", ".join(f"`{scope}`" for scope in Scope)
    return f"{_HEAD}Scopes: {names}; none includes another.\n\n" + "\n".join(lines) + "\n"


def description() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")
    FILE.write_text(description(), "utf-8")


if __name__ == "__main__":
    main()
