"""The GitHub workflows: what linters cannot see, and their scripts run against stand-ins for `gh` and `make`."""

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / ".github"
WORKFLOWS = {file.stem: yaml.safe_load(file.read_text()) for file in (FOLDER / "workflows").glob("*.yml")}
# owner/name, or owner/name/folder, at a commit, and its version in words.
PINNED = r"[\w-]+/[\w-]+(/[\w-]+)*@[0-9a-f]{40} # v\d+(\.\d+)*"
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
    lines = [line.strip() for file in FOLDER.rglob("*.yml") for line in file.read_text().splitlines()]
    used = {line.removeprefix("- ").removeprefix("uses: ") for line in lines if re.match(r"(- )?uses: (?!\./)", line)}
    assert {action.split("@")[0] for action in used} >= {"actions/checkout", "github/codeql-action/upload-sarif"}
    # The version beside the commit is what a person reads, and what Dependabot keeps up.
    assert {action for action in used if not re.fullmatch(PINNED, action)} == set()


@pytest.mark.parametrize(
    ("action", "pinned"),
    [
        (f"actions/checkout@{'a' * 40} # v5.0.0", True),
        (f"github/codeql-action/upload-sarif@{'a' * 40} # v4.38.0", True),
        (f"owner/name/a/b@{'a' * 40} # v1", True),
        ("github/codeql-action/upload-sarif@v4", False),
        (f"owner/name@{'a' * 40}", False),
        (f"owner/name/../other@{'a' * 40} # v1", False),
        (f"owner@{'a' * 40} # v1", False),
        (f"owner/name@{'a' * 39} # v1", False),
    ],
)
def test_an_action_in_a_folder_of_a_repository_is_pinned_alike(action: str, pinned: bool) -> None:
    assert bool(re.fullmatch(PINNED, action)) is pinned


def test_every_job_has_a_time_limit_and_permissions_of_its_own() -> None:
    for name, job in jobs():
        assert job["timeout-minutes"] <= 60, name
        assert "permissions" in job, name
    assert all(workflow["permissions"] == {} for workflow in WORKFLOWS.values())


def test_only_jobs_with_an_environment_may_ask_for_an_aws_role() -> None:
    asking = {name for name, job in jobs() if "id-token" in job["permissions"]}
    assert asking == {name for name, job in jobs() if "environment" in job} == {"deploy.preview", "deploy.deploy"}


def test_no_code_of_a_pull_request_runs_where_a_token_may_write() -> None:
    writing = {name: job for name, job in jobs() if "write" in job["permissions"].values() and "environment" not in job}
    assert set(writing) == {"checks.code-scanning", "comment.comment"}
    for name, job in writing.items():
        used = {step["uses"].split("@")[0] for step in job["steps"] if "uses" in step}
        assert used <= {"actions/download-artifact", "github/codeql-action/upload-sarif"}, name
        text = "\n".join(step.get("run", "") for step in job["steps"])
        assert not re.search(r"\b(make|python\S*|watershed|npm|node|source|eval|git)\b(?! checks)", text), name
        # What others chose reaches a script as a variable, never as a part of it.
        assert "${{" not in text, name


def test_the_comment_is_written_by_the_default_branch_for_a_pull_request_of_any_fork() -> None:
    (trigger,) = WORKFLOWS["comment"][True]  # YAML reads `on` as true
    assert trigger == "workflow_run"
    assert WORKFLOWS["comment"][True][trigger]["workflows"] == [WORKFLOWS["checks"]["name"]]
    condition = WORKFLOWS["comment"]["jobs"]["comment"]["if"]
    assert condition == "${{ github.event.workflow_run.event == 'pull_request' }}"
    assert "pull-requests" not in WORKFLOWS["checks"]["jobs"]["code-scanning"]["permissions"]


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


@pytest.mark.parametrize("outcome", [0, 3, 1])
def test_the_report_of_the_policies_is_made_and_shown_however_they_decide(outcome: int, tmp_path: Path) -> None:
    (tmp_path / "previews").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    stand_in(tmp_path, "watershed", f'echo "$*" > called; echo refused > previews/dev.policies.md; exit {outcome}')
    (tmp_path / "bin" / "watershed").rename(tmp_path / ".venv" / "bin" / "watershed")
    done = run(script("checks", "preview", "Tell what the policies say"), tmp_path, STACK="dev")
    assert done.returncode == outcome, done.stderr
    assert (tmp_path / "summary.md").read_text() == "refused\n"
    called = (tmp_path / "called").read_text()
    assert called.startswith("policies check dev --no-build --format markdown --output previews/dev.policies.md")
    assert called.endswith("--format sarif --output sarif/dev.sarif\n")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[], str]:
    (tmp_path / "previews").mkdir()

    def write() -> str:
        done = run(script("comment", "comment", "Write the comment"), tmp_path)
        assert done.returncode == 0, done.stderr
        return (tmp_path / "comment.md").read_text("utf-8")

    return write


def test_the_comment_shows_policies_and_previews_and_says_what_is_missing(
    written: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "previews" / "dev.policies.md").write_text("**lake/dev: passed.**\n\nNo violations.\n")
    (tmp_path / "previews" / "dev.md").write_text("dev is fine\n")
    comment = written()
    assert comment.startswith("<!-- watershed checks -->\n")
    assert "No violations." in comment
    assert "dev is fine" in comment
    assert "**prod:** the run tells why there is no result." in comment
    assert "- prod: the run tells why there is no preview." in comment


def test_a_comment_that_github_would_refuse_is_never_made(written: Callable[[], str], tmp_path: Path) -> None:
    for stack in ("local", "dev", "stage", "prod"):
        (tmp_path / "previews" / f"{stack}.policies.md").write_text("é" * 8_000, "utf-8")
        (tmp_path / "previews" / f"{stack}.md").write_text("x" * 7_999)
    assert 60_000 < len(written()) < 65_536
    (tmp_path / "previews" / "dev.policies.md").write_text("x" * 1_000_000)
    assert "**dev:** the run tells why" in written()


def test_what_a_pull_request_wrote_calls_nobody_and_reads_no_other_file(
    written: Callable[[], str], tmp_path: Path
) -> None:
    (tmp_path / "previews" / "dev.md").write_text("look, @team\n")
    (tmp_path / "secret").write_text("a token")
    (tmp_path / "previews" / "prod.md").symlink_to(tmp_path / "secret")
    comment = written()
    assert "look, @\u200bteam" in comment
    assert "a token" not in comment


@pytest.mark.parametrize(
    ("number", "comments", "called"),
    [
        ("7", "", "api --silent --method POST repos/team/lake/issues/7/comments -F body=@comment.md"),
        ("7", "12\n15", "api --silent --method PATCH repos/team/lake/issues/comments/15 -F body=@comment.md"),
        ("", "", ""),
    ],
)
def test_a_pull_request_has_one_comment_that_each_push_replaces(
    number: str, comments: str, called: str, tmp_path: Path
) -> None:
    stand_in(
        tmp_path,
        "gh",
        f'case "$*" in *"GET repos/team/lake/pulls "*"head=fork:topic"*abc123*) printf "%s" "{number}" ;; '
        f'*--paginate*) printf "%b" "{comments}" ;; *) echo "$*" >> called ;; esac',
    )
    text = script("comment", "comment", "Post it, or replace the one of the last push")
    done = run(text, tmp_path, GITHUB_REPOSITORY="team/lake", HEAD="fork:topic", HEAD_SHA="abc123")
    assert done.returncode == 0, done.stderr
    posted = (tmp_path / "called").read_text().strip() if (tmp_path / "called").exists() else ""
    assert posted == called


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
