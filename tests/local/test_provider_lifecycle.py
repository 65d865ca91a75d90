"""Every type in the emulated AWS: made, read back through boto3, changed, drifted, imported, deleted."""

import json
from typing import Any

import pytest

from local.aws import ACCESS_KEY, SECRET_KEY, Clients
from local.emulator.lifecycle import Emulator
from local.provider import support, supported_types
from local.provider.server import AwsProvider
from local.provider.values import Secret

from . import (
    provider_apis,
    provider_events,
    provider_firewalls,
    provider_jobs,
    provider_machines,
    provider_networks,
    provider_portals,
    provider_users,
)
from .provider_stage import REGION, Life, Refusal
from .provider_world import ROLE_TRUST, Case, World, get, policy, tags_of


@pytest.fixture(scope="module")
def world(emulator: Emulator, clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> World:
    credentials = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    served = AwsProvider(emulator.endpoint, REGION, credentials=credentials)
    return World(served, clients, tmp_path_factory.mktemp("world"))


def indexes(clients: Clients, outputs: dict[str, Any]) -> Any:
    table = clients("dynamodb").describe_table(TableName=outputs["name"])["Table"]
    found = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
    recovery = clients("dynamodb").describe_continuous_backups(TableName=outputs["name"])
    live = clients("dynamodb").describe_time_to_live(TableName=outputs["name"])["TimeToLiveDescription"]
    status = recovery["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return found, status, live["TimeToLiveStatus"]


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "S"} for name in names]


def subscription(clients: Clients, outputs: dict[str, Any]) -> Any:
    found = clients("sns").get_subscription_attributes(SubscriptionArn=outputs["arn"])["Attributes"]
    return found.get("RawMessageDelivery"), json.loads(found.get("FilterPolicy") or "null")


ENCRYPTED = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
P95 = {"metricName": "Duration", "namespace": "AWS/Lambda", "period": 60, "stat": "p95"}
DAYS_10 = [{"id": "old", "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": 10}}]
DAYS_20 = [{"id": "old", "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": 20}}]
GROUPED = {"name": "by-group", "hashKey": "group", "projectionType": "ALL"}
OWNED = {"name": "by-owner", "keySchemas": [{"attributeName": "owner", "keyType": "HASH"}], "projectionType": "ALL"}

