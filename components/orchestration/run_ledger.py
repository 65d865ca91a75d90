"""The ledger of pipelines' runs, and the function that keeps it."""

import pulumi
import pulumi_aws as aws

from ..compute import Artifacts, DependencyLayers, LambdaFunction
from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.deployment import current
from ..core.limits import STATE_MACHINE_NAME
from ..core.names import fixed_name
from ..events import Heard, Trigger
from ..events.bus_policy import only_events
from ..events.hearing import EXECUTION_CHANGE, RUN_SOURCE, RUN_SUCCEEDED
from ..messaging import Topic
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
    begins and finishes runs, tells the topic of those that failed and the default bus of those that succeeded, and the
    trigger that tells it of runs that ended otherwise.

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
        self._announce_successes()
        self.ended = self._tell_of_ends()
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

    def _tell_of_ends(self) -> Trigger:
        """Step Functions tells of executions on the account's default bus."""
        machines = current().arn("states", f"stateMachine:{machine_prefix()}")
        return Trigger(
            self._child("ended"),
            target=self.function,
            source=Heard(
                pattern={
                    "source": ["aws.states"],
                    "detail-type": [EXECUTION_CHANGE],
                    "detail": {"status": list(ENDED), "stateMachineArn": [{"prefix": machines}]},
                },
                description="Runs of pipelines that ended without success",
                template='{"action": "ended", "detail": <detail>}',
                paths={"detail": "$.detail"},
            ),
            tags=self.tags,
            opts=self._options(),
        )

    def _announce_successes(self) -> None:
        """Let the function say on the default bus that a run has succeeded, and nothing else there."""
        bus = current().arn("events", "event-bus/default")
        conditions = only_events(sources=[RUN_SOURCE], detail_types=[RUN_SUCCEEDED])
        self.function.role.allow(
            "announce", [Statement(actions=["events:PutEvents"], resources=[bus], conditions=conditions)]
        )
