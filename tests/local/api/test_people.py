"""How people sign in at the emulated Cognito."""

from typing import Any
from urllib.parse import urlencode

import pytest

from local.aws import Clients
from local.emulator.apis.sign_in import Addresses
from local.emulator.lifecycle import Emulator
from local.stage.demo_user import DemoUser

from ..api_stage import HERE, Answer, Browser, ask, claims, form, is_refused

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_person_signs_in_and_calls_the_api(browser: Browser, user: DemoUser, outputs: dict[str, Any]) -> None:
    page = browser.opens()
    assert page.status == 200
    assert b'<html lang="en">' in page.body
    answer = browser.trades(browser.code(user.email, user.password))
    assert answer.status == 200
    tokens = answer.document
    access, identity = claims(tokens["access_token"]), claims(tokens["id_token"])
    assert access["cognito:groups"] == ["analysts"]
    assert (access["token_use"], access["client_id"]) == ("access", outputs["portal_client_id"])
    assert sorted(access["scope"].split()) == ["datasets/read", "datasets/write", "openid"]
    assert (identity["aud"], identity["email"]) == (outputs["portal_client_id"], user.email)

    called = ask("GET", f"{outputs['url']}/datasets", {"Authorization": f"Bearer {tokens['access_token']}"})
    told = called.document["requestContext"]["authorizer"]["claims"]
    assert (told["cognito:groups"], told["username"]) == ("analysts", access["username"])


def test_an_identity_token_is_no_access_token(browser: Browser, user: DemoUser, outputs: dict[str, Any]) -> None:
    tokens = browser.trades(browser.code(user.email, user.password)).document
    for name in ("id_token", "refresh_token"):
        called = ask("GET", f"{outputs['url']}/datasets", {"Authorization": f"Bearer {tokens[name]}"})
        assert called.status == 401


def test_several_groups_are_one_text(
    browser: Browser, user: DemoUser, outputs: dict[str, Any], clients: Clients
) -> None:
    cognito, where = clients("cognito-idp"), {"UserPoolId": outputs["user_pool_id"], "GroupName": "others"}
    cognito.create_group(**where)
    cognito.admin_add_user_to_group(**where, Username=user.email)
    token = browser.trades(browser.code(user.email, user.password)).document["access_token"]
    called = ask("GET", f"{outputs['url']}/datasets", {"Authorization": token})
    told = called.document["requestContext"]["authorizer"]["claims"]["cognito:groups"]
    cognito.delete_group(**where)
    assert sorted(told.split(",")) == ["analysts", "others"]


@pytest.mark.parametrize("who", ["demo@example.com", "nobody@example.com"])
def test_who_may_not_sign_in_is_not_told_why(browser: Browser, user: DemoUser, who: str) -> None:
    answer = browser.submits(who, "not the password")
    assert answer.status == 200
    assert b'<div role="alert" id="error">Incorrect username or password.</div>' in answer.body


@pytest.mark.parametrize("verifier", ["w" * 43, ""])
def test_a_code_is_of_no_use_to_who_has_not_asked_for_it(browser: Browser, user: DemoUser, verifier: str) -> None:
    code = browser.code(user.email, user.password)
    assert is_refused(browser.trades(code, code_verifier=verifier), "invalid_grant")


def test_a_code_works_once(browser: Browser, user: DemoUser) -> None:
    code = browser.code(user.email, user.password)
    assert browser.trades(code).status == 200
    assert is_refused(browser.trades(code), "invalid_grant")


def test_a_code_is_of_no_use_to_another_client_or_address(
    browser: Browser, user: DemoUser, outputs: dict[str, Any]
) -> None:
    code = browser.code(user.email, user.password)
    machine = {"client_id": outputs["machine_client_ids"]["reader"], "client_secret": outputs["secrets"]["reader"]}
    assert is_refused(browser.trades(code, **machine), "invalid_grant")
    assert is_refused(browser.trades(code, redirect_uri=f"{HERE}/other"), "invalid_grant")
    assert browser.trades(code).status == 200


@pytest.mark.parametrize("address", ["https://evil.example/", f"{HERE}/other", f"{HERE}//", f"{HERE}/?a=b"])
def test_people_are_sent_to_registered_addresses_alone(browser: Browser, user: DemoUser, address: str) -> None:
    assert is_refused(browser.opens(redirect_uri=address), "invalid_request")
    assert is_refused(browser.submits(user.email, user.password, redirect_uri=address), "invalid_request")


