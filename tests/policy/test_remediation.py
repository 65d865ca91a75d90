"""What a remedy hands back to the engine, and when it leaves a resource alone."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE
from watershed_policies import pack, registry
from watershed_policies.evaluation import Evaluation
from watershed_policies.exemptions import Exemptions
from watershed_policies.rule import Finding, Rule, Severity
from watershed_policies.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from watershed_policies.resource import Resource

REMEDIABLE = ("LOGS-RETENTION", "S3-TLS-ONLY", "TAGS-REQUIRED")
SETTINGS = Settings(required_tags=("owner",), tags={"owner": "ops"}, remediate=frozenset(REMEDIABLE))
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BUCKET = "aws:s3/bucket:Bucket"
QUEUE = "aws:sqs/queue:Queue"
READ = {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"}
READ |= {"Resource": "arn:aws:s3:::raw/*"}


def secret(value: Any) -> dict[str, Any]:
    return {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": value}


def remediated(
    type_: str,
    inputs: Mapping[str, Any],
    settings: Settings = SETTINGS,
    region: str = "",
    rules: registry.Registry | None = None,
) -> Any:
    """Return the inputs after all remediations, None if there was none."""
    evaluation = Evaluation(rules or registry.load(), settings, Exemptions())
    service: Any = _PolicyAnalyzerServicer(
        "watershed", "0.0.1", list(pack.policies(evaluation)), EnforcementLevel.MANDATORY
    )
    request = analyzer_pb2.AnalyzeRequest(
        type=type_,
        name="raw",
        urn=f"urn:pulumi:test::watershed::{type_}::raw",
        properties=json_format.ParseDict(dict(inputs), struct_pb2.Struct()),
    )
    if region:
        given = json_format.ParseDict({"region": region}, struct_pb2.Struct())
        request.provider.CopyFrom(analyzer_pb2.AnalyzerProviderResource(properties=given))
    response = service.Remediate(request, None)
    assert all(not each.diagnostic for each in response.remediations)
    return json_format.MessageToDict(response.remediations[-1].properties) if response.remediations else None


def statements(**policy: Any) -> Any:
    return remediated(POLICY, {"bucket": "raw", **policy})


def test_a_policy_given_as_an_object_stays_one_and_keeps_its_secrets() -> None:
    hidden = {**READ, "Principal": {"AWS": secret("123456789012")}}

    changed = statements(policy={"Version": "2012-10-17", "Statement": [hidden]})

    assert changed["policy"]["Statement"][0] == hidden
    assert changed["policy"]["Statement"][1]["Effect"] == "Deny"


def test_a_secret_that_is_no_longer_in_its_place_makes_the_whole_secret() -> None:
    hidden = {**READ, "Principal": {"AWS": secret("123456789012")}}

    changed = statements(policy={"Statement": hidden})

    assert changed["policy"]["Statement"][SPECIAL_SIG_KEY] == SPECIAL_SECRET_SIG
    assert [each["Effect"] for each in changed["policy"]["Statement"]["value"]] == ["Allow", "Deny"]


def test_a_weak_statement_stays_and_a_whole_one_is_added_under_a_name_of_its_own() -> None:
    weak = {**READ, "Sid": "DenyRequestsWithoutTls", "Effect": "Deny"}
    weak |= {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}

    first, second = json.loads(statements(policy=json.dumps({"Statement": weak}))["policy"])["Statement"]

    assert first == weak
    assert "Sid" not in second
    assert second["Principal"] == "*"


@pytest.mark.parametrize(
    ("resource", "region", "partition"),
    [
        ("arn:aws-cn:s3:::raw/*", "eu-central-1", "aws-cn"),
        ("*", "us-gov-west-1", "aws-us-gov"),
        ("*", "eusc-de-east-1", "aws-eusc"),
        ("*", "eu-central-1", "aws"),
    ],
)
def test_the_buckets_arn_is_of_the_partition_it_is_in(resource: str, region: str, partition: str) -> None:
    document = json.dumps({"Statement": [{**READ, "Resource": resource}]})

    changed = remediated(POLICY, {"bucket": "raw", "policy": document}, region=region)

    assert json.loads(changed["policy"])["Statement"][1]["Resource"][0] == f"arn:{partition}:s3:::raw"


@pytest.mark.parametrize(
    "policy",
    [
        {"policy": UNKNOWN_STRING_VALUE},
        {"policy": json.dumps({"Statement": [READ]}), "bucket": UNKNOWN_STRING_VALUE},
        {"policy": {"Statement": [{**READ, "Resource": UNKNOWN_STRING_VALUE}]}},
        {"policy": json.dumps({"Statement": [{**READ, "Resource": "*"}]})},
        {"policy": json.dumps({"Statement": [{**READ, "Resource": [READ["Resource"], "arn:aws-cn:s3:::raw"]}]})},
        {"policy": json.dumps({"statement": [READ]})},
        {"policy": "{"},
        {"policy": json.dumps({"Statement": [{**READ, "Resource": ["arn:aws:s3:::raw/" + "x" * 20_300]}]})},
    ],
    ids=["unknown", "bucket unknown", "partly unknown", "no partition", "two partitions", "odd keys", "torn", "full"],
)
def test_a_policy_whose_bucket_or_text_is_not_certain_is_left_alone(policy: dict[str, Any]) -> None:
    assert statements(**policy) is None


def test_a_bucket_without_a_policy_is_left_alone() -> None:
    assert remediated(BUCKET, {"bucket": "raw", "tags": {"owner": "x"}}) is None


def test_several_remedies_follow_each_other() -> None:
    changed = remediated(BUCKET, {"bucket": "raw", "policy": secret(json.dumps({"Statement": [READ]}))})

    assert changed["tags"] == {"owner": "ops"}
    assert changed["policy"][SPECIAL_SIG_KEY] == SPECIAL_SECRET_SIG
    assert len(json.loads(changed["policy"]["value"])["Statement"]) == 2


def test_tags_that_are_secret_or_unknown_stay_so() -> None:
    given: dict[str, Any] = {"name": "raw", "tags": {"team": UNKNOWN_STRING_VALUE, "hidden": secret("x")}}

    assert remediated(QUEUE, given) == {**given, "tags": {**given["tags"], "owner": "ops"}}
    assert remediated(QUEUE, {"tags": secret({"team": "x"})}) == {"tags": secret({"team": "x", "owner": "ops"})}
    assert remediated(QUEUE, {"tags": UNKNOWN_STRING_VALUE}) is None


def test_an_auto_scaling_group_gets_tags_in_its_own_form() -> None:
    own = {"key": "team", "value": "x", "propagateAtLaunch": False}

    changed = remediated("aws:autoscaling/group:Group", {"tags": [own]})

    assert changed == {"tags": [own, {"key": "owner", "value": "ops", "propagateAtLaunch": True}]}


def test_tags_whose_values_nobody_says_are_not_made_up() -> None:
    assert remediated(QUEUE, {"name": "raw"}, replace(SETTINGS, required_tags=("owner", "component"))) is None


def test_the_values_of_tags_come_from_the_stack_and_the_packs_file_goes_first() -> None:
    config = json.dumps({"shop:owner": "sellers", "shop:classification": "public", "aws:region": "eu-central-1"})
    environment = {"PULUMI_PROJECT": "shop", "PULUMI_STACK": "org/shop/dev", "PULUMI_CONFIG": config}

    evaluation = pack.evaluation(environment, dt.date(2026, 11, 24))

    assert evaluation.settings.tags == {
        "project": "shop",
        "stack": "dev",
        "owner": "sellers",
        "data-classification": "public",
    }


def test_a_log_group_whose_retention_is_not_known_yet_is_left_alone() -> None:
    group = "aws:cloudwatch/logGroup:LogGroup"

    assert remediated(group, {"retentionInDays": UNKNOWN_STRING_VALUE, "tags": {"owner": "x"}}) is None
    assert remediated(group, {"retentionInDays": 0, "tags": {"owner": "x"}})["retentionInDays"] == 365


@pytest.mark.parametrize("helps", [True, False])
def test_a_remedy_that_does_not_help_changes_nothing(helps: bool) -> None:
    rule = Rule(id="X-SEEN", title="t", severity=Severity.LOW, why="w.")

    @rule.on(QUEUE)
    def seen(queue: Resource, _: Settings) -> Iterator[Finding]:
        if queue.properties.get("seen") is not True:
            yield Finding("is not seen", "see it")

    rule.remedy("sees it", QUEUE)(lambda _, __: {"seen": helps})
    settings = Settings(remediate=frozenset({"X-SEEN"}))

    changed = remediated(QUEUE, {"name": "raw"}, settings, rules=registry.Registry([rule]))

    assert changed == ({"name": "raw", "seen": True} if helps else None)
