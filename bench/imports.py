"""What a cold start costs: the import time of every handler beside bare Python, and what each deployable weighs.

The time is that of a new process, from start to end, the least of several: what the machine does besides only adds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BARS = {"milliseconds": 450, "unpacked_megabytes": 120}
BESIDE = {"bare Python": "pass", "boto3 and duckdb": "import boto3, duckdb"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=9, help="processes of each (default 9); the fastest counts")
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    chosen = options.parse_args()
    entries = tomllib.loads((ROOT / "handlers" / "deployables.toml").read_text())["deployables"]
    statements = {**BESIDE, **{name: f"import {one['entry'].rpartition('.')[0]}" for name, one in entries.items()}}
    fastest = dict.fromkeys(statements, float("inf"))
    for _ in range(chosen.rounds):
        for name, statement in statements.items():
            fastest[name] = min(fastest[name], seconds(statement))
    result = summary(fastest, list(entries))
    print(json.dumps(result, indent=2) if chosen.json else table(result))
    sys.exit(0 if result["within_bars"] else 1)


def seconds(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)
    return time.perf_counter() - started


def unpacked() -> dict[str, int]:
    """Bytes of each deployable with its layers, from the AWS artefacts if they are built."""
    folder = Path(os.environ.get("WATERSHED_ARTIFACTS", ROOT / ".watershed" / "artifacts" / "aws"))
    file = folder / "manifest.json"
    if not file.exists():
        return {}
    manifest = json.loads(file.read_text())
    return {
        name: one["unpacked_bytes"] + sum(manifest["layers"][layer]["unpacked_bytes"] for layer in one["layers"])
        for name, one in manifest["deployables"].items()
    }


def summary(fastest: dict[str, float], handlers: list[str]) -> dict[str, Any]:
    sizes = {name: round(size / 1e6, 1) for name, size in unpacked().items()}
    milliseconds = {name: round(1000 * taken) for name, taken in fastest.items()}
    within = all(milliseconds[name] <= BARS["milliseconds"] for name in handlers)
    within = within and all(size <= BARS["unpacked_megabytes"] for size in sizes.values())
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": sys.version.split()[0],
        "cores": os.cpu_count(),
        "milliseconds": milliseconds,
        "unpacked_megabytes": sizes,
        "bars": BARS,
        "within_bars": within,
    }


def table(result: dict[str, Any]) -> str:
    lines = [f"import time, Python {result['python']}, {result['cores']} cores, {result['date']}"]
    lines += [f"  {name:18} {taken:5} ms" for name, taken in result["milliseconds"].items()]
    sizes = result["unpacked_megabytes"]
    lines += [f"  {name:18} {size:5} MB unpacked with its layers" for name, size in sizes.items()]
    if not sizes:
        lines.append("  not built for AWS: `watershed build` tells the sizes too")
    verdict = "within" if result["within_bars"] else "ABOVE"
    lines.append(f"  {verdict} the bars: {BARS['milliseconds']} ms, {BARS['unpacked_megabytes']} MB")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
