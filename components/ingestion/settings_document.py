"""What handlers must know of the platform, as one versioned JSON document in the lake's system bucket."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..catalog import Dataset
from ..core.names import stack_name
from ..storage import DataLake, MetadataTable

VERSION = 1
"""Of the document's form, which `handlers/common/contract.json` describes."""
KEY = "settings/platform.json"


def settings_document(
    name: str,
    *,
    lake: DataLake,
    metadata: MetadataTable,
    datasets: Sequence[Dataset],
    owner: str,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.s3.BucketObjectv2:
    """Return the object that holds the document; its version id changes with its content."""
    document = {
        "version": VERSION,
        "project": pulumi.get_project(),
        "stack": stack_name(),
        "zones": {zone: {"bucket": bucket.bucket_name} for zone, bucket in lake.zones.items()},
        "quarantine": {"bucket": lake.quarantine.bucket_name, "prefix": ""},
        "metadata_table": {"name": metadata.table_name},
        "datasets": [describe(dataset, owner) for dataset in datasets],
    }
    return aws.s3.BucketObjectv2(
        name,
        bucket=lake.system.bucket_name,
        key=KEY,
        content=pulumi.Output.json_dumps(document, sort_keys=True),
        content_type="application/json",
        tags=tags,
        # An object written before the bucket has its key would be encrypted with another.
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(depends_on=[lake.system.encryption, lake.system.versioning, lake.system.policy]),
        ),
    )


def describe(dataset: Dataset, owner: str) -> dict[str, Any]:
    """Return a data set as the document writes it."""
    source = dataset.source
    return {
        "id": dataset.name,
        "description": dataset.description,
        "owner": dataset.owner or owner,
        "tags": dataset.tags,
        "classification": dataset.classification,
        "zone": dataset.zone,
        "prefix": dataset.prefix,
        "source": source.model_dump(mode="json") if source else None,
        "columns": [column.model_dump(mode="json") for column in dataset.columns],
        "partitioned_by": list(dataset.partition_names),
        # Athena looks for projected values alone, and only where every partition is projected.
        "projections": {
            partition.name: partition.projection.model_dump(mode="json")
            for partition in dataset.partitioned_by
            if partition.projection and dataset.projected
        },
        "max_error_share": dataset.max_error_share,
    }
