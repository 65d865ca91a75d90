"""ECS tasks of the local stage: processes that have the task's environment, role, memory and end."""

import json
import os
import shutil
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.emulator import containers, lifecycle
from local.privileges.account import read_account
from local.privileges.calls import read_calls
from local.workspace import Workspace

from .test_emulator import wait_until

REGION = "eu-central-1"
TASK_ROLE, EXECUTION_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("task-writer", "task-execution"))
NETWORK: Any = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}
JOB = """
import boto3, os, sys
from .words import GREETING

print(GREETING, os.environ["RUN_DATE"])
boto3.client("s3").put_object(Bucket="tasks-may-write", Key=sys.argv[1], Body=b"x")
"""


def role(clients: Clients, name: str, *allowed: tuple[str, str]) -> None:
    who = {"Service": "ecs-tasks.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    clients("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    clients("iam").put_role_policy(
        RoleName=name, PolicyName="may", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )


@pytest.fixture(scope="module")
def secret(clients: Clients) -> str:
    made = clients("secretsmanager").create_secret(Name="odk", SecretString='{"password": "hidden"}')
    return str(made["ARN"])


@pytest.fixture(scope="module")
def cluster(clients: Clients, shared_workspace: Workspace, secret: str) -> str:
    """A cluster, a bucket, the roles, and the built container `greeter`."""
    clients("s3").create_bucket(Bucket="tasks-may-write", CreateBucketConfiguration={"LocationConstraint": REGION})
    clients("logs").create_log_group(logGroupName="/tasks")
    role(clients, "task-writer", ("s3:PutObject", "arn:aws:s3:::tasks-may-write/granted/*"))
    streams = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/tasks:*"
    role(
        clients,
        "task-execution",
        ("logs:CreateLogStream", streams),
        ("logs:PutLogEvents", streams),
        ("secretsmanager:GetSecretValue", secret),
    )
    folder = shared_workspace.host_artifacts
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "container-greeter-1.zip", "w") as archive:
        archive.writestr("handlers/__init__.py", "")
        archive.writestr("handlers/greeter/__init__.py", "")
        archive.writestr("handlers/greeter/__main__.py", JOB)
    with zipfile.ZipFile(folder / "packages-greeter-1.zip", "w") as archive:
        archive.writestr("python/of_its_packages.py", "GREETING = 'hello'\n")
    with zipfile.ZipFile(folder / "container-greeter-1.zip", "a") as archive:
        archive.writestr("handlers/greeter/words.py", "from of_its_packages import GREETING as GREETING\n")
    manifest = {
        "containers": {"greeter": {"archive": "container-greeter-1.zip"}},
        "packages": {"greeter": {"archive": "packages-greeter-1.zip"}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    clients("ecs").create_cluster(clusterName="tests", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    return "tests"


@pytest.fixture
def run(clients: Clients, cluster: str) -> Callable[..., Any]:
    """Run a command to its end; returns the task and what it logged."""

    def start_and_wait(*command: str, wait: bool = True, **options: Any) -> Any:
        task = start(clients, command, **options)["tasks"][0]
        return ended(clients, task["taskArn"]) if wait else task

    return start_and_wait


def define(clients: Clients, command: tuple[str, ...], **definition: Any) -> str:
    logs = {"awslogs-group": "/tasks", "awslogs-region": REGION, "awslogs-stream-prefix": "job"}
    container = {
        "name": "main",
        "image": "public.example/job:1",
        "command": list(command),
        "essential": True,
        "environment": [{"name": "RUN_DATE", "value": "2026-01-02"}],
        "logConfiguration": {"logDriver": "awslogs", "options": logs},
        **definition.pop("container", {}),
    }
    wanted = {
        "family": "job",
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "requiresCompatibilities": ["FARGATE"],
        "taskRoleArn": TASK_ROLE,
        "executionRoleArn": EXECUTION_ROLE,
        "containerDefinitions": [container],
        **definition,
    }
    made = clients("ecs").register_task_definition(**{name: value for name, value in wanted.items() if value})
    return str(made["taskDefinition"]["taskDefinitionArn"])


def start(clients: Clients, command: tuple[str, ...], request: dict[str, Any] | None = None, **definition: Any) -> Any:
    wanted = {"launchType": "FARGATE", "networkConfiguration": NETWORK, **(request or {})}
    if "capacityProviderStrategy" in wanted:
        del wanted["launchType"]
    return clients("ecs").run_task(cluster="tests", taskDefinition=define(clients, command, **definition), **wanted)


def describe(clients: Clients, arn: str) -> Any:
    return clients("ecs").describe_tasks(cluster="tests", tasks=[arn])["tasks"][0]


def ended(clients: Clients, arn: str) -> Any:
    wait_until(lambda: describe(clients, arn)["lastStatus"] == "STOPPED", 30)
    return describe(clients, arn)


def logged(clients: Clients, task: Any) -> list[str]:
    stream = f"job/main/{task['taskArn'].rpartition('/')[2]}"
    events = clients("logs").get_log_events(logGroupName="/tasks", logStreamName=stream, startFromHead=True)
    return [event["message"] for event in events["events"]]


def test_a_task_runs_the_built_code_with_its_packages_under_its_role(
    run: Callable[..., Any], clients: Clients, emulator: lifecycle.Emulator
) -> None:
    task = run("python", "-m", "handlers.greeter", "granted/a")
    assert "\n".join(logged(clients, task)) == "hello 2026-01-02"
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)
    assert clients("s3").head_object(Bucket="tasks-may-write", Key="granted/a")["ContentLength"] == 1
    calls = {(call.role, call.action) for call in read_calls(emulator.endpoint).calls if call.allowed}
    assert ("task-writer", "s3:PutObject") in calls
    assert ("task-execution", "logs:PutLogEvents") in calls


def test_a_task_is_refused_what_its_role_may_not_and_ends_with_its_exit_code(
    run: Callable[..., Any], clients: Clients
) -> None:
    task = run("python", "-m", "handlers.greeter", "other/a")
    assert task["containers"][0]["exitCode"] == 1
    assert "AccessDenied" in logged(clients, task)[-1]


def test_a_process_has_the_tasks_environment_and_none_of_this_machines(
    run: Callable[..., Any], clients: Clients, secret: str
) -> None:
    os.environ["OF_THIS_MACHINE"] = "yes"
    task = run(
        *("python", "-c", "import json, os; print(json.dumps(dict(os.environ)))"),
        container={"secrets": [{"name": "PASSWORD", "valueFrom": f"{secret}:password::"}]},
        request={
            "overrides": {
                "containerOverrides": [{"name": "main", "environment": [{"name": "RUN_DATE", "value": "2026-02-03"}]}]
            }
        },
    )
    found = json.loads(logged(clients, task)[0])
    assert (found["RUN_DATE"], found["PASSWORD"]) == ("2026-02-03", "hidden")
    assert found["HOME"] != os.environ.get("HOME")
    assert set(found) == {
        *("RUN_DATE", "PASSWORD", "PATH", "HOME", "TMPDIR", "LANG", "PYTHONPATH", "PYTHONUNBUFFERED"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_ENDPOINT_URL", "NO_PROXY", "no_proxy"),
        *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        *("ECS_CONTAINER_METADATA_URI_V4", "WATERSHED_STAGE", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"),
    } - ({"LC_CTYPE"} - set(found))


def test_credentials_are_for_who_shows_the_tasks_token(run: Callable[..., Any], clients: Clients) -> None:
    task = run("python", "-c", "import os; print(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'])")
    place = logged(clients, task)[0]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(place)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("no-such-program", "x"), "exec: 'no-such-program': executable file not found in $PATH"),
        ((), "the local stage has no images, and so no command of one: give the task a command"),
    ],
)
def test_a_command_that_is_not_here_ends_with_127_and_says_so(
    run: Callable[..., Any], clients: Clients, command: tuple[str, ...], line: str
) -> None:
    task = run(*command)
    assert (task["containers"][0]["exitCode"], logged(clients, task)) == (127, [line])


def test_an_r_script_without_r_is_recorded_only(run: Callable[..., Any], clients: Clients) -> None:
    task = run("Rscript", "no/such/summary.R")
    if any(os.access(f"{folder}/Rscript", os.X_OK) for folder in ("/usr/bin", "/usr/local/bin")):
        assert task["containers"][0]["exitCode"] == 2
    else:
        assert task["containers"][0]["exitCode"] == 0
        assert logged(clients, task)[0].startswith("recorded only: there is no Rscript on this machine")


def test_the_account_tells_whose_tasks_ran_nothing(run: Callable[..., Any], clients: Clients) -> None:
    role(clients, "statistician", ("s3:GetObject", "*"))
    arn = f"arn:aws:iam::{ACCOUNT}:role/statistician"
    run("true")
    assert "statistician" not in read_account(clients).not_run
    run("/opt/none/Rscript", "x.R", taskRoleArn=arn)
    assert read_account(clients).not_run["statistician"].startswith("recorded only: there is no /opt/none/Rscript")


@pytest.mark.parametrize("command", [("Rscript", "x.R"), ("python3", "-m", "staged", "--", "/usr/bin/Rscript", "x.R")])
def test_what_runs_r_is_known_by_its_words(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path: None)
    assert str(containers.missing_r(command)).endswith("Rscript")
    monkeypatch.setattr(shutil, "which", lambda name, path: f"/usr/bin/{name}")
    assert containers.missing_r(command) is None


def test_a_task_reaches_nothing_but_this_machine(run: Callable[..., Any], clients: Clients) -> None:
    task = run("python", "-c", "import socket; socket.create_connection(('192.0.2.1', 80), timeout=2)")
    assert "lets a container reach 127.0.0.1 only" in logged(clients, task)[-1]


def test_a_task_over_its_memory_is_killed_and_says_so(run: Callable[..., Any]) -> None:
    task = run("python", "-c", "held = bytearray(700 * 1024 * 1024); import time; time.sleep(20)")
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"].startswith("OutOfMemoryError")


def test_stopping_a_task_ends_all_its_processes(run: Callable[..., Any], clients: Clients, tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = f"sleep 60 & echo $! > {note}.part && mv {note}.part {note}; wait"
    task = run("sh", "-c", script, wait=False)
    wait_until(note.exists)
    clients("ecs").stop_task(cluster="tests", task=task["taskArn"], reason="the run was stopped")
    stopped = ended(clients, task["taskArn"])
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "the run was stopped")
    assert stopped["containers"][0]["exitCode"] == 143
    wait_until(lambda: not is_running(int(note.read_text())))


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_no_process_of_a_task_outlives_the_emulator(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    started = lifecycle.start(workspace, 0, region=REGION)
    own = Clients(started.endpoint, REGION)
    own("ecs").create_cluster(clusterName="tests")
    note = tmp_path / "pid"
    try:
        arn = define(
            own,
            ("sh", "-c", f"echo $$ > {note}; sleep 60"),
            taskRoleArn="",
            executionRoleArn="",
            container={"logConfiguration": {"logDriver": "json-file"}},
        )
        own("ecs").run_task(cluster="tests", taskDefinition=arn, launchType="FARGATE", networkConfiguration=NETWORK)
        wait_until(lambda: note.exists() and note.read_text().strip() != "")
    finally:
        lifecycle.stop(workspace)
    assert not is_running(int(note.read_text()))


def hook(emulator: lifecycle.Emulator, path: str, document: Any = None) -> Any:
    asked = urllib.request.Request(
        emulator.endpoint + "/_watershed/" + path, method="POST", data=json.dumps(document or {}).encode()
    )
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


def test_a_spot_task_may_be_interrupted(
    run: Callable[..., Any], clients: Clients, emulator: lifecycle.Emulator
) -> None:
    spot = {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    task = run("sleep", "60", wait=False, request=spot)
    wait_until(lambda: describe(clients, task["taskArn"])["lastStatus"] == "RUNNING")
    hook(emulator, f"tasks/{task['taskArn'].rpartition('/')[2]}/interrupt")
    stopped = ended(clients, task["taskArn"])
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("SpotInterruption", "Your Spot Task was interrupted.")


def test_without_spot_capacity_run_task_answers_with_a_failure(
    clients: Clients, cluster: str, emulator: lifecycle.Emulator
) -> None:
    hook(emulator, "capacity", {"none": ["FARGATE_SPOT"]})
    try:
        answer = start(
            clients, ("true",), {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
        )
    finally:
        hook(emulator, "capacity", {"none": []})
    assert answer["tasks"] == []
    assert answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time")


def test_a_secret_that_the_execution_role_may_not_read_fails_the_start(
    run: Callable[..., Any], clients: Clients
) -> None:
    other = clients("secretsmanager").create_secret(Name="not-granted", SecretString="s")["ARN"]
    task = run("true", container={"secrets": [{"name": "S", "valueFrom": other}]})
    assert task["stopCode"] == "TaskFailedToStart"
    assert "task-execution is not authorized to perform: secretsmanager:GetSecretValue" in task["stoppedReason"]


def test_a_log_group_that_is_not_there_fails_the_start(run: Callable[..., Any]) -> None:
    logs = {"awslogs-group": "/none", "awslogs-region": REGION, "awslogs-stream-prefix": "job"}
    task = run("true", container={"logConfiguration": {"logDriver": "awslogs", "options": logs}})
    assert task["stopCode"] == "TaskFailedToStart"
    assert "failed to validate logger args" in task["stoppedReason"]


def test_an_unknown_cluster_is_refused_as_on_aws(clients: Clients, cluster: str) -> None:
    with pytest.raises(ClientError, match="ClusterNotFoundException"):
        clients("ecs").run_task(cluster="nowhere", taskDefinition=define(clients, ("true",)))


def test_who_may_not_pass_the_tasks_role_may_not_run_it(clients: Clients, cluster: str) -> None:
    role(clients, "runner", ("ecs:RunTask", "*"))
    credentials = clients("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/runner", RoleSessionName="tests")
    runner = Clients(clients.endpoint, REGION)
    import boto3

    client = boto3.client(
        "ecs",
        region_name=REGION,
        endpoint_url=runner.endpoint,
        aws_access_key_id=credentials["Credentials"]["AccessKeyId"],
        aws_secret_access_key=credentials["Credentials"]["SecretAccessKey"],
        aws_session_token=credentials["Credentials"]["SessionToken"],
    )
    with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole on resource"):
        client.run_task(
            cluster="tests",
            taskDefinition=define(clients, ("true",)),
            launchType="FARGATE",
            networkConfiguration=NETWORK,
        )
