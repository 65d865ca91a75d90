"""The Dataset API and its portal, deployed by the engine, with a handler that tells what it was called with."""

import base64
import gc
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pulumi
import pytest
import urllib3

from cli.packaging import build_artifacts
from components import (
    Catalog,
    Column,
    DataLake,
    Dataset,
    DatasetApi,
    EncryptionKey,
    Machine,
    MetadataTable,
    Portal,
    SettingsDocument,
    Topic,
)
from components.compute import artifacts as built
from local.aws import ACCOUNT
from local.emulator import lifecycle
from local.workspace import Workspace

from .provider_stage import REGION, provider
from .test_provider_engine import Program

HANDLER = """
import json
import time

WRONG = {"text": "no proxy's answer", "status": {"statusCode": "ok"}, "body": {"statusCode": 200, "body": {"a": 1}}}

def handler(event, context):
    asked = event["queryStringParameters"] or {}
    answer = asked.get("answer")
    if answer == "failure":
        raise RuntimeError("a secret of the function")
    if answer == "late":
        time.sleep(5)
    if answer == "long":
        return {"statusCode": 200, "body": "a" * 6_300_000}
    if answer in WRONG:
        return WRONG[answer]
    headers = {"content-type": "application/json", "X-Request-Id": event["requestContext"]["requestId"]}
    if answer == "cookies":
        return {"statusCode": 201, "multiValueHeaders": {"Link": ["<a>", "<b>"]}, "body": "{}"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(event)}
"""
PROJECT = """
[tool.watershed.deployables.stand-in]
entry = "api.handler"
sources = ["api.py"]
"""
HERE = "http://127.0.0.1:8080"
ORIGINS = [HERE, "https://data.example.com"]
FLIGHTS = Dataset(name="flights", columns=(Column(name="carrier"),))
READER = Machine(name="reader")
LOADER = Machine(name="loader", scopes=("datasets/read", "datasets/write"))


@dataclass
class Api:
    """A program of the API and its portal, of which a test changes some."""

    name: str
    rate: float = 50
    burst: int = 100
    groups: list[str] = field(default_factory=lambda: ["analysts"])
    origins: list[str] = field(default_factory=lambda: ORIGINS)

    def __call__(self) -> None:
        """Declare it."""
        lake = DataLake("lake", key=EncryptionKey("key", removable=True), removable=True)
        metadata = MetadataTable("metadata", key=lake.key, removable=True)
        api = DatasetApi(
            self.name,
            lake=lake,
            catalog=Catalog("catalog", lake=lake, datasets=[FLIGHTS], removable=True),
            metadata=metadata,
            settings=SettingsDocument("settings", lake=lake, metadata=metadata, datasets=[FLIGHTS]),
            alarms=Topic("alarms", key=lake.key),
            callback_urls=[f"{HERE}/"],
            logout_urls=[f"{HERE}/bye"],
            cors_origins=self.origins,
            groups=self.groups,
            machines=[READER, LOADER],
            mfa="off",
            domain_prefix=self.name,
            throttle_rate=self.rate,
            throttle_burst=self.burst,
            docs=True,
            removable=True,
        )
        portal = Portal("portal", api=api, removable=True)
        for name in ("url", "user_pool_id", "issuer", "domain_url", "portal_client_id", "machine_client_ids"):
            pulumi.export(name, getattr(api, name))
        pulumi.export("secrets", api.users.machine_client_secrets)
        pulumi.export("function", api.function.function_name)
        pulumi.export("distribution", portal.distribution_id)
        pulumi.export("files", portal.bucket.bucket_name)
        pulumi.export("web_acl", api.firewall.arn if api.firewall else None)


