"""What pipelines cost a program: compiling the stages of one to a state machine, and declaring many.

Each case is a process of its own, and times are of its processor. Compiling is timed alone (`definition`); the program
runs on Pulumi's SDK with its mocks, without an engine. The SDK itself takes longer for each resource the more there
are, so the program is held against one that declares as many plain queues. Linear means that a stage of the largest
pipeline costs what one of the smallest does, and that the program's ratio to the plain one stays; bars at 1.3 times.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "policies")]
STAGES = (50, 125, 250, 500)
PIPELINES = (25, 50, 100, 200)
BAR = 1.3
CONFIG = {"aws:region": "eu-west-1", "aws:allowedAccountIds": '["123456789012"]'}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3, help="processes of each case (default 3); the fastest counts")
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    options.add_argument("--run", choices=sorted(RUNS), help=argparse.SUPPRESS)
    options.add_argument("--size", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.run:
        print(json.dumps(RUNS[chosen.run](chosen.size)))
        return
    cases = [("stages", size) for size in STAGES] + [("pipelines", size) for size in PIPELINES]
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for _ in range(chosen.rounds):
        for case in cases:
            took = in_a_process(*case)
            found[case] = min(took, found.get(case, took), key=lambda each: each["seconds"])
    result = summary(found)
    print(json.dumps(result, indent=2) if chosen.json else table(result))
    sys.exit(0 if all(part["within_bar"] for part in result.values()) else 1)


def compile_stages(size: int) -> dict[str, Any]:
    """Compile one pipeline of so many stages, each of which invokes a function and refers to the one before."""
    from components import EncryptionKey, LambdaFunction, LambdaStage
    from components.core.deployment import current
    from components.orchestration.compilation import Compilation, Values
    from components.orchestration.definition import definition

    took: dict[str, Any] = {}

    def program() -> None:
        key = EncryptionKey("key")
        work, runs = (LambdaFunction(name, handler="ingest", key=key) for name in ("work", "runs"))
        stages = [
            LambdaStage(
                name=f"stage-{number}",
                function=work,
                timeout=60,
                input={"before": f"${{stages.stage-{number - 1}.rows}}"} if number else {},
            )
            for number in range(size)
        ]
        values = Values()
        compilation = Compilation(
            pipeline="bench",
            deployment=current(),
            ledger_table=values.mark(work.arn),
            components=[],
            values=values,
            machine_arn="arn",
        )
        gc.freeze()  # the SDK's million objects, which a collection in the midst of this would go through
        started = time.process_time()
        text = definition(
            stages, compilation, runs=runs, parameters={}, timezone="UTC", date_offset=0, timeout=60, comment=""
        )
        took["seconds"] = time.process_time() - started
        took["bytes"] = len(text)

    recorded(program)
    return took


def declare_pipelines(size: int) -> dict[str, Any]:
    """Run a program with so many pipelines of five stages; what all programs cost is not counted."""
    from components import EncryptionKey, LambdaFunction, LambdaStage, Pipeline, RunLedger, Schedule, Topic

    def declare(count: int) -> None:
        key = EncryptionKey("key")
        ledger = RunLedger("runs", key=key, notify=Topic("alarms", key=key))
        work = LambdaFunction("work", handler="ingest", key=key)
        for number in range(count):
            Pipeline(
                f"pipeline-{number}",
                ledger=ledger,
                schedule=Schedule(cron="0 6 * * ? *"),
                stages=[LambdaStage(name=f"stage-{n}", function=work, timeout=60) for n in range(5)],
            )

    recorded(lambda: declare(1))  # imports, and what is computed once
    gc.freeze()
    started = time.process_time()
    none = recorded(lambda: declare(0))
    without = time.process_time() - started
    started = time.process_time()
    resources = len(recorded(lambda: declare(size))) - len(none)
    ours = time.process_time() - started - without
    return {"seconds": ours, "resources": resources, "plain_seconds": declare_queues(resources)}


def declare_queues(size: int) -> float:
    """Return how long a program takes that declares so many queues, all under one key."""
    import pulumi_aws as aws

    def declare() -> None:
        key = aws.kms.Key("key")
        for number in range(size):
            aws.sqs.Queue(f"queue-{number}", kms_master_key_id=key.arn, tags={"number": str(number)})

    started = time.process_time()
    recorded(declare)
    return time.process_time() - started


def recorded(program: Any) -> list[Any]:
    from tests.policy.harness import record
    from tests.unit.programs import artifacts

    with tempfile.TemporaryDirectory() as folder:
        artifacts(Path(folder))
        os.environ["WATERSHED_ARTIFACTS"] = folder
        return record(program, config=CONFIG)


RUNS = {"stages": compile_stages, "pipelines": declare_pipelines}


def in_a_process(run: str, size: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--run", run, "--size", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return took


def summary(found: dict[tuple[str, int], dict[str, Any]]) -> dict[str, Any]:
    result = {}
    for run, sizes in (("stages", STAGES), ("pipelines", PIPELINES)):
        rows = []
        for size in sizes:
            took = found[run, size]
            cost = took["seconds"] / (took["plain_seconds"] if run == "pipelines" else size)
            rows.append({"size": size, "ms_each": round(1_000 * took["seconds"] / size, 2), "cost": cost, **took})
        for row in rows:
            row["against_smallest"] = round(row["cost"] / rows[0]["cost"], 2)
        result[run] = {"rows": rows, "bar": BAR, "within_bar": rows[-1]["against_smallest"] <= BAR}
    return result


def table(result: dict[str, Any]) -> str:
    stages, pipelines = result["stages"], result["pipelines"]
    lines = ["| stages | compiled in ms | ms a stage | against 50 | bytes |", "| --: | --: | --: | --: | --: |"]
    lines += [
        f"| {row['size']} | {1_000 * row['seconds']:.0f} | {row['ms_each']} | {row['against_smallest']} "
        f"| {row['bytes']:,} |"
        for row in stages["rows"]
    ]
    lines += [
        "",
        "| pipelines | resources | s | plain s | ratio | against 25 |",
        "| --: | --: | --: | --: | --: | --: |",
    ]
    lines += [
        f"| {row['size']} | {row['resources']:,} | {row['seconds']:.1f} | {row['plain_seconds']:.1f} "
        f"| {row['cost']:.2f} | {row['against_smallest']} |"
        for row in pipelines["rows"]
    ]
    kept = {name: "kept" if part["within_bar"] else "MISSED" for name, part in result.items()}
    return "\n".join([*lines, "", f"bar {BAR}: stages {kept['stages']}, pipelines {kept['pipelines']}"])


if __name__ == "__main__":
    main()
