"""Each secure default of buses and triggers, switched off: the policy pack refuses it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from tests.policy.harness import Recorded, changed, check, ids, record, without
from tests.unit import events
from tests.unit.programs import CONFIG

Change = Callable[[Sequence[Recorded]], list[Recorded]]
STARTS_A_PIPELINE = "first-object-created"


@cache
def recorded(program: str) -> tuple[Recorded, ...]:
    return tuple(record(events.PROGRAMS[program], config=CONFIG))


def setting(name: str, **inputs: Any) -> Change:
    """Give the resource other inputs; None removes one."""
    return lambda resources: changed(resources, name, **inputs)


def lacking(*names: str) -> Change:
    return lambda resources: without(resources, *names)


def rewritten(name: str, property_: str, **values: Any) -> Change:
    """Give the statements of a policy that allow something other values; None removes one."""

    def change(resources: Sequence[Recorded]) -> list[Recorded]:
        (found,) = [one for one in resources if one.name == name and one.custom]
        document = json.loads(found.inputs[property_])
        for statement in document["Statement"]:
            if statement["Effect"] == "Allow":
                statement.update(values)
                for key in [key for key, value in values.items() if value is None]:
                    statement.pop(key)
        return changed(resources, name, **{property_: json.dumps(document)})

    return change


SWITCHED_OFF: Mapping[str, tuple[str, Change, str]] = {
    "a bus that AWS's key encrypts": ("EventBus", setting("orders", kmsKeyIdentifier=None), "EVENTS-CUSTOMER-KEY"),
    "an archive that AWS's key encrypts": (
        "EventBus",
        setting("orders-archive", kmsKeyIdentifier=None),
        "EVENTS-CUSTOMER-KEY",
    ),
    "a bus that loses what it cannot decrypt": (
        "EventBus",
        setting("orders", deadLetterConfig=None),
        "EVENTS-BUS-DEAD-LETTERS",
    ),
    "a bus that does not say who may put events": ("EventBus", lacking("orders-policy"), "EVENTS-BUS-POLICY"),
    "a bus for everyone": (
        "EventBus",
        rewritten("orders-policy", "policy", Principal="*"),
        "IAM-WILDCARD-PRINCIPAL",
    ),
    "a rule that loses events": (
        "Trigger of pipelines",
        setting(f"{STARTS_A_PIPELINE}-target", deadLetterConfig=None),
        "EVENTS-TARGET-DEAD-LETTERS",
    ),
    "a queue's rule that loses events": (
        "EventBus with all options",
        setting("orders-returns-target", deadLetterConfig=None),
        "EVENTS-TARGET-DEAD-LETTERS",
    ),
    "a role that any account's rules may take": (
        "Trigger of pipelines",
        rewritten(f"{STARTS_A_PIPELINE}-role", "assumeRolePolicy", Condition=None),
        "IAM-CONFUSED-DEPUTY",
    ),
    "a role that may start every pipeline": (
        "Trigger of pipelines",
        rewritten(f"{STARTS_A_PIPELINE}-role-start", "policy", Resource="*"),
        "IAM-WILDCARD-RESOURCE",
    ),
    "a function that any account's rules may invoke": (
        "Trigger",
        setting("work-object-created-permission", sourceArn=None),
        "LAMBDA-SOURCE",
    ),
    "undelivered events without the key": (
        "Trigger",
        setting("work-object-created-undelivered", kmsMasterKeyId=None),
        "SQS-CUSTOMER-KEY",
    ),
    "undelivered events over plain HTTP": (
        "Trigger",
        lacking("work-object-created-undelivered-policy"),
        "SQS-TLS-ONLY",
    ),
    "a queue that any account's rules may fill": (
        "EventBus with all options",
        rewritten("orders-returns-queue-policy", "policy", Condition=None),
        "IAM-CONFUSED-DEPUTY",
    ),
}


@pytest.mark.parametrize("what", SWITCHED_OFF)
def test_a_secure_default_of_events_that_is_switched_off_is_refused(what: str) -> None:
    program, change, rule = SWITCHED_OFF[what]
    assert rule not in ids(check(recorded(program), profile="strict"))
    assert rule in ids(check(change(recorded(program)), profile="strict"))
