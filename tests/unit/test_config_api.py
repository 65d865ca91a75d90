"""What a stack config says of the Dataset API, and what becomes of it."""

import json
from typing import Any

import pytest

from components import Platform
from components.catalog.access import Datasets, Grant
from components.config import PlatformConfig
from components.config.errors import Problem
from tests.policy.harness import Recorded, record
from tests.unit.programs import CONFIG

HERE = "https://data.example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d"
FLIGHTS: dict[str, Any] = {"name": "flights", "columns": [{"name": "carrier"}], "source": {"prefix": "flights/"}}
API: dict[str, Any] = {
    "callbackUrls": [f"{HERE}/"],
    "machines": [{"name": "nightly", "scopes": ["datasets/read"]}],
    "access": [
        {"group": "analysts", "read": {"tags": {"domain": "aviation"}}, "write": {"owners": ["analysts"]}},
        {"group": "admins", "admin": {"datasets": ["*"]}},
        {"machine": "nightly", "read": {"datasets": ["flights", "delays"]}},
    ],
}


def problems(**changes: Any) -> list[tuple[str, str]]:
    found = PlatformConfig.check({"datasets": [FLIGHTS], "api": {**API, **changes}})
    assert isinstance(found, list), found
    return [(problem.path, problem.accepted) for problem in found if isinstance(problem, Problem)]


def platform(**changes: Any) -> list[Recorded]:
    def program() -> None:
        config = PlatformConfig.check({"datasets": [FLIGHTS], "api": {**API, **changes}})
        assert isinstance(config, PlatformConfig), config
        Platform("watershed", config=config)

    return record(program, config=CONFIG)


def of(resources: list[Recorded], kind: str) -> list[Recorded]:
    return [resource for resource in resources if resource.type == kind]


def test_the_settings_document_says_who_may_do_what() -> None:
    (document,) = [each for each in of(platform(), "aws:s3/bucketObjectv2:BucketObjectv2") if "settings" in each.name]
    written = json.loads(document.inputs["content"])["access"]
    assert [(grant["group"], grant["read"]) for grant in written] == [
        ("analysts", {"owners": [], "tags": ["domain=aviation"], "datasets": []}),
        ("admins", {"owners": [], "tags": [], "datasets": []}),
        ("machine:nightly", {"owners": [], "tags": [], "datasets": ["flights", "delays"]}),
    ]
    assert written[1]["admin"]["datasets"] == ["*"]


def test_groups_of_people_are_made_and_machines_are_none() -> None:
    groups = of(platform(), "aws:cognito/userGroup:UserGroup")
    assert sorted(group.inputs["name"] for group in groups) == ["admins", "analysts"]


def test_the_function_is_told_which_client_is_which_machine() -> None:
    (function,) = [each for each in of(platform(), "aws:lambda/function:Function") if "api" in each.name]
    machines = json.loads(function.inputs["environment"]["variables"]["API_MACHINES"])
    assert list(machines.values()) == ["nightly"]
    assert not set(machines) & set(function.inputs["environment"]["variables"]["API_CLIENTS"].split(","))


def test_the_functions_variables_fit_with_as_many_machines_and_origins_as_there_may_be() -> None:
    machines = [{"name": f"m{number}-{'x' * 44}", "scopes": ["datasets/read"]} for number in range(10, 30)]
    origins = [f"https://{'d' * 38}{number}.example.com" for number in range(10)]
    resources = platform(machines=machines, access=API["access"][:2], corsOrigins=origins)
    (function,) = [each for each in of(resources, "aws:lambda/function:Function") if "api" in each.name]
    variables = function.inputs["environment"]["variables"]
    named = json.loads(variables["API_MACHINES"])
    assert len(named) == 20
    # Cognito's ids have 26 characters; the mocks' are as long as the names.
    longest = sum(len(name) + len(value) for name, value in variables.items()) + sum(26 - len(each) for each in named)
    assert longest <= 4_096 - 256


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"machines": [{"name": f"m{number}"} for number in range(21)]}, "watershed:api.machines"),
        ({"corsOrigins": [f"https://{number}.example.com" for number in range(11)]}, "watershed:api.corsOrigins"),
        ({"callbackUrls": [f"https://{number}.example.com/" for number in range(100)]}, "watershed:api.callbackUrls"),
    ],
)
def test_more_than_aws_takes_is_refused(changes: dict[str, Any], where: str) -> None:
    assert [path for path, _ in problems(**changes)] == [where]


def test_a_portal_with_a_domain_is_where_people_come_back_to() -> None:
    domain = {"name": "data.example.com", "certificateArn": CERTIFICATE}
    resources = platform(callbackUrls=[], portal={"domain": domain})
    (people,) = [
        each
        for each in of(resources, "aws:cognito/userPoolClient:UserPoolClient")
        if "code" in each.inputs.get("allowedOauthFlows", [])
    ]
    assert people.inputs["callbackUrls"] == [f"{HERE}/"]
    assert people.inputs["logoutUrls"] == [f"{HERE}/"]
    (distribution,) = of(resources, "aws:cloudfront/distribution:Distribution")
    assert distribution.inputs["aliases"] == ["data.example.com"]


def test_a_stack_without_an_api_has_none() -> None:
    def program() -> None:
        Platform("watershed", config=PlatformConfig(owner="sales"))

    resources = record(program, config=CONFIG)
    assert [each.type for each in resources if "cognito" in each.type or "apigateway" in each.type] == []


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"callbackUrls": []}, "watershed:api", "people must come back to somewhere"),
        ({"callbackUrls": ["http://data.example.com/"]}, "watershed:api.callbackUrls[0]", "an address: https://"),
        ({"corsOrigins": [f"{HERE}/"]}, "watershed:api.corsOrigins[0]", "a scheme and a host without a path"),
        ({"access": [{"read": {"datasets": ["*"]}}]}, "watershed:api.access[0]", "give either group or machine"),
        ({"access": [{"group": "a,b"}]}, "watershed:api.access[0].group", "letters, digits and . _ -"),
        ({"access": [{"machine": "daily"}]}, "watershed:api", "list daily under machines"),
        ({"access": [{"group": "a"}, {"group": "a"}]}, "watershed:api", "a is there twice"),
        (
            {"access": [{"group": "a", "read": {"tags": {"a=b": "c"}}}]},
            "watershed:api.access[0].read.tags",
            "without =",
        ),
        (
            {"machines": [{"name": "nightly", "scopes": ["read"]}]},
            "watershed:api.machines[0].scopes[0]",
            "datasets/read",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_path(changes: dict[str, Any], path: str, said: str) -> None:
    assert any(found.startswith(path) and said in accepted for found, accepted in problems(**changes)), problems(
        **changes
    )


def test_a_grant_is_written_as_the_handlers_read_it() -> None:
    grant = Grant(group="analysts", read=Datasets(tags={"b": "2", "a": "1"}, owners=("shop",)))
    assert grant.described() == {
        "group": "analysts",
        "read": {"owners": ["shop"], "tags": ["a=1", "b=2"], "datasets": []},
        "write": {"owners": [], "tags": [], "datasets": []},
        "admin": {"owners": [], "tags": [], "datasets": []},
    }
