"""The function that renews a secret, and what it must be allowed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..core import Statement
from ..core.deployment import current
from .function import LambdaFunction

_LONGEST_DAYS = 1_000
"""botocore secretsmanager service model, AutomaticallyRotateAfterDaysType."""


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A function that answers Secrets Manager's four steps, and every how many days it is asked to."""

    function: LambdaFunction
    days: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.days <= _LONGEST_DAYS:
            raise ValueError(f"rotation every {self.days} days: Secrets Manager takes 1 to {_LONGEST_DAYS:,}")


def rotate(
    name: str,
    secret: aws.secretsmanager.Secret,
    rotation: Rotation,
    *,
    statements: Sequence[Statement],
    at_once: bool,
    opts: pulumi.ResourceOptions,
) -> aws.secretsmanager.SecretRotation:
    """Return the rotation; the function may be called by Secrets Manager for this secret, and renew this one alone.

    `statements` let it read and encrypt the value; `at_once` rotates when the rotation is made, which takes a value to
    begin with. Source: AWS Secrets Manager User Guide, "Lambda rotation function execution role permissions".
    """
    function = rotation.function
    called = aws.lambda_.Permission(
        f"{name}-permission",
        action="lambda:InvokeFunction",
        function=function.arn,
        principal="secretsmanager.amazonaws.com",
        source_arn=secret.arn,
        source_account=current().account_id,
        opts=opts,
    )
    granted = function.role.allow(
        name,
        [
            *statements,
            Statement(
                actions=[
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                resources=[secret.arn],
            ),
            Statement(actions=["secretsmanager:GetRandomPassword"], resources=["*"]),
        ],
    )
    return aws.secretsmanager.SecretRotation(
        name,
        secret_id=secret.id,
        rotation_lambda_arn=function.arn,
        rotation_rules=aws.secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=rotation.days),
        rotate_immediately=at_once,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[called, granted])),
    )
