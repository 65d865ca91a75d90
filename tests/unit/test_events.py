"""What starts things: schedules, and the roles they start under."""

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from components import Schedule, ScheduledStart
from tests.policy.harness import Recorded, record
from tests.unit.programs import ACCOUNT, CONFIG, function, started_function


def recorded(program: Any) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config=CONFIG)}


def of_type(found: dict[str, Recorded], type_: str) -> dict[str, Any]:
    (resource,) = [resource for resource in found.values() if resource.type == type_]
    return dict(resource.inputs)


def test_a_schedule_invokes_under_a_role_of_its_own_and_keeps_what_it_cannot_deliver() -> None:
    found = recorded(started_function)
    schedule = of_type(found, "aws:scheduler/schedule:Schedule")
    assert schedule["scheduleExpression"] == "cron(0 6 * * ? *)"
    assert schedule["scheduleExpressionTimezone"] == "Europe/Rome"
    assert schedule["target"]["roleArn"] == found["function-schedule-role"].outputs["arn"]
    assert schedule["target"]["deadLetterConfig"]["arn"] == found["function-dead-letters"].outputs["arn"]


def test_a_schedules_role_decrypts_its_payload_itself_and_not_through_a_service() -> None:
    """Scheduler assumes the role and calls KMS itself: kms:ViaService is absent (its guide's CloudTrail event)."""
    policy = recorded(started_function)["function-schedule-role-decrypt"].inputs["policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Action"] == "kms:Decrypt"
    schedules = f"arn:aws:scheduler:eu-west-1:{ACCOUNT}:schedule/function-schedule-group-abc1234/*"
    assert statement["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:scheduler:schedule:arn": schedules}}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"cron": "0 6 * * ? *", "rate": "1 hour"},
        {"cron": "0 6 * * *"},
        {"cron": "0 6 * * * *"},
        {"cron": "0 6 ? * ? *"},
        {"rate": "0 minutes"},
        {"rate": "5 weeks"},
        {"rate": "1 hour", "at": "2027-01-31T06:00:00"},
        {"at": "2027-01-31T06:00:00+01:00"},
        {"rate": "1 hours"},
        {"rate": "5 minute"},
        {"rate": "1 hour", "timezone": "Europe/Roma"},
        {"rate": "1 hour", "flexible_minutes": 1441},
    ],
)
def test_a_schedule_that_scheduler_would_refuse_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Schedule(**given)


def test_a_schedule_reads_as_scheduler_writes_it() -> None:
    assert Schedule(rate="15 minutes").expression == "rate(15 minutes)"
    assert Schedule(rate="1 hour").expression == "rate(1 hour)"
    assert Schedule(cron="0 6 ? * MON *").expression == "cron(0 6 ? * MON *)"
    assert Schedule(at=datetime(2027, 1, 31, 6)).expression == "at(2027-01-31T06:00:00)"


def test_a_schedule_that_is_off_stays() -> None:
    def program() -> None:
        ScheduledStart("off", target=function(), schedule=Schedule(rate="1 hour"), enabled=False)

    assert of_type(recorded(program), "aws:scheduler/schedule:Schedule")["state"] == "DISABLED"
