"""The shipped local stage with its API, in a checkout of its own, and people who sign in there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.aws import Clients
from local.emulator import lifecycle
from local.privileges.exercise.administrators import SCOPES, Administrator, sign_in
from local.processes import stop_marked
from local.stage.demo_user import DemoUser, make_user, new_password
from local.workspace import Workspace

from .checkout import Checkout, copy_checkout

# What an API needs nothing of, and `up` takes a minute for.
_LEFT_OUT = ("watershed:pipelines", "watershed:jobs", "watershed:secrets", "watershed:network")


@dataclass(frozen=True)
class Served:
    """What `up` says of it."""

    checkout: Checkout
    report: dict[str, Any]

    @property
    def api(self) -> str:
        return str(self.report["outputs"]["api"]["url"]).rstrip("/")

    @property
    def portal(self) -> str:
        return str(self.report["signing_in"]["portal"])

    @property
    def clients(self) -> Clients:
        return Clients(self.report["endpoint"], self.report["region"])

    def person(self, name: str, *groups: str) -> DemoUser:
        """Make somebody who is in these groups."""
        pool = self.report["outputs"]["api"]["userPoolId"]
        user = DemoUser(pool, f"{name}@example.com", new_password())
        make_user(self.clients, user)
        for group in groups:
            self.clients("cognito-idp").admin_add_user_to_group(UserPoolId=pool, Username=user.email, GroupName=group)
        return user

    def signed_in(self, user: DemoUser, scopes: str = SCOPES) -> Administrator:
        """Sign in as somebody, for these scopes, at the page that the portal leads to."""
        return sign_in(self.clients, self.report["outputs"]["api"], user, scopes)


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Bring the stage up, with the flights in it and without pipelines; it ends with the block."""
    checkout = copy_checkout(folder)
    stack = checkout.folder / "Pulumi.local.yaml"
    config = yaml.safe_load(stack.read_text("utf-8"))
    for name in _LEFT_OUT:
        del config["config"][name]
    stack.write_text(yaml.safe_dump(config), "utf-8")
    workspace = Workspace(checkout.folder)
    try:
        done = checkout.watershed("local", "up", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Served(checkout, json.loads(done.stdout))
    finally:
        lifecycle.stop(workspace)
        stop_marked(workspace.root)
