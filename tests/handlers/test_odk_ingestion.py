"""From the server through the landing zone and ingestion to the curated tables: the shipped data sets of the survey."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

from handlers.common.settings import Column, Dataset, Source
from tests.handlers.packages import REPOSITORY
from tests.handlers.survey import FORM, Survey, a_visit, stepping_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.handlers.lake import Lake

Row = dict[str, Any]
TABLES = {
    "household": "Submissions",
    "household_members": "Submissions.members",
    "household_illnesses": "Submissions.members.illnesses",
}


def datasets() -> list[Dataset]:
    """The file as the platform's settings document would hold it."""
    given = yaml.safe_load((REPOSITORY / "datasets" / "household.yaml").read_text("utf-8"))
    return [
        Dataset(
            id=each["name"],
            zone="curated",
            prefix=f"{each['name']}/",
            columns=tuple(Column(column["name"], column.get("type", "string")) for column in each["columns"]),
            source=Source("raw", each["source"]["prefix"], each["source"]["format"]),
            max_error_share=0,
        )
        for each in given
    ]


def ingest(lake: Lake, seen: set[tuple[str, str]]) -> None:
    """Let ingestion have every version of every landed object that it has not had yet."""
    pages = lake.s3.get_paginator("list_object_versions").paginate(Bucket=lake.raw, Prefix="odk/")
    for version in [each for page in pages for each in reversed(page.get("Versions", []))]:
        key, name = version["Key"], version["VersionId"]
        if (key, name) not in seen:
            seen.add((key, name))
            status = lake.ingest(lake.message(key, version["Size"], version["ETag"], name)).status
            assert status == "committed", (key, lake.kept())


def curated(lake: Lake, dataset: Dataset, folder: Path) -> list[Row]:
    """The rows of a data set, read as a query engine would that knows nothing of the export."""
    files = {key: body for key, body in lake.files().items() if key.startswith(dataset.prefix)}
    if not files:
        return []
    for number, body in enumerate(files.values()):
        path = folder / dataset.id / f"{number}.parquet"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
    with duckdb.connect() as database:
        found = database.execute(f"FROM read_parquet('{folder}/{dataset.id}/*.parquet')")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def typed(row: Row, dataset: Dataset) -> Row:
    """A row of the server's in the data set's columns and types."""
    values = {name.lower(): value for name, value in row.items()}
    return {column.name: _typed(values[column.name], column.type) for column in dataset.columns}


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "timestamp":
        return datetime.fromisoformat(value).replace(tzinfo=None)
    if kind == "date":
        return date.fromisoformat(value)
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value


def test_the_curated_tables_have_what_the_server_has(
    endpoint: str, make_lake: Callable[..., Lake], tmp_path: Path
) -> None:
    lake, seen = make_lake(*datasets()), set[tuple[str, str]]()
    with Survey(endpoint, stepping_data(submissions=20, days=4), LANDING_BUCKET=lake.raw) as survey:
        for number, change in enumerate((lambda _: None, edit_and_submit, delete_a_day)):
            change(survey)
            survey.export()
            ingest(lake, seen)
            folder = tmp_path / str(number)
            folder.mkdir()
            for dataset in datasets()[:3]:
                expected = [typed(row, dataset) for row in survey.served(TABLES[dataset.id])]
                assert ordered(curated(lake, dataset, folder)) == ordered(expected)
            files = curated(lake, datasets()[3], folder)
            named = {(row["__submissions_id"], row["name"]): row["location"] for row in files}
            assert named.keys() == survey.attachments().keys()
            there = {f"s3://{lake.raw}/{key}" for key in lake.files(lake.raw)}
            assert {place for place in named.values() if place} <= there


def edit_and_submit(survey: Survey) -> None:
    first, *_ = (each.instance for each in survey.data.submissions(FORM) if each.deleted is None)
    survey.data.edit(FORM, first, a_visit(1, members=[]))
    point = {"type": "Point", "coordinates": [1.5, -2, 0]}
    survey.data.submit(FORM, a_visit(2, location=point, district='Ünï "x"\n\u2028 \\ 😀'))


def delete_a_day(survey: Survey) -> None:
    """All that an object had is gone: it is empty then, and takes its rows out of the table."""
    day = survey.data.submissions(FORM)[-1].created.date()
    for each in survey.data.submissions(FORM):
        if each.created.date() == day and each.deleted is None:
            survey.data.delete(FORM, each.instance)


def ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: str(sorted(row.items())))
