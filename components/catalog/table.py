"""A data set as a table of the Glue catalog."""

import pulumi
import pulumi_aws as aws

from .dataset import Dataset

_PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
_PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
_PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def external_table(
    name: str,
    dataset: Dataset,
    *,
    database: pulumi.Input[str],
    bucket: pulumi.Input[str],
    owner: str,
    opts: pulumi.ResourceOptions,
) -> aws.glue.CatalogTable:
    """Return the external Parquet table of a data set (AWS Glue Web API Reference, "TableInput")."""
    by_name = {column.name: column for column in dataset.columns}
    return aws.glue.CatalogTable(
        name,
        name=dataset.name,
        database_name=database,
        description=dataset.description or None,
        owner=dataset.owner or owner,
        table_type="EXTERNAL_TABLE",
        parameters={
            "EXTERNAL": "TRUE",
            "classification": "parquet",
            "data-classification": dataset.classification,
            **_projection(dataset),
        },
        partition_keys=[
            aws.glue.CatalogTablePartitionKeyArgs(name=column.name, type=column.type, comment=column.comment)
            for column in (by_name[partition] for partition in dataset.partition_names)
        ],
        storage_descriptor=aws.glue.CatalogTableStorageDescriptorArgs(
            location=pulumi.Output.concat("s3://", bucket, "/", dataset.prefix),
            input_format=_PARQUET_INPUT,
            output_format=_PARQUET_OUTPUT,
            columns=[
                aws.glue.CatalogTableStorageDescriptorColumnArgs(
                    name=column.name, type=column.type, comment=column.comment
                )
                for column in dataset.columns
                if column.name not in dataset.partition_names
            ],
            ser_de_info=aws.glue.CatalogTableStorageDescriptorSerDeInfoArgs(
                name="parquet", serialization_library=_PARQUET_SERDE, parameters={"serialization.format": "1"}
            ),
        ),
        opts=opts,
    )


def _projection(dataset: Dataset) -> dict[str, str]:
    if not dataset.projected:
        return {}
    properties = {"projection.enabled": "true"}
    for partition in dataset.partitioned_by:
        if partition.projection:
            for key, value in partition.projection.properties().items():
                properties[f"projection.{partition.name}.{key}"] = value
    return properties
