"""What became of one day's flights, carrier by carrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common import duck

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

LATE_MINUTES = 15
"""From when on an arrival counts as late (US Department of Transportation, "Airline On-Time Statistics")."""

_MEMORY = 256
"""MB; a month of flights is a hundredth of it."""

_QUERY = f"""
    SELECT
        carrier,
        $flight_day::DATE AS flight_day,
        count(*) AS flights,
        count(*) FILTER (dep_time IS NULL) AS cancelled,
        count(*) FILTER (arr_delay >= {LATE_MINUTES}) AS late,
        round(avg(dep_delay), 2) AS mean_departure_delay,
        round(avg(arr_delay), 2) AS mean_arrival_delay,
        round(count(*) FILTER (arr_delay < {LATE_MINUTES}) / count(*), 4) AS on_time_share
    FROM read_parquet($files)
    WHERE day = day($flight_day::DATE)
    GROUP BY carrier
    ORDER BY carrier
"""  # noqa: S608 (a number of ours)


def carrier_delays(files: Sequence[Path], flight_day: date, parquet: Path, csv: Path) -> int:
    """Write a row for each carrier that had a flight on the day, as Parquet and as CSV; returns how many.

    `files`: the Parquet files of the day's month. Cancelled and diverted flights were not on time.
    """
    connection = duck.connect(parquet.parent, _MEMORY)
    given = {"files": [str(file) for file in files], "flight_day": flight_day.isoformat()}
    connection.execute(f"CREATE TABLE delays AS {_QUERY}", given)
    for file, options in ((parquet, "FORMAT parquet, COMPRESSION zstd"), (csv, "FORMAT csv, HEADER")):
        connection.execute(f"COPY delays TO '{file}' ({options})")
    (rows,) = connection.execute("SELECT count(*) FROM delays").fetchone() or (0,)
    return int(rows)
