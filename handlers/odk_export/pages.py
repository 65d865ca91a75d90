"""Every row of a query by top and skip, although rows come and go between the pages.

The rows are in order of creation, the newest first. A row that comes in before what was read pushes rows that were read
into the next page: they come twice, and the reader tells them by their `__id`. A row that goes pulls rows that were not
read into the pages before: so each page begins some rows before the end of the last one, and where it does not reach
back to what was read, the page before is read again. Rows that are there all the time are thus read, all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .problems import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .central import Page, Row

_OVERLAP = 10
# So often a page may have to be read again; a server whose count and rows never agree would go on for ever.
_AGAIN = 50


def pages(fetch: Callable[[int], Page], size: int) -> Iterator[list[Row]]:
    """Yield the rows page by page; `fetch` returns at most `size` of them after so many that are skipped.

    Raises:
        UnavailableError: the pages do not fit together, however often they are read.

    """
    skip, last, again = 0, None, 0
    while again <= _AGAIN:
        page = fetch(skip)
        if last is not None and skip > 0 and not _reaches_back(page.rows, last):
            skip, again = max(0, skip - size), again + 1
            continue
        yield page.rows
        end = skip + len(page.rows)
        if not page.rows or end >= page.count:
            return
        last = page.rows[-1]
        skip = max(skip + 1, end - min(_OVERLAP, size - 1))
    message = "The server's pages do not fit together: it counts submissions that it does not list, or ever more go."
    raise UnavailableError(message)


def created(row: Row) -> str:
    """Return when a submission was created."""
    time: str = row["__system"]["submissionDate"]
    return time


def _reaches_back(rows: list[Row], last: Row) -> bool:
    """Tell whether a page begins at or before the last row that was read."""
    return bool(rows) and (created(rows[0]) > created(last) or any(row["__id"] == last["__id"] for row in rows))
