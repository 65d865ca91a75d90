"""Lambda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
LAYER_PERMISSION = "aws:lambda/layerVersionPermission:LayerVersionPermission"
URL = "aws:lambda/functionUrl:FunctionUrl"
INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
EVENT_SOURCE = "aws:lambda/eventSourceMapping:EventSourceMapping"
SIGNING = "aws:lambda/codeSigningConfig:CodeSigningConfig"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
SCHEDULE = "aws:scheduler/schedule:Schedule"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead"
KEPT = {"onFailure": {"destinationArn": QUEUE_ARN}}
function = make(FUNCTION, "function")


def with_variable(name: str, value: str) -> Recorded:
    return make(FUNCTION, environment={"variables": {name: value}})


def at_edge(runs: Recorded) -> Recorded:
    association = {"eventType": "viewer-request", "lambdaArn": runs}
    return make(DISTRIBUTION, enabled=True, defaultCacheBehavior={"lambdaFunctionAssociations": [association]})


def permission(principal: str, **more: Any) -> Recorded:
    return make(PERMISSION, action="lambda:InvokeFunction", function=function, principal=principal, **more)


def source(service: str, **more: Any) -> Recorded:
    return make(
        EVENT_SOURCE, functionName=function, eventSourceArn=f"arn:aws:{service}:eu-west-1:123456789012:it", **more
    )


def reading(*, hidden: int | None = None, timeout: int | None = None, **more: Any) -> list[Recorded]:
    """Return a function, a queue, and what has the one read the other."""
    reader = make(FUNCTION, "reader", **_given(timeout=timeout))
    queue = make("aws:sqs/queue:Queue", "jobs", **_given(visibilityTimeoutSeconds=hidden))
    return [reader, queue, make(EVENT_SOURCE, functionName=reader, eventSourceArn=queue, **more)]


def _given(**inputs: Any) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if value is not None}


SECRETS = {
    "DB_PASSWORD": "hunter2!x",
    "API_KEY": "3f786850e387550fdab836ed7e6dc881",
    "GITHUB": "ghp_" + "a" * 36,
    "AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "DATABASE": "postgres://app:pa55word@db.internal:5432/app",
    "authToken": "q8s7df6q8s7df6",
    "DB_PASS": "hunter2!x",
    "MYSQL_PWD": "hunter2!x",
    "CONNECTION": "Server=db;User Id=app;Password=hunter2;",
    "SETTINGS": '{"host": "db", "password": "hunter2"}',
    "KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEK1",
    "dbpass": "hunter2!x",
    "ENCRYPTION_KEY": "0123456789abcdef0123456789abcdef",
    "ALERTS": "https://hooks.slack.com/services/" + "T00000000/B00000000/X0X0X0X0X0",
    "MAIL": "SG." + "a1b2c3d4e5f6g7h8i9j0k1" + ".a1b2c3d4e5f6g7h8i9j0k1",
    "REPOSITORY": "glpat-" + "a1b2c3d4e5f6g7h8i9j0",
    "PACKAGES": "npm_" + "a" * 36,
    "MAPS": "AIza" + "a" * 35,
    "MODEL": "sk-proj-" + "a" * 30,
    "HEADER": "Basic dXNlcjpodW50ZXIy",
    "SENT": "Bearer " + "a1" * 12,
    "PEM": "-----BEGIN RSA PRIVATE KEY-----\nMII",
    "ERRORS": "sntrys_" + "a1b2c3d4e5f6g7h8i9j0k1",
    "VAULT": "hvs." + "a1b2c3d4e5f6g7h8i9j0k1",
    "LOGIN": "GOCSPX-" + "a1b2c3d4e5f6g7h8i9j0k1",
    "CHAT": "https://discord.com/api/webhooks/" + "123456789/a1b2c3d4e5f6",
    "BASIC_AUTH": "admin:hunter2!x",
    "MQ_PASSWORD": "123456",
    "FERNET_KEY": "46BKJoQYlPPOexq0OhDZnIlNepKFf87WFwLbfzqDDho=",
    "FLAGS": "sdk-" + "01234567-89ab-cdef-0123-456789abcdef",
    "OPTIONS": '{"db": {"db_password": "hunter2!x"}}',
}
NO_SECRETS = {
    "SECRET_ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:odk-abc",
    "DB_PASSWORD": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:odk-abc",
    "SECRET_NAME": "odk/credentials",
    "TOKEN_TTL_SECONDS": "3600",
    "TOKEN_URL": "https://login.example.com/token",
    "SETTINGS_KEY": "settings/platform.json",
    "PASSWORD_PARAMETER": "/app/password",
    "POWERTOOLS_SERVICE_NAME": "ingest",
    "MAX_TOKENS": "2000",
    "COMMIT": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "BYPASS_CACHE": "on",
    "COMPASS": "north",
    "PASSWORDLESS_SIGN_IN": "email",
    "PASSWORD_HASH_ROUNDS": "twelve",
    "AUTHORIZATION": "Bearer",
    "PLAN": "Basic",
    "TOKENIZER_MODEL": "bert-base",
    "SECRET_PROVIDER": "vault",
    "PASSWORD_POLICY": "strong",
    "API_KEY_SOURCE": "HEADER",
    "KMS_KEY": "alias/lake",
    "PARTITION_KEY": "order_id",
    "PUBLIC_KEY": "-----BEGIN PUBLIC KEY-----\nMII",
    "DB_PASSWORD_KEY": "password",
    "TOKEN_LIFETIME": "15m",
    "SESSION_TOKEN_RENEWAL": "PT5M",
    "SECRETS": "prod/db,prod/api",
    "LOG_SECRETS": "never",
    "PASSWORD_HISTORY": "24",
    "PASSWORD_HASHER": "argon2",
    "SECRET_VERSION_STAGE": "AWSCURRENT",
    "DB_SECRET": "prod/orders/db",
    "DATABASE": "postgres://app:${DB_PASSWORD}@db.internal/app",
    "CONNECTION": "Server=db;User Id=app;Password=${DB_PASSWORD};",
    "SETTINGS": '{"secret": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "api_key": "${API_KEY}"}',
    "ROUTES": '{"a":"https://a.example.com","mail":"b@example.com"}',
}

CASES = [
    bad("LAMBDA-TRACING", "not said", function),
    bad("LAMBDA-TRACING", "passed through", make(FUNCTION, tracingConfig={"mode": "PassThrough"})),
    good("LAMBDA-TRACING", "not possible at CloudFront's edge", function, at_edge(function)),
    good("LAMBDA-DEAD-LETTERS", "not possible at CloudFront's edge", function, at_edge(function)),
    good("LAMBDA-TRACING", "active", make(FUNCTION, tracingConfig={"mode": "Active"})),
    good(
        "LAMBDA-TRACING", "something else", make("aws:lambda/alias:Alias", functionName=function, functionVersion="1")
    ),
    bad("LAMBDA-DEAD-LETTERS", "none", function),
    bad(
        "LAMBDA-DEAD-LETTERS",
        "on success only",
        function,
        make(INVOKE_CONFIG, functionName=function, destinationConfig={"onSuccess": {"destination": QUEUE_ARN}}),
    ),
    good("LAMBDA-DEAD-LETTERS", "a queue", make(FUNCTION, deadLetterConfig={"targetArn": QUEUE_ARN})),
    good(
        "LAMBDA-DEAD-LETTERS",
        "on failure",
        function,
        make(INVOKE_CONFIG, functionName=function, destinationConfig={"onFailure": {"destination": QUEUE_ARN}}),
    ),
    good("LAMBDA-DEAD-LETTERS", "read from a queue", function, source("sqs")),
    good("LAMBDA-DEAD-LETTERS", "an API waits for it", function, permission("apigateway.amazonaws.com")),
    good("LAMBDA-DEAD-LETTERS", "a URL's caller waits for it", function, make(URL, functionName=function)),
    bad("LAMBDA-DEAD-LETTERS", "a topic does not wait", function, source("sqs"), permission("sns.amazonaws.com")),
    bad("LAMBDA-DEAD-LETTERS", "nor a schedule", function, source("sqs"), make(SCHEDULE, target={"arn": function})),
    bad("LAMBDA-STREAM-FAILURES", "a stream", source("kinesis")),
    bad("LAMBDA-STREAM-FAILURES", "a table's stream", source("dynamodb", destinationConfig={})),
    good(
        "LAMBDA-STREAM-FAILURES",
        "kept",
        source("kinesis", destinationConfig=KEPT, maximumRetryAttempts=3),
    ),
    good("LAMBDA-STREAM-FAILURES", "kept at once", source("kinesis", destinationConfig=KEPT, maximumRetryAttempts=0)),
    good("LAMBDA-STREAM-FAILURES", "by age", source("dynamodb", destinationConfig=KEPT, maximumRecordAgeInSeconds=60)),
    bad("LAMBDA-STREAM-FAILURES", "tried for ever", source("kinesis", destinationConfig=KEPT)),
    bad(
        "LAMBDA-STREAM-FAILURES",
        "tried for ever, and said so",
        source("kinesis", destinationConfig=KEPT, maximumRetryAttempts=-1, maximumRecordAgeInSeconds=-1),
    ),
    bad("LAMBDA-QUEUE-TIMEOUT", "shorter", *reading(hidden=10, timeout=30)),
    bad("LAMBDA-QUEUE-TIMEOUT", "shorter, by default", *reading(timeout=60)),
    good("LAMBDA-QUEUE-TIMEOUT", "as long", *reading(hidden=30, timeout=30)),
    good("LAMBDA-QUEUE-TIMEOUT", "both by default", *reading()),
    good("LAMBDA-QUEUE-TIMEOUT", "a queue elsewhere", make(FUNCTION, "function", timeout=900), source("sqs")),
    bad("LAMBDA-QUEUE-RETRIES", "a little longer", *reading(hidden=60, timeout=30)),
    bad(
        "LAMBDA-QUEUE-RETRIES",
        "six times, and the batch takes time",
        *reading(hidden=180, timeout=30, maximumBatchingWindowInSeconds=10),
    ),
    good("LAMBDA-QUEUE-RETRIES", "six times", *reading(hidden=180, timeout=30)),
    good("LAMBDA-QUEUE-RETRIES", "both by default", *reading()),
    good("LAMBDA-STREAM-FAILURES", "a queue, which has its own", source("sqs")),
    bad("LAMBDA-ENVIRONMENT-KEY", "none", with_variable("A", "b")),
    good("LAMBDA-ENVIRONMENT-KEY", "ours", make(FUNCTION, environment={"variables": {"A": "b"}}, kmsKeyArn=KEY_ARN)),
    good("LAMBDA-ENVIRONMENT-KEY", "nothing to encrypt", function),
    *(bad("LAMBDA-SECRET-IN-ENVIRONMENT", name, with_variable(name, value)) for name, value in SECRETS.items()),
    *(good("LAMBDA-SECRET-IN-ENVIRONMENT", name, with_variable(name, value)) for name, value in NO_SECRETS.items()),
    bad("LAMBDA-RUNTIME", "deprecated", make(FUNCTION, runtime="python3.8")),
    bad("LAMBDA-RUNTIME", "long deprecated", make(FUNCTION, runtime="nodejs12.x")),
    good("LAMBDA-RUNTIME", "supported", make(FUNCTION, runtime="python3.13")),
    good(
        "LAMBDA-RUNTIME",
        "an image",
        make(FUNCTION, packageType="Image", imageUri="1.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:1"),
    ),
    bad("LAMBDA-PUBLIC", "a permission for everyone", permission("*")),
    bad("LAMBDA-PUBLIC", "a URL for everyone", make(URL, functionName=function, authorizationType="NONE")),
    good("LAMBDA-PUBLIC", "an organization", permission("*", principalOrgId="o-12345")),
    good("LAMBDA-PUBLIC", "a service", permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::raw")),
    good("LAMBDA-PUBLIC", "a URL with IAM", make(URL, functionName=function, authorizationType="AWS_IAM")),
    bad("LAMBDA-SOURCE", "any account's rule", permission("events.amazonaws.com")),
    bad("LAMBDA-SOURCE", "any account's bucket", permission("s3.amazonaws.com")),
    good(
        "LAMBDA-SOURCE",
        "one rule",
        permission("events.amazonaws.com", sourceArn="arn:aws:events:eu-west-1:123456789012:rule/a"),
    ),
    bad("LAMBDA-SOURCE", "any skill of Alexa", permission("alexa-appkit.amazon.com")),
    good("LAMBDA-SOURCE", "one skill", permission("alexa-appkit.amazon.com", eventSourceToken="amzn1.ask.skill.1")),
    good("LAMBDA-SOURCE", "our account", permission("s3.amazonaws.com", sourceAccount="123456789012")),
    good("LAMBDA-SOURCE", "an account, not a service", permission("123456789012")),
    bad("LAMBDA-LOG-GROUP", "Lambda's own", function),
    bad("LAMBDA-LOG-GROUP", "another function's", function, make(LOG_GROUP, name="/aws/lambda/another")),
    good(
        "LAMBDA-LOG-GROUP",
        "named by the function",
        make(FUNCTION, loggingConfig={"logFormat": "JSON", "logGroup": "logs"}),
    ),
    good("LAMBDA-LOG-GROUP", "named after the function", function, make(LOG_GROUP, name=function)),
    good(
        "LAMBDA-LOG-GROUP",
        "of the function's name",
        make(FUNCTION, name="f"),
        make(LOG_GROUP, "logs", name="/aws/lambda/f"),
    ),
    bad("LAMBDA-IN-VPC", "outside", function),
    good(
        "LAMBDA-IN-VPC", "inside", make(FUNCTION, vpcConfig={"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]})
    ),
    good("LAMBDA-IN-VPC", "something else", make(LOG_GROUP)),
    bad("LAMBDA-CODE-SIGNING", "none", function),
    good(
        "LAMBDA-CODE-SIGNING",
        "signed",
        make(FUNCTION, codeSigningConfigArn="arn:aws:lambda:eu-west-1:1:code-signing-config:c"),
    ),
    good("LAMBDA-CODE-SIGNING", "an image", make(FUNCTION, packageType="Image")),
    bad("LAMBDA-CODE-SIGNING", "a warning", make(SIGNING, policies={"untrustedArtifactOnDeployment": "Warn"})),
    bad("LAMBDA-CODE-SIGNING", "a warning, by default", make(SIGNING)),
    good("LAMBDA-CODE-SIGNING", "enforced", make(SIGNING, policies={"untrustedArtifactOnDeployment": "Enforce"})),
    bad("LAMBDA-BUCKET-OWNER", "a bucket of this name", permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::raw")),
    good(
        "LAMBDA-BUCKET-OWNER",
        "our bucket",
        permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::raw", sourceAccount="123456789012"),
    ),
    good(
        "LAMBDA-BUCKET-OWNER",
        "a topic, whose ARN has the account",
        permission("sns.amazonaws.com", sourceArn="arn:aws:sns:eu-west-1:123456789012:t"),
    ),
    bad("LAMBDA-ACTION", "all", make(PERMISSION, action="lambda:*", principal="123456789012")),
    bad("LAMBDA-ACTION", "a family", make(PERMISSION, action="lambda:Invoke*", principal="123456789012")),
    bad(
        "LAMBDA-ACTION",
        "changing the code",
        make(PERMISSION, action="lambda:UpdateFunctionCode", principal="210987654321"),
    ),
    good("LAMBDA-ACTION", "calling its URL", make(PERMISSION, action="lambda:InvokeFunctionUrl", principal="1")),
    good("LAMBDA-ACTION", "calling", permission("123456789012")),
    good("LAMBDA-ACTION", "a layer", make(LAYER_PERMISSION, action="lambda:GetLayerVersion", principal="1")),
    bad("LAMBDA-CONCURRENCY", "shared", function),
    good("LAMBDA-CONCURRENCY", "its own", make(FUNCTION, reservedConcurrentExecutions=5)),
    good("LAMBDA-CONCURRENCY", "none at all", make(FUNCTION, reservedConcurrentExecutions=0)),
    bad("LAMBDA-PUBLIC", "a layer", make(LAYER_PERMISSION, action="lambda:GetLayerVersion", principal="*")),
    bad("LAMBDA-PUBLIC", "a source that is anything", permission("*", sourceArn="*")),
    good("LAMBDA-PUBLIC", "a layer for an organization", make(LAYER_PERMISSION, principal="*", organizationId="o-1")),
    bad("LAMBDA-SOURCE", "every rule", permission("events.amazonaws.com", sourceArn="arn:aws:events:*:*:rule/*")),
    bad("LAMBDA-SOURCE", "every bucket", permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::*")),
    good(
        "LAMBDA-SOURCE",
        "an API's stages",
        permission("apigateway.amazonaws.com", sourceArn="arn:aws:execute-api:eu-west-1:123456789012:a1/*/*"),
    ),
    bad("LAMBDA-URL-ORIGINS", "any", make(URL, authorizationType="AWS_IAM", cors={"allowOrigins": ["*"]})),
    good(
        "LAMBDA-URL-ORIGINS",
        "one",
        make(URL, authorizationType="AWS_IAM", cors={"allowOrigins": ["https://app.example.com"]}),
    ),
    good("LAMBDA-URL-ORIGINS", "none", make(URL, authorizationType="AWS_IAM")),
    bad(
        "LAMBDA-SEVERAL-ZONES", "one", make(FUNCTION, vpcConfig={"subnetIds": ["subnet-1"], "securityGroupIds": ["s"]})
    ),
    good("LAMBDA-SEVERAL-ZONES", "two", make(FUNCTION, vpcConfig={"subnetIds": ["subnet-1", "subnet-2"]})),
    good("LAMBDA-SEVERAL-ZONES", "outside of a VPC", function),
    bad("LAMBDA-CONCURRENCY", "none reserved", make(FUNCTION, reservedConcurrentExecutions=-1)),
    bad("LAMBDA-PUBLIC", "every account's root", permission("arn:aws:iam::*:root")),
]
