"""EventBridge's buses, destinations, endpoints and pipes; its targets and schedules are in `cloudwatch.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

BUS = "aws:cloudwatch/eventBus:EventBus"
BUS_POLICY = "aws:cloudwatch/eventBusPolicy:EventBusPolicy"
PERMISSION = "aws:cloudwatch/eventPermission:EventPermission"
ARCHIVE = "aws:cloudwatch/eventArchive:EventArchive"
CONNECTION = "aws:cloudwatch/eventConnection:EventConnection"
DESTINATION = "aws:cloudwatch/eventApiDestination:EventApiDestination"
ENDPOINT = "aws:cloudwatch/eventEndpoint:EventEndpoint"
PIPE = "aws:pipes/pipe:Pipe"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE = "aws:scheduler/schedule:Schedule"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead"
bus = make(BUS, "orders")
OURS = document(allow("events:PutEvents", "*", Principal={"AWS": "arn:aws:iam::123456789012:role/orders"}))


def everyone(value: str, key: str = "aws:PrincipalOrgID") -> Recorded:
    condition = {"key": key, "type": "StringEquals", "value": value}
    return make(PERMISSION, principal="*", statementId="s", condition=condition)


def oauth(endpoint: str) -> Recorded:
    return make(CONNECTION, authParameters={"oauth": {"authorizationEndpoint": endpoint, "httpMethod": "POST"}})


def stream(**more: Any) -> Recorded:
    return make(PIPE, sourceParameters={"kinesisStreamParameters": {"startingPosition": "LATEST", **more}})


CASES = [
    bad("EVENTS-BUS-CLOSED", "any organization", everyone("*")),
    bad("EVENTS-BUS-CLOSED", "another condition", everyone("eu-west-1", "aws:RequestedRegion")),
    bad("EVENTS-BUS-POLICY", "none", bus),
    bad("EVENTS-BUS-POLICY", "another's", bus, make(BUS_POLICY, eventBusName="another", policy=OURS)),
    good("EVENTS-BUS-POLICY", "one", bus, make(BUS_POLICY, eventBusName=bus, policy=OURS)),
    good(
        "EVENTS-BUS-POLICY",
        "a permission",
        bus,
        make(PERMISSION, eventBusName=bus, principal="123456789012", statementId="s"),
    ),
    good("EVENTS-BUS-POLICY", "a partner's bus", make(BUS, eventSourceName="aws.partner/example.com/orders")),
    bad("EVENTS-BUS-DEAD-LETTERS", "none", make(BUS, kmsKeyIdentifier=KEY_ARN)),
    good("EVENTS-BUS-DEAD-LETTERS", "one", make(BUS, kmsKeyIdentifier=KEY_ARN, deadLetterConfig={"arn": QUEUE_ARN})),
    good("EVENTS-BUS-DEAD-LETTERS", "no key that could be missing", bus),
    *(bad("EVENTS-CUSTOMER-KEY", type_, make(type_)) for type_ in (BUS, ARCHIVE, CONNECTION, PIPE)),
    *(
        good("EVENTS-CUSTOMER-KEY", type_, make(type_, kmsKeyIdentifier=KEY_ARN))
        for type_ in (BUS, ARCHIVE, CONNECTION, PIPE)
    ),
    bad("EVENTS-DESTINATION-TLS", "none", make(DESTINATION, invocationEndpoint="http://example.com")),
    good("EVENTS-DESTINATION-TLS", "TLS", make(DESTINATION, invocationEndpoint="https://example.com")),
    good("EVENTS-DESTINATION-TLS", "something else", bus),
    bad("EVENTS-DESTINATION-TLS", "tokens", oauth("http://login.example.com/token")),
    good("EVENTS-DESTINATION-TLS", "tokens by TLS", oauth("https://login.example.com/token")),
    bad("EVENTS-ENDPOINT-REPLICATION", "off", make(ENDPOINT, replicationConfig={"state": "DISABLED"})),
    good("EVENTS-ENDPOINT-REPLICATION", "on", make(ENDPOINT, replicationConfig={"state": "ENABLED"})),
    good("EVENTS-ENDPOINT-REPLICATION", "not said", make(ENDPOINT)),
    bad("EVENTS-PIPE-DEAD-LETTERS", "none", stream()),
    bad(
        "EVENTS-PIPE-DEAD-LETTERS",
        "a table's stream",
        make(PIPE, sourceParameters={"dynamodbStreamParameters": {"startingPosition": "LATEST"}}),
    ),
    good("EVENTS-PIPE-DEAD-LETTERS", "a queue", stream(deadLetterConfig={"arn": QUEUE_ARN})),
    good("EVENTS-PIPE-DEAD-LETTERS", "from a queue", make(PIPE, sourceParameters={"sqsQueueParameters": {}})),
    bad("EVENTS-SECRET-IN-INPUT", "a rule's", make(TARGET, input='{"password": "hunter2!x"}')),
    bad("EVENTS-SECRET-IN-INPUT", "a schedule's", make(SCHEDULE, target={"input": '{"api_key": "3f786850e387550f"}'})),
    bad(
        "EVENTS-SECRET-IN-INPUT",
        "a template's",
        make(TARGET, inputTransformer={"inputTemplate": f'{{"id": <id>, "key": "AKIA{"A" * 16}"}}'}),
    ),
    bad(
        "EVENTS-SECRET-IN-INPUT", "a header", make(TARGET, httpTarget={"headerParameters": {"X-Api-Key": "hunter2!x"}})
    ),
    bad(
        "EVENTS-SECRET-IN-INPUT",
        "a container's variable",
        make(
            TARGET, input='{"containerOverrides": [{"environment": [{"name": "DB_PASSWORD", "value": "hunter2!x"}]}]}'
        ),
    ),
    good(
        "EVENTS-SECRET-IN-INPUT",
        "a container's plain variable",
        make(TARGET, input='{"containerOverrides": [{"environment": [{"name": "DB_HOST", "value": "db.internal"}]}]}'),
    ),
    bad(
        "EVENTS-SECRET-IN-INPUT",
        "an address's parameter",
        make(TARGET, httpTarget={"queryStringParameters": {"api_key": "hunter2!x"}}),
    ),
    bad(
        "EVENTS-SECRET-IN-INPUT",
        "a pipe's header",
        make(PIPE, targetParameters={"httpParameters": {"headerParameters": {"X-Api-Key": "hunter2!x"}}}),
    ),
    good("EVENTS-SECRET-IN-INPUT", "a name", make(TARGET, input='{"job": "daily", "secret_name": "db/main"}')),
    good("EVENTS-SECRET-IN-INPUT", "a template", make(PIPE, targetParameters={"inputTemplate": '{"id": <$.id>}'})),
    good("EVENTS-SECRET-IN-INPUT", "none", make(SCHEDULE, target={"arn": "a"})),
    bad("EVENTS-PIPE-LOGS", "none", make(PIPE)),
    bad("EVENTS-PIPE-LOGS", "off", make(PIPE, logConfiguration={"level": "OFF"})),
    good("EVENTS-PIPE-LOGS", "errors", make(PIPE, logConfiguration={"level": "ERROR"})),
    good("EVENTS-PIPE-LOGS", "something else", bus),
]
