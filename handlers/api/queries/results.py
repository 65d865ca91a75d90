"""Queries as the API shows them: how far they are, and pages of their rows with values of their types."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any

from .. import athena, cursors
from ..contents import files
from ..moments import written
from ..problems import Problem
from ..values import MOST_BYTES, plain
from .bodies import Download, Query, QueryColumn, ResultWanted

if TYPE_CHECKING:
    from ...common.attributes import Item
    from ..operations import Request

_WHOLE = {"tinyint", "smallint", "integer", "int", "bigint"}


def begun(item: Item) -> Query:
    """Return a query that has just been started."""
    return _query(item, athena.Execution(item["execution"], "queued", None, 0, 0, ""), None, None, None)


def shown(request: Request, item: Item, wanted: ResultWanted) -> Query:
    """Return a query with what is wanted of its result.

    Raises:
        Problem: 400 for a cursor, 404 if Athena does not know the query any more, 409 if its result is gone, or for a
            download of what has not succeeded.

    """
    try:
        execution = athena.look(request.platform, item["execution"])
    except LookupError as error:
        raise Problem("not-found", "Athena does not know this query any more; start it anew.") from error
    if execution.state != "succeeded":
        if wanted.format:
            raise Problem("conflict", f"The query is {execution.state}; there is nothing to download.")
        return _query(item, execution, None, None, None)
    purpose = f"query {item['id']}"
    after = cursors.decode(purpose, wanted.cursor)
    try:
        page = athena.results(request.platform, execution.id, wanted.limit, after)
    except LookupError as error:
        if after is None:
            raise Problem("conflict", "The result of this query is gone; start it anew.") from error
        raise cursors.astray() from error
    cursor = cursors.encode(purpose, page.next)
    download = _download(request, item, execution, page.columns, wanted.format) if wanted.format else None
    return _query(item, execution, page, cursor, download)


def _query(
    item: Item, execution: athena.Execution, page: athena.ResultPage | None, cursor: str | None, download: Any
) -> Query:
    return Query(
        id=item["id"],
        status=execution.state,
        sql=item["sql"],
        datasets=item["datasets"],
        row_limit=item["row_limit"],
        reason=execution.reason if execution.state in {"failed", "cancelled"} else None,
        bytes_scanned=execution.bytes_scanned,
        cost_usd=execution.dollars,
        milliseconds=execution.milliseconds,
        columns=[QueryColumn(column.name, column.type) for column in page.columns] if page else None,
        rows=_rows(page) if page else None,
        cursor=cursor,
        download=download,
        created_at=item["created_at"],
        created_by=item["by"],
    )


def _rows(page: athena.ResultPage) -> list[list[Any]]:
    size = sum(len(cell or "") + 4 for row in page.rows for cell in row)
    if size > MOST_BYTES:
        raise Problem("too-large", "These rows are too large for one answer; ask for fewer with `limit`, or download.")
    types = [column.type for column in page.columns]
    return [[value(cell, kind) for cell, kind in zip(row, types, strict=False)] for row in page.rows]


def value(cell: str | None, kind: str) -> Any:
    """Return a text of Athena's as a value of its type, where JSON has one that is exact."""
    if cell is None:
        return None
    try:
        if kind in _WHOLE:
            return plain(int(cell))
        if kind in {"double", "float", "real"}:
            number = float(cell)
            return number if math.isfinite(number) else cell
    except ValueError:
        return cell
    return cell == "true" if kind == "boolean" and cell in {"true", "false"} else cell


def _download(
    request: Request, item: Item, execution: athena.Execution, columns: list[athena.Column], kind: Any
) -> Download:
    from . import downloads

    bucket, key = downloads.make(request.platform, item["id"], execution, columns, kind)
    url = files.download_url(request.platform.services.s3, bucket, key, f"query-{item['id'][:8]}.{kind}")
    expires = request.now + datetime.timedelta(seconds=files.URL_SECONDS)
    return Download(kind, url, written(expires))
