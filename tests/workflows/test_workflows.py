"""The GitHub workflows: what linters cannot see, and their scripts run against stand-ins for `gh` and `make`."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / ".github"
WORKFLOWS = {file.stem: yaml.safe_load(file.read_text()) for file in (FOLDER / "workflows").glob("*.yml")}
SETUP = yaml.safe_load((FOLDER / "actions" / "setup" / "action.yml").read_text())


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{name}.{job}", body) for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()]


def script(workflow: str, job: str, step: str) -> str:
    (found,) = [each["run"] for each in WORKFLOWS[workflow]["jobs"][job]["steps"] if each.get("name") == step]
    return str(found)


def run(text: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does with `shell: bash`; programs in `folder/bin` stand in for real ones."""
    environment = {**os.environ, **variables, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    environment["GITHUB_STEP_SUMMARY"] = str(folder / "summary.md")
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def stand_in(folder: Path, name: str, text: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / name).write_text(f"#!/bin/bash\n{text}\n")
    (folder / "bin" / name).chmod(0o755)


def test_every_action_of_others_is_pinned_by_its_commit() -> None:
    steps = [*SETUP["runs"]["steps"], *(step for _, job in jobs() for step in job["steps"])]
    used = {step["uses"] for step in steps if "uses" in step and not step["uses"].startswith("./")}
    assert used
    assert {action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)} == set()


def test_every_job_has_a_time_limit_and_permissions_of_its_own() -> None:
    for name, job in jobs():
        assert job["timeout-minutes"] <= 60, name
        assert "permissions" in job, name
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())


def test_only_jobs_with_an_environment_may_ask_for_an_aws_role() -> None:
    asking = {name for name, job in jobs() if "id-token" in job["permissions"]}
    assert asking == {name for name, job in jobs() if "environment" in job} == {"deploy.preview", "deploy.deploy"}


def test_no_secret_is_read() -> None:
    assert [file for file in FOLDER.rglob("*.yml") if "secrets." in file.read_text()] == []


def test_a_pull_request_previews_every_stack() -> None:
    stacks = {file.name.split(".")[1] for file in REPOSITORY.glob("Pulumi.*.yaml")}
    assert set(WORKFLOWS["checks"]["jobs"]["preview"]["strategy"]["matrix"]["stack"]) == stacks


def test_the_engine_is_the_one_of_the_local_stage() -> None:
    (version,) = [step["with"]["pulumi-version"] for step in SETUP["runs"]["steps"] if "pulumi" in step.get("uses", "")]
    assert f"github.com/pulumi/pulumi/pkg/v3 v{version}" in (REPOSITORY / "local" / "engine" / "go.mod").read_text()


def test_every_update_follows_a_preview_with_the_policies() -> None:
    commands = [
        line.strip()
        for step in WORKFLOWS["deploy"]["jobs"]["deploy"]["steps"]
        for line in step.get("run", "").splitlines()
        if line.strip().startswith("pulumi ")
    ]
    assert [command.split()[1] for command in commands] == ["preview", "up"]
    assert all("--policy-pack policies" in command for command in commands)


@pytest.mark.parametrize(("made", "outcome", "word"), [(0, 0, "passes the policies"), (3, 3, "**refused**")])
def test_a_preview_ends_as_the_policies_say_and_is_written_down_either_way(
    made: int, outcome: int, word: str, tmp_path: Path
) -> None:
    stand_in(tmp_path, "make", f"echo 'a bucket ``` and more'; exit {made}")
    done = run(script("checks", "preview", "Preview with the policy pack, offline"), tmp_path, STACK="dev")
    assert done.returncode == outcome, done.stderr
    written = (tmp_path / "previews" / "dev.md").read_text()
    assert written.startswith(f"<details><summary>dev: {word}</summary>")
    assert written.count("```") == 2
    assert (tmp_path / "summary.md").read_text() == written


def test_the_comment_says_which_previews_are_missing(tmp_path: Path) -> None:
    (tmp_path / "previews").mkdir()
    (tmp_path / "previews" / "dev.md").write_text("dev is fine\n")
    stand_in(tmp_path, "gh", 'echo "$*" > called')
    text = script("checks", "comment", "Write one comment, and replace it on the next push")
    done = run(text, tmp_path, PULL_REQUEST="7", GITHUB_REPOSITORY="team/lake")
    assert done.returncode == 0, done.stderr
    comment = (tmp_path / "comment.md").read_text()
    assert "dev is fine" in comment
    assert "- prod: no preview was made" in comment
    assert (tmp_path / "called").read_text().startswith("pr comment 7 --repo team/lake --edit-last --create-if-none")


@pytest.mark.parametrize(
    ("stack", "deployed", "state", "allowed"),
    [
        ("dev", "", "", True),
        ("stage", "same", "success", True),
        ("stage", "other", "success", False),
        ("stage", "same", "failure", False),
        ("prod", "same", "success", True),
        ("prod", "", "", False),
    ],
)
def test_only_what_the_environment_before_runs_is_deployed(
    stack: str, deployed: str, state: str, allowed: bool, tmp_path: Path
) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "before"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    other = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=tmp_path, text=True).strip()
    (tmp_path / "file").write_text("content")
    subprocess.run([*git, "add", "file"], cwd=tmp_path, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "after"], cwd=tmp_path, check=True)
    same = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=tmp_path, text=True).strip()
    listed = {"same": f"12 {same}", "other": f"12 {other}", "": ""}[deployed]
    before = {"stage": "dev", "prod": "stage"}.get(stack, "none")
    stand_in(
        tmp_path,
        "gh",
        f'case "$2" in *deployments\\?environment={before}\\&*) echo "{listed}" | grep . || true ;; '
        f'*/deployments/12/statuses) echo "{state}" ;; *) exit 9 ;; esac',
    )
    text = script("deploy", "order", "Compare with what the environment before runs")
    done = run(text, tmp_path, STACK=stack, GITHUB_REPOSITORY="team/lake")
    assert (done.returncode == 0) is allowed, done.stdout + done.stderr
    assert allowed or f"::error::{before} does not run these files" in done.stdout
