"""Submissions as OData rows: the root table, with its repeats if expanded, and the table of each repeat."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .data import Submission
from .form import REPEAT, STRUCTURE, Form, table_name

Row = dict[str, Any]


def root_row(form: Form, submission: Submission, *, expand: bool = False) -> Row:
    """Return a submission's row of the table `Submissions`."""
    row = _values(form, "", submission.values, submission.instance, (), expand=expand)
    return {"__id": submission.instance, "__system": system_values(submission), **row}


def system_values(submission: Submission) -> Row:
    """Return what Central itself knows of a submission; times in milliseconds, as JavaScript writes them."""
    return {
        "submissionDate": timestamp(submission.created),
        "updatedAt": timestamp(submission.updated),
        "deletedAt": timestamp(submission.deleted),
        "submitterId": submission.submitter[0],
        "submitterName": submission.submitter[1],
        "attachmentsPresent": sum(content is not None for content in submission.attachments.values()),
        "attachmentsExpected": len(submission.attachments),
        "status": None,
        "reviewState": submission.review,
        "deviceId": submission.device,
        "edits": submission.edits,
        "formVersion": submission.form_version,
    }


def repeat_rows(form: Form, submission: Submission, table: str) -> list[Row]:
    """Return a submission's rows of a repeat's table, each with the id of the row it belongs to."""
    return list(_repeats(form, table, "", submission.values, submission.instance, ()))


def timestamp(moment: datetime | None) -> str | None:
    """Return a time as Central writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z" if moment else None


def _values(
    form: Form, path: str, values: Mapping[str, Any], instance: str, trail: tuple[str, ...], *, expand: bool
) -> Row:
    """Return the values below a path; every field is there, repeats only where they are expanded and have items."""
    row: Row = {}
    for field in form.children(path):
        value, below = values.get(field.name), (*trail, field.name)
        if field.type == STRUCTURE:
            row[field.name] = _values(form, field.path, value or {}, instance, below, expand=expand)
        elif field.type == REPEAT:
            if value:
                row[f"{field.name}@odata.navigationLink"] = f"Submissions('{instance}')/{'/'.join(below)}"
            if value and expand:
                row[field.name] = [
                    _item(form, field.path, item, instance, (*below, str(number)), expand=True)
                    for number, item in enumerate(value)
                ]
        else:
            row[field.name] = value
    return row


def _item(
    form: Form, path: str, item: Mapping[str, Any], instance: str, trail: tuple[str, ...], *, expand: bool
) -> Row:
    return {"__id": _row_id(instance, trail), **_values(form, path, item, instance, trail, expand=expand)}


def _repeats(
    form: Form,
    table: str,
    path: str,
    values: Mapping[str, Any],
    instance: str,
    trail: tuple[str, ...],
    parent: tuple[str, str] | None = None,
) -> Iterator[Row]:
    """Walk to the items of one repeat; `parent` is the path and the id of the repeat's item that holds them."""
    for field in form.children(path):
        value, below = values.get(field.name), (*trail, field.name)
        if field.type == STRUCTURE:
            yield from _repeats(form, table, field.path, value or {}, instance, below, parent)
        elif field.type == REPEAT:
            for number, item in enumerate(value or []):
                here = (*below, str(number))
                if table_name(field.path) == table:
                    name, parent_id = parent or ("", instance)
                    row = _item(form, field.path, item, instance, here, expand=False)
                    yield {**row, f"__Submissions{name.replace('/', '-')}-id": parent_id}
                else:
                    holder = (field.path, _row_id(instance, here))
                    yield from _repeats(form, table, field.path, item, instance, here, holder)


def _row_id(instance: str, trail: tuple[str, ...]) -> str:
    """Return an id that stays the same while the item keeps its place."""
    return hashlib.sha1("/".join((instance, *trail)).encode(), usedforsecurity=False).hexdigest()
