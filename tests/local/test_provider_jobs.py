"""What the provider refuses, and replaces, of the things that jobs are made of."""

import json
from typing import Any

import pytest

from local.provider.server import AwsProvider

from .provider_jobs import CONTAINER
from .provider_stage import REGION, Life, Refusal

TASK = "aws:ecs/taskDefinition:TaskDefinition"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SECRET = "aws:secretsmanager/secret:Secret"


@pytest.fixture(scope="module")
def offline() -> AwsProvider:
    return AwsProvider(None, REGION)


def task(**container: Any) -> dict[str, Any]:
    return {"family": "export", "containerDefinitions": json.dumps([{**CONTAINER, **container}])}


def rule(**given: Any) -> dict[str, Any]:
    return {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, **given}


@pytest.mark.parametrize(
    ("token", "given", "expected"),
    [
        (TASK, task(imag="x"), 'Unknown parameter in [0]: "imag"'),
        (TASK, task(stopTimeout="soon"), "Invalid type for parameter [0].stopTimeout"),
        (TASK, task(logConfiguration={"logDriver": "files"}), "is 'files', but AWS accepts only"),
        (TASK, {"family": "export", "containerDefinitions": "[{"}, "is no JSON"),
        (TASK, {"containerDefinitions": "[]"}, "family is required"),
        (GROUP, {"description": "Spark's workers", "vpcId": "vpc-1"}, "AWS takes at most 255 letters"),
        (RULE, rule(), "needs exactly one of cidrIpv4"),
        (RULE, rule(cidrIpv4="10.0.0.0/8", prefixListId="pl-1"), "needs exactly one of cidrIpv4"),
        (RULE, rule(cidrIpv4="10.0.0.0/8", description="Spark's"), "AWS takes at most 255 letters"),
        (SECRET, {"recoveryWindowInDays": 3}, "AWS accepts 0, and 7 to 30"),
        ("aws:ecr/repository:Repository", {"imageTagMutability": "NEVER"}, "is 'NEVER', but AWS accepts only"),
        ("aws:ecr/repository:Repository", {"name": "Upper"}, "which does not match AWS's pattern"),
        ("aws:glue/job:Job", {"roleArn": "r", "command": {}, "timeout": 20_000}, "AWS accepts 1 to 10080"),
        (
            "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
            {
                "ecrRepositoryPrefix": "hub",
                "upstreamRegistryUrl": "registry-1.docker.io",
                "credentialArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:somewhere-else-AbCdEf",
            },
            "which does not match AWS's pattern",
        ),
        (
            "aws:glue/crawler:Crawler",
            {"role": "r", "databaseName": "d", "schemaChangePolicy": {"deleteBehavior": "NEVER"}},
            "is 'NEVER', but AWS accepts only",
        ),
    ],
)
def test_what_aws_would_refuse_of_a_job_is_refused_before_anything_is_created(
    offline: AwsProvider, token: str, given: dict[str, Any], expected: str
) -> None:
    with pytest.raises(Refusal) as refused:
        Life(offline, token).check(**given)
    assert expected in str(refused.value)


def deployed(offline: AwsProvider, **given: Any) -> Life:
    life = Life(offline, TASK, "export")
    life.inputs = life.check(**given)
    life.outputs = {**given, "arn": "arn:aws:ecs:eu-central-1:000000000000:task-definition/export:1"}
    return life


def test_a_changed_task_is_a_new_revision_which_is_there_before_the_old_one_goes(offline: AwsProvider) -> None:
    found = deployed(offline, **task()).diff(**task(command=["other"]))
    assert list(found.replaces) == ["containerDefinitions"]
    assert not found.deleteBeforeReplace


def test_a_task_whose_definition_is_only_written_otherwise_stays(offline: AwsProvider) -> None:
    spread = {**task(), "containerDefinitions": json.dumps([CONTAINER], indent=2, sort_keys=True)}
    assert not deployed(offline, **task()).diff(**spread).diffs
