"""The container stages of flights-daily, on the real flights of 2013."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from handlers.carrier_delays.__main__ import flight_day
from local.stage.samples import SAMPLES
from tests.handlers.lake import columns, dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.handlers.lake import Lake

ROOT = Path(__file__).parents[2]
FLIGHTS = dataset(
    id="flights",
    prefix="flights/",
    columns=columns(month="int", day="int", carrier="string", dep_time="int", dep_delay="int", arr_delay="int"),
    partitioned_by=("month",),
    source=None,
)
DELAYS = dataset(
    id="carrier_delays",
    prefix="carrier_delays/",
    columns=columns(carrier="string", flights="bigint", day="date"),
    partitioned_by=("day",),
    source=None,
)
CSV = "flights-daily/2013-01-01/carrier-delays.csv"


@pytest.fixture(scope="module")
def flights_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content, _ = SAMPLES[0].open()
    file = tmp_path_factory.mktemp("flights") / "flights.csv"
    file.write_bytes(content.read())
    return file


@pytest.fixture
def lake(make_lake: Callable[..., Lake], flights_csv: Path, tmp_path: Path) -> Lake:
    """January's flights, in the layout that ingestion writes."""
    made = make_lake(FLIGHTS, DELAYS)
    january = tmp_path / "january.parquet"
    names = ", ".join(column.name for column in FLIGHTS.columns if column.name != "month")
    duckdb.sql(
        f"COPY (SELECT {names} FROM read_csv('{flights_csv}', nullstr=['', 'NA']) WHERE month = 1) TO '{january}'"
    )
    made.s3.upload_file(str(january), made.curated, "flights/month=1/part.parquet")
    made.s3.put_object(Bucket=made.system, Key="settings.json", Body=made.document)
    return made


def run(lake: Lake, *command: str, day: str = "2013-01-01", **environment: str) -> subprocess.CompletedProcess[str]:
    """A task as Fargate starts it: the run in its environment."""
    given = {
        "RUN_PIPELINE": "flights-daily",
        "RUN_ID": "abc",
        "RUN_DATE": day,
        "SETTINGS_BUCKET": lake.system,
        "SETTINGS_KEY": "settings.json",
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=120,
    )


def delays(lake: Lake, **options: str) -> subprocess.CompletedProcess[str]:
    return run(lake, "handlers.carrier_delays", **options)


def staged(lake: Lake, *program: str) -> subprocess.CompletedProcess[str]:
    prefix = "analytics:flights-daily/2013-01-01/"
    return run(lake, "handlers.staged_files", "--get", prefix, "--put", f"{prefix}summary/", "--", *program)


