"""What an operation of the API is: its route, who may call it, what it takes and what it answers."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    from .access import Found, Level, Scope
    from .callers import Caller
    from .platform import Platform

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
ID = re.compile(r"^[0-9a-f]{32}$")
"""What queries and uploads are called."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What an operation gives: a status, a body (a msgspec struct, or bytes of the media type) and further headers."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    media_type: str = JSON


@dataclasses.dataclass(frozen=True)
class Request:
    """A request that was let through: all of it was read and checked."""

    platform: Platform
    caller: Caller
    id: str
    now: datetime.datetime
    token: str
    """The same for repetitions of a request by its idempotency key or its `If-Match`, and for nothing else."""
    path: Mapping[str, str]
    headers: Mapping[str, str]
    query: Any = None
    body: Any = None
    found: Any = None
    """The data set that the path names, as `Found`."""

    @property
    def new_id(self) -> str:
        """Return the id of the query or upload that it begins."""
        return self.token[:32]

    @property
    def dataset(self) -> Found:
        """Return the data set that the path names."""
        found: Found = self.found
        return found


@dataclasses.dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    run: Callable[[Request], Answer]
    scope: Scope | None
    needs: Level | None
    """What the caller must be allowed to do with the data set that the path names."""
    totals: bool
    """Whether it shows what ingestion counted of that data set."""
    query: type | None
    body: type | None
    media_type: str
    answers: Mapping[int, type | None]
    refusals: tuple[int, ...]
    """Statuses of the problems that it raises itself, beside those that its shape implies."""
    is_replayed: bool
    """Whether the first answer to an idempotency key is kept; else the request is run again, which changes nothing."""

    @property
    def takes_key(self) -> bool:
        """Say whether an `Idempotency-Key` is honoured."""
        return self.method == "POST"

    @property
    def id(self) -> str:
        """Return its name, in camel case."""
        first, *rest = self.run.__name__.split("_")
        return first + "".join(word.capitalize() for word in rest)


class Routes(list[Operation]):
    """The operations of one part of the API."""

    def add(
        self,
        method: str,
        path: str,
        *,
        answers: Mapping[int, type | None],
        scope: Scope | None = None,
        needs: Level | None = None,
        totals: bool = False,
        query: type | None = None,
        body: type | None = None,
        media_type: str = JSON,
        refusals: tuple[int, ...] = (),
        is_replayed: bool = True,
    ) -> Callable[[Callable[[Request], Answer]], Callable[[Request], Answer]]:
        """Declare the decorated function as an operation; its name and docstring are the API's documentation."""

        def declared(run: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
            self.append(
                Operation(
                    method, path, run, scope, needs, totals, query, body, media_type, answers, refusals, is_replayed
                )
            )
            return run

        return declared
