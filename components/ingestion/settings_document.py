"""What handlers must know of the platform, as one versioned JSON document in the lake's system bucket."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from ..catalog import Dataset, Grant
from ..core import Component, Grantee, Tags
from ..core.names import stack_name
from ..storage import DataLake, MetadataTable

VERSION = 1
"""Of the document's form, which `handlers/common/contract.json` describes."""
KEY = "settings/platform.json"


class SettingsDocument(Component, domain="ingestion"):
    """What handlers are told of zones, data sets and grants, as a JSON object; each deploy writes a new version.

    Creates: the object.

    - `lake`, `metadata`: told of. `datasets`: all that handlers may ask for. `access`: who may do what
      with them through the Dataset API.

    Outputs: `environment`, the variables by which a handler finds it; `handlers/common/settings.py` reads it.
    """

    def __init__(
        self,
        name: str,
        *,
        lake: DataLake,
        metadata: MetadataTable,
        datasets: Sequence[Dataset],
        access: Sequence[Grant] = (),
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._system = lake.system
        owner = self._tags()["owner"]
        document: dict[str, object] = {
            "version": VERSION,
            "project": pulumi.get_project(),
            "stack": stack_name(),
            "zones": {zone: {"bucket": bucket.bucket_name} for zone, bucket in lake.zones.items()},
            "quarantine": {"bucket": lake.quarantine.bucket_name, "prefix": ""},
            "metadata_table": {"name": metadata.table_name},
            "datasets": [describe(dataset, owner) for dataset in datasets],
        }
        if access:
            document["access"] = [grant.described() for grant in access]
        self.resource = aws.s3.BucketObjectv2(
            name,
            bucket=lake.system.bucket_name,
            key=KEY,
            content=pulumi.Output.json_dumps(document, sort_keys=True),
            content_type="application/json",
            tags=self._tags(),
            # An object written before the bucket has its key would be encrypted with another.
            opts=self._options(depends_on=[lake.system.encryption, lake.system.versioning, lake.system.policy]),
        )
        self.environment: Mapping[str, pulumi.Output[str]] = {
            "SETTINGS_BUCKET": self.resource.bucket,
            "SETTINGS_KEY": self.resource.key,
            "SETTINGS_VERSION": self.resource.version_id,
        }
        self.register_outputs({"environment": self.environment})

    def grant_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee read the version that it is told of."""
        return self._system.grant_read_versions(grantee, KEY)


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
