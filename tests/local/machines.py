"""State machines for tests: a role that may what is listed, a machine, and its executions."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.aws import ACCOUNT, Clients

REGION = "eu-central-1"
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


def make_role(clients: Clients, name: str, service: str, *allowed: tuple[str, str]) -> str:
    """Return the ARN of a role that a service may take, and that may do what is listed."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    if statements:
        policy = {"Version": "2012-10-17", "Statement": statements}
        clients("iam").put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=json.dumps(policy))
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


@dataclass(frozen=True)
class Machine:
    """A state machine of a test."""

    clients: Clients
    arn: str
    role: str

    def start(self, given: Any = None, name: str = "") -> str:
        """Start an execution; returns its ARN."""
        request = {"stateMachineArn": self.arn, "input": json.dumps(given or {}), "name": name or uuid.uuid4().hex}
        return str(self.clients("stepfunctions").start_execution(**request)["executionArn"])

    def describe(self, execution: str) -> Any:
        """Return what is known of an execution."""
        return self.clients("stepfunctions").describe_execution(executionArn=execution)

    def ended(self, execution: str, seconds: float = 30) -> Any:
        """Wait for the end of an execution."""
        return self.until(execution, lambda: self.describe(execution)["status"] in ENDED, seconds)

    def until(self, execution: str, condition: Callable[[], bool], seconds: float = 30) -> Any:
        """Wait for something about an execution."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.history(execution)[-3:]
            time.sleep(0.05)
        return self.describe(execution)

    def run(self, given: Any = None) -> Any:
        """Start an execution and wait for its end."""
        return self.ended(self.start(given))

    def output(self, given: Any = None) -> Any:
        """Return the output of an execution that succeeds."""
        ended = self.run(given)
        assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
        return json.loads(ended["output"])

    def history(self, execution: str) -> list[Any]:
        """Return all events of an execution."""
        pages = self.clients("stepfunctions").get_paginator("get_execution_history")
        return list(pages.paginate(executionArn=execution).search("events[]"))

    def types(self, execution: str) -> list[str]:
        """Return the types of those events."""
        return [event["type"] for event in self.history(execution)]

    def redrive(self, execution: str) -> Any:
        """Redrive an execution and wait for its end."""
        self.clients("stepfunctions").redrive_execution(executionArn=execution)
        return self.ended(execution)


def make_machine(
    clients: Clients, states: Mapping[str, Any], *allowed: tuple[str, str], start_at: str = "", **fields: Any
) -> Machine:
    """Return a machine in JSONata that begins with its first state."""
    name = f"machine-{uuid.uuid4().hex[:12]}"
    role = make_role(clients, name, "states.amazonaws.com", *allowed)
    definition = {"QueryLanguage": "JSONata", "StartAt": start_at or next(iter(states)), "States": states, **fields}
    made = clients("stepfunctions").create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
    return Machine(clients, made["stateMachineArn"], role)
