"""The API's description in a browser: a server of this machine asks with the caller's token, for the caller alone."""

import threading
from collections.abc import Iterator

import pytest
import urllib3

from cli.datasets.client import Api
from cli.datasets.docs import DocsServer
from cli.datasets.service import find_service
from cli.datasets.signing_in import AccessToken
from cli.errors import CommandError

from .command import refused, run
from .conftest import Portal


def api() -> Api:
    service = find_service(None, None)  # type: ignore[arg-type]
    return Api(service, AccessToken(service, print))


@pytest.fixture
def server(portal: Portal) -> Iterator[DocsServer]:
    portal.answer("GET /docs", {"page": "Swagger UI"})
    with DocsServer(api()) as made:
        threading.Thread(target=made.serve_forever, args=[0.02], daemon=True).start()
        yield made
        made.shutdown()


def ask(server: DocsServer, method: str, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    body = b'{"a": 1}' if method in ("POST", "PATCH") else None
    return urllib3.request(method, server.origin + path, headers=given, body=body, redirect=False, retries=False)


def test_who_opens_the_address_sees_the_page_and_asks_in_their_own_name(server: DocsServer, portal: Portal) -> None:
    opened = urllib3.request("GET", server.address, redirect=False)
    assert (opened.status, opened.headers["Location"]) == (303, "/docs")
    name, *settings = opened.headers["Set-Cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict"} <= set(settings)
    assert ask(server, "GET", "/docs", Cookie=name).json() == {"page": "Swagger UI"}
    portal.answer("PATCH /datasets/flights", (412, {"title": "Changed meanwhile"}))
    changed = ask(server, "PATCH", "/datasets/flights", Cookie=name, If_Match='"1"', Content_Type="application/json")
    assert (changed.status, changed.json()) == (412, {"title": "Changed meanwhile"})
    ((headers, body),) = portal.requests("PATCH", "/datasets/flights")
    assert body == b'{"a": 1}'
    assert headers["If-Match"] == '"1"'
    assert headers["Authorization"] == "Bearer token-client_credentials"
    assert "Cookie" not in headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "watershed-docs=guessed"},
        {"Cookie": "KEY", "Origin": "https://evil.example.com"},
        {"Cookie": "KEY", "Origin": "http://127.0.0.1:8080"},
        {"Cookie": "KEY", "Sec_Fetch_Site": "same-site"},
        {"Cookie": "KEY", "Sec_Fetch_Site": "cross-site"},
        {"Cookie": "KEY", "Host": "evil.example.com"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nobody_else_is_let_in(server: DocsServer, portal: Portal, method: str, headers: dict[str, str]) -> None:
    portal.answer(f"{method} /datasets", {})
    given = {name: value.replace("KEY", f"watershed-docs={server.key}") for name, value in headers.items()}
    assert ask(server, method, "/datasets", **given).status == 403
    assert portal.requests(method, "/datasets") == []


def test_the_address_without_its_key_lets_nobody_in(server: DocsServer) -> None:
    for path in ("/", "/?key=", "/?key=guessed", "/?key=%ff"):
        answer = ask(server, "GET", path)
        assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)


def test_an_api_that_does_not_answer_is_told_in_the_browser(
    server: DocsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise CommandError("The API does not answer: refused")

    monkeypatch.setattr(server.api, "send", broken)
    answer = ask(server, "GET", "/datasets", Cookie=f"watershed-docs={server.key}")
    assert (answer.status, answer.data) == (502, b"The API does not answer: refused")


def test_an_api_without_a_description_is_told_with_what_to_set(portal: Portal) -> None:
    assert "docs: true" in refused(run("docs", "--no-open")).fix