def test_the_days_delays_are_those_of_an_independent_computation(lake: Lake, flights_csv: Path) -> None:
    done = delays(lake)
    assert done.returncode == 0, done.stderr

    expected = duckdb.execute(
        f"""
        SELECT carrier, count(*), sum(CASE WHEN dep_time IS NULL THEN 1 ELSE 0 END),
               sum(CASE WHEN arr_delay >= 15 THEN 1 ELSE 0 END), round(avg(dep_delay), 2), round(avg(arr_delay), 2),
               round(sum(CASE WHEN arr_delay < 15 THEN 1 ELSE 0 END) / count(*), 4)
        FROM read_csv('{flights_csv}', nullstr=['', 'NA']) WHERE month = 1 AND day = 1 GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    found = lake.rows(prefix=DELAYS.prefix, hive=True)
    fields = ("carrier", "flights", "cancelled", "late", "mean_departure_delay", "mean_arrival_delay", "on_time_share")
    rows = sorted(tuple(row[name] for name in fields) for row in found)
    assert rows == expected
    assert sum(row[1] for row in rows) == 842
    assert {str(row["day"]) for row in found} == {"2013-01-01"}


def test_another_run_of_the_date_replaces_what_the_first_left(lake: Lake) -> None:
    delays(lake)
    delays(lake)
    assert [key for key in lake.files() if key.startswith("carrier_delays/")] == [
        "carrier_delays/day=2013-01-01/carrier_delays.parquet"
    ]
    assert lake.files(lake.analytics).keys() == {CSV}


def test_a_run_of_any_year_looks_at_the_sample_s_same_day(lake: Lake) -> None:
    done = delays(lake, day="2026-01-01", FLIGHTS_YEAR="2013")
    assert done.returncode == 0
    (key,) = [key for key in lake.files() if key.startswith("carrier_delays/")]
    assert key == "carrier_delays/day=2026-01-01/carrier_delays.parquet"
    assert {row["flight_day"] for row in lake.rows(prefix=DELAYS.prefix)} == {date(2013, 1, 1)}


@pytest.mark.parametrize(
    ("day", "year", "looked_at"),
    [("2028-02-29", "2013", "2013-02-28"), ("2026-11-28", "2013", "2013-11-28"), ("2026-11-28", "", "2026-11-28")],
)
def test_a_leap_day_is_the_28th_where_the_sample_has_none(day: str, year: str, looked_at: str) -> None:
    assert flight_day(date.fromisoformat(day), year) == date.fromisoformat(looked_at)


def test_without_flights_of_the_month_the_task_says_so_in_one_line(lake: Lake) -> None:
    done = delays(lake, day="2013-02-01")
    assert done.returncode == 2
    assert "no flights under flights/month=2/ of the curated zone" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_outside_of_a_pipeline_the_task_says_what_it_lacks(lake: Lake) -> None:
    done = delays(lake, day="")
    assert done.returncode == 2
    assert "RUN_PIPELINE, RUN_ID and RUN_DATE" in done.stdout


def test_a_program_is_given_files_and_what_it_writes_is_put(lake: Lake) -> None:
    lake.s3.put_object(Bucket=lake.analytics, Key="flights-daily/2013-01-01/a/b.txt", Body=b"one")
    script = (
        "import os, pathlib as p; out = p.Path(os.environ['OUTPUT_FOLDER'], 'deep'); out.mkdir();"
        "(out / 'c.txt').write_text(p.Path(os.environ['INPUT_FOLDER'], 'a/b.txt').read_text() + ' two')"
    )
    done = staged(lake, sys.executable, "-c", script)
    assert done.returncode == 0, done.stderr
    assert lake.files(lake.analytics)["flights-daily/2013-01-01/summary/deep/c.txt"] == b"one two"


def test_what_a_program_wrote_before_it_failed_is_not_put(lake: Lake) -> None:
    script = (
        "import os, pathlib as p, sys; p.Path(os.environ['OUTPUT_FOLDER'], 'c.txt').write_text('half'); sys.exit(7)"
    )
    done = staged(lake, sys.executable, "-c", script)
    assert done.returncode == 7
    assert "ended with exit code 7: nothing is put" in done.stdout
    assert lake.files(lake.analytics) == {}


def test_a_program_that_the_image_lacks_is_named(lake: Lake) -> None:
    done = staged(lake, "no-such-program")
    assert done.returncode == 127
    assert "there is no program no-such-program in this image" in done.stdout


def test_a_key_that_leads_out_of_the_folder_is_refused(lake: Lake) -> None:
    lake.s3.put_object(Bucket=lake.analytics, Key="flights-daily/2013-01-01/../../etc/x", Body=b"x")
    done = staged(lake, sys.executable, "-c", "")
    assert done.returncode == 2
    assert "would lie outside the input folder" in done.stdout


def test_a_zone_that_there_is_not_is_refused_with_those_there_are(lake: Lake) -> None:
    done = run(lake, "handlers.staged_files", "--get", "gold:a/", "--put", "analytics:b/", "--", "true")
    assert done.returncode == 2
    assert "one of analytics, curated, raw" in done.stdout


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="there is no R on this machine")
def test_r_writes_the_days_summary(lake: Lake) -> None:
    delays(lake)
    done = staged(lake, "Rscript", "handlers/delay_summary/summary.R")
    assert done.returncode == 0, done.stderr + done.stdout
    summary = lake.files(lake.analytics)["flights-daily/2013-01-01/summary/summary.md"].decode()
    assert summary.startswith("# Flights of 2013-01-01\n")
    assert "- 842 flights of 14 carriers, 4 cancelled" in summary
    assert len([line for line in summary.splitlines() if line.startswith("| ")]) == 2 + 14


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="there is no R on this machine")
def test_r_fails_where_the_stage_before_wrote_nothing(lake: Lake) -> None:
    done = staged(lake, "Rscript", "handlers/delay_summary/summary.R")
    assert done.returncode == 1
    assert "the stage before this one writes it" in done.stderr
