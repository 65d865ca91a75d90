"""A pipeline: stages that run one after another, started by schedules and events."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Role, Statement, Tags
from ..core.deployment import current
from ..core.gathering import merged
from ..core.limits import STATE_MACHINE_NAME
from ..core.names import fixed_name
from ..events import AnySource, Schedule, ScheduledStart, Starting, Trigger
from ..events.starting import Pipeline as Followed
from ..messaging import DeadLetterQueue, Topic
from ..observability import LogRetention, dead_letter_alarm, log_group
from .compilation import Compilation, Values
from .definition import definition
from .expressions import StageError
from .pipeline_alarms import pipeline_alarms
from .pipeline_deadline import deadline_schedule
from .run_ledger import RunLedger
from .stages import AnyStage, Timeout

DAY = 86_400


class Pipeline(Component, domain="orchestration"):
    """Stages as a Step Functions state machine: one run per date at a time, each stage's output kept in the ledger.

    Creates: the state machine (standard, encrypted, traced), its role with what its stages need and no more, its log
    group (all events, with their data), dead-letter queue for starts that failed, alarms (failed, timed out, aborted,
    late, a start that was not delivered) and, where it has a schedule or triggers, what starts it.

    - `stages`: see `stages`. `components`: with the names that stages call them by; default none, stages hold theirs.
    - `ledger`: keeps its runs, and tells people of those that failed. Also gives the key.
    - `schedule`: when it starts. `triggers`: what starts it besides, see `events`. `enabled`: whether they do, default
      yes.
    - `deadline`: time of day, "08:00", by which the run of a cron schedule must have succeeded; default none.
    - `timezone`: in which a run's date is taken from the moment it starts; default the schedule's, else UTC.
    - `date_offset`: days added to that date, -1 for the day before; default 0.
    - `parameters`: with their defaults; a start may give other values.
    - `timeout`: seconds for the whole run, default a day. `log_retention_days`: default 30.
    - `called`: what people call it, default `name`. `description`: what it is for.

    Outputs: `arn`, `machine_name`. Errors: StageError for stages that Step Functions would refuse or could not run.
    Source: AWS Step Functions Developer Guide, "Best practices"; Amazon States Language specification.
    """

    def __init__(
        self,
        name: str,
        *,
        stages: Sequence[AnyStage],
        ledger: RunLedger,
        components: Sequence[tuple[str, object]] = (),
        schedule: Schedule | None = None,
        triggers: Sequence[AnySource] = (),
        enabled: bool = True,
        deadline: str | None = None,
        timezone: str | None = None,
        date_offset: int = 0,
        parameters: Mapping[str, Any] | None = None,
        timeout: Timeout = DAY,
        log_retention_days: LogRetention = 30,
        called: str | None = None,
        description: str = "",
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.called = called or name
        self.key: EncryptionKey = ledger.key
        self.ledger = ledger
        self.timezone = timezone or (schedule.timezone if schedule else "UTC")
        deployment = current()
        self.machine_name = fixed_name(self.called, limit=STATE_MACHINE_NAME)
        self.machine_arn = machine_arn = deployment.arn("states", f"stateMachine:{self.machine_name}")
        self.follows = list[Followed]()
        self._components = components
        self._parameters = frozenset(parameters or {})
        values = Values()
        compilation = Compilation(
            pipeline=self.called,
            deployment=deployment,
            ledger_table=values.mark(ledger.table_name),
            components=components,
            values=values,
            machine_arn=machine_arn,
        )
        self.definition = values.fill(
            definition(
                stages,
                compilation,
                runs=ledger.function,
                parameters=dict(parameters or {}),
                timezone=self.timezone,
                date_offset=date_offset,
                timeout=timeout,
                comment=description or f"Pipeline {self.called} of {pulumi.get_project()}",
            )
        )
        self.log_group = log_group(
            self._child("logs"),
            key=self.key,
            retention_days=log_retention_days,
            # Names of this beginning do not count against the size of CloudWatch Logs' one resource policy (AWS Step
            # Functions Developer Guide, "Logging using CloudWatch Logs").
            path=f"/aws/vendedlogs/states/{self.machine_name}",
            tags=self._tags(),
            opts=self._options(),
        )
        self.role = self._role(compilation, machine_arn)
        self.dead_letters = DeadLetterQueue(
            self._child("dead-letters"), key=self.key, tags=self.tags, opts=self._options()
        )
        self.resource = aws.sfn.StateMachine(
            name,
            name=self.machine_name,
            type="STANDARD",
            role_arn=self.role.arn,
            definition=self.definition,
            encryption_configuration=aws.sfn.StateMachineEncryptionConfigurationArgs(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=self.key.arn, kms_data_key_reuse_period_seconds=300
            ),
            logging_configuration=aws.sfn.StateMachineLoggingConfigurationArgs(
                level="ALL",
                include_execution_data=True,
                log_destination=pulumi.Output.concat(self.log_group.arn, ":*"),
            ),
            tracing_configuration=aws.sfn.StateMachineTracingConfigurationArgs(enabled=True),
            tags={**self._tags(), "pipeline": self.called, "ledger": ledger.table_name},
            # Step Functions tries the log delivery and the key with the role when it is created.
            opts=self._options(depends_on=self.role.granted),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.alarms = pipeline_alarms(
            name, self.called, self.arn, notify=ledger.notify, tags=self._tags(), opts=self._options()
        )
        self.alarms["dead-letters"] = dead_letter_alarm(
            self._child("dead-letters-alarm"),
            self.dead_letters,
            notify=ledger.notify,
            tags=self._tags(),
            opts=self._options(),
        )
        self.schedule: ScheduledStart | None = None
        if schedule:
            self.schedule = self.on_schedule(schedule, enabled=enabled)
        _check_names(self.called, triggers)
        self.triggers = [self.on_event(source, enabled=enabled) for source in triggers]
        if deadline:
            self._watch_deadline(deadline, schedule, date_offset, enabled)
        self.register_outputs({"arn": self.arn, "machine_name": self.machine_name})

    def on_schedule(
        self,
        schedule: Schedule,
        *,
        name: str = "schedule",
        parameters: Mapping[str, Any] | None = None,
        enabled: bool = True,
    ) -> ScheduledStart:
        """Start it on another schedule too, with parameters of its own; `name` tells a pipeline's schedules apart."""
        payload = {"scheduled_time": "<aws.scheduler.scheduled-time>", "parameters": dict(parameters or {})}
        return ScheduledStart(
            self._child(name),
            target=self,
            schedule=schedule,
            payload=json.dumps(payload),
            enabled=enabled,
            tags=self.tags,
            opts=self._options(),
        )

    def on_event(self, source: AnySource, *, name: str | None = None, enabled: bool = True) -> Trigger:
        """Start it on each event of the source too; `name` tells a pipeline's triggers apart."""
        return Trigger(
            self._child(name or source.name or source.type),
            target=self,
            source=source,
            components=self._components,
            enabled=enabled,
            tags=self.tags,
            opts=self._options(),
        )

    @property
    def notify(self) -> Topic:
        """The topic that people are told through."""
        return self.ledger.notify

    def starting(self) -> Starting:
        """Return how a schedule or a rule starts it."""
        return Starting(
            arn=self.arn,
            statement=Statement(actions=["states:StartExecution"], resources=[self.arn]),
            depends_on=self.role.granted,
            parameters=self._parameters,
        )

    def grant_start(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee start runs."""
        return grantee.role.allow(f"start-{self.name}", [self.starting().statement])

    def _role(self, compilation: Compilation, machine_arn: str) -> Role:
        role = Role(
            self._child("role"),
            service="states.amazonaws.com",
            source_arn=machine_arn,
            description=f"What pipeline {self.called} may do",
            tags=self.tags,
            opts=self._options(),
        )
        self.ledger.grant_record(compilation.needed, self.called)
        role.allow("stages", merged(compilation.needed.statements))
        role.allow("observe", _observing())
        context = {"aws:states:stateMachineArn": machine_arn}
        logs = {"SourceArn": current().arn("logs", "*")}
        role.allow("encrypt", [self.key.data_keys(context), self.key.data_keys(logs, read=False)])
        return role

    def _watch_deadline(self, deadline: str, schedule: Schedule | None, date_offset: int, enabled: bool) -> None:
        payload = {
            "action": "deadline",
            "pipeline": self.called,
            "timezone": self.timezone,
            "date_offset": date_offset,
            "deadline": deadline,
            "scheduled_time": "<aws.scheduler.scheduled-time>",
        }
        ScheduledStart(
            self._child("deadline"),
            target=self.ledger.function,
            schedule=deadline_schedule(self.called, deadline, schedule),
            payload=json.dumps(payload),
            enabled=enabled,
            tags=self.tags,
            opts=self._options(),
        )


def _check_names(pipeline: str, triggers: Sequence[AnySource]) -> None:
    names = [source.name or source.type for source in triggers]
    for name in names:
        if names.count(name) > 1:
            raise StageError(f"pipeline {pipeline}: two triggers are called {name!r}: give one a name")


def _observing() -> list[Statement]:
    """AWS defines these without resources.

    AWS Step Functions Developer Guide, "Logging using CloudWatch Logs" and "Trace Step Functions request data in AWS
    X-Ray".
    """
    return [
        Statement(
            actions=[
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
            ],
            resources=["*"],
        ),
        Statement(
            actions=[
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            ],
            resources=["*"],
        ),
    ]
