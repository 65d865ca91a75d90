"""Preview and deploy one stack with the real engine, through the Automation API, and say what happened."""

import contextlib
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from .. import aws
from ..engine.bootstrap import Engine
from ..errors import POLICY, StageError
from ..processes import STAGE_VARIABLE
from ..workspace import Workspace
from .interruption import engine_ends_with_the_command
from .packs import PolicyPack
from .program import as_the_engine_runs_it, project_program
from .settings import StackSettings

if TYPE_CHECKING:
    from pulumi.automation import Stack
    from pulumi.automation.events import EngineEvent

Progress = Callable[[str], None]
# How the engine begins the error that a program ended with.
UNHANDLED = "an unhandled error occurred: "


@dataclass(frozen=True)
class Finding:
    """What a policy said about a resource."""

    policy: str
    level: str
    message: str
    resource: str

    @property
    def stops(self) -> bool:
        """Whether it stops the deploy."""
        return self.level == "mandatory"


@dataclass
class Outcome:
    """What the engine did, or would do."""

    changes: dict[str, int] = field(default_factory=dict)
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    given: set[tuple[str, str]] = field(default_factory=set)
    """The types, and each input that a resource of the type has."""
    findings: list[Finding] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    packs: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    failed: bool = False

    @property
    def violations(self) -> list[Finding]:
        """The findings that stop the deploy."""
        return [finding for finding in self.findings if finding.stops]

    @property
    def changes_nothing(self) -> bool:
        """Whether every resource stays as it is."""
        return not self.failed and set(self.changes) <= {"same"}

    def raise_if_failed(self, what: str) -> None:
        """Raise the error a person reads when the engine refused."""
        if self.violations:
            raise StageError(
                f"The policy pack refused the {what}: {len(self.violations)} violation(s).",
                fix="Each violation above names its fix; an exemption needs a reason, an owner and an expiry date.",
                exit_code=POLICY,
            )
        if self.failed:
            reasons = _told_once(self.errors) or ["the engine gave no reason"]
            raise StageError(f"The {what} failed:\n" + "\n".join(reasons))


