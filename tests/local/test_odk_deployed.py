"""The guide's program, deployed to the emulated AWS: the job does its work with its grants, and has none too many."""

import gc
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

import components
from cli.packaging import build_artifacts
from local.aws import Clients
from local.emulator import lifecycle
from local.odk_server import CentralServer, household_data
from local.privileges.calls import read_calls
from local.workspace import Workspace

from .provider_stage import ROOT, provider
from .test_emulator import wait_until
from .test_provider_engine import Program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

USERNAME, PASSWORD = "export@example.org", "a password of some length"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A stage that has the built containers."""
    made = Workspace(tmp_path_factory.mktemp("odk"))
    build_artifacts("host", made.host_artifacts, made.project)
    yield made
    lifecycle.stop(made)


@pytest.fixture(scope="module")
def stage(workspace: Workspace) -> lifecycle.Emulator:
    return lifecycle.start(workspace, 0, region="eu-central-1")


@pytest.fixture
def server() -> Iterator[CentralServer]:
    data = household_data(submissions=12, days=3)
    with CentralServer(data, username=USERNAME, password=PASSWORD) as made:
        yield made


def the_guides_job(url: str, subnets: components.Subnets) -> None:
    """What the guide has between its fences, and what it takes for granted."""
    guide = (ROOT / "docs" / "guides" / "odk.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    key = components.EncryptionKey("key", removable=True)
    login = components.Secret("login", key=key, description="ODK", renewed_by="the survey team", removable=True)
    given = {name: getattr(components, name) for name in components.__all__}
    given |= {
        "key": key,
        "network": subnets,
        "login": login,
        "lake": components.DataLake("lake", key=key, removable=True),
        "state": components.StateTable("state", key=key, removable=True),
        "images": components.ImageRepository("jobs", key=key, removable=True),
    }
    exec(textwrap.dedent(code).replace("https://odk.example.org", url), given)
    job: Any = given["export"]
    for name, value in {
        "task": job.task_definition_arn,
        "cluster": job.cluster_arn,
        "secret": login.arn,
        "raw": given["lake"].bucket_names["raw"],
        "role": job.role.arn,
        "log": job.log_group.name,
    }.items():
        pulumi.export(name, value)


def test_the_guides_job_exports_with_what_it_is_granted(
    stage: lifecycle.Emulator, server: CentralServer, tmp_path: Path
) -> None:
    clients = Clients(stage.endpoint, "eu-central-1")
    subnet = clients("ec2").describe_subnets()["Subnets"][0]
    subnets = components.Subnets(subnet["VpcId"], [subnet["SubnetId"]])
    config = {"aws:allowedAccountIds": '["000000000000"]', "provider-test:allowDestroy": "true"}
    with provider("--endpoint", stage.endpoint) as port:
        program = Program(tmp_path, port, config)
        program.up(lambda: the_guides_job(server.url, subnets))
        found = program.outputs
    gc.collect()
    login = json.dumps({"username": USERNAME, "password": PASSWORD})
    clients("secretsmanager").put_secret_value(SecretId=found["secret"], SecretString=login)

    for _ in range(2):
        task, lines = run(clients, found, subnet["SubnetId"])
        assert task["containers"][0]["exitCode"] == 0, lines
        alive = [each for each in server.data.submissions("household") if each.deleted is None]
        assert json.loads(lines[-1])["message"] == "Form exported"
        assert sorted(landed(clients, found["raw"])) == sorted(each.instance for each in alive)
        assert PASSWORD not in "".join(lines)
        server.data.edit("household", alive[0].instance, {**alive[0].values, "district": "Bo", "members": []})
        server.data.delete("household", alive[1].instance)

    calls = [call for call in read_calls(stage.endpoint).calls if call.role == found["role"].rpartition("/")[2]]
    assert {"s3:PutObject", "s3:GetObject", "dynamodb:UpdateItem"} <= {call.action for call in calls}
    assert [call for call in calls if not call.allowed] == []


def run(clients: Clients, found: dict[str, Any], subnet: str) -> tuple[Any, list[str]]:
    """Run the task to its end, as a pipeline's stage does; returns it and what it logged."""
    ecs = clients("ecs")
    variables = {"RUN_ID": "run-1", "RUN_PIPELINE": "daily-odk", "RUN_DATE": "2026-02-01", "RUN_PARAMETERS": "{}"}
    environment = [{"name": name, "value": value} for name, value in variables.items()]
    arn = ecs.run_task(
        cluster=found["cluster"],
        taskDefinition=found["task"],
        capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "DISABLED"}},
        overrides={"containerOverrides": [{"name": "main", "environment": environment}]},
    )["tasks"][0]["taskArn"]

    def described() -> Any:
        return ecs.describe_tasks(cluster=found["cluster"], tasks=[arn])["tasks"][0]

    wait_until(lambda: described()["lastStatus"] == "STOPPED", 90)
    stream = f"run/main/{arn.rpartition('/')[2]}"
    events = clients("logs").get_log_events(logGroupName=found["log"], logStreamName=stream, startFromHead=True)
    return described(), [event["message"] for event in events["events"]]


def landed(clients: Clients, bucket: str) -> Iterator[str]:
    prefix = "odk/household/Submissions/"
    for entry in clients("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        body = clients("s3").get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        yield from (json.loads(line)["__id"] for line in body.splitlines())
