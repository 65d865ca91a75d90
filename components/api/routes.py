"""The routes of the Dataset API, from the table that its handler is written from too."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Literal

from ..core.model import Model

_TABLE = Path(__file__).parents[2] / "handlers" / "api" / "routes.json"

RESOURCE_SERVER = "datasets"
Scope = Literal["datasets/read", "datasets/write", "datasets/admin"]
SCOPES: dict[Scope, str] = {
    "datasets/read": "Find data sets, read them and query them",
    "datasets/write": "Register and change data sets, and upload files",
    "datasets/admin": "Purge data sets",
}
"""What each scope lets a caller ask for; which data sets, the grants of the caller's groups say."""


class Route(Model):
    """A method of a path, the scope that a caller's token must have (none: open), and whether it takes a document."""

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    scope: Scope | None
    body: bool

    @property
    def parameters(self) -> list[str]:
        """The names of what stands in braces."""
        return re.findall(r"{(\w+)}", self.path)


@cache
def routes(*, docs: bool) -> tuple[Route, ...]:
    """Return the routes, with those of the API's own description (`docs`) if that is to be read."""
    table = [Route(**entry) for entry in json.loads(_TABLE.read_text("utf-8"))]
    described = ("/docs", "/openapi.json") if docs else ()
    return (*table, *(Route(method="GET", path=path, scope="datasets/read", body=False) for path in described))