@contextmanager
def programs(endpoint: str, folder: Path) -> Iterator[Program]:
    """Yield a program with the handler's archive, and a provider of its own."""
    project = folder / "project"
    project.mkdir()
    (project / "api.py").write_text(HANDLER)
    (project / "pyproject.toml").write_text(PROJECT)
    manifest = build_artifacts("host", project / "build", project).manifest
    built_here = json.loads(manifest.read_text())
    # A project cannot declare a function of Watershed's own name, so it takes that one's place once it is built.
    built_here["deployables"]["api"] = built_here["deployables"].pop("stand-in")
    manifest.write_text(json.dumps(built_here))
    config = {"aws:allowedAccountIds": f'["{ACCOUNT}"]', "provider-test:allowDestroy": "true"}
    with provider("--endpoint", endpoint) as port, pytest.MonkeyPatch.context() as patched:
        patched.setenv(built.VARIABLE, str(project / "build"))
        # As `make up` does it: with one of each step, writing the state takes as long as all else.
        patched.setenv("PULUMI_EXPERIMENTAL", "true")
        patched.setenv("PULUMI_SKIP_CHECKPOINTS", "true")
        yield Program(folder, port, config)
    gc.collect()


@dataclass(frozen=True)
class Stage:
    """A deployed API on an emulated AWS of its own."""

    emulator: lifecycle.Emulator
    outputs: dict[str, Any]
    project: Path


@contextmanager
def deployed(folder: Path, name: str) -> Iterator[Stage]:
    """Yield an API that is deployed; afterwards the whole emulated AWS goes, which is faster than destroying."""
    workspace = Workspace(folder / "stage")
    workspace.project.mkdir()
    try:
        emulator = lifecycle.start(workspace, 0, region=REGION)
        with programs(emulator.endpoint, folder) as program:
            program.up(Api(name))
            yield Stage(emulator, program.outputs, workspace.project)
    finally:
        lifecycle.stop(workspace)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


_CONNECTIONS = urllib3.PoolManager(retries=False, timeout=60)


Call = Callable[..., Answer]
"""Calls the API with a machine's token, or another one."""


def ask(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Answer:
    """Send a request, and follow nothing."""
    found = _CONNECTIONS.request(method, url, headers=headers, body=body, redirect=False)
    return Answer(found.status, found.headers, found.data)


def form(url: str, **fields: str) -> Answer:
    """Send a form."""
    return ask("POST", url, {"Content-Type": "application/x-www-form-urlencoded"}, urlencode(fields).encode())


def claims(token: str) -> dict[str, Any]:
    """What a token says, whoever has signed it."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


@dataclass(frozen=True)
class Browser:
    """A page of the portal's client, in front of the sign-in."""

    endpoint: str
    client_id: str
    redirect_uri: str = f"{HERE}/"
    verifier: str = "v" * 43
    scope: str = "openid datasets/read datasets/write"

    def opens(self, **changed: str) -> Answer:
        """Open the sign-in page."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": "a state",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **changed,
        }
        return ask("GET", f"{self.endpoint}/oauth2/authorize?{urlencode(asked)}")

    def submits(self, username: str, password: str, **changed: str) -> Answer:
        """Fill in the page's form."""
        page = self.opens().body.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        return form(f"{self.endpoint}/login", **{**hidden, "username": username, "password": password, **changed})

    def code(self, username: str, password: str) -> str:
        """Sign in; the code that the page comes back with."""
        answer = self.submits(username, password)
        assert answer.status == 302, answer.body
        came = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        assert came["state"] == "a state"
        return came["code"]

    def trades(self, code: str, **changed: str) -> Answer:
        """Trade the code for tokens."""
        given = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code,
            "code_verifier": self.verifier,
            **changed,
        }
        return form(f"{self.endpoint}/oauth2/token", **given)


def machine_token(endpoint: str, outputs: Mapping[str, Any], machine: Machine, **more: str) -> Answer:
    """Ask for a machine's token."""
    client, secret = outputs["machine_client_ids"][machine.name], outputs["secrets"][machine.name]
    given = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret, **more}
    return form(f"{endpoint}/oauth2/token", **given)


def is_problem(answer: Answer, status: int) -> bool:
    """Whether an answer is a problem document (RFC 9457) of that status, with the request's id."""
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document, request_id = answer.document, answer.headers["X-Request-Id"]
    assert document["requestId"] == request_id
    assert document["instance"] == f"urn:uuid:{request_id}"
    assert document["title"]
    return bool(document["status"] == status and document["detail"])


def is_refused(answer: Answer, error: str) -> bool:
    """Whether Cognito refuses for this reason (RFC 6749, 5.2)."""
    return (answer.status, answer.document["error"]) == (400, error)
