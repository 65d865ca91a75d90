"""What the IAM rules cost: 10,000 different statements through every rule about identity policies, on one core."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "policies"))

from watershed_policies import registry  # noqa: E402
from watershed_policies.resource import Resource  # noqa: E402
from watershed_policies.settings import Settings  # noqa: E402

STATEMENTS = 10_000
A_DOCUMENT = 10
BAR_SECONDS = 5.0
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ACCOUNT = "eu-west-1:123456789012"
# Some are refused, so that findings are paid for too.
KINDS: tuple[tuple[list[str], str], ...] = (
    (["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::bucket-{n}/*"),
    (["dynamodb:GetItem", "dynamodb:Query"], f"arn:aws:dynamodb:{ACCOUNT}:table/table-{{n}}"),
    (["kms:Decrypt", "kms:GenerateDataKey"], f"arn:aws:kms:{ACCOUNT}:key/{{n}}"),
    (["logs:CreateLogStream", "logs:PutLogEvents"], f"arn:aws:logs:{ACCOUNT}:log-group:/group-{{n}}:*"),
    (["glue:Get*"], f"arn:aws:glue:{ACCOUNT}:table/database-{{n}}/*"),
    (["sqs:SendMessage"], f"arn:aws:sqs:{ACCOUNT}:queue-{{n}}"),
    (["iam:PassRole"], "arn:aws:iam::123456789012:role/role-{n}"),
    (["ec2:Describe*"], "*"),
    (["states:*"], f"arn:aws:states:{ACCOUNT}:stateMachine:machine-{{n}}"),
    (["lambda:InvokeFunction"], f"arn:aws:lambda:{ACCOUNT}:function:function-{{n}}"),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print the result as JSON")
    chosen = options.parse_args()
    result = measured()
    print(json.dumps(result, indent=2) if chosen.json else text(result))
    sys.exit(0 if result["within_bar"] else 1)


def measured() -> dict[str, Any]:
    checks = [check for rule, check in registry.load().resource_checks(ROLE_POLICY) if rule.id.startswith("IAM-")]
    policies = [policy(number) for number in range(STATEMENTS // A_DOCUMENT)]
    settings = Settings(profile="strict")
    started = time.process_time()
    findings = sum(len(list(check(one, settings))) for one in policies for check in checks)
    seconds = time.process_time() - started
    return {
        "statements": STATEMENTS,
        "checks": len(checks),
        "findings": findings,
        "seconds": round(seconds, 2),
        "share_of_bar": round(seconds / BAR_SECONDS, 2),
        "within_bar": seconds < BAR_SECONDS,
    }


def policy(number: int) -> Resource:
    statements = [
        {
            "Effect": "Allow",
            "Action": actions,
            "Resource": resource.format(n=number * A_DOCUMENT + index),
            "Condition": {"StringEquals": {"aws:ResourceTag/team": f"team-{number}"}},
        }
        for index, (actions, resource) in enumerate(KINDS)
    ]
    text_ = json.dumps({"Version": "2012-10-17", "Statement": statements})
    urn = f"urn:pulumi:bench::watershed::{ROLE_POLICY}::policy-{number}"
    return Resource(ROLE_POLICY, f"policy-{number}", urn, {"role": "role", "policy": text_})


def text(result: dict[str, Any]) -> str:
    return (
        f"{result['statements']:,} statements through {result['checks']} checks: {result['seconds']} s of one core, "
        f"{result['share_of_bar']:.0%} of the bar of {BAR_SECONDS:.0f} s ({result['findings']:,} findings)"
    )


if __name__ == "__main__":
    main()
