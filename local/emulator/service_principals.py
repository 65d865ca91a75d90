"""Whether a resource's own policy lets an AWS service in that acts in its own name for one resource.

ministack delivers from rules to functions and queues, and takes roles, whatever their policies say; on AWS what is not
let in is not delivered.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
"""

import json
from typing import Any


class ServicePrincipals:
    """Asks the policies of functions, queues and roles."""

    def __init__(self, evaluator: Any, functions: Any, queues: Any, iam: Any) -> None:
        self._evaluator = evaluator
        self._functions = functions
        self._queues = queues
        self._iam = iam

    def may_invoke(self, service: str, function: str, source: str) -> bool | None:
        """Say whether the function lets the service invoke it for the source; None where there is no function."""
        found = self._functions.function_policy_for_arn(function)
        return None if found is None else self._asked(found[0], service, "lambda:InvokeFunction", function, source)

    def may_send(self, service: str, queue: str, source: str) -> bool | None:
        """Say whether the queue lets the service send to it for the source; None where there is no queue."""
        found = self._queues._queue_by_arn(queue)
        if not found:
            return None
        return self._asked(found["attributes"].get("Policy"), service, "sqs:SendMessage", queue, source)

    def may_assume(self, service: str, role: str, source: str) -> bool:
        """Say whether the role trusts the service for the source."""
        found = self._iam._roles.get(role.rpartition("/")[2])
        if not found:
            return False
        trust = _document(found.get("AssumeRolePolicyDocument"))
        statements = [{**statement, "Resource": "*"} for statement in trust.get("Statement", ())]
        return self._asked({"Statement": statements}, service, "sts:AssumeRole", role, source)

    def _asked(self, policy: Any, service: str, action: str, resource: str, source: str) -> bool:
        account = source.split(":")[4]
        asked = self._evaluator.EvalContext(
            principal_arn=service,
            principal_type="AWSService",
            principal_account=account,
            action=action,
            resource_arn=resource,
            region=source.split(":")[3],
            source_ip="127.0.0.1",
            secure_transport=True,
            service_context={"aws:sourcearn": source, "aws:sourceaccount": account},
        )
        answer = self._evaluator.evaluate_resource_policy(_document(policy), asked, service=service)
        return bool(answer.decision == "Allow")


def _document(policy: Any) -> dict[str, Any]:
    try:
        found = json.loads(policy) if isinstance(policy, str) else policy
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
