"""What pipelines run, deployed by the engine to the emulated AWS: twice the same, changed, and gone."""

import gc
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation

from components import (
    Catalog,
    Column,
    Crawler,
    DataLake,
    Dataset,
    Egress,
    EncryptionKey,
    FargateJob,
    FilesIn,
    GlueJob,
    ImageCache,
    ImageRepository,
    JdbcConnection,
    LambdaFunction,
    Rotation,
    Secret,
    Subnets,
)
from components.compute import artifacts as built
from local.aws import Clients
from local.emulator.lifecycle import Emulator
from tests.unit.programs import artifacts

from .provider_stage import provider
from .test_provider_engine import Program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

EVENTS = Dataset(name="events", columns=(Column(name="id"), Column(name="day")), partitioned_by=("day",))


@pytest.fixture
def program(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    archives = tmp_path / "archives"
    archives.mkdir()
    artifacts(archives)
    for archive in archives.glob("*.zip"):
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("handlers/__init__.py", "")
    monkeypatch.setenv(built.VARIABLE, str(archives))
    config = {"aws:allowedAccountIds": '["000000000000"]', "provider-test:allowDestroy": "true"}
    with provider("--endpoint", emulator.endpoint) as port:
        yield Program(tmp_path, port, config)
    gc.collect()


class Jobs:
    """A program with everything that pipelines run, whose command the test changes."""

    def __init__(self, network: Subnets, subnet: str) -> None:
        self.network, self.subnet = network, subnet
        self.command = ["python", "-m", "export"]

    def __call__(self) -> None:
        lake = DataLake("lake", key=EncryptionKey("key", removable=True), removable=True)
        key = lake.key
        catalog = Catalog("catalog", lake=lake, datasets=[EVENTS], removable=True)
        rotate = LambdaFunction("rotate", handler="ingest", key=key)
        secret = Secret("forms", key=key, description="Forms", rotation=Rotation(function=rotate), removable=True)
        export = FargateJob(
            "export",
            image=ImageRepository("jobs", key=key, removable=True).image(tag="1"),
            command=self.command,
            key=key,
            network=self.network,
            disk=30,
            secrets={"FORMS": secret, "FORMS_USER": secret.field("user")},
        )
        lake.grant_write(export, zone="raw", prefix="forms/")
        hub = ImageCache("hub", key=key, removable=True)
        FargateJob(
            "summary",
            image=hub.image("rocker/r-ver", tag="4.5.1"),
            command=["Rscript", "x.R"],
            key=key,
            network=self.network,
            cluster=export.cluster,
        )
        sales = JdbcConnection(
            "sales",
            url="jdbc:postgresql://db/sales",
            secret=Secret("sales-db", key=key, description="Sales", value='{"username": "me"}', removable=True),
            network=self.network,
            subnet_id=self.subnet,
            egress=[Egress(description="Sales", port=5432, cidr="10.0.0.0/16")],
        )
        spark = GlueJob("spark", script=Path(__file__), lake=lake, connections=[sales])
        catalog.grant_read(spark, EVENTS)
        catalog.grant_write(spark, EVENTS)
        Crawler("partitions", catalog=catalog, datasets=[EVENTS])
        Crawler("partners", catalog=catalog, files=FilesIn("raw", "partners/"))
        pulumi.export("task", export.task_definition_arn)
        pulumi.export("cluster", export.cluster_arn)
        pulumi.export("secret", secret.arn)


@pytest.fixture
def jobs(clients: Clients) -> Jobs:
    found = clients("ec2").describe_subnets()["Subnets"]
    return Jobs(Subnets(found[0]["VpcId"], [found[0]["SubnetId"]]), found[0]["SubnetId"])


def test_what_pipelines_run_is_deployed_and_stays_as_it_is(program: Program, jobs: Jobs, clients: Clients) -> None:
    glue = clients("glue")
    ecr = clients("ecr")
    before = [each["Name"] for each in (*glue.get_jobs()["Jobs"], *glue.get_crawlers()["Crawlers"])]
    repositories = ecr.describe_repositories()["repositories"]
    assert set(program.up(jobs)) == {"create"}
    first = program.outputs["task"]
    assert program.up(jobs) == {}
    program.stack.refresh()
    assert program.up(jobs) == {}

    jobs.command = ["python", "-m", "export", "--all"]
    program.up(jobs)
    assert program.outputs["task"] != first
    ecs = clients("ecs")
    assert ecs.describe_task_definition(taskDefinition=first)["taskDefinition"]["status"] == "ACTIVE"
    (container,) = ecs.describe_task_definition(taskDefinition=program.outputs["task"])["taskDefinition"][
        "containerDefinitions"
    ]
    assert container["command"][-1] == "--all"

    program.stack.destroy()
    assert ecs.describe_clusters(clusters=[program.outputs["cluster"]])["clusters"] == []
    assert ecr.describe_repositories()["repositories"] == repositories
    assert [each["Name"] for each in (*glue.get_jobs()["Jobs"], *glue.get_crawlers()["Crawlers"])] == before
    assert "DeletedDate" in clients("secretsmanager").describe_secret(SecretId=program.outputs["secret"])


def test_a_task_definition_that_ecs_would_refuse_is_refused_at_preview(program: Program) -> None:
    def wrong() -> None:
        aws.ecs.TaskDefinition("wrong", family="wrong", container_definitions=json.dumps([{"name": "a", "imag": "b"}]))

    program.body = wrong
    with pytest.raises(automation.CommandError, match=r'is not what AWS takes: Unknown parameter .*"imag"'):
        program.stack.preview()
