"""The rules that Step Functions keeps in EventBridge to learn of a job's end: made with the machine, under its role.

A role without these permissions is refused when the machine is created or updated, as on AWS, so a program that lets
the machine be created before the role's policies fails here too.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..roles import Roles
from .machines import SESSION

RULES = {
    "arn:aws:states:::ecs:runTask.sync": "StepFunctionsGetEventsForECSTaskRule",
    "arn:aws:states:::states:startExecution.sync": "StepFunctionsGetEventsForStepFunctionsExecutionRule",
}
BY = "Step Functions keeps a rule"
ACTIONS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")


def install(engine: Any, roles: Roles) -> None:
    """Check them on creation and update."""
    create, update = engine._create_state_machine, engine._update_state_machine

    def checked(serve: Callable[[Mapping[str, Any]], Any]) -> Callable[[Mapping[str, Any]], Any]:
        def serve_if_allowed(request: Mapping[str, Any]) -> Any:
            machine = engine._state_machines.get(request.get("stateMachineArn"), {})
            role = request.get("roleArn") or machine.get("roleArn", "")
            account, region = engine.get_account_id(), engine.get_region()
            for rule in rules_of(request.get("definition") or machine.get("definition", "")):
                arn = f"arn:aws:events:{region}:{account}:rule/{rule}"
                # All three are asked, so that all are recorded.
                answers = [roles.allows(role, SESSION, action, arn, by=BY) for action in ACTIONS]
                if not all(answers):
                    message = f"'{role}' is not authorized to create managed-rule."
                    return engine.error_response_json("AccessDeniedException", message, 400)
            return serve(request)

        return serve_if_allowed

    engine._create_state_machine, engine._update_state_machine = checked(create), checked(update)


def rules_of(definition: str) -> list[str]:
    """Return the rules that a definition needs, each once."""
    try:
        document = json.loads(definition)
    except ValueError:
        return []
    resources = set(_resources(document))
    return [rule for start, rule in RULES.items() if any(each.startswith(start) for each in resources)]


def _resources(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("Resource"), str):
            yield value["Resource"]
        for each in value.values():
            yield from _resources(each)
    elif isinstance(value, list):
        for each in value:
            yield from _resources(each)
