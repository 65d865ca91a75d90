"""The contract with the platform, from the handlers' side: what the loader takes, and how it refuses the rest."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import handlers.common.settings as module
from handlers.common.settings import SettingsError, parse

SCHEMA = json.loads((Path(module.__file__).parent / "contract.json").read_text())
EXAMPLE: dict[str, Any] = {
    "version": 1,
    "project": "watershed",
    "stack": "local",
    "zones": {"raw": {"bucket": "b1"}, "curated": {"bucket": "b2"}},
    "quarantine": {"bucket": "b4", "prefix": ""},
    "metadata_table": {"name": "t"},
    "datasets": [
        {
            "id": "flights",
            "description": "Departures",
            "owner": "data-platform",
            "tags": {"domain": "aviation"},
            "classification": "public",
            "zone": "curated",
            "prefix": "flights/",
            "source": {
                "zone": "raw", "prefix": "flights/", "format": None, "delimiter": ",", "header": True,
                "null_values": ["NA", ""],
            },
            "columns": [
                {"name": "year", "type": "int", "comment": "of departure"},
                {"name": "month", "type": "int", "comment": None},
                {"name": "fare", "type": "decimal(10, 2)"},
            ],
            "partitioned_by": ["month"],
            "max_error_share": 0.01,
        },
        {
            "id": "derived", "zone": "curated", "prefix": "derived/", "source": None,
            "columns": [{"name": "a", "type": "date"}],
        },
    ],
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLE)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    target: Any = document
    for part in parents:
        target = target[part]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return document


def test_the_example_satisfies_schema_and_loader() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(EXAMPLE, SCHEMA)
    settings = parse(json.dumps(EXAMPLE).encode())
    assert settings.datasets[0].columns[2].type == "decimal(10, 2)"
    assert settings.datasets[1].source is None


WRONG_SHAPES = [
    ("version", 2, "$.version"),
    ("version", ..., "version"),
    ("zones/raw", {"name": "b"}, "$.zones"),
    ("quarantine", ..., "quarantine"),
    ("extra", 1, "extra"),
    ("datasets/0/columns", [], "$.datasets[0].columns"),
    ("datasets/0/columns/0/type", "integer", "$.datasets[0].columns[0].type"),
    ("datasets/0/columns/0/type", "decimal(10)", "$.datasets[0].columns[0].type"),
    ("datasets/0/columns/1/name", "", "$.datasets[0].columns[1].name"),
    ("datasets/0/prefix", "flights", "$.datasets[0].prefix"),
    ("datasets/0/prefix", "/flights/", "$.datasets[0].prefix"),
    ("datasets/0/max_error_share", 1.5, "$.datasets[0].max_error_share"),
    ("datasets/0/source/format", "avro", "$.datasets[0].source.format"),
    ("datasets/0/source/delimiter", "||", "$.datasets[0].source.delimiter"),
    ("datasets/0/source/on_delete", "drop", "$.datasets[0].source.on_delete"),
    ("datasets/0/source/null_values", "NA", "$.datasets[0].source.null_values"),
    ("datasets/0/tags", {"a": 1}, "$.datasets[0].tags"),
    ("datasets/0/colums", [], "colums"),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG_SHAPES)
def test_a_wrong_shape_is_refused_by_schema_and_loader_alike(path: str, value: Any, said: str) -> None:
    document = changed(path, value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)
    with pytest.raises(SettingsError) as refused:
        parse(json.dumps(document).encode())
    assert said in str(refused.value)
    assert "contract.json" in str(refused.value)


def test_all_contradictions_are_told_at_once_with_their_paths() -> None:
    document = copy.deepcopy(EXAMPLE)
    document["datasets"][0]["zone"] = "gold"
    document["datasets"][0]["source"]["zone"] = "landing"
    document["datasets"][0]["partitioned_by"] = ["day"]
    document["datasets"][0]["columns"][2] = {"name": "YEAR", "type": "decimal(3,9)"}
    document["datasets"].append({**document["datasets"][0]})
    with pytest.raises(SettingsError) as refused:
        parse(json.dumps(document).encode())
    message = str(refused.value)
    for path in (
        "$.datasets[0].zone: `gold` is not a zone; zones are: curated, raw",
        "$.datasets[0].source.zone: `landing`",
        "$.datasets[0].partitioned_by[0]: `day` is not one of the columns",
        "$.datasets[0].columns[2].name: `YEAR` stands twice",
        "$.datasets[0].columns[2].type: `decimal(3,9)`",
        "$.datasets[2].id: `flights` is taken",
    ):
        assert path in message


def test_two_data_sets_of_one_source_are_refused() -> None:
    document = copy.deepcopy(EXAMPLE)
    document["datasets"].append({**document["datasets"][0], "id": "again", "prefix": "again/"})
    with pytest.raises(SettingsError, match="data set `flights` has the same source"):
        parse(json.dumps(document).encode())


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_document_is_refused(text: bytes) -> None:
    with pytest.raises(SettingsError):
        parse(text)
