"""The table of a registered data set in the Glue catalog: made to be as it should, whatever it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..problems import Problem

if TYPE_CHECKING:
    from types_boto3_glue.client import GlueClient


def set_table(glue: GlueClient, database: str, name: str, location: str, wanted: Any) -> None:
    """Make, change or remove (`wanted` is None) the table of a data set; doing it again changes nothing.

    Raises:
        Problem: 409 if there is a table of that name that lies elsewhere, so is not the data set's.

    """
    known = _table(glue, database, name)
    if known is not None and known.get("StorageDescriptor", {}).get("Location", "").rstrip("/") != location.rstrip("/"):
        if wanted is None:
            return
        raise Problem("conflict", f"The catalog has another table called `{name}`; choose another id.")
    if wanted is None:
        if known is not None:
            _ignoring("EntityNotFoundException", lambda: glue.delete_table(DatabaseName=database, Name=name))
    elif known is None:
        _ignoring("AlreadyExistsException", lambda: glue.create_table(DatabaseName=database, TableInput=wanted))
    else:
        glue.update_table(DatabaseName=database, TableInput=wanted, SkipArchive=True)


def _table(glue: GlueClient, database: str, name: str) -> dict[str, Any] | None:
    try:
        found: Any = glue.get_table(DatabaseName=database, Name=name)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return None
        raise
    return dict(found)


def _ignoring(code: str, call: Any) -> None:
    """Make a call that a retry after an answer that was lost may find done."""
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
