"""Step Functions: runs are logged, traced and encrypted, and every task ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import UnreadableError, is_on, number
from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import looks_secret
from ..state_machines import STATE_MACHINE, states, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..settings import Settings

# What Step Functions takes where nothing is said: three years.
NO_TIMEOUT = 99_999_999

LOGGING = Rule(
    id="SFN-LOGGING",
    title="State machines log every event",
    severity=Severity.MEDIUM,
    why="The history of a run is gone after 90 days, and an express run has none.",
    frameworks=("FSBP StepFunctions.1", "NIST 800-53 AU-2", "PCI DSS 10.4.2"),
    peers=("cdk-nag SF1",),
)
EXECUTION_DATA = Rule(
    id="SFN-EXECUTION-DATA",
    title="Logs hold what went into each state and came out",
    severity=Severity.LOW,
    why="Without it the log says that a state failed, but not on what. Personal data belongs into no log, hence "
    "strict.",
    peers=("Checkov CKV_AWS_285",),
    profile=Profile.STRICT,
)
TRACING = Rule(
    id="SFN-TRACING",
    title="State machines are traced",
    severity=Severity.LOW,
    why="A trace shows where a run through several services spent its time, and where it failed.",
    frameworks=("NIST 800-53 AU-12",),
    peers=("cdk-nag SF2", "Checkov CKV_AWS_284"),
)
CUSTOMER_KEY = Rule(
    id="SFN-CUSTOMER-KEY",
    title="State machines and activities encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Runs keep their input and output. Only a key of ours has a policy and a log of its own.",
    frameworks=("NIST 800-53 SC-28",),
)
TASK_TIMEOUT = Rule(
    id="SFN-TASK-TIMEOUT",
    title="Every task has a timeout",
    severity=Severity.MEDIUM,
    why="A task whose answer is lost otherwise waits for three years, and the schedule's next run with it.",
)
SECRET = Rule(
    id="SFN-SECRET-IN-DEFINITION",
    title="Secrets are not in state machines",
    severity=Severity.CRITICAL,
    why="Whoever may describe the state machine reads them, and every run's history repeats them.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
HTTP_TLS = Rule(
    id="SFN-HTTP-TLS",
    title="HTTP tasks call over TLS",
    severity=Severity.HIGH,
    why="By plain HTTP anyone on the way reads what the task sends, and the password it is sent with.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)


@LOGGING.on(STATE_MACHINE)
def logs_events(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse no log, and one of errors only: what went well before an error explains it."""
    logging = machine.properties.section("loggingConfiguration")
    level = logging.get("level")
    if level != "ALL" or not logging.is_set("logDestination"):
        yield Finding(
            "does not log its events" if level in (None, "OFF", "ALL") else f"logs {level} only",
            'logging_configuration={"level": "ALL", "include_execution_data": True, '
            '"log_destination": log_group.arn.apply(lambda arn: f"{arn}:*")}',
        )


@EXECUTION_DATA.on(STATE_MACHINE)
def logs_data(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a log without data."""
    if not is_on(machine.properties.get("loggingConfiguration", "includeExecutionData")):
        yield Finding(
            "does not log what its states were given", 'logging_configuration={..., "include_execution_data": True}'
        )


@TRACING.on(STATE_MACHINE)
def is_traced(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a machine without X-Ray."""
    if not is_on(machine.properties.get("tracingConfiguration", "enabled")):
        yield Finding("is not traced", 'tracing_configuration={"enabled": True}')


@CUSTOMER_KEY.on(STATE_MACHINE, aws("sfn", "Activity"))
def encrypts(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse AWS's own key."""
    encryption = resource.properties.section("encryptionConfiguration")
    if encryption.get("type") != "CUSTOMER_MANAGED_KMS_KEY" or not encryption.has_customer_key("kmsKeyId"):
        yield Finding(
            "does not encrypt with a customer-managed key",
            'encryption_configuration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": key.arn, '
            '"kms_data_key_reuse_period_seconds": 300}',
        )


@TASK_TIMEOUT.on(STATE_MACHINE)
def tasks_end(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a task that may wait for ever, and a definition that is none."""
    try:
        endless = [name for name, state in states(machine) if state.get("Type") == "Task" and not _ends(state)]
    except UnreadableError:
        yield Finding("has a definition that is not a JSON object", "definition=pulumi.Output.json_dumps({...})")
        return
    if endless:
        shown = ", ".join(endless[:5]) + (f" and {len(endless) - 5} more" if len(endless) > 5 else "")
        yield Finding(f"has tasks without a timeout: {shown}", '{"Type": "Task", ..., "TimeoutSeconds": 900}')


@SECRET.on(STATE_MACHINE)
def definition_holds_no_secret(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    try:
        found = list(states(machine))
    except UnreadableError:
        return
    for name, state in found:
        if any(looks_secret(key, text) for key, text in texts(_own(state))):
            yield Finding(
                f'has what looks like a secret in the state "{name}"',
                "keep it in an aws.secretsmanager.Secret that the task reads, or in an EventBridge connection",
            )


@HTTP_TLS.on(STATE_MACHINE)
def calls_by_tls(machine: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the address of an API that begins with http://."""
    try:
        found = list(states(machine))
    except UnreadableError:
        return
    plain = [
        name
        for name, state in found
        if any(key == "ApiEndpoint" and text.lower().startswith("http://") for key, text in texts(_own(state)))
    ]
    if plain:
        yield Finding(f"calls APIs by plain HTTP in {', '.join(plain)}", '"ApiEndpoint": "https://..."')


def _own(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state without the states in it."""
    return {key: value for key, value in state.items() if key not in ("Iterator", "ItemProcessor", "Branches")}


def _ends(task: dict[str, Any]) -> bool:
    if task.get("TimeoutSecondsPath"):
        return True
    timeout = task.get("TimeoutSeconds")
    seconds = number(timeout)
    if seconds is None:
        # An expression in JSONata.
        return isinstance(timeout, str) and timeout.startswith("{%")
    return 0 < seconds < NO_TIMEOUT
