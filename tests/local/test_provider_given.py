"""Policy checks of any program: what the local provider does not know is taken as given, for previews alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from local.provider.given import GivenProvider
from local.provider.server import AwsProvider
from local.provider.values import UNKNOWN, from_struct, to_struct

from .provider_stage import REGION, Life, Refusal
from .test_command_line import watershed

BROKER = "aws:mq/broker:Broker"
BUCKET = "aws:s3/bucket:Bucket"
PROGRAM = """
import pulumi
import pulumi_aws as aws
zones = aws.get_availability_zones(state="available")
image = aws.ec2.get_ami(most_recent=True, owners=["amazon"])
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
for number, zone in enumerate(zones.names[:2]):
    block = f"10.0.{number}.0/24"
    aws.ec2.Subnet(f"subnet-{zone}", vpc_id=vpc.id, cidr_block=block, map_public_ip_on_launch=True)
aws.ec2.Instance("web", ami=image.id, instance_type="t3.micro")
aws.mq.Broker("broker", engine_type="RabbitMQ", engine_version="3.13", host_instance_type="mq.m5.large")
east = pulumi.ResourceOptions(provider=aws.Provider("east", region="us-east-1"))
aws.mq.Broker("other", engine_type="RabbitMQ", engine_version="3.13", host_instance_type="mq.m5.large", opts=east)
aws.s3.Bucket.get("theirs", "their-bucket")
"""


@pytest.fixture
def noted() -> list[str]:
    return []


@pytest.fixture
def served(noted: list[str]) -> GivenProvider:
    return GivenProvider(REGION, "123456789012", noted.append)


def invoked(served: AwsProvider, token: str, **arguments: Any) -> provider_pb2.InvokeResponse:
    request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
    return served.Invoke(request, Life(served, token).context())


def test_a_type_outside_the_table_is_previewed_as_the_program_gives_it(served: AwsProvider, noted: list[str]) -> None:
    outputs = Life(served, BROKER).preview(brokerName="b", tags={"a": "b"})

    assert outputs["brokerName"] == "b"
    assert outputs["tagsAll"] == {"a": "b"}
    assert outputs["arn"] is UNKNOWN
    assert noted == [BROKER]


def test_default_tags_reach_it(served: AwsProvider) -> None:
    tags = {"defaultTags": {"tags": {"owner": "ops"}}}
    served.Configure(provider_pb2.ConfigureRequest(args=to_struct(tags)), Life(served, BROKER).context())

    assert Life(served, BROKER).preview(tags={"a": "b"})["tags"] == {"a": "b", "owner": "ops"}


def test_a_misspelled_property_of_it_is_refused(served: AwsProvider) -> None:
    with pytest.raises(Refusal, match=r"aws:mq/broker:Broker name is not a property"):
        Life(served, BROKER).check(name="b")


def test_a_misspelled_property_is_refused_beside_one_that_is_taken(served: AwsProvider) -> None:
    with pytest.raises(Refusal, match="buckett is not a property"):
        Life(served, BUCKET).check(buckett="a", region="us-east-1")


def test_a_type_that_pulumi_aws_does_not_have_is_refused(served: AwsProvider) -> None:
    with pytest.raises(Refusal, match="'aws:mq/broker:Brokers' is not a resource type of pulumi_aws"):
        Life(served, "aws:mq/broker:Brokers").check()


def test_a_type_of_the_table_may_have_properties_that_the_table_does_not_know(
    served: AwsProvider, noted: list[str]
) -> None:
    given = {"acl": "private", "region": "us-east-1"}

    assert given.items() <= Life(served, BUCKET).preview(**given).items()
    assert noted == [f"{BUCKET} (acl, region)"]


def test_what_aws_would_refuse_of_a_type_of_the_table_is_still_refused(served: AwsProvider) -> None:
    with pytest.raises(Refusal, match="visibilityTimeoutSeconds"):
        Life(served, "aws:sqs/queue:Queue").check(visibilityTimeoutSeconds=99_999)


def test_a_function_outside_the_table_answers_with_stand_ins(served: AwsProvider, noted: list[str]) -> None:
    answer = from_struct(getattr(invoked(served, "aws:ec2/getVpc:getVpc", default=True), "return"))

    assert answer["default"] is True
    assert answer["id"] == "getVpc.id"
    assert answer["arn"] == "arn:aws:ec2:eu-central-1:123456789012:getVpc"
    assert noted == ["aws:ec2/getVpc:getVpc"]


def test_a_function_that_pulumi_aws_does_not_have_is_refused(served: AwsProvider) -> None:
    assert invoked(served, "aws:ec2/getNothing:getNothing").failures


def test_nothing_of_it_is_ever_deployed(served: AwsProvider) -> None:
    for token in (BROKER, BUCKET):
        with pytest.raises(Refusal):
            Life(served, token).create()


def test_elsewhere_an_unknown_type_stays_an_error() -> None:
    with pytest.raises(Refusal, match=f"does not know the resource type {BROKER}"):
        Life(AwsProvider(None, REGION), BROKER).check()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "Pulumi.yaml").write_text("name: theirs\nruntime: python\n")
    (folder / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    return folder


def test_a_check_judges_a_whole_program_of_others_and_says_what_it_took_as_given(project: Path) -> None:
    done = watershed("policies", "check", "test", "--project", str(project), "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 3, done.stderr
    told = {(each["resource"], each["rule"]) for each in found["findings"]}
    assert {("subnet-eu-central-1a", "VPC-SUBNET-PUBLIC-IP"), ("web", "EC2-METADATA-TOKENS")} <= told
    assert "theirs" not in {resource for resource, _ in told}
    assert {BROKER, "aws:ec2/getAmi:getAmi"} <= set(found["taken_as_given"])
    assert len(set(found["taken_as_given"])) == len(found["taken_as_given"])


def test_a_preview_of_it_for_the_local_stage_stays_an_error(project: Path) -> None:
    done = watershed("local", "preview", "--stack", "test", "--project", str(project))

    assert done.returncode == 1
    assert "does not know the resource type" in done.stderr or "does not serve this function" in done.stderr


def test_a_check_that_breaks_off_after_a_violation_says_that_it_is_not_all(project: Path, tmp_path: Path) -> None:
    for file in filter(Path.is_file, project.iterdir()):
        (tmp_path / file.name).write_text(file.read_text())
    misspelled = """
def misspell(args):
    return pulumi.ResourceTransformResult({**args.props, "colour": "red"}, args.opts)
aws.mq.Broker("odd", engine_type="RabbitMQ", engine_version="3", host_instance_type="mq.m5.large",
              opts=pulumi.ResourceOptions(transforms=[misspell], depends_on=[image_user]))
"""
    program = (tmp_path / "__main__.py").read_text().replace("aws.ec2.Instance(", "image_user = aws.ec2.Instance(")
    (tmp_path / "__main__.py").write_text(f"{program}\n{misspelled}")

    done = watershed("policies", "check", "test", "--project", str(tmp_path), "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert ("web", "EC2-METADATA-TOKENS") in {(each["resource"], each["rule"]) for each in found["findings"]}
    assert any("colour is not a property" in error for error in found["errors"])
