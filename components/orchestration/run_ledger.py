"""The ledger of pipelines' runs, and the function that keeps it."""

import pulumi
import pulumi_aws as aws

from ..compute import Artifacts, DependencyLayers, LambdaFunction
from ..compute.function_alarms import dead_letter_alarm
from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.deployment import current
from ..core.limits import STATE_MACHINE_NAME
from ..core.names import fixed_name
from ..messaging import DeadLetterQueue, Sender, Topic
from ..observability import LogRetention
from ..storage import StateTable

ENDED = ("FAILED", "TIMED_OUT", "ABORTED")
"""How a run can end without success (AWS Step Functions API Reference, "DescribeExecution")."""


def machine_prefix() -> str:
    """Return what the names of all pipelines' state machines of this stack begin with."""
    return fixed_name("", limit=STATE_MACHINE_NAME)


class RunLedger(Component, domain="orchestration"):
    """Keeps, for each pipeline and date, which run holds it, how it ended, and the output of each finished stage.

    Creates: the table (on demand, customer key, point-in-time recovery, deletion protection), the function `runs` that
    begins and finishes runs and tells the topic of those that failed, and the rule that tells it of their end.

    - `key`: encrypts. `notify`: the topic that is told of failed and late runs, with stage, cause and console link.
    - `recovery_days`: how far back the table can be restored, 1 to 35; default 35.
    - `log_retention_days`, `layers`, `artifacts`: as for LambdaFunction.
    - `removable`: may be destroyed with its items, when the stack's `allowDestroy` agrees; default no.

    Outputs: `table_name`; attributes `function`, `notify`. Source: AWS Step Functions Developer Guide, "Automating Step
    Functions event delivery with EventBridge".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        notify: Topic,
        recovery_days: int = 35,
        log_retention_days: LogRetention = 30,
        layers: DependencyLayers | None = None,
        artifacts: Artifacts | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.key = key
        self.notify = notify
        self.table = StateTable(
            self._child("table"),
            key=key,
            recovery_days=recovery_days,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )
        self.table_name: pulumi.Output[str] = self.table.table_name
        self.function = LambdaFunction(
            self._child("function"),
            handler="runs",
            key=key,
            memory=256,
            timeout=30,
            environment={"LEDGER_TABLE": self.table_name, "NOTIFY_TOPIC": notify.arn},
            notify=notify,
            log_retention_days=log_retention_days,
            layers=layers,
            artifacts=artifacts,
            tags=self.tags,
            opts=self._options(),
        )
        self._allow_function()
        self._tell_of_ends()
        self.register_outputs({"table_name": self.table_name})

    def grant_record(self, grantee: Grantee, pipeline: str) -> aws.iam.RolePolicy:
        """Let the grantee keep outputs of stages of the pipeline's runs, and touch no other item."""
        return self.table.grant_put(grantee, keys=f"RUN#{pipeline}#*")

    def grant_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee read what stands in the ledger."""
        return self.table.grant_read(grantee)

    def _allow_function(self) -> None:
        executions = current().arn("states", f"execution:{machine_prefix()}*")
        self.function.role.allow(
            "look-at-runs",
            [
                Statement(actions=["states:DescribeExecution", "states:GetExecutionHistory"], resources=[executions]),
                # Who reads the history of an encrypted state machine decrypts it (AWS Step Functions Developer Guide,
                # "Data at rest encryption").
                self.key.decrypt(
                    {"aws:states:stateMachineArn": current().arn("states", f"stateMachine:{machine_prefix()}*")}
                ),
            ],
        )
        self.table.grant_use(self.function)
        self.notify.grant_publish(self.function)

    def _tell_of_ends(self) -> None:
        """A rule on the account's default bus, where Step Functions tells of executions."""
        machines = current().arn("states", f"stateMachine:{machine_prefix()}")
        rule = aws.cloudwatch.EventRule(
            self._child("ended"),
            description="Runs of pipelines that ended without success",
            event_pattern=pulumi.Output.json_dumps(
                {
                    "source": ["aws.states"],
                    "detail-type": ["Step Functions Execution Status Change"],
                    "detail": {"status": list(ENDED), "stateMachineArn": [{"prefix": machines}]},
                }
            ),
            tags=self._tags(),
            opts=self._options(),
        )
        self.undelivered = DeadLetterQueue(
            self._child("undelivered"),
            key=self.key,
            senders=[Sender("events.amazonaws.com", rule.arn)],
            tags=self.tags,
            opts=self._options(),
        )
        dead_letter_alarm(
            self._child("undelivered-alarm"),
            self.undelivered,
            notify=self.notify,
            tags=self._tags(),
            opts=self._options(),
        )
        permission = aws.lambda_.Permission(
            self._child("ended-permission"),
            action="lambda:InvokeFunction",
            function=self.function.function_name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=self._options(),
        )
        aws.cloudwatch.EventTarget(
            self._child("ended-target"),
            rule=rule.name,
            arn=self.function.arn,
            input_transformer=aws.cloudwatch.EventTargetInputTransformerArgs(
                input_paths={"detail": "$.detail"}, input_template='{"action": "ended", "detail": <detail>}'
            ),
            dead_letter_config=aws.cloudwatch.EventTargetDeadLetterConfigArgs(arn=self.undelivered.arn),
            opts=self._options(depends_on=[permission, self.undelivered.policy, *self.function.role.granted]),
        )
