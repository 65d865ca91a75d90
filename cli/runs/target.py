"""Where a stack runs: its AWS account, or the local stage of its project."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import USAGE, CommandError
from ..local import workspace_of
from ..siblings import sibling

STACK_VARIABLE = "WATERSHED_STACK"


@dataclass(frozen=True)
class Target:
    """One stack of one project, and how to ask the AWS that it runs on."""

    project: str
    stack: str
    account: str
    region: str
    clients: Callable[[str], Any]
    """Makes the boto3 client of a service."""
    local: bool = False

    @property
    def prefix(self) -> str:
        """What the names of its state machines begin with, as `components.core.names` makes them."""
        kept = (char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in self._name)
        return "".join(kept)

    @property
    def poll_seconds(self) -> float:
        """How long to wait between two looks at a run."""
        return 0.4 if self.local else 3.0

    @property
    def _name(self) -> str:
        return f"{self.project}-{self.stack}-"


def find_target(project: Path, stack: str | None) -> Target:
    """Return where the stack runs.

    Without one: the stack that is up on the local stage, else that of WATERSHED_STACK. Raises CommandError where
    neither says, where the stack's local stage is down, and for credentials of another account than the stack's.
    """
    workspace = workspace_of(project)
    emulator = sibling("local.emulator.lifecycle").find(workspace)
    up = emulator.serves["stack"] if emulator else None
    name = stack or up or os.environ.get(STACK_VARIABLE)
    if name is None:
        raise CommandError(
            "Which stack? The local stage is down.",
            fix=f"Start it (make up), or name a stack: --stack dev, or {STACK_VARIABLE}=dev.",
            exit_code=USAGE,
        )
    settings = sibling("local.stage.settings").read_settings(workspace.project, name)
    if emulator and name == up:
        clients = sibling("local.aws").Clients(emulator.endpoint, settings.region)
        return Target(settings.project, name, settings.account, settings.region, clients, local=True)
    if settings.account == sibling("local.aws").ACCOUNT:
        raise CommandError(f"The stack `{name}` is one of the local stage, which is down.", fix="Start it: make up.")
    return _on_aws(settings.project, name, settings.account, settings.region)


def _on_aws(project: str, stack: str, account: str, region: str) -> Target:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    session: Any = boto3.session.Session(region_name=region)
    try:
        signed_in = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise CommandError(
            f"AWS does not know who asks for stack `{stack}`: {error}",
            fix="Sign in (aws sso login), or set AWS_PROFILE.",
        ) from error
    if signed_in != account:
        raise CommandError(
            f"The credentials are those of account {signed_in}; stack `{stack}` is in {account}.",
            fix=f"Set AWS_PROFILE to a profile of account {account}.",
        )
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = session.client(service, config=Config(retries={"mode": "adaptive", "max_attempts": 8}))
        return made[service]

    return Target(project, stack, account, region, client)
