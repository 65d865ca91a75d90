"""An event that starts a function or a pipeline."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, Role, Tags
from ..messaging import DeadLetterQueue, Sender
from ..observability import dead_letter_alarm
from .hearing import Heard, followed, heard, must_not_hear_itself, note_following, run_input
from .rules import event_rule, event_target
from .sources import AnySource, EventPattern, PipelineSucceeded
from .starting import Startable, Starting


class Trigger(Component, domain="events"):
    """Starts a function or a pipeline on an event: an object, a pattern, another pipeline's success.

    Creates: the rule and its target, what lets the rule start that one target (a function's permission, or a role), and
    the dead-letter queue of events that could not be delivered within a day, with an alarm.

    - `target`: what to start. A function gets the event as it is; a pipeline's run takes its date from the event's
      time, or has the same date as the run that it follows, and its parameters as the source's `parameters` say.
    - `source`: ObjectCreated, EventPattern or PipelineSucceeded.
    - `components`: with the names that the source calls them by; default none, the source holds them.
    - `enabled`: default yes; events are not kept for a trigger that is off.

    Outputs: `rule_arn`; attribute `dead_letters`. Errors: ValueError for a bucket that tells nobody of its objects,
    components and parameters that are not there, and pipelines that would start themselves or each other for ever.
    Source: Amazon EventBridge User Guide, "Using dead-letter queues", "Cross-service confused deputy prevention".
    """

    def __init__(
        self,
        name: str,
        *,
        target: Startable,
        source: AnySource | Heard,
        components: Sequence[tuple[str, object]] = (),
        enabled: bool = True,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        starting = target.starting()
        where = f"trigger {name}"
        hears = source if isinstance(source, Heard) else self._hear(source, target, starting, components, where)
        bus_name = hears.bus.bus_name if hears.bus else None
        self.rule = event_rule(
            self._child("rule"),
            pattern=hears.pattern,
            description=f"{hears.description}, for {target.name}",
            bus_name=bus_name,
            enabled=enabled,
            tags=self._tags(),
            opts=self._options(),
        )
        self.rule_arn: pulumi.Output[str] = self.rule.arn
        self.dead_letters = DeadLetterQueue(
            self._child("undelivered"),
            key=target.key,
            senders=[Sender("events.amazonaws.com", self.rule_arn)],
            tags=self.tags,
            opts=self._options(),
        )
        dead_letter_alarm(
            self._child("undelivered-alarm"),
            self.dead_letters,
            notify=target.notify,
            tags=self._tags(),
            opts=self._options(),
        )
        role_arn, allowed = self._let_in(target, starting)
        self.target = event_target(
            self._child("target"),
            self.rule,
            starting.arn,
            dead_letters=self.dead_letters,
            bus_name=bus_name,
            role_arn=role_arn,
            template=hears.template,
            paths=hears.paths,
            opts=self._options(depends_on=[*allowed, *starting.depends_on]),
        )
        self.register_outputs({"rule_arn": self.rule_arn})

    def _hear(
        self,
        source: AnySource,
        target: Startable,
        starting: Starting,
        components: Sequence[tuple[str, object]],
        where: str,
    ) -> Heard:
        unknown = sorted(source.parameters.keys() - starting.parameters)
        if unknown:
            known = ", ".join(sorted(starting.parameters)) or "none"
            raise ValueError(f"{where}: {target.name} has no parameter {', '.join(unknown)}; it has {known}")
        hears = heard(source, components, where)
        if isinstance(source, PipelineSucceeded):
            note_following(target, followed(source, components, where), where)
        if isinstance(source, EventPattern):
            must_not_hear_itself(target, source, where)
        if starting.function_name is not None:
            return hears
        template, paths = run_input(source)
        return Heard(
            pattern=hears.pattern, description=hears.description, bus=hears.bus, template=template, paths=paths
        )

    def _let_in(
        self, target: Startable, starting: Starting
    ) -> tuple[pulumi.Output[str] | None, Sequence[pulumi.Resource]]:
        """Let the rule, and no other one, start the target; a function's own policy does, others take a role."""
        if starting.function_name is not None:
            permission = aws.lambda_.Permission(
                self._child("permission"),
                action="lambda:InvokeFunction",
                function=starting.function_name,
                principal="events.amazonaws.com",
                source_arn=self.rule_arn,
                opts=self._options(),
            )
            return None, [permission]
        role = Role(
            self._child("role"),
            service="events.amazonaws.com",
            source_arn=self.rule_arn,
            description=f"Lets an EventBridge rule start {target.name}",
            tags=self.tags,
            opts=self._options(),
        )
        return role.arn, [role.allow("start", [starting.statement])]
