"""Somebody who may sign in on this machine: made for its emulated AWS, with a password that is nobody else's."""

import json
import secrets
import string
from dataclasses import asdict, dataclass

from ..aws import Clients
from ..workspace import Workspace

EMAIL = "demo@example.com"
"""A name that no mail reaches (RFC 2606)."""
_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!*")
"""What the user pool asks to see of each; none has to be escaped on a page or in a shell between quotes."""
_LENGTH = 20


@dataclass(frozen=True)
class DemoUser:
    """Whose account it is, and what to type at the sign-in."""

    user_pool_id: str
    email: str
    password: str


def demo_user(clients: Clients, workspace: Workspace, user_pool_id: str) -> DemoUser:
    """Return the pool's demo user, a member of every group; made by the first call, and the same until `down`.

    The password is kept beside the stage's state, readable by its owner alone: Cognito does not tell it.
    """
    known = kept_demo_user(workspace)
    if known is None or known.user_pool_id != user_pool_id or not _is_there(clients, user_pool_id, EMAIL):
        known = DemoUser(user_pool_id, EMAIL, new_password())
        make_user(clients, known)
        workspace.keep_private(workspace.demo_user, json.dumps(asdict(known)))
    join_every_group(clients, known)
    return known


def make_user(clients: Clients, user: DemoUser) -> None:
    """Make the user, or give one whose password is not known any more a new one."""
    cognito = clients("cognito-idp")
    if not _is_there(clients, user.user_pool_id, user.email):
        cognito.admin_create_user(
            UserPoolId=user.user_pool_id,
            Username=user.email,
            UserAttributes=[{"Name": "email", "Value": user.email}, {"Name": "email_verified", "Value": "true"}],
            TemporaryPassword=user.password,
            MessageAction="SUPPRESS",
        )
    cognito.admin_set_user_password(
        UserPoolId=user.user_pool_id, Username=user.email, Password=user.password, Permanent=True
    )


def join_every_group(clients: Clients, user: DemoUser) -> None:
    """Make the user a member of every group that the pool has by now."""
    cognito, pool = clients("cognito-idp"), user.user_pool_id
    for group in cognito.get_paginator("list_groups").paginate(UserPoolId=pool).search("Groups[].GroupName"):
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=user.email, GroupName=group)


def _is_there(clients: Clients, user_pool_id: str, email: str) -> bool:
    cognito = clients("cognito-idp")
    try:
        cognito.admin_get_user(UserPoolId=user_pool_id, Username=email)
    except cognito.exceptions.UserNotFoundException:
        return False
    return True


def new_password() -> str:
    """Return a random password that has characters of every kind."""
    while True:
        made = "".join(secrets.choice("".join(_KINDS)) for _ in range(_LENGTH))
        if all(set(kind) & set(made) for kind in _KINDS):
            return made


def kept_demo_user(workspace: Workspace) -> DemoUser | None:
    """Return the demo user that was made last, if one was."""
    try:
        return DemoUser(**json.loads(workspace.demo_user.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
