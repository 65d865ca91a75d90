"""A bus for the events of one's own programs."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from ..core.deployment import current
from ..core.limits import EVENT_ARCHIVE_NAME, EVENT_BUS_NAME
from ..core.names import check_auto_name, fixed_name
from ..messaging import DeadLetterQueue, Queue, Sender, Topic
from ..observability import dead_letter_alarm
from .bus_policy import bus_policy, check_sources, only_events
from .patterns import check
from .rules import event_rule, queue_target


class EventBus(Component, domain="events"):
    """A custom event bus: encrypted with the key, archived, and open to this account and those that are listed.

    Creates: the bus, its policy, its dead-letter queue (what could not be encrypted or decrypted) with an alarm, and an
    archive of all its events, from which they can be replayed.

    - `key`: encrypts events, rules, archive and dead letters.
    - `archive_days`: how long events can be replayed, default 30; None for no archive.
    - `accounts`: other accounts that may put events of their own on it; default none.
    - `notify`: the topic told of dead letters; default none, the alarm only shows.
    - `removable`: its archive may be destroyed, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `bus_name`, `archive_arn`; attribute `dead_letters`. Errors: ValueError for accounts that are none,
    or this one. Source: Amazon EventBridge User Guide, "Encrypting EventBridge event buses", "Permissions for event
    buses", "Archiving and replaying events".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        archive_days: int | None = 30,
        accounts: Sequence[str] = (),
        notify: Topic | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.key = key
        self.notify = notify
        # The bus names its dead-letter queue, whose policy names the bus.
        self.fixed_name = fixed_name(name, limit=EVENT_BUS_NAME)
        fixed_arn = current().arn("events", f"event-bus/{self.fixed_name}")
        policy = bus_policy(name, fixed_arn, accounts)
        self.dead_letters = DeadLetterQueue(
            self._child("dead-letters"),
            key=key,
            senders=[Sender("events.amazonaws.com", fixed_arn)],
            tags=self.tags,
            opts=self._options(),
        )
        dead_letter_alarm(
            self._child("dead-letters-alarm"),
            self.dead_letters,
            notify=notify,
            tags=self._tags(),
            opts=self._options(),
        )
        self.resource = aws.cloudwatch.EventBus(
            name,
            name=self.fixed_name,
            description=f"Events of {pulumi.get_project()}",
            kms_key_identifier=key.arn,
            dead_letter_config=aws.cloudwatch.EventBusDeadLetterConfigArgs(arn=self.dead_letters.arn),
            tags=self._tags(),
            opts=self._options(depends_on=[self.dead_letters.policy]),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.bus_name: pulumi.Output[str] = self.resource.name
        self.policy = aws.cloudwatch.EventBusPolicy(
            self._child("policy"), event_bus_name=self.bus_name, policy=policy, opts=self._options()
        )
        self.archive: aws.cloudwatch.EventArchive | None = None
        if archive_days is not None:
            self.archive = self._archive(archive_days, protect=not destroyable(removable))
        self.archive_arn = self.archive.arn if self.archive else None
        self.register_outputs({"arn": self.arn, "bus_name": self.bus_name, "archive_arn": self.archive_arn})

    def queue(self, name: str, *, pattern: Mapping[str, Any], visibility_timeout: int = 30) -> Queue:
        """Return a queue that gets the bus's events that match, for a function to poll with `on_queue`.

        `name` tells the bus's queues apart. Raises PatternError for a pattern that EventBridge would refuse.
        """
        check(pattern)
        own = self._child(name)
        rule = event_rule(
            f"{own}-rule",
            pattern=pattern,
            description=f"Events of {self.name} for the queue {name}",
            bus_name=self.bus_name,
            tags=self._tags(),
            opts=self._options(),
        )
        queue = Queue(
            f"{own}-queue",
            key=self.key,
            senders=[Sender("events.amazonaws.com", rule.arn)],
            visibility_timeout=visibility_timeout,
            tags=self.tags,
            opts=self._options(),
        )
        dead_letter_alarm(
            f"{own}-queue-alarm", queue.dead_letters, notify=self.notify, tags=self._tags(), opts=self._options()
        )
        queue_target(f"{own}-target", rule, queue, bus_name=self.bus_name, opts=self._options())
        return queue

    def grant_put(
        self, grantee: Grantee, *, sources: Sequence[str], detail_types: Sequence[str] = ()
    ) -> aws.iam.RolePolicy:
        """Let the grantee put events of these sources, and of these detail types if any are given, and no others.

        It needs nothing of the key: EventBridge encrypts in its own name.
        """
        check_sources(self.name, sources)
        return grantee.role.allow(
            f"put-{self.name}",
            [
                Statement(
                    actions=["events:PutEvents"],
                    resources=[self.arn],
                    conditions=only_events(sources=sources, detail_types=detail_types),
                )
            ],
        )

    def grant_replay(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee replay the archive, in replays whose names begin with the bus's, and look after them.

        Raises ValueError for a bus without an archive.
        """
        if self.archive is None:
            raise ValueError(f"event bus {self.name} keeps no archive to replay: give it archive_days")
        replays = current().arn("events", f"replay/{self.fixed_name}-*")
        return grantee.role.allow(
            f"replay-{self.name}",
            [
                Statement(actions=["events:StartReplay"], resources=[self.archive.arn, self.arn, replays]),
                Statement(actions=["events:DescribeReplay", "events:CancelReplay"], resources=[replays]),
            ],
        )

    def _archive(self, days: int, *, protect: bool) -> aws.cloudwatch.EventArchive:
        if days < 1:
            raise ValueError(f"event bus {self.name}: archive_days is {days}: give 1 or more, or None for no archive")
        return aws.cloudwatch.EventArchive(
            check_auto_name(self._child("archive"), EVENT_ARCHIVE_NAME, "event archive"),
            description=f"All events of {self.name}",
            event_source_arn=self.arn,
            retention_days=days,
            kms_key_identifier=self.key.arn,
            opts=self._options(protect=protect),
        )
