"""What a preview with the policy pack costs as a stack grows: a lake of 1, 10, 100 and 300 data sets.

Each case is a process of its own, through the real engine and the real pack, with the provider offline. Prints seconds,
peak memory and milliseconds a resource, and the cost a resource against the 10-case. Run: `make bench`.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIZES = (1, 10, 100, 300)
COMPARED_WITH = 10
COLUMNS = 20


@dataclass(frozen=True)
class Case:
    """One lake and what previewing it cost."""

    datasets: int
    resources: int
    seconds: float
    without_pack_seconds: float
    engine_mb: float
    program_mb: float

    @property
    def ms_a_resource(self) -> float:
        return 1_000 * self.seconds / self.resources

    @property
    def pack_ratio(self) -> float:
        return self.seconds / self.without_pack_seconds


def dataset(number: int) -> dict[str, Any]:
    columns = [{"name": f"column_{i}", "type": "string", "comment": f"What column {i} holds"} for i in range(COLUMNS)]
    month = {"name": "month", "projection": {"type": "integer", "first": 1, "last": 12}}
    return {
        "name": f"dataset_{number}",
        "source": {"prefix": f"dataset_{number}/"},
        "columns": [{"name": "month", "type": "int"}, *columns],
        "partitionedBy": [month],
    }


def write_project(folder: Path, datasets: int) -> None:
    """A project like the shipped one, with so many data sets."""
    settings = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text("utf-8"))
    settings["config"]["watershed:datasets"] = ["datasets/*.yaml"]
    (folder / "datasets").mkdir()
    for number in range(datasets):
        (folder / "datasets" / f"{number}.yaml").write_text(yaml.safe_dump(dataset(number)), "utf-8")
    (folder / "Pulumi.prod.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    (folder / "Pulumi.yaml").write_text("name: watershed\nruntime: python\n", "utf-8")
    (folder / "__main__.py").write_text((ROOT / "__main__.py").read_text("utf-8"), "utf-8")
    (folder / "components").symlink_to(ROOT / "components")


def preview(datasets: int, pack: bool) -> dict[str, float]:
    """Preview one lake in this process; the engine, the provider and the pack are its children."""
    from local.engine.bootstrap import find_engine
    from local.stage.deployment import Deployment
    from local.stage.packs import PolicyPack, find_pack
    from local.stage.plugin import serve_provider
    from local.stage.settings import read_settings
    from local.workspace import Workspace

    with tempfile.TemporaryDirectory(prefix="watershed-bench-") as name:
        project = Path(name)
        write_project(project, datasets)
        workspace = Workspace(project, project / ".made")
        workspace.logs.mkdir(parents=True)
        settings = read_settings(project, "prod")
        found = find_pack(project)
        levels = {"WATERSHED_POLICIES_CONFIG": str(ROOT / "policies" / "config")}
        with serve_provider(workspace, settings, None) as port:
            deployment = Deployment(
                workspace,
                settings,
                find_engine(lambda _: None),
                provider_port=port,
                pack=PolicyPack(found.folder, levels) if pack and found else None,
                variables={"WATERSHED_ARTIFACTS": str(ROOT / ".watershed/artifacts/aws")},
            )
            started = time.monotonic()
            outcome = deployment.preview()
            seconds = time.monotonic() - started
        outcome.raise_if_failed("preview")
        return {
            "seconds": seconds,
            "resources": float(sum(outcome.changes.values())),
            "engine_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            "program_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


def measure(datasets: int) -> Case:
    """Run the case in processes of its own, with the pack and without, and keep the faster of two runs of each."""

    def run(*flags: str) -> dict[str, float]:
        command = [sys.executable, __file__, "--case", str(datasets), *flags]
        runs: list[dict[str, float]] = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
            for _ in range(2)
        ]
        return min(runs, key=lambda one: one["seconds"])

    checked, bare = run(), run("--without-pack")
    return Case(
        datasets=datasets,
        resources=int(checked["resources"]),
        seconds=checked["seconds"],
        without_pack_seconds=bare["seconds"],
        engine_mb=checked["engine_mb"],
        program_mb=checked["program_mb"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--without-pack", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:
        print(json.dumps(preview(options.case, not options.without_pack)))
        return
    cases = [measure(size) for size in SIZES]
    if options.json:
        print(json.dumps([asdict(case) for case in cases]))
        return
    base = next(case for case in cases if case.datasets == COMPARED_WITH)
    columns = ["data sets", "resources", "preview s", "without pack s", "ratio", "ms a resource", "against 10"]
    columns += ["engine MB", "program MB"]
    print(f"| {' | '.join(columns)} |\n|{' --: |' * len(columns)}")
    for case in cases:
        print(
            f"| {case.datasets} | {case.resources} | {case.seconds:.2f} | {case.without_pack_seconds:.2f} "
            f"| {case.pack_ratio:.2f} | {case.ms_a_resource:.1f} | {case.ms_a_resource / base.ms_a_resource:.2f} "
            f"| {case.engine_mb:.0f} | {case.program_mb:.0f} |"
        )


if __name__ == "__main__":
    main()
