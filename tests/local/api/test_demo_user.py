"""Who may sign in at the stage of this machine, and where."""

import stat
from pathlib import Path
from typing import Any

import pytest

from local.aws import Clients
from local.emulator.lifecycle import Emulator
from local.stage.demo_user import EMAIL, DemoUser, demo_user
from local.stage.signing_in import SigningIn, find_signing_in, let_demo_user_in
from local.workspace import Workspace

from ..api_stage import Browser

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_the_stage_tells_where_to_sign_in_and_lets_its_demo_user_into_every_group(
    clients: Clients, emulator: Emulator, outputs: dict[str, Any], user: DemoUser, tmp_path: Path
) -> None:
    cognito, pool = clients("cognito-idp"), outputs["user_pool_id"]
    stage, workspace = (
        {"api": {"url": outputs["url"], "userPoolId": pool, "portalUrl": "https://a"}},
        Workspace(tmp_path),
    )
    before = find_signing_in(workspace, emulator.endpoint, stage)
    assert before == SigningIn(outputs["url"], f"{emulator.endpoint}/_portal/", None, None)
    cognito.create_group(UserPoolId=pool, GroupName="loaders")
    made = let_demo_user_in(clients, workspace, emulator.endpoint, stage)
    groups = cognito.admin_list_groups_for_user(UserPoolId=pool, Username=EMAIL)["Groups"]
    cognito.delete_group(UserPoolId=pool, GroupName="loaders")
    assert {group["GroupName"] for group in groups} == {"analysts", "loaders"}
    assert made is not None
    browser = Browser(emulator.endpoint, outputs["portal_client_id"])
    assert browser.submits(str(made.email), str(made.password)).status == 302
    assert find_signing_in(workspace, emulator.endpoint, stage) == made

    other = {"api": {**stage["api"], "userPoolId": "eu-central-1_another", "portalUrl": None}}
    assert find_signing_in(workspace, emulator.endpoint, other) == SigningIn(outputs["url"], None, None, None)
    cognito.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=user.password, Permanent=True)
    assert let_demo_user_in(clients, workspace, emulator.endpoint, {"lake": {}}) is None
    assert find_signing_in(workspace, emulator.endpoint, {"lake": {}}) is None


def test_the_demo_user_stays_the_same_and_is_this_machines_own(
    clients: Clients, outputs: dict[str, Any], user: DemoUser, workspace: Workspace
) -> None:
    assert demo_user(clients, workspace, outputs["user_pool_id"]) == user
    assert stat.S_IMODE(workspace.demo_user.stat().st_mode) == 0o600
    kept = workspace.demo_user.read_text()
    assert user.password in kept
    assert workspace.demo_user.is_relative_to(workspace.root)


def test_a_demo_user_whose_password_is_lost_gets_another(
    clients: Clients, outputs: dict[str, Any], browser: Browser, user: DemoUser, tmp_path: Path
) -> None:
    other = demo_user(clients, Workspace(tmp_path), outputs["user_pool_id"])
    assert (other.email, len(other.password)) == (user.email, len(user.password))
    assert other.password != user.password
    assert browser.submits(user.email, user.password).status == 200
    assert browser.submits(other.email, other.password).status == 302
    clients("cognito-idp").admin_set_user_password(
        UserPoolId=outputs["user_pool_id"], Username=user.email, Password=user.password, Permanent=True
    )
