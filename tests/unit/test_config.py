"""The stack config: what it accepts, and how it says what is wrong."""

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from components.config import PlatformConfig
from components.config.errors import Problem
from components.config.schema import schema_text, stack_config_schema
from components.config.source import ListedFiles, StackConfig, with_files

ROOT = Path(__file__).parents[2]
STACKS = ("local", "dev", "stage", "prod")
SALES: dict[str, object] = {
    "name": "sales",
    "columns": [{"name": "id", "type": "bigint"}, {"name": "day", "type": "date"}],
}
RAW: dict[str, object] = {"name": "raw"}
IN: dict[str, object] = {"prefix": "in/"}
TEXT = {"name": "a", "type": "text"}
TINY_DECIMAL = {"name": "a", "type": "decimal(3,5)"}


def problems(**given: object) -> list[Problem]:
    found = PlatformConfig.check(given)
    return found if isinstance(found, list) else []


def problem(**given: object) -> Problem:
    (found,) = problems(**given)
    return found


def stack_values(stack: str) -> dict[str, object]:
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8"))["config"]
    given = {key.split(":", 1)[1]: value for key, value in config.items() if key.startswith("watershed:")}
    read = with_files(StackConfig(given), "watershed", ROOT)
    assert read.problems == []
    return read.values


def listed_files(folder: Path, *entries: object) -> ListedFiles:
    files = ListedFiles(folder, "watershed:datasets")
    for position, entry in enumerate(entries):
        files.add(position, entry)
    return files


@pytest.mark.parametrize("stack", STACKS)
def test_every_shipped_stack_is_valid(stack: str) -> None:
    assert isinstance(PlatformConfig.check(stack_values(stack)), PlatformConfig)


def test_an_empty_config_is_a_platform_with_the_defaults() -> None:
    config = PlatformConfig.check({})
    assert isinstance(config, PlatformConfig)
    assert [zone.name for zone in config.lake.zones] == ["raw", "curated", "analytics"]
    assert config.allow_destroy is False


def test_scalars_may_come_as_text_as_the_engine_passes_them() -> None:
    config = PlatformConfig.check({"allowDestroy": "true"})
    assert isinstance(config, PlatformConfig)
    assert config.allow_destroy is True


def test_an_unknown_key_is_named_with_the_one_that_was_meant() -> None:
    found = problem(lake={"zoness": []})
    assert found.path == "watershed:lake.zoness"
    assert found.accepted.startswith("zones (was it meant?), the keys ")


def test_an_unknown_key_in_a_list_is_named_with_its_position() -> None:
    found = problem(lake={"zones": [{"name": "raw"}, {"name": "curated", "expiryDays": 3}]})
    assert found.path == "watershed:lake.zones[1].expiryDays"
    assert found.given == 3
    assert "expireDays" in found.accepted


def test_a_zone_that_a_data_set_needs_but_the_lake_lacks_is_named() -> None:
    found = problem(lake={"zones": [{"name": "curated"}]}, datasets=[{**SALES, "source": {"prefix": "sales/"}}])
    assert found.path == "watershed:datasets[0].source.zone"
    assert found.given == "raw"
    assert found.accepted == "a zone of the lake: curated"


def test_a_duplicate_data_set_is_named_with_the_first_one() -> None:
    found = problem(datasets=[SALES, SALES])
    assert found.path == "watershed:datasets[1].name"
    assert "datasets[0]" in found.accepted


def test_two_data_sets_cannot_share_a_source_prefix() -> None:
    source = {"source": {"prefix": "in/"}}
    found = problem(datasets=[{**SALES, **source}, {**SALES, **source, "name": "returns"}])
    assert found.path == "watershed:datasets[1].source.prefix"
    assert "sales" in found.accepted