CASES = (
    Case(
        "aws:kms/key:Key",
        lambda world: {"description": "one", "enableKeyRotation": True, "rotationPeriodInDays": 180},
        {"description": "two", "enableKeyRotation": False, "rotationPeriodInDays": None},
        get("kms", "get_key_rotation_status", "KeyRotationEnabled", KeyId="keyId"),
        True,
        False,
    ),
    Case(
        "aws:kms/key:Key",
        lambda world: {"tags": {"a": "1", "b": "1"}, "deletionWindowInDays": 7},
        {"tags": {"a": "2"}},
        tags_of("kms", KeyId="keyId"),
        {"a": "1", "b": "1"},
        {"a": "2"},
    ),
    Case("aws:kms/alias:Alias", lambda world: {"targetKeyId": world.key}),
    Case(
        "aws:iam/role:Role",
        lambda world: {"assumeRolePolicy": ROLE_TRUST, "description": "one", "permissionsBoundary": world.boundary},
        {"description": "two", "permissionsBoundary": None},
        get("iam", "get_role", "Role", "Description", RoleName="name"),
        "one",
        "two",
    ),
    Case(
        "aws:iam/role:Role",
        lambda world: {
            "assumeRolePolicy": ROLE_TRUST,
            "inlinePolicies": [{"name": "read", "policy": policy("arn:aws:s3:::a/*")}],
        },
        {"inlinePolicies": [{"name": "other", "policy": policy("arn:aws:s3:::a/*")}]},
        get("iam", "list_role_policies", "PolicyNames", RoleName="name"),
        ["read"],
        ["other"],
    ),
    Case(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: {"role": world.role["name"], "policy": policy("arn:aws:s3:::one/*")},
        {"policy": policy("arn:aws:s3:::two/*")},
        get("iam", "get_role_policy", "PolicyDocument", "Statement", 0, "Resource", RoleName="role", PolicyName="name"),
        "arn:aws:s3:::one/*",
        "arn:aws:s3:::two/*",
    ),
    Case(
        "aws:s3/bucket:Bucket",
        lambda world: {"tags": {"a": "1"}},
        {"tags": {"a": "2"}},
        get("s3", "get_bucket_tagging", "TagSet", 0, "Value", Bucket="bucket"),
        "1",
        "2",
    ),
    Case(
        "aws:s3/bucketVersioning:BucketVersioning",
        lambda world: {"bucket": world.bucket, "versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
        get("s3", "get_bucket_versioning", "Status", Bucket="bucket"),
        "Enabled",
        "Suspended",
        stays=True,
    ),
    Case(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda world: {
            "bucket": world.bucket,
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": world.key},
                    "bucketKeyEnabled": True,
                }
            ],
        },
        {"rules": ENCRYPTED},
        get(
            "s3", "get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules", 0,
            "ApplyServerSideEncryptionByDefault", "SSEAlgorithm", Bucket="bucket",
        ),
        "aws:kms",
        "AES256",
        stays=True,
    ),
    Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        lambda world: {"bucket": world.bucket, "blockPublicAcls": True, "blockPublicPolicy": True},
        {"blockPublicPolicy": False},
        get("s3", "get_public_access_block", "PublicAccessBlockConfiguration", "BlockPublicPolicy", Bucket="bucket"),
        True,
        False,
    ),
    Case(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        lambda world: {"bucket": world.bucket, "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
        get("s3", "get_bucket_ownership_controls", "OwnershipControls", "Rules", 0, "ObjectOwnership", Bucket="bucket"),
        "BucketOwnerEnforced",
        "ObjectWriter",
    ),
    Case("aws:s3/bucketPolicy:BucketPolicy", lambda world: {"bucket": world.bucket, "policy": policy("*")}),
    Case(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        lambda world: {"bucket": world.bucket, "rules": DAYS_10},
        {"rules": DAYS_20},
        get("s3", "get_bucket_lifecycle_configuration", "Rules", 0, "Expiration", "Days", Bucket="bucket"),
        10,
        20,
    ),
    Case(
        "aws:s3/bucketLogging:BucketLogging",
        lambda world: {"bucket": world.bucket, "targetBucket": world.bucket, "targetPrefix": "one/"},
        {"targetPrefix": "two/"},
        get("s3", "get_bucket_logging", "LoggingEnabled", "TargetPrefix", Bucket="bucket"),
        "one/",
        "two/",
    ),
    Case(
        "aws:s3/bucketNotification:BucketNotification",
        lambda world: {"bucket": world.bucket, "eventbridge": True},
        lambda world: {
            "queues": [
                {"queueArn": world.told, "events": ["s3:ObjectCreated:*"], "filterPrefix": "x/", "id": "n"}
            ]
        },
        get("s3", "get_bucket_notification_configuration", "EventBridgeConfiguration", Bucket="bucket"),
        {},
        {},
        stays=True,
    ),
    Case(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        lambda world: {"bucket": world.bucket, "key": "deep/settings.json", "content": "one", "tags": {"a": "b"}},
        {"content": "other"},
        get("s3", "head_object", "ContentLength", Bucket="bucket", Key="key"),
        3,
        5,
    ),
    Case(
        "aws:sqs/queue:Queue",
        lambda world: {
            "kmsMasterKeyId": world.key,
            "redrivePolicy": json.dumps({"deadLetterTargetArn": world.dead["arn"], "maxReceiveCount": 3}),
        },
        {"redrivePolicy": None, "delaySeconds": 5},
        lambda clients, outputs: "RedrivePolicy" in clients("sqs").get_queue_attributes(
            QueueUrl=outputs["url"], AttributeNames=["All"]
        )["Attributes"],
        True,
        False,
    ),
    Case("aws:sqs/queue:Queue", lambda world: {"fifoQueue": True, "contentBasedDeduplication": True}),
    Case(
        "aws:sqs/queuePolicy:QueuePolicy",
        lambda world: {"queueUrl": world.queue["url"], "policy": policy("one")},
        {"policy": policy("two")},
    ),
    Case(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        lambda world: {"queueUrl": world.queue["url"], "redriveAllowPolicy": '{"redrivePermission": "denyAll"}'},
        {"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'},
    ),
    Case(
        "aws:glue/catalogDatabase:CatalogDatabase",
        lambda world: {"description": "one", "tags": {"a": "b"}},
        {"description": "two"},
        get("glue", "get_database", "Database", "Description", Name="name"),
        "one",
        "two",
    ),
    Case(
        "aws:glue/catalogTable:CatalogTable",
        lambda world: {
            "databaseName": world.database,
            "tableType": "EXTERNAL_TABLE",
            "partitionKeys": [{"name": "month", "type": "int"}],
            "parameters": {"classification": "parquet"},
            "storageDescriptor": {
                "location": f"s3://{world.bucket}/flights/",
                "columns": [{"name": "carrier", "type": "string", "comment": "who flies"}],
                "serDeInfo": {"serializationLibrary": "library", "parameters": {"serialization.format": "1"}},
            },
        },
        {"parameters": {"classification": "csv"}},
        get(
            "glue", "get_table", "Table", "Parameters", "classification", DatabaseName="databaseName", Name="name"
        ),
        "parquet",
        "csv",
    ),
    Case(
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        lambda world: {
            "dataCatalogEncryptionSettings": {
                "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": world.key},
                "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": world.key},
            }
        },
        {
            "dataCatalogEncryptionSettings": {
                "encryptionAtRest": {"catalogEncryptionMode": "DISABLED"},
                "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": False},
            }
        },
        get(
            "glue", "get_data_catalog_encryption_settings", "DataCatalogEncryptionSettings", "EncryptionAtRest",
            "CatalogEncryptionMode",
        ),
        "SSE-KMS",
        "DISABLED",
        stays=True,
    ),
    Case(
        "aws:athena/workgroup:Workgroup",
        lambda world: {
            "configuration": {
                "bytesScannedCutoffPerQuery": 10_000_000,
                "resultConfiguration": {"outputLocation": f"s3://{world.bucket}/one/"},
            },
            "tags": {"a": "b"},
        },
        {"description": "queries"},
        get("athena", "get_work_group", "WorkGroup", "Description", WorkGroup="name"),
        "",
        "queries",
    ),
    Case(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda world: {"retentionInDays": 30, "tags": {"a": "b"}},
        {"retentionInDays": 60},
        get("logs", "describe_log_groups", "logGroups", 0, "retentionInDays", logGroupNamePrefix="name"),
        30,
        60,
    ),
    Case(
        "aws:lambda/layerVersion:LayerVersion",
        lambda world: {"layerName": "duckdb", "code": world.code(1), "compatibleRuntimes": ["python3.13"]},
    ),
    Case(
        "aws:lambda/function:Function",
        lambda world: world.function_properties(
            environment={"variables": {"STAGE": "local"}},
            deadLetterConfig={"targetArn": world.dead["arn"]},
            tracingConfig={"mode": "Active"},
            kmsKeyArn=world.key,
            ephemeralStorage={"size": 1024},
            loggingConfig={"logFormat": "JSON"},
            tags={"a": "b"},
        ),
        lambda world: {"code": world.code(2), "timeout": 30, "environment": None, "reservedConcurrentExecutions": 5},
        lambda clients, outputs: clients("lambda")
        .get_function_configuration(FunctionName=outputs["name"]).get("Environment", {}).get("Variables", {}),
        {"STAGE": "local"},
        {},
    ),
    Case(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        lambda world: {
            "functionName": world.function["arn"],
            "eventSourceArn": world.queue["arn"],
            "batchSize": 5,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "scalingConfig": {"maximumConcurrency": 4},
        },
        {"batchSize": 6, "enabled": False},
        get("lambda", "get_event_source_mapping", "State", UUID="uuid"),
        "Enabled",
        "Disabled",
    ),
    Case(
        "aws:lambda/permission:Permission",
        lambda world: {
            "function": world.function["name"],
            "action": "lambda:InvokeFunction",
            "principal": "events.amazonaws.com",
            "sourceArn": world.rule["arn"],
        },
        import_id=lambda life: f"{life.outputs['function']}/{life.id}",
    ),
    Case(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        lambda world: {"functionName": world.function["name"], "maximumRetryAttempts": 1},
        {"maximumRetryAttempts": 0},
        get("lambda", "get_function_event_invoke_config", "MaximumRetryAttempts", FunctionName="functionName"),
        1,
        0,
    ),
    Case(
        "aws:cloudwatch/eventRule:EventRule",
        lambda world: {"eventPattern": '{"source": ["aws.s3"]}', "tags": {"a": "b"}},
        {"state": "DISABLED"},
        get("events", "describe_rule", "State", Name="name"),
        "ENABLED",
        "DISABLED",
    ),
    Case(
        "aws:cloudwatch/eventTarget:EventTarget",
        lambda world: {
            "rule": world.rule["name"],
            "arn": world.queue["arn"],
            "deadLetterConfig": {"arn": world.dead["arn"]},
            "inputTransformer": {"inputPaths": {"key": "$.detail.object.key"}, "inputTemplate": "<key>"},
        },
        {"retryPolicy": {"maximumRetryAttempts": 4, "maximumEventAgeInSeconds": 60}},
        get("events", "list_targets_by_rule", "Targets", 0, "DeadLetterConfig", "Arn", Rule="rule"),
        "DEAD",
        "DEAD",
        import_id=lambda life: f"default/{life.outputs['rule']}/{life.outputs['targetId']}",
    ),
    Case(
        "aws:sns/topic:Topic",
        lambda world: {"kmsMasterKeyId": world.key, "displayName": "one", "tags": {"a": "b"}},
        {"displayName": "two"},
        get("sns", "get_topic_attributes", "Attributes", "DisplayName", TopicArn="arn"),
        "one",
        "two",
    ),
    Case(
        "aws:sns/topicPolicy:TopicPolicy",
        lambda world: {"arn": world.topic, "policy": policy("one")},
        {"policy": policy("two")},
        stays=True,
    ),
    Case(
        "aws:sns/topicSubscription:TopicSubscription",
        lambda world: {
            "topic": world.topic,
            "protocol": "sqs",
            "endpoint": world.queue["arn"],
            "rawMessageDelivery": True,
        },
        {"rawMessageDelivery": False, "filterPolicy": '{"kind": ["alarm"]}'},
        subscription,
        ("true", None),
        ("false", {"kind": ["alarm"]}),
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda world: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 0,
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "period": 60,
            "statistic": "Sum",
            "dimensions": {"FunctionName": world.function["name"]},
            "alarmActions": [world.topic],
            "tags": {"a": "b"},
        },
        {"threshold": 2.5},
        lambda clients, outputs: clients("cloudwatch").describe_alarms(AlarmNames=[outputs["name"]])["MetricAlarms"][0][
            "Threshold"
        ],
        0,
        2.5,
    ),
    Case(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        lambda world: {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "threshold": 0.8,
            "metricQueries": [
                {"id": "share", "expression": "used / 900000", "returnData": True},
                {"id": "used", "metric": P95},
            ],
        },
    ),
    Case(
        "aws:dynamodb/table:Table",
        lambda world: {
            "billingMode": "PAY_PER_REQUEST",
            "hashKey": "pk",
            "rangeKey": "sk",
            "attributes": attributes("pk", "sk", "group"),
            "globalSecondaryIndexes": [GROUPED],
            "pointInTimeRecovery": {"enabled": True},
            "ttl": {"enabled": True, "attributeName": "expires_at"},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": world.key},
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "tags": {"a": "b"},
        },
        {
            "attributes": attributes("pk", "sk", "owner"),
            "globalSecondaryIndexes": [OWNED],
            "pointInTimeRecovery": {"enabled": False},
            "ttl": None,
            "streamEnabled": False,
            "streamViewType": None,
        },
        indexes,
        (["by-group"], "ENABLED", "ENABLED"),
        (["by-owner"], "DISABLED", "DISABLED"),
    ),
    Case(
        "aws:dynamodb/table:Table",
        lambda world: {"hashKey": "pk", "attributes": attributes("pk"), "readCapacity": 1, "writeCapacity": 1},
        {"readCapacity": 2},
        get(
            "dynamodb", "describe_table", "Table", "ProvisionedThroughput", "ReadCapacityUnits", TableName="name"
        ),
        1,
        2,
    ),
    Case("aws:scheduler/scheduleGroup:ScheduleGroup", lambda world: {"tags": {"a": "b"}}),
    Case(
        "aws:scheduler/schedule:Schedule",
        lambda world: {
            "scheduleExpression": "cron(0 6 * * ? *)",
            "scheduleExpressionTimezone": "Europe/Rome",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": world.function["arn"],
                "roleArn": world.role["arn"],
                "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 60},
                "deadLetterConfig": {"arn": world.dead["arn"]},
            },
        },
        {"state": "DISABLED"},
        get("scheduler", "get_schedule", "State", Name="name", GroupName="groupName"),
        "ENABLED",
        "DISABLED",
    ),
    *provider_apis.CASES,
    *provider_events.CASES,
    *provider_firewalls.CASES,
    *provider_jobs.CASES,
    *provider_machines.CASES,
    *provider_networks.CASES,
    *provider_portals.CASES,
    *provider_users.CASES,
)  # fmt: skip


