"""Ways by which permissions turn into more permissions: single actions, and actions that only together do it.

The ways are those of the public research: https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/,
https://cloudsplaining.readthedocs.io and https://pathfinding.cloud. One of them counts where nothing bounds it: the
identity or the resource that the escalation goes through is any, or what may be written into it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from . import conditions, reach
from .actions import ROLE_PASSING
from .condition_values import is_real
from .patterns import has_wildcard, literal_prefix, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .document import Condition, Statement
    from .reach import Grant

# Each writes any permissions into an identity, its own or one that it can become, whatever the resource is named.
WRITING = (
    "iam:CreatePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:AttachUserPolicy",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:PutUserPolicy",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteUserPermissionsBoundary",
)
# Each makes its holder somebody else; on a named identity or resource that is its purpose, on any it is an escalation.
BECOMING = (
    ("iam:AddUserToGroup",),
    ("iam:CreateAccessKey",),
    ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",),
    ("iam:CreateServiceSpecificCredential",),
    ("iam:ResetServiceSpecificCredential",),
    ("iam:UpdateAssumeRolePolicy",),
    ("sts:AssumeRole",),
    ("lambda:UpdateFunctionCode",),
    ("lambda:UpdateFunctionConfiguration",),
    ("glue:UpdateDevEndpoint",),
    ("glue:UpdateJob", "glue:StartJobRun"),
    ("ssm:SendCommand",),
    ("ssm:StartSession",),
    ("ec2-instance-connect:SendSSHPublicKey",),
    ("ec2-instance-connect:SendSerialConsoleSSHPublicKey",),
    ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    ("ec2:ReplaceIamInstanceProfileAssociation",),
    ("ecs:ExecuteCommand",),
    ("cloudformation:UpdateStack",),
    ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    ("codebuild:UpdateProject", "codebuild:StartBuild"),
    ("codebuild:StartBuild",),
    ("states:UpdateStateMachine",),
    ("sagemaker:CreatePresignedNotebookInstanceUrl",),
    ("sagemaker:CreatePresignedDomainUrl",),
    (
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:StartNotebookInstance",
    ),
    ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"),
)
# Each starts something under a role that may be passed to it; with any role to pass, under the strongest one.
STARTING = (
    ("ec2:RunInstances",),
    ("ec2:RequestSpotInstances",),
    ("ec2:AssociateIamInstanceProfile",),
    ("autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"),
    ("lambda:CreateFunction",),
    ("lambda:UpdateFunctionConfiguration",),
    ("glue:CreateDevEndpoint",),
    ("glue:CreateJob",),
    ("glue:UpdateJob",),
    ("glue:CreateSession",),
    ("glue:CreateCrawler",),
    ("cloudformation:CreateStack",),
    ("cloudformation:UpdateStack",),
    ("cloudformation:CreateStackSet",),
    ("cloudformation:UpdateStackSet",),
    ("datapipeline:CreatePipeline",),
    ("codebuild:CreateProject",),
    ("codebuild:UpdateProject",),
    ("codepipeline:CreatePipeline",),
    ("codestar:CreateProject",),
    ("ecs:RegisterTaskDefinition",),
    ("ecs:RunTask",),
    ("ecs:StartTask",),
    ("eks:CreatePodIdentityAssociation",),
    ("batch:RegisterJobDefinition",),
    ("apprunner:CreateService",),
    ("amplify:CreateApp",),
    ("sagemaker:CreateNotebookInstance",),
    ("sagemaker:CreateTrainingJob",),
    ("sagemaker:CreateProcessingJob",),
    ("sagemaker:CreateModel",),
    ("bedrock-agentcore:CreateCodeInterpreter",),
    ("states:CreateStateMachine",),
    ("states:UpdateStateMachine",),
    ("scheduler:CreateSchedule",),
    ("scheduler:UpdateSchedule",),
    ("pipes:CreatePipe",),
    ("events:PutTargets",),
    ("ssm:StartAutomationExecution",),
    ("ssm:CreateActivation",),
    ("emr-serverless:StartJobRun",),
    ("elasticmapreduce:RunJobFlow",),
    ("kinesisanalytics:CreateApplication",),
    ("imagebuilder:CreateInfrastructureConfiguration",),
    ("iot:CreateTopicRule",),
)
_SINGLE = frozenset({action.lower() for ways in (BECOMING, STARTING) for way in ways for action in way})
KNOWN = frozenset({ROLE_PASSING, *(action.lower() for action in WRITING), *_SINGLE})
_WRITING = frozenset(action.lower() for action in WRITING)
# A condition on one of these says what may be written, or which identities it may be written into.
BOUNDING_KEYS = ("iam:permissionsboundary", "iam:resourcetag/", "aws:resourcetag/")


@dataclass(frozen=True)
class Escalation:
    """Actions that together give more permissions, and the grants they come from."""

    actions: tuple[str, ...]
    grants: tuple[Grant, ...]

    def __str__(self) -> str:
        return " with ".join(str(grant) for grant in dict.fromkeys(self.grants))


def ways(statements: Iterable[Statement]) -> Iterator[Escalation]:
    """Yield the ways to more permissions that the statements of one identity open together."""
    present: dict[str, Grant] = {}
    unbounded: dict[str, Grant] = {}
    for statement in statements:
        if reach.is_administrator(statement):
            continue
        for grant in reach.grants(statement):
            for action in _dangerous(grant.action):
                if not reach.concerns(action, grant.resource):
                    continue
                present.setdefault(action, grant)
                if _is_unbounded(action, grant, statement.conditions):
                    unbounded.setdefault(action, grant)
    if present:
        yield from _found(present, unbounded)


def _found(present: dict[str, Grant], unbounded: dict[str, Grant]) -> Iterator[Escalation]:
    for action in WRITING:
        if action.lower() in unbounded:
            yield Escalation((action,), (unbounded[action.lower()],))
    for way in BECOMING:
        if all(action.lower() in unbounded for action in way):
            yield Escalation(way, tuple(unbounded[action.lower()] for action in way))
    if ROLE_PASSING in unbounded:
        for way in STARTING:
            if all(action.lower() in present for action in way):
                passing = unbounded[ROLE_PASSING]
                yield Escalation(("iam:PassRole", *way), (passing, *(present[action.lower()] for action in way)))


@lru_cache(maxsize=8192)
def _dangerous(pattern: str) -> frozenset[str]:
    """Return the actions of the list that an action pattern stands for, in lower case."""
    if not has_wildcard(pattern):
        return KNOWN & {pattern.lower()}
    return frozenset(action for action in KNOWN if matches(pattern, action))


def _is_unbounded(action: str, grant: Grant, given: Sequence[Condition]) -> bool:
    if action in _WRITING:
        return not any(_bounds_writing(condition, given) for condition in given)
    return reach.unbounded(action, grant.resource) is not None and not conditions.bounds_resource(given)


def _bounds_writing(condition: Condition, beside: Sequence[Condition]) -> bool:
    key = condition.key.lower()
    if not is_real(condition, beside):
        return False
    if key == "iam:policyarn":
        return all(_names_policy(value) for value in condition.values)
    return key.startswith(BOUNDING_KEYS)


def _names_policy(arn: str) -> bool:
    """Say whether an ARN pattern fixes something of a policy's name."""
    return literal_prefix(arn.rsplit(":policy/", 1)[-1]) != "" if ":policy/" in arn else not has_wildcard(arn)
