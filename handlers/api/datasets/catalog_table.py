"""A data set as a table of the Glue catalog, exactly as the platform's own tables are (components/catalog/table.py).

`catalog_tables.json` beside this file has examples that both sides are tested against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...common.settings import Column, Dataset, Projection

_PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
_PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
_PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def table_input(dataset: Dataset, bucket: str) -> dict[str, Any]:
    """Return the table as Glue's API takes it (AWS Glue Web API Reference, "TableInput")."""
    by_name = {column.name: column for column in dataset.columns}
    return {
        "Name": dataset.id,
        **({"Description": dataset.description} if dataset.description else {}),
        **({"Owner": dataset.owner} if dataset.owner else {}),
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            **({"data-classification": dataset.classification} if dataset.classification else {}),
            **_projection(dataset),
        },
        "PartitionKeys": [_column(by_name[name]) for name in dataset.partitioned_by],
        "StorageDescriptor": {
            "Location": f"s3://{bucket}/{dataset.prefix}",
            "InputFormat": _PARQUET_INPUT,
            "OutputFormat": _PARQUET_OUTPUT,
            "Columns": [_column(column) for column in dataset.columns if column.name not in dataset.partitioned_by],
            "SerdeInfo": {
                "Name": "parquet",
                "SerializationLibrary": _PARQUET_SERDE,
                "Parameters": {"serialization.format": "1"},
            },
        },
    }


def _column(column: Column) -> dict[str, str]:
    return {
        "Name": column.name,
        "Type": column.type,
        **({"Comment": column.comment} if column.comment is not None else {}),
    }


def _projection(dataset: Dataset) -> dict[str, str]:
    """Return the table properties by which Athena tells every partition (Athena User Guide, "Partition projection")."""
    if not dataset.projections:
        return {}
    properties = {"projection.enabled": "true"}
    for name in dataset.partitioned_by:
        for key, value in _properties(dataset.projections[name]).items():
            properties[f"projection.{name}.{key}"] = value
    return properties


def _properties(projection: Projection) -> dict[str, str]:
    if projection.type == "enum":
        return {"type": "enum", "values": ",".join(projection.values)}
    bounds = {"type": projection.type, "range": f"{projection.first},{projection.last}"}
    if projection.type == "integer":
        return bounds
    return bounds | {"format": "yyyy-MM-dd", "interval": "1", "interval.unit": "DAYS"}