class Deployment:
    """One stack on the engine, with a file backend in the workspace."""

    def __init__(
        self,
        workspace: Workspace,
        settings: StackSettings,
        engine: Engine,
        *,
        provider_port: int,
        pack: PolicyPack | None,
        variables: Mapping[str, str],
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._engine = engine
        self._pack = pack
        self._variables = {
            **_engine_variables(workspace, provider_port),
            **aws.overrides(settings.region),
            **(pack.variables if pack else {}),
            **variables,
        }

    def preview(self, progress: Progress = lambda _: None) -> Outcome:
        """Return what a deploy would do, policies included; nothing is changed."""
        return self._run("preview", progress)

    def up(self, progress: Progress = lambda _: None) -> Outcome:
        """Deploy. Only after a preview has passed: stack policies refuse nothing once the steps have run."""
        return self._run("up", progress)

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, secret ones left out."""
        with self._scope():
            return {name: output.value for name, output in self._stack.outputs().items() if not output.secret}

    def resources(self) -> list[dict[str, Any]]:
        """Return the resources in the state."""
        with self._scope():
            exported = self._stack.export_stack().deployment
        return list((exported or {}).get("resources") or [])

    @cached_property
    def _stack(self) -> "Stack":
        from pulumi.automation import LocalWorkspaceOptions, PulumiCommand, create_or_select_stack

        self._settings.write_copies(self._workspace.settings)
        self._workspace.state.mkdir(parents=True, exist_ok=True)
        root = None if self._engine.root is None else str(self._engine.root)
        return create_or_select_stack(
            self._settings.stack,
            project_name=self._settings.project,
            program=project_program(self._workspace.project),
            opts=LocalWorkspaceOptions(
                work_dir=str(self._workspace.settings),
                pulumi_home=str(self._workspace.engine_home),
                env_vars=self._variables,
                pulumi_command=PulumiCommand(root=root),
            ),
        )

    def _scope(self) -> contextlib.AbstractContextManager[None]:
        return as_the_engine_runs_it(self._workspace.project, self._variables)

    def _run(self, action: Literal["preview", "up"], progress: Progress) -> Outcome:
        from pulumi.automation import CommandError

        outcome = Outcome()
        started = time.monotonic()
        packs = None if self._pack is None else [str(self._pack.folder)]
        log = (self._workspace.logs / f"{action}.log").open("w") if self._workspace.logs.is_dir() else None
        with self._scope(), engine_ends_with_the_command(self._workspace):
            write = (lambda line: print(line, file=log, flush=True)) if log else None
            try:
                getattr(self._stack, action)(
                    on_event=lambda event: _take(event, outcome, progress),
                    on_output=write,
                    on_error=write,
                    color="never",
                    policy_packs=packs,
                )
            except CommandError as error:
                outcome.failed = True
                if not outcome.errors and not outcome.violations:
                    outcome.errors.append(_reason(str(error)))
            finally:
                if log:
                    log.close()
        outcome.seconds = time.monotonic() - started
        return outcome


def _engine_variables(workspace: Workspace, provider_port: int) -> dict[str, str]:
    return {
        STAGE_VARIABLE: str(workspace.root),
        "PULUMI_BACKEND_URL": f"file://{workspace.state}",
        "PULUMI_CONFIG_PASSPHRASE": workspace.passphrase(),
        "PULUMI_DEBUG_PROVIDERS": f"aws:{provider_port},awsx:{provider_port}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_ERROR_OUTPUT_STRING": "1",
        # The checkpoint after each step makes `up` quadratic; an `up` that is killed is found by the marker.
        "PULUMI_EXPERIMENTAL": "true",
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # The policy analyzer's script runs this interpreter.
        "PULUMI_PYTHON_CMD": sys.executable,
        "PATH": os.environ.get("PATH", os.defpath),
    }


def _take(event: "EngineEvent", outcome: Outcome, progress: Progress) -> None:
    """Add an engine event to the outcome."""
    if event.resource_pre_event is not None:
        step = event.resource_pre_event.metadata
        outcome.steps.append((str(step.op.value), step.type, step.urn))
        outcome.given |= {(step.type, name) for name in (step.new.inputs if step.new else None) or ()}
        progress(f"{step.op.value} {step.type.rpartition(':')[2]} {step.urn.rpartition('::')[2]}")
    if event.policy_event is not None:
        policy = event.policy_event
        # The engine puts the policy's description on a line above the message.
        described, _, message = plain(policy.message).strip().partition("\n")
        finding = Finding(
            policy.policy_name, policy.enforcement_level, message.strip() or described, policy.resource_urn or ""
        )
        if finding not in outcome.findings:
            outcome.findings.append(finding)
    if event.diagnostic_event is not None:
        diagnostic = event.diagnostic_event
        where = {"error": outcome.errors, "warning": outcome.warnings}.get(diagnostic.severity)
        message = plain(diagnostic.message).strip()
        if where is not None and message:
            named = diagnostic.urn.rpartition("::")[2] if diagnostic.urn else ""
            where.append(f"{named}: {message}" if named else message)
    if event.summary_event is not None:
        outcome.changes = {
            str(getattr(op, "value", op)): count for op, count in event.summary_event.resource_changes.items()
        }
        # A pack is named `name|stack|folder` here.
        outcome.packs = {name.partition("|")[0]: version for name, version in event.summary_event.policy_packs.items()}


def _told_once(errors: list[str]) -> list[str]:
    """Return errors without what the engine repeats: what the program said last, as the reason why it ended."""
    return [each for each in errors if not (each.startswith(UNHANDLED) and each.removeprefix(UNHANDLED) in errors)]


def _reason(printed: str) -> str:
    """Return what the engine says of a failure before it has events: its diagnostics and its last words."""
    report, _, last_words = printed.partition("stderr:")
    diagnostics = plain(report).partition("Diagnostics:")[2].rstrip()
    return f"{diagnostics}\n{plain(last_words).strip()}".strip() or printed


def plain(message: str) -> str:
    """Return an engine message without its colour directives."""
    return re.sub(r"<\{%[^%]*%\}>", "", message)
