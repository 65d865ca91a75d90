"""The Dataset API and its portal, deployed by the engine to the emulated AWS: twice the same, changed, and gone."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import Clients
from local.emulator.lifecycle import Emulator

from .api_stage import ORIGINS, Api, ask, programs
from .test_provider_engine import Program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def program(emulator: Emulator, tmp_path: Path) -> Iterator[Program]:
    with programs(emulator.endpoint, tmp_path) as made:
        yield made
    gc.collect()


def all_there_is(clients: Clients) -> dict[str, Any]:
    """The names of what the API and the portal are made of."""
    return {
        "apis": [each["name"] for each in clients("apigateway").get_rest_apis()["items"]],
        "pools": [each["Name"] for each in clients("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]],
        "acls": [each["Name"] for each in clients("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]],
        "distributions": clients("cloudfront").list_distributions()["DistributionList"].get("Items", []),
        "buckets": [each["Name"] for each in clients("s3").list_buckets()["Buckets"]],
        "functions": [each["FunctionName"] for each in clients("lambda").list_functions()["Functions"]],
    }


def test_an_api_and_its_portal_are_deployed_and_stay_as_they_are_until_they_are_gone(
    program: Program, clients: Clients
) -> None:
    before = all_there_is(clients)
    api = Api("datasets-life")
    assert set(program.up(api)) == {"create"}
    url, client = program.outputs["url"], program.outputs["portal_client_id"]
    assert ask("GET", f"{url}/health").document == {"status": "ok"}
    assert program.up(api) == {}
    program.stack.refresh()
    assert program.up(api) == {}

    api.rate, api.groups, api.origins = 20, ["analysts", "planners"], ORIGINS[:1]
    changed = program.up(api)
    # A group more, and a deployment of the changed parts: all else is changed in place.
    assert changed.pop("update") > 0
    assert changed == {"create": 1, "replace": 1}
    assert (program.outputs["url"], program.outputs["portal_client_id"]) == (url, client)
    assert ask("GET", f"{url}/health").status == 200
    groups = clients("cognito-idp").list_groups(UserPoolId=program.outputs["user_pool_id"])["Groups"]
    assert sorted(each["GroupName"] for each in groups) == ["analysts", "planners"]
    program.stack.refresh()
    assert program.up(api) == {}

    program.stack.destroy()
    assert all_there_is(clients) == before