def case_name(case: Case) -> str:
    return case.token.rpartition(":")[2]


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_a_resource_lives_from_creation_to_deletion(world: World, case: Case) -> None:
    given = case.given(world)
    life = world.made(case.token, "subject", **given)
    dead = world.dead["arn"]
    assert case.look(world.clients, life.outputs) == (dead if case.first == "DEAD" else case.first)

    assert life.refresh()
    assert not life.diff(**given).diffs, "what was deployed reads back as something else"
    assert Life(world.served, case.token).adopt(case.import_id(life))

    change = case.change(world) if callable(case.change) else case.change
    if change:
        changed = {name: value for name, value in {**given, **change}.items() if value is not None}
        life.update(**changed)
        assert case.look(world.clients, life.outputs) == (dead if case.second == "DEAD" else case.second)
        assert life.refresh()
        assert not life.diff(**changed).diffs, "what was changed reads back as something else"

    life.delete()
    assert life.refresh() is case.stays
    life.delete()


def test_every_emulated_type_has_a_life_here() -> None:
    emulated = {token for token in supported_types() if support(token) == "emulated"}
    assert emulated == {case.token for case in CASES}


@pytest.mark.parametrize("token", [token for token in supported_types() if support(token) == "recorded"])
def test_a_recorded_type_lives_in_state_only(world: World, token: str) -> None:
    given: dict[str, dict[str, Any]] = {
        "aws:lakeformation/dataLakeSettings:DataLakeSettings": {"admins": [world.role["arn"]]},
        "aws:lakeformation/resource:Resource": {"arn": f"arn:aws:s3:::{world.bucket}", "roleArn": world.role["arn"]},
        "aws:lakeformation/permissions:Permissions": {
            "principal": world.role["arn"],
            "permissions": ["SELECT"],
            "table": {"databaseName": world.database, "wildcard": True},
        },
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings": {
            "dataCatalogEncryptionSettings": {
                "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": world.key},
                "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": world.key},
            }
        },
        **provider_firewalls.recorded(),
        **provider_jobs.recorded(world),
        **provider_portals.recorded(world),
        **provider_users.recorded(),
    }
    life = world.made(token, "subject", **given[token])
    assert life.id
    assert life.refresh()
    assert not life.diff(**given[token]).diffs
    life.delete()


