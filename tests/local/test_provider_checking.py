"""Check and Diff: what is filled in, what is refused before anything is created, and what counts as a change."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from local.provider import binding
from local.provider.aws import service_model
from local.provider.server import AwsProvider
from local.provider.values import UNKNOWN, Asset, Secret, from_struct, to_struct

from .provider_stage import REGION, Life, Refusal

BUCKET = "aws:s3/bucket:Bucket"
QUEUE = "aws:sqs/queue:Queue"
ROLE = "aws:iam/role:Role"
FUNCTION = "aws:lambda/function:Function"
TABLE = "aws:dynamodb/table:Table"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": ["sts:AssumeRole"]},
    ],
}


@pytest.fixture(scope="module")
def offline() -> AwsProvider:
    return AwsProvider(None, REGION)


def table(**more: Any) -> dict[str, Any]:
    attributes = [{"name": "pk", "type": "S"}]
    return {"billingMode": "PAY_PER_REQUEST", "hashKey": "pk", "attributes": attributes, **more}


def function(**more: Any) -> dict[str, Any]:
    code = Asset(True, {"hash": "1", "assets": {"app.py": Asset(False, {"hash": "2", "text": "x = 1"})}})
    role = "arn:aws:iam::000000000000:role/r"
    return {"role": role, "code": code, "handler": "app.f", "runtime": "python3.13", **more}


class TestNames:
    def test_an_unnamed_resource_gets_its_logical_name_and_seven_hex_digits(self, offline: AwsProvider) -> None:
        name = Life(offline, QUEUE, "orders").check()["name"]
        assert name.startswith("orders-")
        assert len(name) == len("orders-") + 7
        assert set(name.removeprefix("orders-")) <= set("0123456789abcdef")

    def test_the_same_seed_gives_the_same_name_and_another_seed_another(self, offline: AwsProvider) -> None:
        life = Life(offline, QUEUE)
        first = life.check()["name"]
        assert life.check()["name"] == first
        life.seed = b"other"
        assert life.check()["name"] != first

    def test_a_bucket_name_is_lower_case(self, offline: AwsProvider) -> None:
        assert Life(offline, BUCKET, "RawZone").check()["bucket"].startswith("rawzone-")

    @pytest.mark.parametrize(
        ("token", "name", "limit"), [(BUCKET, "bucket", 63), (ROLE, "name", 64), (QUEUE, "name", 80)]
    )
    def test_a_name_is_cut_to_what_aws_accepts(self, offline: AwsProvider, token: str, name: str, limit: int) -> None:
        given = {"assumeRolePolicy": json.dumps(TRUST)} if token == ROLE else {}
        assert len(Life(offline, token, "x" * 200).check(**given)[name]) == limit

    def test_a_fifo_queue_name_ends_in_fifo(self, offline: AwsProvider) -> None:
        assert Life(offline, QUEUE).check(fifoQueue=True)["name"].endswith(".fifo")

    def test_a_prefix_is_honoured(self, offline: AwsProvider) -> None:
        checked = Life(offline, QUEUE).check(namePrefix="team-")
        assert checked["name"].startswith("team-")
        assert len(checked["name"]) == len("team-") + 26

    def test_a_name_once_made_is_kept(self, offline: AwsProvider) -> None:
        life = Life(offline, QUEUE)
        life.inputs = life.check()
        life.seed = b"other"
        assert life.check(delaySeconds=5)["name"] == life.inputs["name"]

    def test_the_stack_s_own_naming_rule_is_honoured(self, offline: AwsProvider) -> None:
        options = provider_pb2.CheckRequest.AutonamingOptions
        request = provider_pb2.CheckRequest(urn=Life(offline, QUEUE).urn, autonaming=options(proposed_name="ours"))
        assert from_struct(offline.Check(request, None).inputs)["name"] == "ours"
        request.autonaming.mode = options.DISABLE
        assert "pulumi:autonaming" in offline.Check(request, None).failures[0].reason


class TestRefusals:
    @pytest.mark.parametrize(
        ("token", "given", "expected"),
        [
            (BUCKET, {"bucket": "Upper_Case"}, "3 to 63 lower-case letters"),
            (BUCKET, {"colour": "red"}, "colour is not a property of aws:s3/bucket:Bucket"),
            (BUCKET, {"acl": "private"}, "acl is not supported by the local stage: declare it"),
            (ROLE, {"assumeRolePolicy": TRUST, "name": "n" * 65}, "name has 65 characters, but AWS accepts at most 64"),
            (ROLE, {"assumeRolePolicy": TRUST, "name": "a b"}, "which does not match AWS's pattern"),
            (ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": 60}, "is 60, but AWS needs at least 3600"),
            (ROLE, {}, "assumeRolePolicy is required"),
            (FUNCTION, function(runtime="python2.0"), "runtime is 'python2.0', but AWS accepts only"),
            (FUNCTION, function(timeout=1000), "timeout is 1000, but AWS accepts 1 to 900"),
            (FUNCTION, function(tracingConfig={"mode": "On"}), "tracingConfig.mode is 'On', but AWS accepts only"),
            (FUNCTION, function(environment={"variables": {"1A": "x"}}), "variables has a key that is '1A'"),
            (FUNCTION, function(ephemeralStorage={}), "ephemeralStorage needs size"),
            (FUNCTION, function(vpcConfig={"zone": "a"}), "vpcConfig.zone has no AWS parameter"),
            (FUNCTION, function(code=Asset(True, {"path": "no.zip", "hash": "1"})), "there is no file"),
            (QUEUE, {"visibilityTimeoutSeconds": 50_000}, "AWS accepts 0 to 43200"),
            (QUEUE, {"name": "orders", "fifoQueue": True}, "must end in .fifo"),
            (TABLE, table(hashKey="other"), "attributes lacks other, which a key uses"),
            (TABLE, table(globalSecondaryIndexes=[{"name": "by", "projectionType": "ALL"}]), "needs hashKey or"),
            (TABLE, table(billingMode="PROVISIONED"), "readCapacity is required"),
            ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 31}, "is 31, but AWS accepts only 0, 1, 3"),
            ("aws:cloudwatch/eventRule:EventRule", {"isEnabled": True}, "it is deprecated: set state"),
            ("aws:kms/key:Key", {"deletionWindowInDays": 3}, "but AWS accepts 7 to 30"),
            (
                "aws:lakeformation/permissions:Permissions",
                {"principal": "arn:aws:iam::000000000000:role/r", "permissions": ["READ"], "database": {"name": "d"}},
                "permissions[0] is 'READ', but AWS accepts only",
            ),
        ],
    )  # fmt: skip
    def test_what_aws_would_refuse_is_refused_before_anything_is_created(
        self, offline: AwsProvider, token: str, given: dict[str, Any], expected: str
    ) -> None:
        with pytest.raises(Refusal) as refused:
            Life(offline, token).check(**given)
        assert expected in str(refused.value)
        assert token in str(refused.value)

    def test_every_problem_is_said_at_once(self, offline: AwsProvider) -> None:
        with pytest.raises(Refusal) as refused:
            Life(offline, FUNCTION).check(**function(timeout=1000, memorySize=1))
        assert "timeout" in str(refused.value)
        assert "memorySize" in str(refused.value)

    def test_an_unknown_value_is_not_refused(self, offline: AwsProvider) -> None:
        checked = Life(offline, FUNCTION).check(
            **function(role=UNKNOWN, environment={"variables": {"BUCKET": UNKNOWN}})
        )
        assert checked["role"] is UNKNOWN
        assert checked["environment"]["variables"]["BUCKET"] is UNKNOWN

    def test_an_unknown_inside_an_archive_is_not_refused(self, offline: AwsProvider) -> None:
        code = Asset(True, {"assets": {"app.py": Asset(False, {"text": UNKNOWN})}})
        assert Life(offline, FUNCTION).check(**function(code=code))

    def test_a_type_the_table_lacks_is_refused_at_preview_with_the_guide(self, offline: AwsProvider) -> None:
        with pytest.raises(Refusal, match=r"docs/guides/add-a-resource-type\.md"):
            Life(offline, "aws:mq/broker:Broker").check()


class TestPreview:
    def test_outputs_that_only_aws_can_tell_are_unknown(self, offline: AwsProvider) -> None:
        outputs = Life(offline, BUCKET).preview(tags={"a": "b"})
        assert outputs["arn"] is UNKNOWN
        assert outputs["tagsAll"] == {"a": "b"}
        assert outputs["bucket"].startswith("thing-")

    def test_a_secret_stays_a_secret(self, offline: AwsProvider) -> None:
        outputs = Life(offline, FUNCTION).preview(**function(environment={"variables": {"KEY": Secret("s3cr3t")}}))
        assert outputs["environment"]["variables"]["KEY"] == Secret("s3cr3t")

    def test_a_secret_is_checked_like_any_value_but_never_shown(self, offline: AwsProvider) -> None:
        with pytest.raises(Refusal) as refused:
            Life(offline, ROLE).check(assumeRolePolicy=json.dumps(TRUST), path=Secret("hunter22"))
        assert "path is a secret whose value AWS would refuse" in str(refused.value)
        assert "hunter22" not in str(refused.value)

    def test_a_tag_that_is_unknown_is_unknown_in_all_tags(self, offline: AwsProvider) -> None:
        assert Life(offline, BUCKET).preview(tags={"a": UNKNOWN})["tagsAll"]["a"] is UNKNOWN

    def test_a_thousand_checks_and_diffs_load_no_model_after_the_first(self, offline: AwsProvider) -> None:
        life = Life(offline, QUEUE)
        life.inputs = life.check()
        models, rows = service_model.cache_info().misses, binding.bound.cache_info().misses
        for number in range(1000):
            life.diff(delaySeconds=number % 900)
        assert service_model.cache_info().misses == models
        assert binding.bound.cache_info().misses == rows


class TestDiff:
    def made(self, offline: AwsProvider, token: str, **given: Any) -> Life:
        life = Life(offline, token)
        life.inputs = life.check(**given)
        return life

    def test_nothing_changed_is_no_difference(self, offline: AwsProvider) -> None:
        life = self.made(offline, QUEUE, delaySeconds=1)
        assert life.diff(delaySeconds=1).changes == provider_pb2.DiffResponse.DIFF_NONE

    @pytest.mark.parametrize(
        ("token", "old", "new", "property_name"),
        [
            (BUCKET, {"bucket": "one"}, {"bucket": "two"}, "bucket"),
            (ROLE, {"assumeRolePolicy": TRUST, "name": "a"}, {"assumeRolePolicy": TRUST, "name": "b"}, "name"),
            (
                TABLE,
                table(name="abc"),
                table(name="abc", hashKey="id", attributes=[{"name": "id", "type": "S"}]),
                "hashKey",
            ),
            (QUEUE, {"fifoQueue": True, "name": "a.fifo"}, {"name": "a"}, "fifoQueue"),
            ("aws:cloudwatch/logGroup:LogGroup", {"name": "a"}, {"name": "b"}, "name"),
            (FUNCTION, function(packageType="Zip"), function(packageType="Image"), "packageType"),
        ],
    )
    def test_what_aws_cannot_change_replaces(
        self, offline: AwsProvider, token: str, old: dict[str, Any], new: dict[str, Any], property_name: str
    ) -> None:
        assert property_name in self.made(offline, token, **old).diff(**new).replaces

    def test_what_aws_can_change_does_not_replace(self, offline: AwsProvider) -> None:
        found = self.made(offline, FUNCTION, **function()).diff(**function(timeout=9, memorySize=256))
        assert sorted(found.diffs) == ["memorySize", "timeout"]
        assert not found.replaces

    def test_a_fixed_name_is_deleted_before_it_is_made_again(self, offline: AwsProvider) -> None:
        attributes = [{"name": "id", "type": "S"}]
        fixed = self.made(offline, TABLE, **table(name="abc")).diff(
            **table(name="abc", hashKey="id", attributes=attributes)
        )
        automatic = self.made(offline, TABLE, **table()).diff(**table(hashKey="id", attributes=attributes))
        assert fixed.deleteBeforeReplace
        assert not automatic.deleteBeforeReplace

    def test_a_policy_that_means_the_same_is_no_difference(self, offline: AwsProvider) -> None:
        other = json.loads(json.dumps(TRUST))
        other["Statement"][0]["Action"] = "sts:AssumeRole"
        other = dict(reversed(other.items()))
        life = self.made(offline, ROLE, assumeRolePolicy=json.dumps(TRUST))
        assert not life.diff(assumeRolePolicy=json.dumps(other, indent=4)).diffs

    def test_a_policy_that_means_something_else_is_a_difference(self, offline: AwsProvider) -> None:
        life = self.made(offline, ROLE, assumeRolePolicy=json.dumps(TRUST))
        assert life.diff(assumeRolePolicy=json.dumps(TRUST).replace("Allow", "Deny")).diffs == ["assumeRolePolicy"]

    def test_the_same_archive_elsewhere_is_no_difference(self, offline: AwsProvider) -> None:
        files = {"app.py": Asset(False, {"hash": "2", "text": "x = 1"})}
        same = Asset(True, {"hash": "1", "assets": {**files, "more.py": Asset(False, {"text": ""})}})
        assert not self.made(offline, FUNCTION, **function()).diff(**function(code=same)).diffs

    def test_a_value_that_becomes_unknown_is_a_difference(self, offline: AwsProvider) -> None:
        assert self.made(offline, QUEUE, kmsMasterKeyId="k").diff(kmsMasterKeyId=UNKNOWN).diffs == ["kmsMasterKeyId"]


class TestConfiguration:
    def configured(self, **values: Any) -> AwsProvider:
        served = AwsProvider(None)
        failures = served.CheckConfig(provider_pb2.CheckRequest(news=to_struct(values)), None).failures
        if failures:
            raise Refusal(failures[0].reason)
        served.Configure(provider_pb2.ConfigureRequest(args=to_struct(values)), Life(served, BUCKET).context())
        return served

    def test_default_tags_are_on_every_taggable_resource(self) -> None:
        served = self.configured(region=REGION, defaultTags='{"tags": {"project": "p", "owner": "all"}}')
        checked = Life(served, BUCKET).check(tags={"owner": "me"})
        assert checked["tags"] == {"project": "p", "owner": "me"}
        assert "tags" not in Life(served, "aws:s3/bucketPolicy:BucketPolicy").check(bucket="b", policy="{}")

    def test_another_account_than_the_allowed_is_refused(self) -> None:
        served = AwsProvider(None, account="111111111111")
        values = to_struct({"allowedAccountIds": '["222222222222"]'})
        with pytest.raises(Refusal, match="aws:allowedAccountIds allows only 222222222222"):
            served.Configure(provider_pb2.ConfigureRequest(args=values), Life(served, BUCKET).context())

    def test_a_preview_without_aws_is_in_the_allowed_account(self) -> None:
        served = self.configured(region=REGION, allowedAccountIds='["222222222222"]')
        request = provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity")
        answer = getattr(served.Invoke(request, None), "return")
        assert from_struct(answer)["accountId"] == "222222222222"

    @pytest.mark.parametrize("given", [{"ignoreTags": '{"keys": ["a"]}'}, {"regoin": "eu-west-1"}])
    def test_configuration_it_cannot_honour_is_refused(self, given: dict[str, str]) -> None:
        with pytest.raises(Refusal, match=f"aws:{next(iter(given))}"):
            self.configured(**given)

    def test_a_function_it_does_not_serve_is_refused_by_name(self) -> None:
        request = provider_pb2.InvokeRequest(tok="aws:ec2/getAmi:getAmi")
        assert "aws:ec2/getAmi:getAmi" in AwsProvider(None).Invoke(request, None).failures[0].reason
