"""The table as a whole: every row stands on a pulumi_aws class and on AWS operations, and leaves nothing out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.provider import support, supported_types
from local.provider.aws import service_model
from local.provider.binding import BoundResource, UnknownType, bound
from local.provider.calls import BoundCall
from local.provider.codecs import ObjectCodec
from local.provider.constraints import pattern
from local.provider.forms import Codec, ListCodec, MapCodec, SingleCodec
from local.provider.table import Call, Name, Resource

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "add-a-resource-type.md"

# Objects that hold what AWS answers beside what it is given.
ONLY_ANSWERED = {
    "aws:lambda/function:Function vpcConfig.vpcId",
    "aws:lambda/function:Function snapStart.optimizationStatus",
}
# Parameters that `adjust`, or the one-attribute-at-a-time calls, put in.
BY_CODE = {
    ("UpdateConnection", "Name"),
    ("UpdateDatabase", "Name"),
    ("SetTopicAttributes", "AttributeName"),
    ("SetSubscriptionAttributes", "AttributeName"),
    ("RevokePermissions", "Resource"),
    ("CreateFlowLogs", "ResourceIds"),
    ("CreateFlowLogs", "ResourceType"),
}


def calls(token: str) -> Iterator[BoundCall]:
    row = bound(token)
    yield row.create
    yield from row.read
    yield from row.delete
    for part in row.parts:
        yield from (call for call in (part.put, part.clear) if call)


def without_parameter(codec: Codec, path: str, depth: int = 0) -> Iterator[str]:
    if isinstance(codec, (ListCodec, SingleCodec, MapCodec)):
        yield from without_parameter(codec.item, path, depth)
    elif isinstance(codec, ObjectCodec) and depth < 8:
        for name in codec.kind.properties:
            if codec.hints.key(name) in codec.hints.unsupported:
                continue
            if name in codec.fields:
                yield from without_parameter(codec.fields[name].codec, f"{path}.{name}", depth + 1)
            else:
                yield f"{path}.{name}"


@pytest.mark.parametrize("token", supported_types())
def test_every_input_of_the_class_is_mapped_or_declared_unsupported(token: str) -> None:
    row = bound(token)
    assert list(row.unmapped()) == []
    nested = [path for name, field in row.create.sent.items() for path in without_parameter(field.codec, name)]
    assert [path for path in nested if f"{token} {path}" not in ONLY_ANSWERED] == []


@pytest.mark.parametrize("token", supported_types())
def test_what_a_part_changes_has_a_parameter_in_its_call(token: str) -> None:
    row = bound(token)
    for part in row.parts:
        if part.put and not part.part.one_by_one:
            given = {"tagsAll" if name == "tags" else name for name in part.properties} - {part.part.switch}
            assert given - set(part.put.sent) - set(row.resource.local) == set(), part.put.call.operation


@pytest.mark.parametrize("token", supported_types())
def test_the_table_names_only_properties_that_the_class_declares(token: str) -> None:
    row = bound(token)
    resource, known = row.resource, set(row.schema.properties)
    named = {*resource.computed, *resource.volatile, *resource.local, *resource.defaults, *resource.reset}
    named |= {*resource.json, *resource.policies, *resource.by_code, *resource.unread, *resource.identity}
    named |= {path.split(".")[0] for path in (*resource.rename, *resource.codecs, *resource.unsupported)}
    named |= {name for part in resource.parts for name in part.properties or ()}
    assert named - known - {"namePrefix"} == set()


@pytest.mark.parametrize("token", supported_types())
def test_every_call_sends_what_aws_requires(token: str) -> None:
    for call in calls(token):
        required = service_model(call.resource.service).operation_model(call.call.operation).input_shape
        sent = {field.path[0] for field in call.sent.values()} | {path.split(".")[0] for path in call.call.fixed}
        by_code = {parameter for operation, parameter in BY_CODE if operation == call.call.operation}
        assert set(required.required_members if required else ()) - sent - by_code == set(), call.call.operation


@pytest.mark.parametrize("token", supported_types())
def test_no_two_properties_are_sent_as_one_parameter(token: str) -> None:
    for call in calls(token):
        paths = [field.path for name, field in call.sent.items() if name not in ("content", "contentBase64")]
        assert len(paths) == len(set(paths)), call.call.operation


@pytest.mark.parametrize("token", supported_types())
def test_an_input_that_cannot_change_in_place_replaces_the_resource(token: str) -> None:
    row = bound(token)
    assert row.identity.isdisjoint(row.updatable)


def test_lake_formation_is_recorded_and_s3_is_emulated() -> None:
    assert support("aws:lakeformation/permissions:Permissions") == "recorded"
    assert support("aws:s3/bucket:Bucket") == "emulated"


def test_an_unknown_type_is_refused_with_the_guide_that_says_how_to_add_it() -> None:
    with pytest.raises(UnknownType, match=r"aws:mq/broker:Broker.*docs/guides/add-a-resource-type\.md"):
        bound("aws:mq/broker:Broker")
    assert GUIDE.exists()


def test_the_guide_s_example_is_a_whole_row() -> None:
    example = GUIDE.read_text().split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {"Resource": Resource, "Name": Name, "Call": Call}
    exec(example, names)
    row = BoundResource(names["LOG_STREAM"])
    assert list(row.unmapped()) == []
    assert sorted(row.create.sent) == ["logGroupName", "name"]


def test_every_pattern_of_the_services_in_the_table_is_one_python_can_check() -> None:
    services = {bound(token).resource.service for token in supported_types()}
    shapes = [
        service_model(service).shape_for(name) for service in services for name in service_model(service).shape_names
    ]
    patterns = {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}
    assert len(patterns) > 100
    assert [text for text in patterns if pattern(text) is None] == []
