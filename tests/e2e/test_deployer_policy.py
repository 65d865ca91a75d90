"""The generated policy is enough: every IAM check of a deploy and a destroy of the shipped local stack passes it.

The emulator checks some calls by another name than AWS or on `*`; so the role that deploys here may do all, and what it
did is held against the policy, translated.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

import local.aws
from cli.deployer.policy import DeployerPolicy, deployer_policy
from cli.deployer.statements import Deploy
from cli.packaging import build_artifacts
from local.aws import Clients
from local.emulator import lifecycle
from local.engine.bootstrap import find_engine
from local.privileges.calls import Call, Recorded, read_calls
from local.privileges.grants import RolePolicies
from local.processes import stop_marked
from local.stage.deployment import Deployment, Outcome
from local.stage.plugin import serve_provider
from local.stage.settings import StackSettings, read_settings
from local.stage.up import ARTIFACTS_VARIABLE
from local.workspace import Workspace

from .checkout import REPOSITORY

ROLE = "watershed-local-deployer"
# What AWS calls what the emulator checks as another action.
NAMES_ON_AWS = {
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    # The local provider asks for the part of which AWS's provider asks the whole.
    "cloudfront:GetDistributionConfig": "cloudfront:GetDistribution",
    "lambda:ListLayers": "lambda:GetLayerVersion",
    "lambda:ListEventSourceMappings": "lambda:GetEventSourceMapping",
}
# Resources that AWS does not check the action on; there the actions alone are compared.
EMULATORS_RESOURCES = [
    ("*", "*:rule/default/*"),
    ("events:*Target*", "*:event-bus/default"),
    ("glue:*Database", "*:table/*"),
    ("*", "[*]"),
]


@dataclass
class Deployed:
    """What the role did, and what the emulator's IAM said of it."""

    up: Outcome = field(default_factory=Outcome)
    destroyed: str = ""
    policy: DeployerPolicy = field(default_factory=lambda: DeployerPolicy((), {}, ()))
    recorded: Recorded = field(default_factory=lambda: Recorded((), (), 0))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    made = Workspace(REPOSITORY, tmp_path_factory.mktemp("deployer"))
    made.logs.mkdir(parents=True)
    yield made
    lifecycle.stop(made)
    stop_marked(made.root)


@pytest.fixture(scope="module")
def deployed(workspace: Workspace) -> Deployed:
    settings = read_settings(REPOSITORY, "local")
    artifacts = workspace.root / "artifacts"
    build_artifacts("host", artifacts, REPOSITORY, lambda _: None)
    emulator = lifecycle.start(workspace, 0, region=settings.region, account=settings.account)
    result = Deployed()

    def run(environment: Mapping[str, str], act: Callable[[Deployment], None]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            plain = local.aws.environment
            patch.setattr(local.aws, "environment", lambda *arguments: {**plain(*arguments), **environment})
            with serve_provider(workspace, settings, emulator.endpoint) as port:
                variables = {ARTIFACTS_VARIABLE: str(artifacts)}
                act(Deployment(workspace, settings, find_engine(), provider_port=port, pack=None, variables=variables))

    def preview(deployment: Deployment) -> None:
        result.up = deployment.preview()

    def up_and_destroy(deployment: Deployment) -> None:
        result.up = deployment.up()
        if not result.up.failed:
            with deployment._scope():
                result.destroyed = deployment._stack.destroy().summary.result

    run({}, preview)
    types = {kind for _, kind, _ in result.up.steps}
    result.policy = deployer_policy(types, Deploy("watershed", "local", settings.account, settings.region, ROLE))
    run(credentials(Clients(emulator.endpoint, settings.region), settings), up_and_destroy)
    result.recorded = read_calls(emulator.endpoint)
    return result


def credentials(clients: Clients, settings: StackSettings) -> dict[str, str]:
    """Make a role that may do all, and return credentials of a session of it."""
    root = {"AWS": f"arn:aws:iam::{settings.account}:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    iam = clients("iam")
    iam.create_role(
        RoleName=ROLE,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=ROLE,
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    session = clients("sts").assume_role(
        RoleArn=f"arn:aws:iam::{settings.account}:role/{ROLE}", RoleSessionName="deploy"
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


def as_on_aws(call: Call, settings: StackSettings) -> Call:
    """Return the call with the tags that the stack's keys and mappings have, under AWS's name."""
    tags = {"aws:ResourceTag/project": settings.project, "aws:ResourceTag/stack": settings.stack}
    function = f"arn:aws:lambda:{settings.region}:{settings.account}:function:{settings.project}-ingest"
    if call.action == "apigateway:POST" and call.resource.endswith("::/restapis"):
        # Its tags are in the body, of which the emulator tells IAM nothing.
        tags |= {"aws:RequestTag/project": settings.project, "aws:RequestTag/stack": settings.stack}
    context = {"lambda:FunctionArn": function, "iam:PassedToService": "lambda.amazonaws.com", **tags, **call.context}
    return replace(call, action=NAMES_ON_AWS.get(call.action, call.action), context=context)


def allowed(policy: RolePolicies, call: Call) -> bool:
    known = not any(
        fnmatchcase(call.action, action) and fnmatchcase(call.resource, on) for action, on in EMULATORS_RESOURCES
    )
    return policy.allows(call) if known else any(grant.action == call.action for grant in policy.grants())


def lacking(deployed: Deployed, documents: Sequence[dict[str, Any]]) -> list[str]:
    policy = RolePolicies(ROLE, (), {str(number): each["Statement"] for number, each in enumerate(documents)})
    settings = read_settings(REPOSITORY, "local")
    calls = [as_on_aws(call, settings) for call in deployed.recorded.calls if call.role == ROLE]
    return sorted({f"{call.action} on {call.resource}" for call in calls if not allowed(policy, call)})


def test_the_stack_was_deployed_and_destroyed_under_the_role(deployed: Deployed) -> None:
    assert not deployed.up.failed, deployed.up.errors
    assert deployed.destroyed == "succeeded"
    made = {call.action for call in deployed.recorded.calls if call.role == ROLE}
    assert {
        "s3:CreateBucket",
        "kms:CreateKey",
        "iam:PutRolePolicy",
        "lambda:CreateFunction",
        "glue:CreateTable",
    } <= made
    assert {"s3:DeleteBucket", "kms:ScheduleKeyDeletion", "iam:DeleteRole", "lambda:DeleteFunction"} <= made


def test_the_policies_allow_every_call_of_it(deployed: Deployed) -> None:
    assert lacking(deployed, deployed.policy.policies) == []


def test_without_one_statement_they_would_not(deployed: Deployed) -> None:
    whole = [statement for each in deployed.policy.policies for statement in each["Statement"]]
    buckets = [statement for statement in whole if "s3:CreateBucket" in statement["Action"]]
    rest = [statement for statement in whole if statement not in buckets]
    assert any(each.startswith("s3:CreateBucket on") for each in lacking(deployed, [{"Statement": rest}]))


def test_the_boundary_stops_no_call_of_it(deployed: Deployed) -> None:
    anywhere = {"aws:RequestedRegion"}
    statements = [
        {**each, "Condition": {}} if anywhere <= {*each.get("Condition", {}).get("StringEquals", {})} else each
        for each in deployed.policy.boundary["Statement"]
    ]
    assert lacking(deployed, [{"Statement": statements}]) == []
