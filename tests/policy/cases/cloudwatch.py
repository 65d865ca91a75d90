"""CloudWatch Logs and alarms, EventBridge and its Scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
PERMISSION = "aws:cloudwatch/eventPermission:EventPermission"
SCHEDULE = "aws:scheduler/schedule:Schedule"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"
RULE_ARN = "arn:aws:events:eu-west-1:123456789012:rule/r"
EVENT_LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/*:*"
LOG_POLICY = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
RETRY = {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 3600}


def schedule(**target: Any) -> Recorded:
    return make(SCHEDULE, scheduleExpression="rate(1 day)", target={"arn": FUNCTION_ARN, "roleArn": "r", **target})


def events_log(*actions: str, **condition: Any) -> Recorded:
    """Return what lets EventBridge write to log groups."""
    services = {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    statement = allow(list(actions), EVENT_LOGS, Principal=services, **condition)
    return make(LOG_POLICY, policyName="events", policyDocument=document(statement))


CASES = [
    bad("LOGS-RETENTION", "not said", make(LOG_GROUP)),
    bad("LOGS-RETENTION", "for ever", make(LOG_GROUP, retentionInDays=0)),
    good("LOGS-RETENTION", "deliveries, of which AWS sets it", make(LOG_GROUP, logGroupClass="DELIVERY")),
    good("LOGS-RETENTION", "a month", make(LOG_GROUP, retentionInDays=30)),
    good("LOGS-RETENTION", "a day", make(LOG_GROUP, retentionInDays=1)),
    bad("LOGS-RETENTION-YEAR", "a month", make(LOG_GROUP, retentionInDays=30)),
    good("LOGS-RETENTION-YEAR", "a year", make(LOG_GROUP, retentionInDays=365)),
    good("LOGS-RETENTION-YEAR", "more", make(LOG_GROUP, retentionInDays=400)),
    bad("LOGS-CUSTOMER-KEY", "none", make(LOG_GROUP)),
    good("LOGS-CUSTOMER-KEY", "ours", make(LOG_GROUP, kmsKeyId=KEY_ARN)),
    good("LOGS-CUSTOMER-KEY", "something else", make(ALARM)),
    bad("IAM-CONFUSED-DEPUTY", "events in a log", events_log("logs:CreateLogStream", "logs:PutLogEvents")),
    good(
        "IAM-CONFUSED-DEPUTY", "a stream for events, as EventBridge's guide has it", events_log("logs:CreateLogStream")
    ),
    good(
        "IAM-CONFUSED-DEPUTY",
        "events of a rule in a log",
        events_log("logs:PutLogEvents", Condition={"ArnEquals": {"aws:SourceArn": RULE_ARN}}),
    ),
    bad("LOGS-ALARM-ACTION", "off", make(ALARM, actionsEnabled=False)),
    good("LOGS-ALARM-ACTION", "on", make(ALARM, actionsEnabled=True)),
    good("LOGS-ALARM-ACTION", "not said", make(ALARM)),
    bad("EVENTS-TARGET-DEAD-LETTERS", "none", make(TARGET, arn=FUNCTION_ARN, rule="r")),
    good("EVENTS-TARGET-DEAD-LETTERS", "one", make(TARGET, arn=FUNCTION_ARN, deadLetterConfig={"arn": QUEUE_ARN})),
    good("EVENTS-TARGET-DEAD-LETTERS", "something else", make(LOG_GROUP)),
    bad("EVENTS-BUS-CLOSED", "everyone", make(PERMISSION, principal="*", statementId="s")),
    good("EVENTS-BUS-CLOSED", "one account", make(PERMISSION, principal="123456789012", statementId="s")),
    good(
        "EVENTS-BUS-CLOSED",
        "an organization",
        make(
            PERMISSION, principal="*", condition={"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-1"}
        ),
    ),
    bad("EVENTS-SCHEDULE-DEAD-LETTERS", "none", schedule()),
    good("EVENTS-SCHEDULE-DEAD-LETTERS", "one", schedule(deadLetterConfig={"arn": QUEUE_ARN})),
    good("EVENTS-SCHEDULE-DEAD-LETTERS", "something else", make(LOG_GROUP)),
    bad("EVENTS-SCHEDULE-RETRY", "AWS's default", schedule()),
    bad("EVENTS-SCHEDULE-RETRY", "none", schedule(retryPolicy={"maximumRetryAttempts": 0})),
    good("EVENTS-SCHEDULE-RETRY", "said", schedule(retryPolicy=RETRY)),
    good("EVENTS-SCHEDULE-RETRY", "an age", schedule(retryPolicy={"maximumEventAgeInSeconds": 3600})),
    bad("EVENTS-SCHEDULE-CUSTOMER-KEY", "none", schedule()),
    good("EVENTS-SCHEDULE-CUSTOMER-KEY", "ours", make(SCHEDULE, kmsKeyArn=KEY_ARN)),
    good("EVENTS-SCHEDULE-CUSTOMER-KEY", "something else", make(LOG_GROUP)),
]