def test_a_refresh_sees_what_was_changed_by_hand(world: World) -> None:
    life = world.made("aws:sqs/queue:Queue", "drifting", delaySeconds=1, tags={"a": "b"})
    sqs = world.clients("sqs")
    sqs.set_queue_attributes(QueueUrl=life.outputs["url"], Attributes={"DelaySeconds": "9"})
    sqs.tag_queue(QueueUrl=life.outputs["url"], Tags={"by": "hand"})
    assert life.refresh()
    assert life.inputs["delaySeconds"] == 9
    assert sorted(life.diff(delaySeconds=1, tags={"a": "b"}).diffs) == ["delaySeconds", "tags"]
    life.update(delaySeconds=1, tags={"a": "b"})
    assert sqs.list_queue_tags(QueueUrl=life.outputs["url"])["Tags"] == {"a": "b"}


def test_a_refresh_sees_that_a_resource_was_deleted_by_hand(world: World) -> None:
    life = world.made("aws:sqs/queue:Queue", "lost")
    world.clients("sqs").delete_queue(QueueUrl=life.outputs["url"])
    assert not life.refresh()


def test_a_bucket_with_objects_is_only_deleted_by_force(world: World) -> None:
    s3 = world.clients("s3")
    kept = world.made("aws:s3/bucket:Bucket", "kept")
    forced = world.made("aws:s3/bucket:Bucket", "forced", forceDestroy=True)
    for life in (kept, forced):
        name = life.outputs["bucket"]
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"one", b"two"):
            s3.put_object(Bucket=name, Key="file", Body=body)
        s3.delete_object(Bucket=name, Key="file")
    with pytest.raises(Refusal, match=r"aws:s3/bucket:Bucket 'kept': s3:DeleteBucket: BucketNotEmpty"):
        kept.delete()
    forced.delete()
    assert not forced.refresh()


