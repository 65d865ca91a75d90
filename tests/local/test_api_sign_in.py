"""How people and machines sign in at the emulated Cognito, and the portal that people come from, really deployed."""

import gc
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from components.api.portal_files import FOLDER
from local.aws import Clients
from local.emulator.apis.sign_in import Addresses
from local.emulator.lifecycle import Emulator
from local.stage.demo_user import EMAIL, DemoUser, demo_user
from local.stage.signing_in import SigningIn, find_signing_in, let_demo_user_in
from local.workspace import Workspace

from .api_stage import HERE, LOADER, READER, Answer, Browser, Stage, ask, claims, deployed, form, machine_token
from .provider_stage import REGION

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with deployed(tmp_path_factory.mktemp("sign-in"), "datasets-sign-in") as made:
        yield made
    gc.collect()


@pytest.fixture(scope="module")
def emulator(stage: Stage) -> Emulator:
    return stage.emulator


@pytest.fixture(scope="module")
def clients(emulator: Emulator) -> Clients:
    return Clients(emulator.endpoint, REGION)


@pytest.fixture(scope="module")
def outputs(stage: Stage) -> dict[str, Any]:
    return stage.outputs


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def user(outputs: dict[str, Any], clients: Clients, workspace: Workspace) -> DemoUser:
    return demo_user(clients, workspace, outputs["user_pool_id"])


@pytest.fixture
def browser(emulator: Emulator, outputs: dict[str, Any]) -> Browser:
    return Browser(emulator.endpoint, outputs["portal_client_id"])


def refused(answer: Answer, error: str) -> bool:
    return (answer.status, answer.document["error"]) == (400, error)


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
    assert refused(browser.trades(code, code_verifier=verifier), "invalid_grant")


def test_a_code_works_once(browser: Browser, user: DemoUser) -> None:
    code = browser.code(user.email, user.password)
    assert browser.trades(code).status == 200
    assert refused(browser.trades(code), "invalid_grant")


def test_a_code_is_of_no_use_to_another_client_or_address(
    browser: Browser, user: DemoUser, outputs: dict[str, Any]
) -> None:
    code = browser.code(user.email, user.password)
    machine = {"client_id": outputs["machine_client_ids"]["reader"], "client_secret": outputs["secrets"]["reader"]}
    assert refused(browser.trades(code, **machine), "invalid_grant")
    assert refused(browser.trades(code, redirect_uri=f"{HERE}/other"), "invalid_grant")
    assert browser.trades(code).status == 200


@pytest.mark.parametrize("address", ["https://evil.example/", f"{HERE}/other", f"{HERE}//", f"{HERE}/?a=b"])
def test_people_are_sent_to_registered_addresses_alone(browser: Browser, user: DemoUser, address: str) -> None:
    assert refused(browser.opens(redirect_uri=address), "invalid_request")
    assert refused(browser.submits(user.email, user.password, redirect_uri=address), "invalid_request")


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


@pytest.mark.parametrize("changed", [{"code_challenge_method": "plain"}, {"scope": "datasets/everything"}])
def test_what_cognito_does_not_take_goes_back_as_an_error(browser: Browser, changed: dict[str, str]) -> None:
    answer = browser.opens(**changed)
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{HERE}/?error=invalid_")
    assert "code=" not in answer.headers["Location"].replace("error=", "")


@pytest.mark.parametrize("flow", ["token", "id_token", ""])
def test_tokens_come_by_code_alone(browser: Browser, flow: str) -> None:
    assert refused(browser.opens(response_type=flow), "unsupported_response_type")


def test_a_refresh_token_works_once_and_keeps_who_it_is(
    browser: Browser, user: DemoUser, emulator: Emulator, outputs: dict[str, Any]
) -> None:
    first = browser.trades(browser.code(user.email, user.password)).document

    def renew(token: str, **more: str) -> Answer:
        given = {"grant_type": "refresh_token", "client_id": browser.client_id, "refresh_token": token, **more}
        return form(f"{emulator.endpoint}/oauth2/token", **given)

    machine = {"client_id": outputs["machine_client_ids"]["reader"], "client_secret": outputs["secrets"]["reader"]}
    assert refused(renew(first["refresh_token"], **machine), "invalid_grant")
    second = renew(first["refresh_token"]).document
    assert second["refresh_token"] != first["refresh_token"]
    for name in ("cognito:groups", "sub", "scope"):
        assert claims(second["access_token"])[name] == claims(first["access_token"])[name]
    assert renew(second["refresh_token"]).status == 200
    form(f"{emulator.endpoint}/oauth2/revoke", token=second["refresh_token"], client_id=browser.client_id)
    assert refused(renew(second["refresh_token"]), "invalid_grant")


def test_a_machine_gets_the_scopes_that_it_has(emulator: Emulator, outputs: dict[str, Any]) -> None:
    def granted(answer: Answer) -> list[str]:
        return sorted(claims(answer.document["access_token"])["scope"].split())

    assert granted(machine_token(emulator.endpoint, outputs, READER)) == ["datasets/read"]
    assert granted(machine_token(emulator.endpoint, outputs, LOADER)) == ["datasets/read", "datasets/write"]
    assert granted(machine_token(emulator.endpoint, outputs, LOADER, scope="datasets/read")) == ["datasets/read"]
    assert refused(machine_token(emulator.endpoint, outputs, READER, scope="datasets/write"), "invalid_grant")
    assert refused(machine_token(emulator.endpoint, outputs, READER, client_secret="guessed"), "invalid_client")


