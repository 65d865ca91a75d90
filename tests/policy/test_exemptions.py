"""Exemptions: what they exempt, how they end, and what is wrong with one."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from watershed_policies import exemptions, registry
from watershed_policies.settings import Level

from tests.policy.harness import check, ids
from tests.policy.resources import allow, before_creation, document, make

if TYPE_CHECKING:
    from watershed_policies.exemptions import Exemptions

RULES = registry.load().rules
TODAY = dt.date(2026, 6, 15)
ENTRY = {
    "rule": "LOGS-CUSTOMER-KEY",
    "resource": "logs",
    "reason": "moves in July",
    "owner": "data-platform",
    "expires": "2026-07-31",
}
LOGS = make("aws:cloudwatch/logGroup:LogGroup", "logs", retentionInDays=7)
ROOT = make("pulumi:pulumi:Stack", "watershed-test")
GRANTS = make(
    "aws:iam/rolePolicy:RolePolicy",
    "grants",
    role="r",
    policy=document(allow("s3:GetObject", ["arn:aws:s3:::*", "arn:aws:s3:::*-partner/*"])),
)


def exempt(*entries: Any) -> Exemptions:
    return exemptions.from_stack_config({"watershed:exemptions": json.dumps(entries)}, RULES, TODAY)


def levels(found: Any) -> set[Level]:
    return {violation.level for violation in found}


@pytest.mark.parametrize("resource", ["logs", LOGS.urn])
def test_an_exemption_by_name_or_urn_lets_pass_and_is_shown(resource: str) -> None:
    found = check([LOGS], exemptions=exempt({**ENTRY, "resource": resource}), only="LOGS-CUSTOMER-KEY")

    assert levels(found) == {Level.ADVISORY}
    assert found[0].message.endswith('"logs" exempted until 2026-07-31 by data-platform: moves in July')


def test_an_exemption_is_for_one_rule_and_one_resource() -> None:
    for other in ({**ENTRY, "resource": "other"}, {**ENTRY, "rule": "LOGS-RETENTION"}):
        found = check([LOGS], exemptions=exempt(other), only="LOGS-CUSTOMER-KEY")

        assert levels(found) == {Level.MANDATORY}


@pytest.mark.parametrize("date", ["2026-06-15", "2026-06-15 00:00:00 +0000 UTC", "2026-06-15T00:00:00Z"])
def test_an_exemption_holds_on_its_last_day_however_the_engine_spells_it(date: str) -> None:
    assert exempt({**ENTRY, "expires": date}).problems == ()


def test_an_expired_exemption_exempts_nothing_and_is_a_violation_itself() -> None:
    expired = exempt({**ENTRY, "expires": "2026-06-14"})

    assert levels(check([LOGS], exemptions=expired, only="LOGS-CUSTOMER-KEY")) == {Level.MANDATORY}
    (problem,) = check([ROOT], exemptions=expired)
    assert problem.level is Level.MANDATORY
    assert "expired on 2026-06-14" in problem.message
    assert "watershed:exemptions[0]" in problem.message


def test_an_iam_exemption_is_for_exactly_one_action_on_one_resource() -> None:
    entry = {**ENTRY, "rule": "IAM-WILDCARD-RESOURCE", "resource": "grants", "grant": "s3:getobject on arn:aws:s3:::*"}

    found = check([GRANTS], exemptions=exempt(entry), only="IAM-WILDCARD-RESOURCE")

    assert {violation.level: "on arn:aws:s3:::*-partner/*" in violation.message for violation in found} == {
        Level.ADVISORY: False,
        Level.MANDATORY: True,
    }


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("text", "must be an object"),
        ({**ENTRY, "reason": " "}, "reason is missing or empty"),
        ({key: value for key, value in ENTRY.items() if key != "owner"}, "owner is missing or empty"),
        ({**ENTRY, "until": "x"}, "unknown key 'until'"),
        ({**ENTRY, "rule": "S3-NOPE"}, "there is no rule 'S3-NOPE'"),
        ({**ENTRY, "expires": "next year"}, "accepted: a date such as 2027-03-31"),
        ({**ENTRY, "rule": "IAM-WILDCARD-RESOURCE"}, "needs the grant, as the violation shows it"),
    ],
)
def test_a_wrong_exemption_is_a_violation_that_says_why(entry: Any, told: str) -> None:
    found = exempt(ENTRY, entry)

    assert len(found.active) == 1
    (problem,) = found.problems
    assert problem.startswith("watershed:exemptions[1]")
    assert told in problem


@pytest.mark.parametrize("text", ["[", '{"rule": "x"}'])
def test_exemptions_that_are_no_list_are_a_violation(text: str) -> None:
    found = exemptions.from_stack_config({"watershed:exemptions": text}, RULES, TODAY)

    assert ids(check([ROOT], exemptions=found)) == {"EXEMPTION"}


def unused(*resources: Any, entry: dict[str, str], **judged: Any) -> list[tuple[Level, str]]:
    found = check([ROOT, *resources], exemptions=exempt(entry), **judged)
    return [(violation.level, violation.message) for violation in found if violation.rule_id == "EXEMPTION"]


GOOD_LOGS = make("aws:cloudwatch/logGroup:LogGroup", "logs", retentionInDays=7, kmsKeyId="arn:aws:kms:x:1:key/k")


def test_an_exemption_that_a_finding_needs_is_not_unused() -> None:
    assert unused(LOGS, entry=ENTRY) == []


@pytest.mark.parametrize(
    ("resource", "entry", "told"),
    [
        (GOOD_LOGS, ENTRY, "is unused: the resource keeps the rule.\n  Fix: remove it"),
        (LOGS, {**ENTRY, "resource": "log"}, "is unused: no resource of the stack has that name"),
        (LOGS, {**ENTRY, "rule": "LOGS-RETENTION-YEAR"}, "is unused: the rule is off in this stack"),
    ],
)
def test_an_unused_exemption_is_an_error_that_says_why(resource: Any, entry: dict[str, str], told: str) -> None:
    ((level, message),) = unused(resource, entry=entry)

    assert level is Level.MANDATORY
    assert told in message


def test_of_two_exemptions_for_one_finding_the_second_is_unused() -> None:
    found = check([ROOT, LOGS], exemptions=exempt(ENTRY, {**ENTRY, "reason": "also"}))

    assert [violation.level for violation in found if violation.rule_id == "EXEMPTION"] == [Level.MANDATORY]


def test_an_exemption_waits_while_the_value_that_needs_it_is_unknown() -> None:
    bucket = make("aws:s3/bucket:Bucket", "raw")
    policy = document(allow("s3:GetObject", "arn:aws:s3:::raw/*", Principal="*"))
    weak = make("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket=bucket, policy=policy)
    entry = {**ENTRY, "rule": "S3-TLS-ONLY", "resource": "policy"}

    ((level, message),) = unused(bucket, before_creation(weak, documents=True), entry=entry)

    assert level is Level.ADVISORY
    assert " exempted until 2026-07-31 by data-platform: moves in July (not needed so far; `up` will tell)" in message
    assert unused(bucket, weak, entry=entry) == []


def test_an_unknown_value_of_which_the_rule_knows_enough_does_not_make_its_exemption_wait() -> None:
    key = make("aws:kms/key:Key", "key")
    logs = make("aws:cloudwatch/logGroup:LogGroup", "logs", retentionInDays=7, kmsKeyId=key)

    ((level, _),) = unused(key, before_creation(logs), entry=ENTRY)

    assert level is Level.MANDATORY
