"""What a preview with the policy pack costs: 1,000 resources of many types, and a lake of 1, 10, 100 and 300 data sets.

Each case is a process of its own, through the real engine and the real pack, with the provider offline; with the pack
and without take turns, and the fastest of each counts. Prints seconds, peak memory, milliseconds a resource, the cost a
resource against the 10-case, and how long the pack takes to start. Run: `make bench`.
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
# In the place of a number of data sets: bench/programs/mixed.py.
MIXED = 0
ABOUT_SHIPPED = ("watershed:jobs", "watershed:pipelines")
LAKE_ROUNDS = 2
MIXED_ROUNDS = 4
MAX_RATIO = 1.6
MAX_MS_A_RESOURCE = 15.0
MAX_START_SECONDS = 1.5


@dataclass(frozen=True)
class Case:
    """One program and what previewing it cost."""

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

    @property
    def pack_ms_a_resource(self) -> float:
        return 1_000 * (self.seconds - self.without_pack_seconds) / self.resources


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
    """A project like the shipped one without its pipelines, with so many data sets; or the mixed one."""
    if datasets == MIXED:
        settings = {"config": {"aws:region": "eu-central-1", "aws:allowedAccountIds": ["333333333333"]}}
        (folder / "Pulumi.prod.yaml").write_text(yaml.safe_dump(settings), "utf-8")
        (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", "utf-8")
        (folder / "__main__.py").write_text((ROOT / "bench/programs/mixed.py").read_text("utf-8"), "utf-8")
        return
    settings = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text("utf-8"))
    settings["config"]["watershed:datasets"] = ["datasets/*.yaml"]
    # They are about the shipped data sets.
    for name in ABOUT_SHIPPED:
        del settings["config"][name]
    (folder / "datasets").mkdir()
    for number in range(datasets):
        (folder / "datasets" / f"{number}.yaml").write_text(yaml.safe_dump(dataset(number)), "utf-8")
    (folder / "Pulumi.prod.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    (folder / "Pulumi.yaml").write_text("name: watershed\nruntime: python\n", "utf-8")
    (folder / "__main__.py").write_text((ROOT / "__main__.py").read_text("utf-8"), "utf-8")
    for name in ("components", "handlers", "portal"):
        (folder / name).symlink_to(ROOT / name)


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
    """Run the case in processes of its own, with the pack and without in turns, and keep the fastest run of each."""

    def run(*flags: str) -> dict[str, float]:
        command = [sys.executable, __file__, "--case", str(datasets), *flags]
        result: dict[str, float] = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        return result

    rounds = MIXED_ROUNDS if datasets == MIXED else LAKE_ROUNDS
    runs = [(run(), run("--without-pack")) for _ in range(rounds)]
    checked, bare = (min(kind, key=lambda one: one["seconds"]) for kind in zip(*runs, strict=True))
    return Case(
        datasets=datasets,
        resources=int(checked["resources"]),
        seconds=checked["seconds"],
        without_pack_seconds=bare["seconds"],
        engine_mb=checked["engine_mb"],
        program_mb=checked["program_mb"],
    )


def start_seconds() -> float:
    """How long the pack takes until it could answer: Python, its libraries, the rules and the settings."""
    code = "from watershed_policies import pack; pack.build({'PULUMI_STACK': 'prod'})"

    def once() -> float:
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT / "policies")
        return time.monotonic() - started

    return min(once() for _ in range(3))


def rules() -> int:
    from local.stage.packs import count_rules, find_pack

    return count_rules(find_pack(ROOT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--mixed", action="store_true", help="the 1,000 resources only")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--without-pack", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case is not None:
        print(json.dumps(preview(options.case, not options.without_pack)))
        return
    start, mixed = start_seconds(), measure(MIXED)
    cases = [] if options.mixed else [measure(size) for size in SIZES]
    if options.json:
        print(json.dumps({"start_seconds": start, "cases": [asdict(case) for case in (mixed, *cases)]}))
        return
    print(f"{rules()} rules; the pack starts in {start:.2f} s (bar {MAX_START_SECONDS})")
    print(
        f"{mixed.resources:,} resources of many types: {mixed.seconds:.2f} s with the pack, "
        f"{mixed.without_pack_seconds:.2f} s without: ratio {mixed.pack_ratio:.2f} (bar {MAX_RATIO}), "
        f"{mixed.ms_a_resource:.1f} ms a resource (bar {MAX_MS_A_RESOURCE:.0f}), "
        f"{mixed.pack_ms_a_resource:.1f} ms of them the pack's\n"
    )
    if not cases:
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
