"""A function that runs a packaged handler."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Role, Statement, Tags
from ..core.limits import FUNCTION_NAME
from ..core.names import check_auto_name
from ..events import AnySource, Schedule, ScheduledStart, Starting, Trigger
from ..messaging import DeadLetterQueue, Queue, Topic
from ..observability import LogRetention, dead_letter_alarm, log_group
from ..storage import Bucket
from . import event_sources
from .artifacts import Artifacts
from .environment import check_environment
from .function_alarms import function_alarms
from .function_code import contained, packaged
from .image import Architecture, Image
from .layer import DependencyLayers


class LambdaFunction(Component, domain="compute"):
    """A Lambda function that runs a packaged handler or an image, and may only log and trace until it is granted more.

    Creates: the function (arm64 or as built, X-Ray, encrypted environment, JSON logs), its log group, role, dead-letter
    queue for asynchronous calls, alarms (errors, throttles, long runs, dead letters), and layers unless given.

    - `handler`: the deployable, as `watershed build` names it. `key`: encrypts logs, environment and dead letters.
    - `image`: instead, one of an ImageRepository with `for_functions`; `architecture`: its own, default arm64;
      `command`: default the image's.
    - `timeout`: seconds, 1 to 900, default 60. `memory`: MB, 128 to 10,240, default 512 (CPU grows with it).
    - `disk`: MB of /tmp, 512 to 10,240, default 512. `environment`: variables, never secrets: the console shows them.
    - `layers`: shared dependency layers; default its own. `log_retention_days`: default 30.
    - `notify`: the topic its alarms tell; default none, they only show.
    - `reserved_concurrency`: default none: a new account's quota refuses it, and queues have their own maximum.
    - `artifacts`: where the archives lie, see `Artifacts.find`.

    Outputs: `arn`, `function_name`; attributes `role`, `dead_letters`. Errors: FileNotFoundError or KeyError where the
    handler was not built, ValueError for an environment that Lambda refuses, and for both or none of handler and image.
    Source: AWS Lambda Developer Guide, "Best practices for working with AWS Lambda functions".
    """

    def __init__(
        self,
        name: str,
        *,
        handler: str | None = None,
        image: Image | None = None,
        command: Sequence[str] | None = None,
        architecture: Architecture = "arm64",
        key: EncryptionKey,
        timeout: int = 60,
        memory: int = 512,
        disk: int = 512,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        layers: DependencyLayers | None = None,
        log_retention_days: LogRetention = 30,
        notify: Topic | None = None,
        reserved_concurrency: int | None = None,
        artifacts: Artifacts | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.key = key
        self.notify = notify
        self.timeout = timeout
        if handler is not None and image is None and command is None:
            code = packaged(name, handler, layers=layers, artifacts=artifacts, tags=self.tags, opts=self._options())
        elif image is not None and handler is None and layers is None:
            code = contained(name, image, command=command, architecture=architecture)
        else:
            raise ValueError(f"function {name}: give either handler (with layers) or image (with command)")
        self.log_group = log_group(
            self._child("logs"), key=key, retention_days=log_retention_days, tags=self._tags(), opts=self._options()
        )
        self.role = Role(
            self._child("role"),
            service="lambda.amazonaws.com",
            description=f"What function {name} may do",
            tags=self.tags,
            opts=self._options(),
        )
        self.dead_letters = DeadLetterQueue(self._child("dead-letters"), key=key, tags=self.tags, opts=self._options())
        own = [self._allow_logs_and_traces(), self.dead_letters.grant_send(self.role)]
        self.resource = aws.lambda_.Function(
            check_auto_name(name, FUNCTION_NAME, "function"),
            role=self.role.arn,
            **code,
            timeout=timeout,
            memory_size=memory,
            ephemeral_storage=aws.lambda_.FunctionEphemeralStorageArgs(size=disk),
            environment=aws.lambda_.FunctionEnvironmentArgs(
                variables=check_environment(name, {"POWERTOOLS_SERVICE_NAME": name, **(environment or {})})
            ),
            kms_key_arn=key.arn,
            reserved_concurrent_executions=reserved_concurrency,
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            dead_letter_config=aws.lambda_.FunctionDeadLetterConfigArgs(target_arn=self.dead_letters.arn),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(
                log_format="JSON", application_log_level="INFO", system_log_level="INFO", log_group=self.log_group.name
            ),
            tags=self._tags(),
            # Lambda refuses a dead-letter queue that the role cannot send to yet.
            opts=self._options(depends_on=own),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.function_name: pulumi.Output[str] = self.resource.name
        self.alarms = function_alarms(
            name, self.function_name, timeout=timeout, notify=notify, tags=self._tags(), opts=self._options()
        )
        self._watch("dead-letters", self.dead_letters)
        self.register_outputs({"arn": self.arn, "function_name": self.function_name})

    def on_objects(
        self,
        bucket: Bucket,
        *,
        name: str = "objects",
        prefix: str = "",
        batch_size: int = 1,
        max_concurrency: int = 4,
        max_receives: int = 5,
    ) -> Queue:
        """Run for each object created or deleted in the bucket under `prefix`, through EventBridge and a queue.

        Returns the queue. An event that fails `max_receives` times goes to its dead-letter queue. `name` tells a
        function's sources apart; `batch_size` is 1 to 10, `max_concurrency` 2 to 1,000.
        """
        source = self._child(name)
        queue = event_sources.objects_queue(
            self, source, bucket, prefix, max_receives=max_receives, opts=self._options()
        )
        self._poll(source, queue, batch_size, 0, max_concurrency)
        self._watch(f"{name}-dead-letters", queue.dead_letters)
        return queue

    def on_queue(
        self, queue: Queue, *, batch_size: int = 10, batching_seconds: int = 0, max_concurrency: int = 10
    ) -> aws.lambda_.EventSourceMapping:
        """Run for the messages of the queue; those it reports as failed come again, alone.

        `batch_size` over 10 needs `batching_seconds` (0 to 300) of at least 1; `max_concurrency` is 2 to 1,000.
        """
        return self._poll(self._child(queue.name), queue, batch_size, batching_seconds, max_concurrency)

    def on_schedule(self, schedule: Schedule, *, name: str = "schedule", payload: str | None = None) -> ScheduledStart:
        """Run on the schedule, with `payload` (JSON) as the event; `name` tells a function's schedules apart."""
        return ScheduledStart(
            self._child(name), target=self, schedule=schedule, payload=payload, tags=self.tags, opts=self._options()
        )

    def on_event(self, source: AnySource, *, name: str | None = None, enabled: bool = True) -> Trigger:
        """Run on each event of the source, with the event as it is; `name` tells a function's triggers apart."""
        return Trigger(
            self._child(name or source.name or source.type),
            target=self,
            source=source,
            enabled=enabled,
            tags=self.tags,
            opts=self._options(),
        )

    def starting(self) -> Starting:
        """Return how a schedule or a rule starts it; each start that fails is tried again, then kept."""
        return Starting(
            arn=self.arn,
            # Schedules, rules and stages name the function itself, none of its versions or aliases.
            statement=Statement(actions=["lambda:InvokeFunction"], resources=[self.arn]),
            depends_on=self.role.granted,
            function_name=self.function_name,
        )

    def _watch(self, what: str, queue: DeadLetterQueue) -> None:
        self.alarms[what] = dead_letter_alarm(
            f"{self._child(what)}-alarm", queue, notify=self.notify, tags=self._tags(), opts=self._options()
        )

    def _poll(
        self, name: str, queue: Queue, batch_size: int, batching_seconds: int, max_concurrency: int
    ) -> aws.lambda_.EventSourceMapping:
        return event_sources.from_queue(
            self,
            name,
            queue,
            batch_size=batch_size,
            batching_seconds=batching_seconds,
            max_concurrency=max_concurrency,
            opts=self._options(),
        )

    def _allow_logs_and_traces(self) -> aws.iam.RolePolicy:
        """X-Ray defines these two without resources (Service Authorization Reference, "Actions for AWS X-Ray")."""
        streams: Sequence[pulumi.Input[str]] = [pulumi.Output.concat(self.log_group.arn, ":*")]
        return self.role.allow(
            "observe",
            [
                Statement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=streams),
                Statement(actions=["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources=["*"]),
            ],
        )
