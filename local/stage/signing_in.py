"""Where the data set portal and its API are on this machine, and who may sign in there."""

from dataclasses import dataclass
from typing import Any

from ..aws import Clients
from ..emulator.apis.portal import PATH
from ..workspace import Workspace
from .demo_user import DemoUser, demo_user, kept_demo_user


@dataclass(frozen=True)
class SigningIn:
    """Addresses, and the demo user of this machine if it is made."""

    api: str
    portal: str | None
    email: str | None
    password: str | None


def let_demo_user_in(
    clients: Clients, workspace: Workspace, endpoint: str, outputs: dict[str, Any]
) -> SigningIn | None:
    """Make the demo user, a member of every group of the pool; returns None for a stack without an API."""
    api = outputs.get("api")
    return _signing_in(endpoint, api, demo_user(clients, workspace, api["userPoolId"])) if api else None


def find_signing_in(workspace: Workspace, endpoint: str, outputs: dict[str, Any]) -> SigningIn | None:
    """Return the same without making anybody."""
    api = outputs.get("api")
    if not api:
        return None
    user = kept_demo_user(workspace)
    return _signing_in(endpoint, api, user if user and user.user_pool_id == api["userPoolId"] else None)


def _signing_in(endpoint: str, api: dict[str, Any], user: DemoUser | None) -> SigningIn:
    return SigningIn(
        api=api["url"],
        portal=f"{endpoint}{PATH}/" if api.get("portalUrl") else None,
        email=user.email if user else None,
        password=user.password if user else None,
    )
