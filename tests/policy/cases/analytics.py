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
SECURITY = "aws:glue/securityConfiguration:SecurityConfiguration"
JOB = "aws:glue/job:Job"
TRIGGER = "aws:glue/trigger:Trigger"
CRAWLER = "aws:glue/crawler:Crawler"
ENDPOINT = "aws:glue/devEndpoint:DevEndpoint"
URL = "jdbc:postgresql://db.internal:5432/app"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
AT_REST = {"catalogEncryptionMode": "SSE-KMS", "sseAwsKmsKeyId": KEY_ARN}
PASSWORDS = {"returnConnectionPasswordEncrypted": True, "awsKmsKeyId": KEY_ARN}
ENCRYPTED = {"encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN}}

KMS_ONLY = {"encryptionOption": "SSE_KMS"}
WITH_S3 = {"encryptionOption": "SSE_S3"}
OFF = {"enabled": False}


def settings(at_rest: dict[str, Any] = AT_REST, passwords: dict[str, Any] = PASSWORDS) -> Recorded:
    return make(
        SETTINGS,
        dataCatalogEncryptionSettings={"encryptionAtRest": at_rest, "connectionPasswordEncryption": passwords},
    )


def security(**changes: Any) -> Recorded:
    sections: dict[str, Any] = {
        "s3Encryption": {"s3EncryptionMode": "SSE-KMS", "kmsKeyArn": KEY_ARN},
        "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS", "kmsKeyArn": KEY_ARN},
        "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS", "kmsKeyArn": KEY_ARN},
    }
    return make(SECURITY, encryptionConfiguration={**sections, **changes})


