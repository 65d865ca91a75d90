"""SQS and SNS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.policy.cases import bad, good
from tests.policy.resources import allow, arn, deny_plain_http, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC = "aws:sns/topic:Topic"
TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
FUNCTION = "aws:lambda/function:Function"
BUS = "aws:cloudwatch/eventBus:EventBus"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
FOREIGN = {"AWS": "arn:aws:iam::210987654321:root"}
OURS = {"AWS": "arn:aws:iam::123456789012:root"}
queue = make(QUEUE, "queue")
dead = make(QUEUE, "dead")
topic = make(TOPIC, "topic")
REDRIVE = json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 5})
QUEUE_TLS = deny_plain_http("sqs:*", arn(queue))
TOPIC_TLS = deny_plain_http("sns:Publish", arn(topic))


def publishable(narrowed: dict[str, str]) -> Recorded:
    everyone = allow("sns:Publish", arn(topic), Principal="*", Condition={"StringEquals": narrowed})
    return make(TOPIC_POLICY, arn=topic, policy=document(everyone))


CASES = [
    bad("SQS-CUSTOMER-KEY", "none", queue),
    bad("SQS-CUSTOMER-KEY", "SQS's own", make(QUEUE, sqsManagedSseEnabled=True)),
    bad("SQS-CUSTOMER-KEY", "AWS's", make(QUEUE, kmsMasterKeyId="alias/aws/sqs")),
    good("SQS-CUSTOMER-KEY", "ours", make(QUEUE, kmsMasterKeyId=KEY_ARN)),
    good("SQS-CUSTOMER-KEY", "ours, by alias", make(QUEUE, kmsMasterKeyId="alias/platform")),
    bad("SQS-TLS-ONLY", "no policy", queue),
    bad(
        "SQS-TLS-ONLY",
        "a policy without",
        make(QUEUE_POLICY, queueUrl=queue, policy=document(allow("sqs:SendMessage", arn(queue)))),
    ),
    bad(
        "SQS-TLS-ONLY",
        "sending only",
        make(QUEUE_POLICY, queueUrl=queue, policy=document(deny_plain_http("sqs:SendMessage", arn(queue)))),
    ),
    good("SQS-TLS-ONLY", "refused", queue, make(QUEUE_POLICY, queueUrl=queue, policy=document(QUEUE_TLS))),
    good(
        "SQS-TLS-ONLY",
        "with IfExists",
        make(
            QUEUE_POLICY,
            queueUrl="q",
            policy=document({**QUEUE_TLS, "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}}),
        ),
    ),
    good(
        "SQS-TLS-ONLY",
        "spelled as SQS does",
        make(QUEUE_POLICY, queueUrl="q", policy=document({**QUEUE_TLS, "Action": "SQS:*"})),
    ),
    bad("SQS-TLS-ONLY", "a policy about another queue", make(QUEUE, name="a", policy=document(QUEUE_TLS))),
    good(
        "SQS-TLS-ONLY",
        "whatever the queue is called",
        make(QUEUE, name="a", policy=document(deny_plain_http("sqs:*", "*"))),
    ),
    bad("SQS-DEAD-LETTERS", "none", queue),
    bad("SQS-DEAD-LETTERS", "another queue's", queue, make(QUEUE, "third", redrivePolicy=REDRIVE), dead),
    bad("SQS-DEAD-LETTERS", "a policy without one", make(QUEUE, redrivePolicy="{}")),
    good("SQS-DEAD-LETTERS", "one", make(QUEUE, redrivePolicy=REDRIVE)),
    good(
        "SQS-DEAD-LETTERS",
        "beside it",
        queue,
        make("aws:sqs/redrivePolicy:RedrivePolicy", queueUrl=queue, redrivePolicy=REDRIVE),
    ),
    good(
        "SQS-DEAD-LETTERS",
        "the dead-letter queue itself",
        make("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", queueUrl=dead, redriveAllowPolicy="{}"),
        dead,
    ),
    good("SQS-DEAD-LETTERS", "a function's", dead, make(FUNCTION, deadLetterConfig={"targetArn": dead})),
    good("SQS-DEAD-LETTERS", "a bus's", dead, make(BUS, deadLetterConfig={"arn": dead})),
    good("SQS-DEAD-LETTERS", "our component", make(QUEUE, within="watershed:messaging:DeadLetterQueue")),
    bad("SNS-CUSTOMER-KEY", "none", topic),
    bad("SNS-CUSTOMER-KEY", "AWS's", make(TOPIC, kmsMasterKeyId="alias/aws/sns")),
    good("SNS-CUSTOMER-KEY", "ours", make(TOPIC, kmsMasterKeyId=KEY_ARN)),
    good("SNS-CUSTOMER-KEY", "ours, by alias", make(TOPIC, kmsMasterKeyId="alias/platform")),
    bad("SNS-TLS-ONLY", "no policy", topic),
    bad(
        "SNS-TLS-ONLY",
        "a policy without",
        make(TOPIC_POLICY, arn=topic, policy=document(allow("sns:Publish", arn(topic)))),
    ),
    bad("SNS-TLS-ONLY", "a policy about another topic", make(TOPIC, name="a", policy=document(TOPIC_TLS))),
    bad(
        "SNS-TLS-ONLY",
        "another action",
        make(TOPIC_POLICY, arn=topic, policy=document(deny_plain_http("sns:Subscribe", arn(topic)))),
    ),
    good("SNS-TLS-ONLY", "refused", topic, make(TOPIC_POLICY, arn=topic, policy=document(TOPIC_TLS))),
    good("SNS-TLS-ONLY", "refused by the topic itself", make(TOPIC, "topic", policy=document(TOPIC_TLS))),
    bad(
        "SNS-HTTPS-SUBSCRIPTION",
        "plain",
        make(SUBSCRIPTION, topic=topic, protocol="http", endpoint="http://example.com"),
    ),
    good(
        "SNS-HTTPS-SUBSCRIPTION",
        "TLS",
        make(SUBSCRIPTION, topic=topic, protocol="https", endpoint="https://example.com"),
    ),
    good("SNS-HTTPS-SUBSCRIPTION", "mail", make(SUBSCRIPTION, topic=topic, protocol="email", endpoint="a@example.com")),
    bad("SNS-HTTPS-SUBSCRIPTION", "in large letters", make(SUBSCRIPTION, topic=topic, protocol="HTTP")),
    bad(
        "SNS-CROSS-ACCOUNT",
        "another account",
        make(TOPIC_POLICY, arn=arn(topic), policy=document(allow("sns:Publish", arn(topic), Principal=FOREIGN))),
    ),
    bad(
        "SNS-CROSS-ACCOUNT",
        "in the topic itself",
        make(TOPIC, policy=document(allow("sns:Subscribe", arn(topic), Principal=FOREIGN))),
    ),
    bad("SNS-CROSS-ACCOUNT", "everyone of another account", publishable({"aws:SourceAccount": "210987654321"})),
    good("SNS-CROSS-ACCOUNT", "everyone of our account", publishable({"aws:SourceAccount": "123456789012"})),
    good("SNS-CROSS-ACCOUNT", "the organization", publishable({"aws:PrincipalOrgID": "o-1234567890"})),
    good(
        "SNS-CROSS-ACCOUNT",
        "our account",
        make(TOPIC_POLICY, arn=topic, policy=document(allow("sns:Publish", arn(topic), Principal=OURS))),
    ),
    good(
        "SNS-CROSS-ACCOUNT",
        "a service",
        make(TOPIC, policy=document(allow("sns:Publish", arn(topic), Principal={"Service": "s3.amazonaws.com"}))),
    ),
    bad("SNS-DELIVERY-LOGGING", "none", topic),
    good("SNS-DELIVERY-LOGGING", "a queue's", make(TOPIC, sqsFailureFeedbackRoleArn="arn:aws:iam::1:role/logs")),
    good("SNS-DELIVERY-LOGGING", "something else", queue),
]