def test_a_data_set_cannot_be_ingested_from_where_its_own_files_go() -> None:
    found = problem(datasets=[{**SALES, "source": {"zone": "curated", "prefix": "sales/"}}])
    assert found.path == "watershed:datasets[0].source.prefix"


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ({"lake": {"zones": [{"name": "Raw"}]}}, "watershed:lake.zones[0].name"),
        ({"lake": {"zones": [{"name": "raw-data"}]}}, "watershed:lake.zones[0].name"),
        ({"lake": {"zones": [{"name": "results"}]}}, "watershed:lake.zones[0].name"),
        ({"datasets": [{**SALES, "name": "Sales 2013"}]}, "watershed:datasets[0].name"),
        ({"datasets": [{**SALES, "columns": [{"name": "a b"}]}]}, "watershed:datasets[0].columns[0].name"),
        ({"datasets": [{**SALES, "columns": [TEXT]}]}, "watershed:datasets[0].columns[0].type"),
        ({"datasets": [{**SALES, "columns": [TINY_DECIMAL]}]}, "watershed:datasets[0].columns[0].type"),
        ({"datasets": [{**SALES, "source": {"prefix": "in"}}]}, "watershed:datasets[0].source.prefix"),
        ({"datasets": [{**SALES, "source": {**IN, "delimiter": '"'}}]}, "watershed:datasets[0].source.delimiter"),
        ({"key": {"arn": "my-key"}}, "watershed:key.arn"),
        ({"key": {"deletionWindowDays": 3}}, "watershed:key.deletionWindowDays"),
        ({"logs": {"retentionDays": 31}}, "watershed:logs.retentionDays"),
        ({"ingestion": {"timeout": 901}}, "watershed:ingestion.timeout"),
        ({"ingestion": {"maxConcurrency": 1}}, "watershed:ingestion.maxConcurrency"),
        ({"catalog": {"bytesScannedLimit": 1}}, "watershed:catalog.bytesScannedLimit"),
        ({"metadata": {"recoveryDays": 36}}, "watershed:metadata.recoveryDays"),
        ({"owner": "data#platform"}, "watershed:owner"),
        ({"alarms": {"emails": ["nobody"]}}, "watershed:alarms.emails[0]"),
        ({"lake": {"zones": [{**RAW, "infrequentAccessDays": 7}]}}, "watershed:lake.zones[0].infrequentAccessDays"),
        ({"lake": {"zones": [{**RAW, "infrequentAccessDays": 30, "expireDays": 30}]}}, "watershed:lake.zones[0]"),
        ({"lake": {"zones": [{**RAW, "infrequentAccessDays": 30, "archiveDays": 45}]}}, "watershed:lake.zones[0]"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_its_path(section: dict[str, object], path: str) -> None:
    assert [found.path for found in problems(**section)] == [path]


def test_a_partition_must_be_a_column_and_leave_one_for_the_files() -> None:
    assert "no column: month" in problem(datasets=[{**SALES, "partitionedBy": ["month"]}]).accepted
    assert "at least one" in problem(datasets=[{**SALES, "partitionedBy": ["id", "day"]}]).accepted


def test_a_projection_must_fit_the_type_of_its_column() -> None:
    months = {"name": "day", "projection": {"type": "integer", "first": 1, "last": 12}}
    assert "it is date" in problem(datasets=[{**SALES, "partitionedBy": [months]}]).accepted


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        onwer="x",
        lake={"zones": [{"name": "curated", "expireDays": 0}], "resultDays": 0},
        datasets=[{**SALES, "zone": "gold"}, SALES, SALES],
    )
    assert [problem.path for problem in found] == [
        "watershed:lake.zones[0].expireDays",
        "watershed:lake.resultDays",
        "watershed:onwer",
        "watershed:datasets[0].zone",
        "watershed:datasets[1].name",
        "watershed:datasets[2].name",
    ]


def test_a_data_set_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [", "utf-8")
    read = listed_files(tmp_path, "missing.yaml", "broken.yaml", "none-*.yaml")
    assert read.found == []
    assert [problem.path for problem in read.problems] == [f"watershed:datasets[{number}]" for number in range(3)]


def test_data_sets_are_read_from_every_file_that_a_pattern_matches(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("{name: b}", "utf-8")
    (tmp_path / "a.yaml").write_text("[{name: a1}, {name: a2}]", "utf-8")
    read = listed_files(tmp_path, {"name": "inline"}, "*.yaml")
    assert [dataset["name"] for dataset in read.found] == ["inline", "a1", "a2", "b"]
    assert read.origins == ["watershed:datasets[0]", "a.yaml[0]", "a.yaml[1]", "b.yaml"]


def test_a_problem_of_a_data_set_is_told_at_the_file_it_was_read_from() -> None:
    origins = {"datasets": ["watershed:datasets[0]", "a.yaml[1]", "b.yaml"]}
    paths = [
        "watershed:datasets[2].columns[0].type",
        "watershed:datasets[1]",
        "watershed:datasets[0].zone",
        "watershed:lake.zones",
    ]
    told = [Problem(path, None, "").at("watershed", origins).path for path in paths]
    assert told == ["b.yaml: columns[0].type", "a.yaml[1]", "watershed:datasets[0].zone", "watershed:lake.zones"]


def test_what_is_wrong_is_said_in_the_words_of_a_config() -> None:
    assert problem(datasets="datasets/flights.yaml").accepted == "a list"
    assert problem(allowDestroy="perhaps").accepted == "true or false"
    assert problem(lake="big").accepted == "a mapping of keys to values"


def test_a_long_value_is_shortened_in_the_message() -> None:
    assert len(str(Problem("p", "x" * 10_000, "y"))) < 200


@pytest.mark.parametrize("expires", ["2027-03-31", "2027-03-31 00:00:00 +0000 UTC"])
def test_an_exemption_ends_on_a_day_however_the_engine_writes_it(expires: str) -> None:
    given = {"rule": "S3-VERSIONING", "resource": "landing", "reason": "partner's", "owner": "x", "expires": expires}
    config = PlatformConfig.check({"exemptions": [given]})
    assert isinstance(config, PlatformConfig)
    assert config.exemptions[0].expires == date(2027, 3, 31)


def test_the_committed_schema_is_the_one_of_the_code() -> None:
    committed = (ROOT / "schemas/stack-config.schema.json").read_text("utf-8")
    assert committed == schema_text(), "run: make schema"


@pytest.mark.parametrize("stack", STACKS)
def test_every_shipped_stack_satisfies_the_schema(stack: str) -> None:
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8"))
    jsonschema.Draft202012Validator(stack_config_schema()).validate(json.loads(json.dumps(document)))


def test_the_schema_refuses_an_unknown_key() -> None:
    document = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text("utf-8"))
    document["config"]["watershed:lakes"] = {}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(stack_config_schema()).validate(document)
