"""`up` and `down` with the real engine on small projects: converging, starting clean, leaving nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from local.aws import Clients
from local.emulator import lifecycle, ports
from local.errors import POLICY, StageError
from local.processes import STAGE_VARIABLE, start_identity, stop_marked
from local.stage.down import take_down
from local.stage.reports import UpReport
from local.stage.status import read_status
from local.stage.up import bring_up
from local.workspace import Workspace

from .stage_projects import Told, make_project, no_build

# An inline program that a killed engine leaves behind is collected whenever Python comes to it.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

REPOSITORY = Path(__file__).resolve().parents[2]

# Registers a resource and then waits for a file that never comes: an `up` to be killed in.
STUCK = """
import time, pulumi, pulumi_aws as aws
bucket = aws.s3.Bucket("first")
def wait(_):
    if not pulumi.runtime.is_dry_run():
        open("deploying", "w").close()
        time.sleep(600)
bucket.bucket.apply(wait)
"""


@pytest.fixture(autouse=True)
def any_free_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATERSHED_PORT", "0")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made = make_project(tmp_path / "project")
    yield made
    lifecycle.stop(made)
    stop_marked(made.root)


def up(workspace: Workspace, told: Told | None = None, stack: str = "local") -> UpReport:
    return bring_up(workspace, stack, no_build, told or Told())


def buckets(report: UpReport) -> list[str]:
    return [str(each["Name"]) for each in Clients(report.endpoint, report.region)("s3").list_buckets()["Buckets"]]


def test_up_deploys_again_changes_nothing_and_down_leaves_nothing(workspace: Workspace) -> None:
    before = {file: file.read_bytes() for file in workspace.project.glob("Pulumi*")}
    first = up(workspace)
    assert buckets(first) == [first.outputs["bucket"]]
    assert first.outputs["folder"] == str(workspace.project)
    assert [(each.component, each.emulated, each.recorded) for each in first.components] == [("Store", 1, 0)]
    assert list(first.policy.packs) == ["small"]
    assert first.signing_in is None

    second = up(workspace)
    assert second.unchanged
    assert (second.endpoint, buckets(second)) == (first.endpoint, buckets(first))
    status = read_status(workspace)
    assert (status.state, status.signing_in) == ("running", None)

    assert take_down(workspace).stopped_emulator
    again = take_down(workspace)
    assert not again.stopped_emulator
    assert not again.removed_state
    assert not workspace.root.exists()
    assert {file: file.read_bytes() for file in workspace.project.glob("Pulumi*")} == before


def test_a_violation_is_refused_before_anything_is_created(workspace: Workspace) -> None:
    make_project(workspace.project, force=True)
    told = Told()
    with pytest.raises(StageError, match="policy pack refused the preview: 1 violation") as refused:
        up(workspace, told)
    assert refused.value.exit_code == POLICY
    assert "store-bucket: remove force_destroy [no-destroy]" in told.text
    running = lifecycle.find(workspace)
    assert running is not None
    assert Clients(running.endpoint, "eu-central-1")("s3").list_buckets()["Buckets"] == []

    make_project(workspace.project, force=False)
    assert len(buckets(up(workspace))) == 1


def test_after_the_emulator_died_the_stage_starts_clean_and_says_so(workspace: Workspace) -> None:
    first = up(workspace)
    lifecycle.stop(workspace)
    told = Told()
    second = up(workspace, told)
    assert "the emulator of the last run is gone and its data with it" in told.text
    assert not second.unchanged
    assert buckets(second) == [second.outputs["bucket"]]
    assert second.outputs["bucket"] != first.outputs["bucket"]


def test_another_account_region_or_stack_starts_clean_and_says_so(workspace: Workspace) -> None:
    first = up(workspace)
    told = Told()
    make_project(workspace.project, config='  aws:allowedAccountIds: ["123456789012"]\n')
    second = up(workspace, told)
    assert "account 000000000000, region eu-central-1 and not for stack local, account 123456789012" in told.text
    assert (second.endpoint, second.account, second.unchanged) == (first.endpoint, "123456789012", False)
    identity = Clients(second.endpoint, second.region)("sts").get_caller_identity()
    assert identity["Account"] == "123456789012"

    (workspace.project / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    told = Told()
    third = up(workspace, told, "dev")
    assert "and not for stack dev, account 000000000000, region eu-west-1" in told.text
    assert buckets(third) == [third.outputs["bucket"]]
    assert up(workspace, stack="dev").unchanged
    status = read_status(workspace)
    assert (status.stack, status.account, status.region) == ("dev", "000000000000", "eu-west-1")


def test_an_up_that_is_killed_in_mid_deploy_is_followed_by_a_clean_start(workspace: Workspace) -> None:
    make_project(workspace.project, STUCK)
    with started_up(workspace) as process:
        wait_for(workspace.project / "deploying", process)
        process.send_signal(signal.SIGKILL)
    assert workspace.unfinished.exists()
    assert read_status(workspace).state == "unfinished"

    make_project(workspace.project)
    told = Told()
    report = up(workspace, told)
    assert "the last `up` was cut off in mid-deploy: its state and data are discarded" in told.text
    assert buckets(report) == [report.outputs["bucket"]]
    assert not workspace.unfinished.exists()


def test_down_after_a_killed_up_leaves_no_process(workspace: Workspace) -> None:
    make_project(workspace.project, STUCK)
    with started_up(workspace) as process:
        wait_for(workspace.project / "deploying", process)
        children = descendants(process.pid)
        process.send_signal(signal.SIGKILL)
    emulator = lifecycle.find(workspace)
    assert emulator is not None
    take_down(workspace)
    assert not emulator.record.is_alive
    assert not workspace.root.exists()
    deadline = time.monotonic() + 15
    while left := [pid for pid, identity in children.items() if start_identity(pid) == identity]:
        assert time.monotonic() < deadline, [Path(f"/proc/{pid}/cmdline").read_text() for pid in left]
        time.sleep(0.1)


def test_down_ends_what_a_killed_command_left_behind(workspace: Workspace) -> None:
    marked = {**os.environ, STAGE_VARIABLE: str(workspace.root)}
    with subprocess.Popen(["sleep", "300"], env=marked) as stray:
        assert take_down(workspace).stopped_emulator
        assert stray.wait(10) == -signal.SIGKILL


def test_ctrl_c_leaves_no_engine_and_a_state_from_which_up_works(workspace: Workspace, tmp_path: Path) -> None:
    make_project(workspace.project, STUCK)
    said = tmp_path / "said"
    with said.open("w") as errors, started_up(workspace, errors) as process:
        wait_for(workspace.project / "deploying", process)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
    told = said.read_text()
    assert told.endswith("Interrupted. `make up` starts clean or goes on; `make down` removes everything.\n")
    assert "Traceback" not in told
    emulator = lifecycle.find(workspace)
    assert emulator is not None
    assert stop_marked(workspace.root, spare=emulator.record.pid) == 0, "a process of the engine is left"
    make_project(workspace.project)
    assert len(buckets(up(workspace))) == 1


def test_two_commands_at_once_are_refused(workspace: Workspace) -> None:
    with workspace.only_one(), pytest.raises(StageError, match=f"another|Another.*process {os.getpid()}"):
        take_down(workspace)


def test_a_port_in_use_is_told_before_anything_is_built(
    workspace: Workspace, emulator: lifecycle.Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATERSHED_PORT", str(emulator.record.port))
    told = Told()
    with pytest.raises(StageError, match=f"Port {emulator.record.port} on 127.0.0.1 is in use by the local stage of"):
        up(workspace, told)
    assert told.done_lines == []


def test_another_port_than_the_running_one_is_refused_with_the_way_to_move(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.start(workspace, 0, region="eu-central-1")
    monkeypatch.setenv("WATERSHED_PORT", str(ports.take_port(0)))
    with pytest.raises(StageError, match="already runs on port") as refused:
        up(workspace)
    assert "make down" in refused.value.fix


def test_an_error_of_the_program_is_told_once(workspace: Workspace) -> None:
    make_project(workspace.project, "import pulumi\nraise pulumi.RunError('the owner is missing')\n")
    with pytest.raises(StageError) as failed:
        up(workspace)
    assert str(failed.value).count("the owner is missing") == 1


def started_up(workspace: Workspace, errors: IO[str] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", "local", "up", "--no-build", "--project", str(workspace.project)],
        cwd=REPOSITORY,
        start_new_session=True,
        stderr=errors,
    )


def wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert process.poll() is None, "the command ended before it deployed"
        assert time.monotonic() < deadline, f"{file} did not come"
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Return the processes below a process."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parts[2])] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, last = {pid}, set[int]()
    while found != last:
        last = set(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return {each: start_identity(each) for each in found - {pid}}