def test_machines_do_not_sign_in_as_people_nor_people_as_machines(
    emulator: Emulator, browser: Browser, outputs: dict[str, Any]
) -> None:
    machine = Browser(emulator.endpoint, outputs["machine_client_ids"]["reader"])
    assert refused(machine.opens(), "unauthorized_client")
    given = {"grant_type": "client_credentials", "client_id": browser.client_id}
    assert form(f"{emulator.endpoint}/oauth2/token", **given).status == 400


def test_people_leave_to_registered_addresses_alone(
    emulator: Emulator, browser: Browser, outputs: dict[str, Any]
) -> None:
    def leave(client: str, address: str) -> Answer:
        asked = urlencode({"client_id": client, "logout_uri": address})
        return ask("GET", f"{emulator.endpoint}/logout?{asked}")

    assert leave(browser.client_id, f"{HERE}/bye").headers["Location"] == f"{HERE}/bye"
    assert refused(leave(browser.client_id, "https://evil.example/"), "invalid_request")
    assert refused(leave(outputs["machine_client_ids"]["reader"], "https://evil.example/"), "invalid_request")


def test_the_keys_of_tokens_are_at_the_issuer(emulator: Emulator, outputs: dict[str, Any]) -> None:
    issuer = emulator.endpoint + "/" + outputs["issuer"].rpartition("/")[2]
    described = ask("GET", f"{issuer}/.well-known/openid-configuration").document
    keys = ask("GET", f"{issuer}/.well-known/jwks.json").document["keys"]
    assert described["issuer"] == outputs["issuer"]
    assert {(key["kty"], key["alg"], key["use"]) for key in keys} == {("RSA", "RS256", "sig")}


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


def response_headers(clients: Clients, distribution: str) -> dict[str, str]:
    """The headers that a distribution's policy puts on each answer, as they are written in CloudFront."""
    cloudfront = clients("cloudfront")
    behavior = cloudfront.get_distribution_config(Id=distribution)["DistributionConfig"]["DefaultCacheBehavior"]
    found = cloudfront.get_response_headers_policy_config(Id=behavior["ResponseHeadersPolicyId"])
    secure = found["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    own = found["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]["Items"]
    transport = secure["StrictTransportSecurity"]
    return {
        "Content-Security-Policy": secure["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "Referrer-Policy": secure["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": secure["FrameOptions"]["FrameOption"],
        **{each["Header"]: each["Value"] for each in own},
    }


def test_the_portal_is_served_from_its_bucket_with_the_headers_of_its_policy(
    outputs: dict[str, Any], clients: Clients, emulator: Emulator
) -> None:
    portal = f"{emulator.endpoint}/_portal/{outputs['distribution']}"
    declared = response_headers(clients, outputs["distribution"])
    assert "script-src 'self'; style-src 'self'" in declared["Content-Security-Policy"]
    assert "unsafe" not in declared["Content-Security-Policy"]
    for path, status in (("/", 200), ("/style.css", 200), ("/nothing", 404)):
        answer = ask("GET", portal + path)
        assert answer.status == status
        assert {name: answer.headers[name] for name in declared} == declared
        assert not [name for name in answer.headers if name.lower().startswith("x-amz-server-side-encryption")]
    page = ask("GET", f"{portal}/")
    assert (page.headers["Content-Type"], page.headers["Cache-Control"]) == ("text/html; charset=utf-8", "no-cache")
    assert page.body == (FOLDER / "index.html").read_bytes()
    assert ask("GET", f"{portal}/nothing").body == (FOLDER / "404.html").read_bytes()
    assert ask("PUT", f"{portal}/index.html", body=b"").status == 405

    config = ask("GET", f"{portal}/config.json").document
    assert (config["apiUrl"], config["clientId"]) == (outputs["url"], outputs["portal_client_id"])
    # A name server would lead there; the page calls its own origin then, which its policy allows.
    assert config["signInUrl"] == emulator.endpoint
    assert f"{outputs['url']}/" in declared["Content-Security-Policy"]
    assert ask("GET", f"{emulator.endpoint}/_portal").headers["Location"] == "/_portal/"
    assert ask("GET", f"{emulator.endpoint}/_portal/").body == page.body


def test_the_portals_files_are_for_its_distribution_alone(
    outputs: dict[str, Any], clients: Clients, emulator: Emulator
) -> None:
    s3, bucket, page = clients("s3"), outputs["files"], f"{emulator.endpoint}/_portal/"
    assert ask("GET", f"{emulator.endpoint}/{bucket}/index.html").status == 403
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.put_bucket_policy(Bucket=bucket, Policy=policy.replace(outputs["distribution"], "EANOTHERONE123"))
    assert ask("GET", page).status == 403
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert ask("GET", page).status == 200
