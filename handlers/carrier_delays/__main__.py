"""The day's delays and on-time share of each carrier, from the data set `flights`: a stage of `flights-daily`.

`python -m handlers.carrier_delays` writes one object of the data set `carrier_delays`, which the same date's next run
replaces, and the same as CSV under `flights-daily/<date>/` of the analytics zone, for programs that read that.

FLIGHTS_YEAR: the sample has the flights of one year; then a run of any date looks at the same day of that year.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..common import clients
from ..common.tasks import TaskRefusedError, current_run, dataset, load_settings, run_task
from ..common.telemetry import logger
from .delays import carrier_delays

if TYPE_CHECKING:
    from datetime import date

SOURCE, TARGET = "flights", "carrier_delays"
REPORTS_ZONE = "analytics"


def main() -> None:
    """Compute the run's date, and put what comes out where it belongs."""
    run, known, s3 = current_run(), load_settings(), clients.s3()
    flights, delays = dataset(known, SOURCE), dataset(known, TARGET)
    day = flight_day(run.date, os.environ.get("FLIGHTS_YEAR"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prefix = f"{flights.prefix}month={day.month}/"
        files = _download(known.zones[flights.zone].bucket, prefix, folder)
        if not files:
            message = f"no flights under {prefix} of the {flights.zone} zone: have the data set ingested first"
            raise TaskRefusedError(message)
        parquet, csv = folder / "delays.parquet", folder / "delays.csv"
        rows = carrier_delays(files, day, parquet, csv)
        # One object a day: it replaces what an earlier run of the date left, at once and whole.
        places = (
            (parquet, delays.zone, f"{delays.prefix}day={run.date.isoformat()}/{TARGET}.parquet"),
            (csv, REPORTS_ZONE, f"{run.pipeline}/{run.date.isoformat()}/carrier-delays.csv"),
        )
        for file, zone, key in places:
            s3.put_object(Bucket=known.zones[zone].bucket, Key=key, Body=file.read_bytes())
    logger.info(
        "Computed delays", extra={"date": run.date.isoformat(), "flight_day": day.isoformat(), "carriers": rows}
    )


def flight_day(day: date, year: str | None) -> date:
    """Return the day whose flights are looked at; 29 February is the 28th in a year that has none."""
    if not year:
        return day
    try:
        return day.replace(year=int(year))
    except ValueError:
        return day.replace(year=int(year), day=28)


def _download(bucket: str, prefix: str, folder: Path) -> list[Path]:
    s3 = clients.s3()
    found: list[Path] = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents", []):
            file = folder / f"flights-{len(found)}.parquet"
            s3.download_file(bucket, each["Key"], str(file))
            found.append(file)
    return found


if __name__ == "__main__":
    run_task(main)