LOOPBACK = "http://127.0.0.1:4566/_portal/"


@pytest.mark.parametrize(
    ("address", "registered"),
    [
        (LOOPBACK, True),
        ("http://127.0.0.1:39711/_portal/", True),
        ("http://127.0.0.1/_portal/", True),
        ("http://127.0.0.1:39711/", False),
        ("http://127.0.0.1:39711/_portal/other", False),
        ("https://127.0.0.1:39711/_portal/", False),
        ("http://127.0.0.1:80@evil.example/_portal/", False),
        ("http://127.0.0.1.evil.example:80/_portal/", False),
        ("http://localhost:39711/_portal/", False),
        ("https://data.example.com/", True),
        ("https://data.example.com:8443/", False),
    ],
)
def test_an_address_on_the_loopback_may_have_any_port_and_no_other_may(address: str, registered: bool) -> None:
    assert (address in Addresses([LOOPBACK, "https://data.example.com/"])) == registered


def test_a_person_comes_back_to_a_stage_on_another_port(emulator: Emulator, browser: Browser, user: DemoUser) -> None:
    there = Browser(browser.endpoint, browser.client_id, redirect_uri="http://127.0.0.1:39711/")
    page = there.submits(user.email, user.password, redirect_uri=there.redirect_uri)
    assert page.headers["Location"].startswith("http://127.0.0.1:39711/?code=")
    assert there.trades(there.code(user.email, user.password)).status == 200
    asked = urlencode({"client_id": browser.client_id, "logout_uri": "http://127.0.0.1:39711/bye"})
    assert ask("GET", f"{emulator.endpoint}/logout?{asked}").headers["Location"] == "http://127.0.0.1:39711/bye"


@pytest.mark.parametrize("changed", [{"code_challenge_method": "plain"}, {"scope": "datasets/everything"}])
def test_what_cognito_does_not_take_goes_back_as_an_error(browser: Browser, changed: dict[str, str]) -> None:
    answer = browser.opens(**changed)
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{HERE}/?error=invalid_")
    assert "code=" not in answer.headers["Location"].replace("error=", "")


@pytest.mark.parametrize("flow", ["token", "id_token", ""])
def test_tokens_come_by_code_alone(browser: Browser, flow: str) -> None:
    assert is_refused(browser.opens(response_type=flow), "unsupported_response_type")


def test_a_refresh_token_works_once_and_keeps_who_it_is(
    browser: Browser, user: DemoUser, emulator: Emulator, outputs: dict[str, Any]
) -> None:
    first = browser.trades(browser.code(user.email, user.password)).document

    def renew(token: str, **more: str) -> Answer:
        given = {"grant_type": "refresh_token", "client_id": browser.client_id, "refresh_token": token, **more}
        return form(f"{emulator.endpoint}/oauth2/token", **given)

    machine = {"client_id": outputs["machine_client_ids"]["reader"], "client_secret": outputs["secrets"]["reader"]}
    assert is_refused(renew(first["refresh_token"], **machine), "invalid_grant")
    second = renew(first["refresh_token"]).document
    assert second["refresh_token"] != first["refresh_token"]
    for name in ("cognito:groups", "sub", "scope"):
        assert claims(second["access_token"])[name] == claims(first["access_token"])[name]
    assert renew(second["refresh_token"]).status == 200
    form(f"{emulator.endpoint}/oauth2/revoke", token=second["refresh_token"], client_id=browser.client_id)
    assert is_refused(renew(second["refresh_token"]), "invalid_grant")


def test_people_leave_to_registered_addresses_alone(
    emulator: Emulator, browser: Browser, outputs: dict[str, Any]
) -> None:
    def leave(client: str, address: str) -> Answer:
        asked = urlencode({"client_id": client, "logout_uri": address})
        return ask("GET", f"{emulator.endpoint}/logout?{asked}")

    assert leave(browser.client_id, f"{HERE}/bye").headers["Location"] == f"{HERE}/bye"
    assert is_refused(leave(browser.client_id, "https://evil.example/"), "invalid_request")
    assert is_refused(leave(outputs["machine_client_ids"]["reader"], "https://evil.example/"), "invalid_request")
