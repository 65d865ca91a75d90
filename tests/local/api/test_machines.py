"""How programs get their tokens at the emulated Cognito, and where the keys of all tokens are."""

from typing import Any

import pytest

from local.emulator.lifecycle import Emulator

from ..api_stage import LOADER, READER, Answer, Browser, ask, claims, form, is_refused, machine_token

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_machine_gets_the_scopes_that_it_has(emulator: Emulator, outputs: dict[str, Any]) -> None:
    def granted(answer: Answer) -> list[str]:
        return sorted(claims(answer.document["access_token"])["scope"].split())

    assert granted(machine_token(emulator.endpoint, outputs, READER)) == ["datasets/read"]
    assert granted(machine_token(emulator.endpoint, outputs, LOADER)) == ["datasets/read", "datasets/write"]
    assert granted(machine_token(emulator.endpoint, outputs, LOADER, scope="datasets/read")) == ["datasets/read"]
    assert is_refused(machine_token(emulator.endpoint, outputs, READER, scope="datasets/write"), "invalid_grant")
    assert is_refused(machine_token(emulator.endpoint, outputs, READER, client_secret="guessed"), "invalid_client")


def test_machines_do_not_sign_in_as_people_nor_people_as_machines(
    emulator: Emulator, browser: Browser, outputs: dict[str, Any]
) -> None:
    machine = Browser(emulator.endpoint, outputs["machine_client_ids"]["reader"])
    assert is_refused(machine.opens(), "unauthorized_client")
    given = {"grant_type": "client_credentials", "client_id": browser.client_id}
    assert form(f"{emulator.endpoint}/oauth2/token", **given).status == 400


def test_the_keys_of_tokens_are_at_the_issuer(emulator: Emulator, outputs: dict[str, Any]) -> None:
    issuer = emulator.endpoint + "/" + outputs["issuer"].rpartition("/")[2]
    described = ask("GET", f"{issuer}/.well-known/openid-configuration").document
    keys = ask("GET", f"{issuer}/.well-known/jwks.json").document["keys"]
    assert described["issuer"] == outputs["issuer"]
    assert {(key["kty"], key["alg"], key["use"]) for key in keys} == {("RSA", "RS256", "sig")}
