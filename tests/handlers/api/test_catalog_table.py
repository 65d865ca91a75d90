"""The contract with the catalog, from the handlers' side: registered data sets' tables are as the platform's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import handlers.api.datasets.catalog_table as module
from handlers.api.datasets.catalog_table import table_input
from handlers.common.settings import Dataset

EXAMPLES = json.loads((Path(module.__file__).parent / "catalog_tables.json").read_text())["examples"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["dataset"]["id"]))
def test_a_data_set_is_the_table_of_the_example(example: dict[str, Any]) -> None:
    dataset = msgspec.convert(example["dataset"], Dataset)
    assert table_input(dataset, example["bucket"]) == example["table"]