def connection(type_: str | None = None, **given: str) -> Recorded:
    kind = {"connectionType": type_} if type_ else {}
    return make("aws:glue/connection:Connection", connectionProperties=given, **kind)


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
    *(bad("GLUE-SECURITY-CONFIGURATION", type_, make(type_)) for type_ in (JOB, CRAWLER, ENDPOINT)),
    good("GLUE-SECURITY-CONFIGURATION", "a job's", make(JOB, securityConfiguration=security())),
    good("GLUE-SECURITY-CONFIGURATION", "a crawler's", make(CRAWLER, securityConfiguration="encrypted")),
    bad("GLUE-SECURITY-CONFIGURATION-KEY", "nothing", make(SECURITY, encryptionConfiguration={})),
    bad(
        "GLUE-SECURITY-CONFIGURATION-KEY",
        "files not",
        security(s3Encryption={"s3EncryptionMode": "DISABLED"}),
    ),
    bad("GLUE-SECURITY-CONFIGURATION-KEY", "S3's key", security(s3Encryption={"s3EncryptionMode": "SSE-S3"})),
    bad(
        "GLUE-SECURITY-CONFIGURATION-KEY",
        "logs not",
        security(cloudwatchEncryption={"cloudwatchEncryptionMode": "DISABLED"}),
    ),
    bad("GLUE-SECURITY-CONFIGURATION-KEY", "bookmarks not", security(jobBookmarksEncryption={})),
    bad(
        "GLUE-SECURITY-CONFIGURATION-KEY",
        "bookmarks with AWS's key",
        security(jobBookmarksEncryption={"jobBookmarksEncryptionMode": "CSE-KMS", "kmsKeyArn": "alias/aws/glue"}),
    ),
    good("GLUE-SECURITY-CONFIGURATION-KEY", "all three", security()),
    good("GLUE-SECURITY-CONFIGURATION-KEY", "something else", make(JOB)),
    bad("GLUE-VERSION", "2.0", make(JOB, glueVersion="2.0", command={"name": "glueetl"})),
    good("GLUE-VERSION", "5.0", make(JOB, glueVersion="5.0", command={"name": "glueetl"})),
    good("GLUE-VERSION", "a Python shell", make(JOB, glueVersion="1.0", command={"name": "pythonshell"})),
    bad("GLUE-CONNECTION-TLS", "not said", connection(JDBC_CONNECTION_URL=URL)),
    bad("GLUE-CONNECTION-TLS", "off", connection("JDBC", JDBC_CONNECTION_URL=URL, JDBC_ENFORCE_SSL="false")),
    bad(
        "GLUE-CONNECTION-TLS",
        "any certificate",
        connection(JDBC_CONNECTION_URL=URL, JDBC_ENFORCE_SSL="true", SKIP_CUSTOM_JDBC_CERT_VALIDATION="true"),
    ),
    bad("GLUE-CONNECTION-TLS", "Kafka", connection("KAFKA", KAFKA_SSL_ENABLED="false")),
    bad("GLUE-CONNECTION-TLS", "MongoDB", connection("MONGODB", JDBC_ENFORCE_SSL="false")),
    good("GLUE-CONNECTION-TLS", "on", connection(JDBC_CONNECTION_URL=URL, JDBC_ENFORCE_SSL="true")),
    good("GLUE-CONNECTION-TLS", "by the URL", connection(JDBC_CONNECTION_URL=f"{URL}?sslmode=verify-full")),
    good("GLUE-CONNECTION-TLS", "Kafka, by default", connection("KAFKA", KAFKA_BOOTSTRAP_SERVERS="b:9094")),
    good("GLUE-CONNECTION-TLS", "a network only", connection("NETWORK")),
    bad("GLUE-CONNECTION-SECRET", "a password", connection(USERNAME="a", PASSWORD="b")),
    bad("GLUE-CONNECTION-SECRET", "in the URL", connection(JDBC_CONNECTION_URL=f"{URL}?user=a&password=hunter2")),
    bad("GLUE-CONNECTION-SECRET", "Kafka's", connection("KAFKA", KAFKA_SASL_SCRAM_PASSWORD="hunter2")),
    bad("GLUE-CONNECTION-SECRET", "in MongoDB's URL", connection("MONGODB", CONNECTION_URL="mongodb://a:b@h/d")),
    good("GLUE-CONNECTION-SECRET", "a URL without", connection(JDBC_CONNECTION_URL=URL, SECRET_ID="db/main")),
    bad("GLUE-SECRET-IN-ARGUMENTS", "by name", make(JOB, defaultArguments={"--db-password": "hunter2!x"})),
    bad("GLUE-SECRET-IN-ARGUMENTS", "by value", make(JOB, nonOverridableArguments={"--key": "AKIA" + "A" * 16})),
    bad("GLUE-SECRET-IN-ARGUMENTS", "a trigger's", make(TRIGGER, actions=[{"arguments": {"--token": "hunter2!x"}}])),
    bad(
        "GLUE-SECRET-IN-ARGUMENTS",
        "a workflow's",
        make("aws:glue/workflow:Workflow", defaultRunProperties={"db_password": "hunter2!x"}),
    ),
    good("GLUE-SECRET-IN-ARGUMENTS", "a trigger's table", make(TRIGGER, actions=[{"arguments": {"--table": "t"}}])),
    good("GLUE-SECRET-IN-ARGUMENTS", "its name", make(JOB, defaultArguments={"--secret-name": "db/main"})),
    good("GLUE-SECRET-IN-ARGUMENTS", "none", make(JOB, defaultArguments={"--TempDir": "s3://b/tmp/"})),
    good("GLUE-CONNECTION-SECRET", "a secret", connection(SECRET_ID="arn:aws:secretsmanager:::secret:a")),
    good("GLUE-CONNECTION-SECRET", "neither", connection("NETWORK")),
    bad("ATHENA-ENFORCED", "as a text", workgroup(enforceWorkgroupConfiguration="false")),
    bad(
        "ATHENA-CUSTOMER-KEY",
        "a database's, AWS's key",
        make(DATABASE, encryptionConfiguration={"encryptionOption": "SSE_KMS"}),
    ),
    bad("ATHENA-SCAN-LIMIT", "none at all", workgroup(bytesScannedCutoffPerQuery=0)),
    good("ATHENA-SCAN-LIMIT", "Spark, which scans no bytes", workgroup(executionRole="arn:aws:iam::1:role/spark")),
    bad("ATHENA-ENFORCED", "off", workgroup(enforceWorkgroupConfiguration=False)),
    good("ATHENA-ENFORCED", "on", workgroup(enforceWorkgroupConfiguration=True)),
    good("ATHENA-ENFORCED", "AWS's default, which is on", workgroup()),
    bad("ATHENA-ENCRYPTED", "not said", workgroup(resultConfiguration={"outputLocation": "s3://results/"})),
    bad("ATHENA-ENCRYPTED", "no key", workgroup(resultConfiguration={"encryptionConfiguration": KMS_ONLY})),
    bad("ATHENA-ENCRYPTED", "results that Athena does not manage", workgroup(managedQueryResultsConfiguration=OFF)),
    bad("ATHENA-ENCRYPTED", "a database's", make(DATABASE, bucket="b", name="d")),
    good("ATHENA-ENCRYPTED", "S3's key", workgroup(resultConfiguration={"encryptionConfiguration": WITH_S3})),
    good("ATHENA-ENCRYPTED", "managed results", workgroup(managedQueryResultsConfiguration={"enabled": True})),
    good("ATHENA-ENCRYPTED", "a database's, S3's key", make(DATABASE, encryptionConfiguration=WITH_S3)),
    good("ATHENA-ENCRYPTED", "our key", workgroup(resultConfiguration=ENCRYPTED)),
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
