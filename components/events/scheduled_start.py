"""A schedule that starts a function or a pipeline."""

import pulumi
import pulumi_aws as aws

from ..core import Component, Role, Tags
from ..core.deployment import current
from ..core.limits import SCHEDULE_NAME
from ..core.names import check_auto_name
from .schedule import Schedule
from .starting import Startable

MAX_EVENT_AGE = 3_600
"""Seconds for which Scheduler tries again; later than that, the next run is nearer than the missed one."""


class ScheduledStart(Component, domain="events"):
    """Starts a function or a pipeline on a schedule, under a role of its own; what cannot be delivered is kept.

    Creates: a schedule group, the schedule, its role. A start that fails for an hour, or four times, goes to the
    target's dead-letter queue.

    - `target`: what to start. `schedule`: when. `payload`: the JSON it is started with; Scheduler replaces the context
      attributes in it, such as `<aws.scheduler.scheduled-time>`.
    - `enabled`: default yes; a schedule that is off stays, with its history.

    Outputs: `schedule_name`. Source: EventBridge Scheduler User Guide, "Using universal targets", "Encryption at rest".
    """

    def __init__(
        self,
        name: str,
        *,
        target: Startable,
        schedule: Schedule,
        payload: pulumi.Input[str] | None = None,
        enabled: bool = True,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        starting = target.starting()
        group = aws.scheduler.ScheduleGroup(
            check_auto_name(self._child("group"), SCHEDULE_NAME, "schedule group"),
            tags=self._tags(),
            opts=self._options(),
        )
        self.role = Role(
            self._child("role"),
            service="scheduler.amazonaws.com",
            source_arn=group.arn,
            description=f"Lets EventBridge Scheduler start {target.name}",
            tags=self.tags,
            opts=self._options(),
        )
        self.role.allow("start", [starting.statement])
        target.dead_letters.grant_send(self.role)
        # Scheduler decrypts the payload with the role's own credentials, so the call comes through no service: in the
        # CloudTrail event of its User Guide, "Encryption at rest", nothing else than the role is the caller.
        schedules = pulumi.Output.concat(current().arn("scheduler", "schedule/"), group.name, "/*")
        self.role.allow("decrypt", [target.key.decrypt({"aws:scheduler:schedule:arn": schedules})])
        self.resource = aws.scheduler.Schedule(
            check_auto_name(name, SCHEDULE_NAME, "schedule"),
            group_name=group.name,
            schedule_expression=schedule.expression,
            schedule_expression_timezone=schedule.timezone,
            state="ENABLED" if enabled else "DISABLED",
            flexible_time_window=aws.scheduler.ScheduleFlexibleTimeWindowArgs(
                mode="FLEXIBLE" if schedule.flexible_minutes else "OFF",
                maximum_window_in_minutes=schedule.flexible_minutes or None,
            ),
            kms_key_arn=target.key.arn,
            target=aws.scheduler.ScheduleTargetArgs(
                arn=starting.arn,
                role_arn=self.role.arn,
                input=payload,
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=target.dead_letters.arn),
                retry_policy=aws.scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=MAX_EVENT_AGE, maximum_retry_attempts=3
                ),
            ),
            opts=self._options(depends_on=[*self.role.granted, *starting.depends_on]),
        )
        self.schedule_name: pulumi.Output[str] = self.resource.name
        self.register_outputs({"schedule_name": self.schedule_name})
