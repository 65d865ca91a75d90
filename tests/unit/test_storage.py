"""The lake's buckets and the metadata table: defaults, options, refusals."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from components import AccessLogs, DataLake, EncryptionKey, Lifecycle, MetadataTable, Role, Zone
from tests.policy.harness import Recorded, record
from tests.unit.programs import CONFIG, key, lake

POLICY = "aws:iam/rolePolicy:RolePolicy"


def recorded(program: Callable[[], object], **config: str) -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(program, config={**CONFIG, **config})}


def statements(resource: Recorded) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(resource.inputs["policy"])["Statement"]
    return found


def granted(give: Callable[[DataLake, Role], object]) -> list[dict[str, Any]]:
    def program() -> None:
        give(lake(), Role("role", service="scheduler.amazonaws.com", description="-"))

    (policy,) = [resource for resource in recorded(program).values() if resource.type == POLICY]
    return statements(policy)


def test_a_lake_has_a_bucket_a_zone_and_those_that_work_needs() -> None:
    names = {name for name, resource in recorded(lake).items() if resource.type == "aws:s3/bucket:Bucket"}
    assert names == {
        "lake-raw", "lake-curated", "lake-analytics", "lake-results", "lake-quarantine", "lake-system", "lake-logs"
    }  # fmt: skip


def test_zones_tell_eventbridge_of_their_objects_and_the_other_buckets_nobody() -> None:
    found = recorded(lake)
    notified = {n.removesuffix("-events") for n, r in found.items() if r.type.endswith(":BucketNotification")}
    assert notified == {"lake-raw", "lake-curated", "lake-analytics"}


def test_the_access_log_bucket_is_encrypted_by_s3_as_log_delivery_needs() -> None:
    (rule,) = recorded(lake)["lake-logs-encryption"].inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}


def test_every_other_bucket_is_encrypted_with_the_key_through_a_bucket_key() -> None:
    found = recorded(lake)
    for bucket in ("raw", "curated", "analytics", "results", "quarantine", "system"):
        (rule,) = found[f"lake-{bucket}-encryption"].inputs["rules"]
        assert rule["bucketKeyEnabled"] is True
        assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == found["key"].outputs["arn"]


def test_a_bucket_refuses_plain_http_old_tls_and_other_keys() -> None:
    denied = {statement["Sid"]: statement for statement in statements(recorded(lake)["lake-raw-policy"])}
    assert set(denied) == {"DenyInsecureTransport", "DenyOldTls", "DenyOtherEncryption", "DenyOtherKey"}
    assert all(statement["Effect"] == "Deny" for statement in denied.values())


def test_an_upload_that_names_no_encryption_is_let_through_to_the_buckets_default() -> None:
    """A negated operator also matches where the header is absent; the Null condition is what prevents it."""
    for statement in statements(recorded(lake)["lake-raw-policy"])[2:]:
        (header,) = statement["Condition"]["StringNotEquals"]
        assert statement["Condition"]["Null"] == {header: "false"}


def test_reading_a_prefix_lists_and_reads_that_prefix_alone() -> None:
    listing, location, objects, key_use = granted(lambda made, role: made.grant_read(role, zone="raw", prefix="in/"))
    bucket = "arn:aws:s3:::lake-raw-abc1234"
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "in/*"}} or listing["Condition"] == {
        "StringLike": {"s3:prefix": ["in/*"]}
    }
    assert listing["Resource"] == location["Resource"] == bucket
    assert objects["Resource"] == f"{bucket}/in/*"
    assert key_use["Action"] == "kms:Decrypt"
    assert key_use["Condition"]["StringEquals"] == {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}


def test_writing_is_neither_reading_nor_deleting() -> None:
    actions = json.dumps(granted(lambda made, role: made.grant_write(role, zone="raw")))
    assert "s3:PutObject" in actions
    assert "s3:GetObject" not in actions
    assert "s3:Delete" not in actions


def test_putting_whole_objects_is_neither_writing_in_parts_nor_decrypting() -> None:
    objects, key_use = granted(lambda made, role: made.grant_put(role, zone="raw", prefix="in/"))
    assert (objects["Action"], objects["Resource"]) == ("s3:PutObject", "arn:aws:s3:::lake-raw-abc1234/in/*")
    assert key_use["Action"] == "kms:GenerateDataKey"


def test_getting_is_neither_listing_nor_reading_former_versions() -> None:
    objects, key_use = granted(lambda made, role: made.grant_get(role, zone="raw", prefix="in/"))
    assert (objects["Action"], objects["Resource"]) == ("s3:GetObject", "arn:aws:s3:::lake-raw-abc1234/in/*")
    assert key_use["Action"] == "kms:Decrypt"


def test_reading_is_of_objects_as_they_are_now() -> None:
    assert "s3:GetObjectVersion" not in json.dumps(granted(lambda made, role: made.grant_read(role, zone="raw")))


def test_reading_versions_is_neither_listing_nor_reading_what_is_newest() -> None:
    objects, key_use = granted(lambda made, role: made.grant_read_versions(role, zone="raw"))
    assert objects["Action"] == "s3:GetObjectVersion"
    assert key_use["Action"] == "kms:Decrypt"


def test_listing_a_prefix_lists_that_prefix_alone() -> None:
    (listing,) = granted(lambda made, role: made.grant_list(role, zone="raw", prefix="in/"))
    assert listing["Action"] == "s3:ListBucket"
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["in/*"]}}


def test_deleting_is_a_grant_of_its_own_and_leaves_former_versions() -> None:
    (objects,) = granted(lambda made, role: made.grant_delete(role, zone="raw", prefix="in/"))
    assert objects["Action"] == "s3:DeleteObject"


def test_a_zone_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="no zone 'gold'; it has raw, curated, analytics"):
        record(lambda: lake().zone("gold"), config=CONFIG)


def test_two_zones_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two zones"):
        record(lambda: DataLake("lake", key=key(), zones=[Zone(name="raw"), Zone(name="raw")]), config=CONFIG)


@pytest.mark.parametrize("name", ["Raw", "raw-data", "a" * 21, "", "1raw", "results", "logs"])
def test_a_zone_name_that_cannot_be_a_bucket_and_a_database_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        Zone(name=name)


def test_buckets_are_kept_unless_both_keys_are_turned() -> None:
    def removable() -> DataLake:
        return DataLake("lake", key=EncryptionKey("key"), removable=True)

    kept = recorded(removable)["lake-raw"]
    assert kept.inputs.get("forceDestroy") is False
    gone = recorded(removable, **{"watershed:allowDestroy": "true"})["lake-raw"]
    assert gone.inputs["forceDestroy"] is True


def test_a_lifecycle_moves_and_ends_objects_as_it_says() -> None:
    (rule,) = Lifecycle(infrequent_access_days=30, archive_days=90, expire_days=400).rules()
    assert [(move.days, move.storage_class) for move in _list(rule.transitions)] == [
        (30, "STANDARD_IA"),
        (90, "GLACIER_IR"),
    ]
    assert _list([rule.expiration])[0].days == 400


def test_unfinished_uploads_and_former_versions_always_end() -> None:
    (rule,) = Lifecycle().rules()
    assert _list([rule.abort_incomplete_multipart_upload])[0].days_after_initiation == 7
    assert _list([rule.noncurrent_version_expiration])[0].noncurrent_days == 30


def _list(value: Any) -> list[Any]:
    return list(value)


def test_access_logs_end_after_a_year() -> None:
    (rule,) = recorded(lambda: AccessLogs("logs"))["logs-lifecycle"].inputs["rules"]
    assert rule["expiration"] == {"days": 365}


def test_the_metadata_table_is_on_demand_encrypted_recoverable_and_protected() -> None:
    found = recorded(lambda: MetadataTable("metadata", key=key()))
    table = found["metadata"].inputs
    assert table["billingMode"] == "PAY_PER_REQUEST"
    assert table["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": found["key"].outputs["arn"]}
    assert table["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 35}
    assert table["deletionProtectionEnabled"] is True
    assert table["ttl"] == {"attributeName": "expires_at", "enabled": True}


def test_the_metadata_table_answers_by_group_and_by_name() -> None:
    indexes = recorded(lambda: MetadataTable("metadata", key=key()))["metadata"].inputs["globalSecondaryIndexes"]
    assert {index["name"] for index in indexes} == {"by-group", "by-name"}


def test_a_grant_has_a_name_that_iam_accepts_whatever_the_prefix() -> None:
    def program() -> None:
        reader = Role("reader", service="lambda.amazonaws.com", description="-")
        lake().grant_read(reader, zone="raw", prefix="donn\u00e9es d'ao\u00fbt/")

    names = [one.inputs["name"] for one in recorded(program).values() if one.type == POLICY]
    assert names == ["read-lake-raw-donn-es-d-ao-t"]


def test_nobody_is_ever_granted_a_scan() -> None:
    def program() -> None:
        table, role = (
            MetadataTable("metadata", key=key()),
            Role("role", service="scheduler.amazonaws.com", description="-"),
        )
        for grant in (table.grant_read, table.grant_search, table.grant_write, table.grant_delete):
            grant(role)

    assert "dynamodb:Scan" not in json.dumps([resource.inputs for resource in recorded(program).values()])
