"""The `watershed` command: quick help, errors for people, exit codes for machines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import Commands

from .stage_projects import make_project

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("pulumi", "pydantic", "boto3", "grpc", "ministack", "yaml")

IMPORTED = f"""
import sys
sys.argv = ["watershed", "--help"]
from cli.main import app
try:
    app()
finally:
    print("IMPORTED", [name for name in {HEAVY} if name in sys.modules])
"""


def watershed(*arguments: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "WATERSHED_PORT": "0", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_help_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a policy was violated" in " ".join(done.stdout.split())
    assert done.stdout.endswith("IMPORTED []\n")


@pytest.mark.parametrize(
    "command", [[name] for name in Commands.commands_by_name] + [["local", "up"], ["local", "logs"]]
)
def test_every_command_has_help(command: list[str]) -> None:
    done = watershed(*command, "--help")
    assert done.returncode == 0
    assert "Usage: watershed " + " ".join(command) in done.stdout


def test_a_wrong_command_is_a_usage_error() -> None:
    done = watershed("local", "upp")
    assert done.returncode == 2
    assert "Did you mean 'up'?" in done.stderr


def test_an_error_is_told_without_a_traceback_and_with_its_fix(tmp_path: Path) -> None:
    done = watershed("local", "status", "--project", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no Pulumi.yaml in")
    assert "Fix: Run the command in a Pulumi project" in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = watershed("--debug", "local", "status", "--project", str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_an_error_can_be_read_by_a_machine(tmp_path: Path) -> None:
    make_project(tmp_path)
    done = watershed("local", "preview", "--stack", "nope", "--no-build", "--json", "--project", str(tmp_path))
    assert done.returncode == 2
    assert json.loads(done.stdout) == {
        "error": f"There is no stack `nope`: {tmp_path / 'Pulumi.nope.yaml'} does not exist.",
        "fix": f"The stacks of {tmp_path} are: local.",
        "exit_code": 2,
    }


def test_a_preview_that_violates_a_policy_says_so_in_its_exit_code(tmp_path: Path) -> None:
    make_project(tmp_path, force=True)
    done = watershed("local", "preview", "--no-build", "--project", str(tmp_path))
    assert done.returncode == 3
    assert "Policies: refused (small 0.0.1: 1 violations" in done.stdout
    assert "mandatory store-bucket: remove force_destroy" in done.stdout
    assert not (tmp_path / ".watershed" / "local").exists()


def test_a_preview_needs_no_emulator_and_says_what_it_takes_for_granted(tmp_path: Path) -> None:
    make_project(tmp_path, config="  small:password: {secure: v1:abc}\nencryptionsalt: v1:xyz\n")
    before = (tmp_path / "Pulumi.local.yaml").read_bytes()
    done = watershed("local", "preview", "--no-build", "--json", "--project", str(tmp_path))
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["changes"] == {"create": 3}
    assert report["approximate"] == [
        "The state on AWS is not read: every resource shows as one to create.",
        "A stand-in takes the place of the secrets small:password.",
    ]
    assert (tmp_path / "Pulumi.local.yaml").read_bytes() == before


def test_status_and_logs_of_a_stage_that_is_down_say_how_to_start_it(tmp_path: Path) -> None:
    make_project(tmp_path)
    assert json.loads(watershed("local", "status", "--json", "--project", str(tmp_path)).stdout)["state"] == "down"
    logs = watershed("local", "logs", "--project", str(tmp_path))
    assert logs.returncode == 1
    assert "Start it: make up" in logs.stderr
