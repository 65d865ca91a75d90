"""EventBridge's rules and their targets: made here and nowhere else, so that none loses an event."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from ..core.limits import EVENT_RULE_DESCRIPTION, EVENT_RULE_NAME
from ..core.names import check_auto_name
from ..messaging import DeadLetterQueue, Queue

MAX_EVENT_AGE = 86_400
MAX_RETRIES = 185
"""Seconds and times for which EventBridge tries again: the most it does (its User Guide, "Retrying event delivery").

An event comes once; a schedule, which comes again, gives up sooner.
"""


def event_rule(
    name: str,
    *,
    pattern: Mapping[str, Any],
    description: str,
    bus_name: pulumi.Input[str] | None = None,
    enabled: bool = True,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.EventRule:
    """Return a rule for the events that match, on a bus or, without one, the account's default bus."""
    return aws.cloudwatch.EventRule(
        check_auto_name(name, EVENT_RULE_NAME, "event rule"),
        description=description[:EVENT_RULE_DESCRIPTION],
        event_bus_name=bus_name,
        event_pattern=pulumi.Output.json_dumps(pattern, separators=(",", ":")),
        state="ENABLED" if enabled else "DISABLED",
        tags=tags,
        opts=opts,
    )


def event_target(
    name: str,
    rule: aws.cloudwatch.EventRule,
    arn: pulumi.Input[str],
    *,
    dead_letters: DeadLetterQueue,
    bus_name: pulumi.Input[str] | None = None,
    role_arn: pulumi.Input[str] | None = None,
    template: str | None = None,
    paths: Mapping[str, str] | None = None,
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.EventTarget:
    """Return what the rule sends to: the event, or what the template makes of it with values at paths of the event.

    What cannot be delivered goes to `dead_letters`, whose policy must let the rule send.
    """
    transformer = None
    if template is not None:
        transformer = aws.cloudwatch.EventTargetInputTransformerArgs(
            input_template=template, input_paths=dict(paths) if paths else None
        )
    return aws.cloudwatch.EventTarget(
        name,
        rule=rule.name,
        event_bus_name=bus_name,
        arn=arn,
        role_arn=role_arn,
        input_transformer=transformer,
        dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=dead_letters.arn),
        retry_policy=aws.cloudwatch.EventTargetRetryPolicyArgs(
            maximum_event_age_in_seconds=MAX_EVENT_AGE, maximum_retry_attempts=MAX_RETRIES
        ),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[dead_letters.policy])),
    )


def queue_target(
    name: str,
    rule: aws.cloudwatch.EventRule,
    queue: Queue,
    *,
    bus_name: pulumi.Input[str] | None = None,
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.EventTarget:
    """Send the rule's events to a queue that has the rule among its senders, as its dead-letter queue has."""
    return event_target(
        name,
        rule,
        queue.arn,
        dead_letters=queue.dead_letters,
        bus_name=bus_name,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[queue.policy])),
    )