def test_the_version_of_an_object_is_unknown_until_its_new_content_is_there(world: World) -> None:
    bucket = world.made("aws:s3/bucket:Bucket", "versioned", forceDestroy=True).outputs["bucket"]
    world.clients("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    life = world.made("aws:s3/bucketObjectv2:BucketObjectv2", "settings", bucket=bucket, key="s.json", content="{}")
    first = life.outputs["versionId"]
    assert first
    changed = {"bucket": bucket, "key": "s.json", "content": '{"version": 1}'}
    assert repr(life.update(preview=True, **changed)["versionId"]) == "<unknown>"
    assert life.update(**changed)["versionId"] not in (first, "")


def test_the_token_of_a_web_acl_is_unknown_until_any_change_but_of_its_tags_is_done(world: World) -> None:
    given = {**provider_firewalls.web_acl("count"), "tags": {"a": "b"}}
    life = world.made("aws:wafv2/webAcl:WebAcl", "locked", **given)
    assert repr(life.update(preview=True, **given, tokenDomains=["example.com"])["lockToken"]) == "<unknown>"
    assert life.update(preview=True, **{**given, "tags": {}})["lockToken"] == life.outputs["lockToken"]


def test_a_secret_reaches_aws_and_stays_a_secret_in_state(world: World) -> None:
    given = world.function_properties(environment={"variables": {"PASSWORD": Secret("hunter22")}})
    given["tags"] = {"hint": Secret("hunter22")}
    life = world.made("aws:lambda/function:Function", "discreet", **given)
    found = world.clients("lambda").get_function_configuration(FunctionName=life.outputs["name"])
    assert found["Environment"]["Variables"]["PASSWORD"] == "hunter22"
    assert life.refresh()
    assert "hunter22" not in repr({**life.outputs, **life.inputs})


def test_an_error_names_the_resource_the_operation_and_aws_s_own_words(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.made("aws:s3/bucketPolicy:BucketPolicy", "lonely", bucket="no-such-bucket", policy=policy("*"))
    assert str(refused.value).startswith(
        "aws:s3/bucketPolicy:BucketPolicy 'lonely': s3:PutBucketPolicy: NoSuchBucket: "
    )


def test_what_a_function_publishes_is_its_newest_version(world: World) -> None:
    life = world.made("aws:lambda/function:Function", "published", **world.function_properties(publish=True))
    assert life.outputs["version"] == "1"
    assert life.outputs["qualifiedArn"] == f"{life.outputs['arn']}:1"
    given = world.function_properties(publish=True, code=world.code(2))
    assert repr(life.update(preview=True, **given)["version"]) == "<unknown>"
    assert life.update(**given)["version"] == "2"
