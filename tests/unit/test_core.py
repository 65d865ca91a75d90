"""The key, roles and their grants, names, and where a stack deploys to."""

import json
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components import EncryptionKey, Role, Statement
from components.core.component import destroyable
from components.core.deployment import current
from components.core.names import check_auto_name, check_component_name, shorten, sql_name
from components.core.tags import Tags
from tests.policy.harness import Recorded, record
from tests.unit.programs import ACCOUNT, CONFIG

BUSES = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/*"


def one(resources: list[Recorded], type_: str) -> Recorded:
    (found,) = [resource for resource in resources if resource.type == type_]
    return found


def key_policy(**arguments: Any) -> dict[str, Any]:
    resources = record(lambda: EncryptionKey("key", **arguments), config=CONFIG)
    policy: dict[str, Any] = json.loads(one(resources, "aws:kms/key:Key").inputs["policy"])
    return policy


def test_a_key_rotates_every_year_and_waits_thirty_days_before_it_is_gone() -> None:
    key = one(record(lambda: EncryptionKey("key"), config=CONFIG), "aws:kms/key:Key")
    assert key.inputs["enableKeyRotation"] is True
    assert key.inputs["rotationPeriodInDays"] == 365
    assert key.inputs["deletionWindowInDays"] == 30


def test_a_keys_policy_names_the_account_and_services_and_never_a_role() -> None:
    principals = [statement["Principal"] for statement in key_policy()["Statement"]]
    assert principals == [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"Service": "logs.eu-west-1.amazonaws.com"},
        {"Service": "delivery.logs.amazonaws.com"},
        *([{"Service": "events.amazonaws.com"}] * 4),
        {"Service": "cloudwatch.amazonaws.com"},
        {"Service": "cloudfront.amazonaws.com"},
        {"Service": "sns.amazonaws.com"},
        {"AWS": "*"},
    ]


def test_everyone_of_a_keys_policy_is_ecrs_own_role_which_reads_credentials_of_image_caches() -> None:
    """It cannot be a principal by its ARN before the first cache makes it, and has no permission on keys itself."""
    (cache,) = [one for one in key_policy()["Statement"] if one["Principal"] == {"AWS": "*"}]
    assert cache["Action"] == "kms:Decrypt"
    said = cache["Condition"]["StringEquals"]
    assert said["aws:PrincipalArn"].endswith("/AWSServiceRoleForECRPullThroughCache")
    assert said["kms:ViaService"] == "secretsmanager.eu-west-1.amazonaws.com"
    secrets = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:ecr-pullthroughcache/*"
    assert cache["Condition"]["ArnLike"] == {"kms:EncryptionContext:SecretARN": secrets}


def test_every_service_of_a_keys_policy_that_uses_the_key_is_bound_to_the_account() -> None:
    for statement in key_policy()["Statement"][1:]:
        if statement["Action"] == "kms:DescribeKey":
            # EventBridge asks what the key is, without an encryption context (its User Guide, "Encrypting archives").
            assert "Condition" not in statement
            continue
        assert ACCOUNT in json.dumps(statement["Condition"])


def test_eventbridge_is_bound_by_what_it_delivers_to_and_not_by_whom_it_delivers_for() -> None:
    """With aws:SourceAccount in the key's policy it delivers nothing (Amazon SNS Developer Guide, "Key management")."""
    statements = [s for s in key_policy()["Statement"] if s["Principal"] == {"Service": "events.amazonaws.com"}]
    assert [s["Condition"] for s in statements if "Condition" in s] == [
        {"ArnLike": {"kms:EncryptionContext:aws:sqs:arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:*"}},
        {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:*"}},
        {"ArnLike": {"kms:EncryptionContext:aws:events:event-bus:arn": BUSES}},
    ]


def test_eventbridge_encrypts_buses_and_archives_of_the_account_and_moves_archives_to_another_key() -> None:
    """Amazon EventBridge User Guide, "Encrypting EventBridge event buses" and "Encrypting EventBridge archives"."""
    (found,) = [s for s in key_policy()["Statement"] if s.get("Sid") == "EventBuses"]
    assert set(found["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncrypt*"}


def test_services_are_named_as_their_partition_names_them() -> None:
    """In China the principal of CloudWatch Logs and kms:ViaService end in .cn, other principals do not."""
    config = {**CONFIG, "aws:region": "cn-north-1"}
    found: list[Statement] = []
    resources = record(lambda: found.append(EncryptionKey("key").use("s3")), config=config)
    policy = one(resources, "aws:kms/key:Key").inputs["policy"]
    assert '"logs.cn-north-1.amazonaws.com.cn"' in policy
    assert '"events.amazonaws.com"' in policy
    assert found[0].conditions == {"StringEquals": {"kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}}


@pytest.mark.parametrize("region", ["us-iso-east-1", "us-isob-east-1", "eusc-de-east-1"])
def test_a_region_of_another_partition_is_refused(region: str) -> None:
    with pytest.raises(pulumi.RunError, match="partitions aws, aws-cn and aws-us-gov"):
        record(current, config={**CONFIG, "aws:region": region})


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-centrall-1", r"aws:region: given 'eu-centrall-1'; accepted: eu-central-1, .*was one of these meant"),
        ("frankfurt", "aws:region: given 'frankfurt'; accepted: a region of AWS"),
    ],
)
def test_a_region_that_aws_does_not_have_is_refused_with_those_near_it(region: str, said: str) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        record(current, config={**CONFIG, "aws:region": region})


def test_a_region_newer_than_the_provider_can_be_used() -> None:
    found: list[str] = []
    config = {**CONFIG, "aws:region": "eu-north-9", "aws:skipRegionValidation": "true"}
    record(lambda: found.append(current().region), config=config)
    assert found == ["eu-north-9"]


def test_a_keys_alias_has_only_characters_that_kms_accepts() -> None:
    """Stacks and projects may have periods in their names."""
    resources = record(lambda: EncryptionKey("key"), stack="dev.eu", config=CONFIG)
    assert one(resources, "aws:kms/alias:Alias").inputs["name"] == "alias/watershed-dev-eu-key"


def test_a_key_serves_only_the_services_it_is_told_of() -> None:
    assert len(key_policy(services=["logs"])["Statement"]) == 2


def test_a_key_that_exists_is_used_and_none_is_created() -> None:
    resources = record(lambda: EncryptionKey("key", arn="arn:aws:kms:eu-west-1:1:key/a"), config=CONFIG)
    assert [resource.type for resource in resources if resource.custom] == []


def test_a_role_has_no_permission_until_something_is_granted() -> None:
    resources = record(lambda: Role("role", service="lambda.amazonaws.com", description="-"), config=CONFIG)
    assert [resource.type for resource in resources if resource.custom] == ["aws:iam/role:Role"]


def test_a_service_may_assume_a_role_only_on_behalf_of_this_account() -> None:
    def program() -> None:
        Role("role", service="scheduler.amazonaws.com", description="-", source_arn="arn:aws:scheduler:::group/a")

    trust = json.loads(one(record(program, config=CONFIG), "aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": "arn:aws:scheduler:::group/a"},
    }


def test_a_service_that_does_not_say_for_whom_it_acts_is_trusted_without_conditions() -> None:
    """With one it could never assume the role: a condition on a key that is absent does not hold."""

    def program(source: str | None = None) -> None:
        Role("role", service="glue.amazonaws.com", description="-", source_arn=source)

    trust = json.loads(one(record(program, config=CONFIG), "aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert "Condition" not in trust["Statement"][0]
    with pytest.raises(ValueError, match="leave source_arn out"):
        record(lambda: program("arn:aws:glue:::job/a"), config=CONFIG)


def test_a_grant_is_one_inline_policy() -> None:
    def program() -> None:
        role = Role("role", service="lambda.amazonaws.com", description="-")
        role.allow("send", [Statement(actions=["sqs:SendMessage"], resources=["arn:aws:sqs:eu-west-1:1:q"])])

    policy = one(record(program, config=CONFIG), "aws:iam/rolePolicy:RolePolicy")
    assert json.loads(policy.inputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:1:q"}],
    }


def test_grants_that_exceed_what_a_role_may_hold_are_refused_with_their_sizes() -> None:
    def program() -> None:
        role = Role("role", service="lambda.amazonaws.com", description="-")
        for group in range(3):
            arns = [pulumi.Output.from_input(f"arn:aws:s3:::bucket/prefix-{group}-{i:04d}/*") for i in range(100)]
            role.allow(f"read-{group}", [Statement(actions=["s3:GetObject"], resources=arns)])

    with pytest.raises(ValueError, match=r"IAM accepts 10240 in all .*read-0 \d+"):
        record(program, config=CONFIG)


def test_the_same_grant_cannot_be_given_twice() -> None:
    def program() -> None:
        role = Role("role", service="lambda.amazonaws.com", description="-")
        for _ in range(2):
            role.allow("send", [Statement(actions=["sqs:SendMessage"], resources=["arn:aws:sqs:::q"])])

    with pytest.raises(ValueError, match="'send' already"):
        record(program, config=CONFIG)


@pytest.mark.parametrize("name", ["Lake", "lake_raw", "-lake", "lake--raw", "1lake", "", "lake-"])
def test_a_component_name_that_aws_would_refuse_in_a_bucket_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="lower-case letters"):
        check_component_name(name)


def test_a_name_that_is_too_long_with_pulumis_suffix_is_refused_with_how_much_to_cut() -> None:
    assert check_auto_name("a" * 55, 63, "bucket") == "a" * 55
    with pytest.raises(ValueError, match="by 1"):
        check_auto_name("a" * 56, 63, "bucket")


def test_a_long_name_is_shortened_to_one_that_is_still_its_own() -> None:
    long, longer = "read-" + "a" * 200, "read-" + "a" * 201
    assert len(shorten(long, 128)) == 128
    assert shorten(long, 128) != shorten(longer, 128)
    assert shorten("read", 128) == "read"


def test_sql_names_need_no_quotes() -> None:
    assert sql_name("Own-Project", "dev", "raw") == "own_project_dev_raw"
    with pytest.raises(ValueError, match="must start with a letter"):
        sql_name("1st", "dev")


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        ({}, "aws:region .* and aws:allowedAccountIds"),
        ({"aws:region": "eu-west-1"}, "aws:allowedAccountIds"),
        ({"aws:allowedAccountIds": '["1"]'}, "aws:region"),
        ({"aws:region": "eu-west-1", "aws:allowedAccountIds": '["1", "2"]'}, "exactly one account"),
    ],
)
def test_a_stack_that_does_not_say_where_it_deploys_is_told_how_to(config: dict[str, str], missing: str) -> None:
    with pytest.raises(pulumi.RunError, match=missing):
        record(current, config=config)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_of_the_regions_partition(region: str, partition: str) -> None:
    found: list[str] = []
    record(lambda: found.append(current().arn("sqs", "q")), config={**CONFIG, "aws:region": region})
    assert found == [f"arn:{partition}:sqs:{region}:{ACCOUNT}:q"]


@pytest.mark.parametrize("stack", [False, True])
@pytest.mark.parametrize("removable", [False, True])
def test_data_is_destroyed_only_when_both_keys_are_turned(stack: bool, removable: bool) -> None:
    found: list[bool] = []
    config = {**CONFIG, "watershed:allowDestroy": str(stack).lower()}
    record(lambda: found.append(destroyable(removable)), config=config)
    assert found == [stack and removable]


@pytest.mark.parametrize(
    ("arguments", "goes"), [({}, False), ({"removable": True}, True), ({"removable": True, "arn": "arn:key"}, False)]
)
def test_a_key_goes_with_the_stack_only_if_it_is_the_stacks_to_destroy(arguments: dict[str, Any], goes: bool) -> None:
    found: list[bool] = []
    config = {**CONFIG, "watershed:allowDestroy": "true"}
    record(lambda: found.append(EncryptionKey("key", **arguments).goes_with_the_stack), config=config)
    assert found == [goes]


@pytest.mark.parametrize(
    "given",
    [
        {"owner": "two\nlines"},
        {"owner": "x" * 256},
        {"extra": {"aws:cost": "7"}},
        {"extra": {f"tag-{number}": "x" for number in range(6)}},
    ],
)
def test_tags_that_aws_would_refuse_are_refused(given: dict[str, Any]) -> None:
    """An S3 object may have ten tags, of which five are required."""
    with pytest.raises(ValidationError):
        Tags(**given)


def test_tags_say_whose_it_is_and_how_sensitive() -> None:
    found: list[dict[str, str]] = []
    record(lambda: found.append(Tags(classification="restricted", extra={"cost": "7"}).of("lake", "public")))
    assert found == [
        {
            "cost": "7",
            "project": "watershed",
            "stack": "test",
            "component": "lake",
            "owner": "watershed",
            "data-classification": "public",
        }
    ]
