"""Glue and Athena."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

SETTINGS = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"
WORKGROUP = "aws:athena/workgroup:Workgroup"
DATABASE = "aws:athena/database:Database"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
AT_REST = {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": KEY_ARN}
PASSWORDS = {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": KEY_ARN}
ENCRYPTED = {"encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN}}


def settings(at_rest: dict[str, Any] = AT_REST, passwords: dict[str, Any] = PASSWORDS) -> Recorded:
    return make(
        SETTINGS,
        dataCatalogEncryptionSettings={"encryptionAtRest": at_rest, "connectionPasswordEncryption": passwords},
    )


def workgroup(**configuration: Any) -> Recorded:
    return make(WORKGROUP, configuration=configuration)


CASES = [
    bad("GLUE-CATALOG-ENCRYPTION", "off", settings(at_rest={"catalogEncryptionMode": "DISABLED"})),
    bad("GLUE-CATALOG-ENCRYPTION", "AWS's key", settings(at_rest={"catalogEncryptionMode": "SSE-KMS"})),
    good("GLUE-CATALOG-ENCRYPTION", "our key", settings()),
    good(
        "GLUE-CATALOG-ENCRYPTION",
        "our key through a role",
        settings(at_rest={**AT_REST, "catalogEncryptionMode": "SSE-KMS-WITH-SERVICE-ROLE"}),
    ),
    bad("GLUE-PASSWORD-ENCRYPTION", "readable", settings(passwords={"returnConnectionPasswordEncrypted": False})),
    bad("GLUE-PASSWORD-ENCRYPTION", "no key", settings(passwords={"returnConnectionPasswordEncrypted": True})),
    good("GLUE-PASSWORD-ENCRYPTION", "encrypted", settings()),
    good("GLUE-PASSWORD-ENCRYPTION", "something else", make("aws:glue/catalogDatabase:CatalogDatabase", name="d")),
    bad("ATHENA-ENFORCED", "off", workgroup(enforceWorkgroupConfiguration=False)),
    good("ATHENA-ENFORCED", "on", workgroup(enforceWorkgroupConfiguration=True)),
    good("ATHENA-ENFORCED", "AWS's default, which is on", workgroup()),
    bad("ATHENA-CUSTOMER-KEY", "none", workgroup(resultConfiguration={"outputLocation": "s3://results/"})),
    bad(
        "ATHENA-CUSTOMER-KEY",
        "S3's key",
        workgroup(resultConfiguration={"encryptionConfiguration": {"encryptionOption": "SSE_S3"}}),
    ),
    bad(
        "ATHENA-CUSTOMER-KEY", "managed results, no key", workgroup(managedQueryResultsConfiguration={"enabled": True})
    ),
    bad("ATHENA-CUSTOMER-KEY", "a database's", make(DATABASE, bucket="b", name="d")),
    good("ATHENA-CUSTOMER-KEY", "our key", workgroup(resultConfiguration=ENCRYPTED)),
    good(
        "ATHENA-CUSTOMER-KEY",
        "managed results, our key",
        workgroup(managedQueryResultsConfiguration={"enabled": True, "encryptionConfiguration": {"kmsKey": KEY_ARN}}),
    ),
    good(
        "ATHENA-CUSTOMER-KEY",
        "a database's",
        make(DATABASE, encryptionConfiguration={"encryptionOption": "SSE_KMS", "kmsKey": KEY_ARN}),
    ),
    bad("ATHENA-SCAN-LIMIT", "none", workgroup()),
    good("ATHENA-SCAN-LIMIT", "one", workgroup(bytesScannedCutoffPerQuery=10_000_000)),
    good("ATHENA-SCAN-LIMIT", "something else", make(DATABASE)),
    bad("ATHENA-METRICS", "off", workgroup(publishCloudwatchMetricsEnabled=False)),
    good("ATHENA-METRICS", "on", workgroup(publishCloudwatchMetricsEnabled=True)),
    good("ATHENA-METRICS", "AWS's default, which is on", workgroup()),
]
