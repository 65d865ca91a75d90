"""Who is let in on the command line, and what is kept of it."""

import json
import socket
import stat
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.datasets import signing_in
from cli.datasets.service import Service, find_service
from cli.datasets.signing_in import AccessToken, Kept, access_token
from cli.errors import CommandError

from .conftest import Portal


@pytest.fixture
def service(portal: Portal) -> Service:
    return find_service(Path(), portal.url)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@pytest.fixture
def person(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody without a program's credentials."""
    monkeypatch.delenv("WATERSHED_CLIENT_ID")
    monkeypatch.setattr(signing_in, "RETURN", f"http://localhost:{free_port()}/")


def browser(address: str, **changed: str) -> None:
    """Come back from the sign-in page, when there is somebody who waits."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    came = {"code": "c", "state": asked["state"], **changed}
    query = "&".join(f"{name}={value}" for name, value in came.items())
    for _ in range(50):
        try:
            urllib.request.urlopen(f"{asked['redirect_uri']}?{query}", timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)


def opens(address: str, **changed: str) -> None:
    threading.Thread(target=browser, args=[address.removeprefix("Sign in: ")], kwargs=changed).start()


def test_a_program_signs_in_by_its_credentials(service: Service) -> None:
    assert access_token(service, pytest.fail) == "token-client_credentials"


def test_wrong_credentials_are_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATERSHED_CLIENT_SECRET", "wrong")
    with pytest.raises(CommandError, match="refuses the program id: invalid_client"):
        access_token(service, pytest.fail)


@pytest.mark.usefixtures("person")
def test_a_person_signs_in_once_and_the_tokens_are_nobody_elses(
    portal: Portal, service: Service, tmp_path: Path
) -> None:
    assert access_token(service, opens) == "token-authorization_code"
    assert access_token(service, pytest.fail) == "token-authorization_code"
    (kept,) = (tmp_path / "cache").rglob("*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    traded = json.loads(portal.requests("POST", "/oauth2/token")[0][1])
    assert len(traded["code_verifier"]) >= 43
    assert traded["redirect_uri"] == signing_in.RETURN


@pytest.mark.usefixtures("person")
def test_a_token_that_has_run_out_is_renewed_and_the_new_refresh_token_kept(service: Service) -> None:
    Kept.of(service).write({"access_token": "a", "refresh_token": "first", "expires": 0})
    assert access_token(service, pytest.fail) == "token-refresh_token"
    assert Kept.of(service).read()["refresh_token"] == "next"


@pytest.mark.usefixtures("person")
def test_a_kept_token_that_the_api_refuses_is_renewed_before_its_time(service: Service) -> None:
    Kept.of(service).write({"access_token": "a", "refresh_token": "first", "expires": time.time() + 3_600})
    assert access_token(service, pytest.fail) == "a"
    assert access_token(service, pytest.fail, rejected="a") == "token-refresh_token"


def test_threads_whose_token_is_refused_together_renew_it_once(portal: Portal, service: Service) -> None:
    portal.given = ["first", "second", "third", "fourth"]
    token = AccessToken(service, pytest.fail)
    assert token.holding() == token.holding() == "first"
    with ThreadPoolExecutor(3) as pool:
        renewed = list(pool.map(token.holding, ["first"] * 3))
    assert renewed == ["second"] * 3


@pytest.mark.usefixtures("person")
def test_a_refresh_token_that_is_refused_lets_the_person_sign_in_again(service: Service) -> None:
    Kept.of(service).write({"access_token": "a", "refresh_token": "old", "expires": 0})
    assert access_token(service, opens) == "token-authorization_code"


@pytest.mark.usefixtures("person")
def test_what_came_back_from_another_sign_in_is_passed_over(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "_WAIT_SECONDS", 2)
    with pytest.raises(CommandError, match="nobody signed in within 2 s"):
        access_token(service, lambda address: opens(address, state="another"))


@pytest.mark.usefixtures("person")
def test_a_refusal_of_the_sign_in_is_told(service: Service) -> None:
    with pytest.raises(CommandError, match="Nobody is signed in: access_denied"):
        access_token(service, lambda address: opens(address, code="", error="access_denied"))


def test_what_is_no_portal_is_told() -> None:
    with pytest.raises(CommandError, match="no portal of data sets"):
        find_service(Path(), "http://127.0.0.1:1")


@pytest.mark.parametrize("address", ["data.example.com", "http://data.example.com", "http://127.0.0.1.example.com"])
def test_no_token_is_sent_in_the_clear(address: str) -> None:
    with pytest.raises(CommandError, match="begins with https"):
        find_service(Path(), address)
