"""What the handler of the Dataset API is granted, as one policy."""

from collections.abc import Sequence

import pulumi_aws as aws

from ..catalog import Catalog
from ..core import Role
from ..core.gathering import GatheredGrants, merged
from ..ingestion import SettingsDocument
from ..storage import DataLake, MetadataTable

REGISTERED_ZONE = "curated"
REGISTERED_PREFIX = "registered/"
"""Where data sets that the API registered lie, and in the source zones their files arrive."""


def allow(
    role: Role,
    *,
    settings: SettingsDocument,
    metadata: MetadataTable,
    lake: DataLake,
    catalog: Catalog,
    source_zones: Sequence[str],
    served_zones: Sequence[str],
    purge: bool,
) -> aws.iam.RolePolicy:
    """Let the role do what the API's routes ask for.

    Zones are granted as a whole: data sets come while the API runs, and hundreds of prefixes would not fit in a role.
    Whose data set it is the handler decides for each request, and nothing that it has not decided is signed or run.
    Files arrive in source zones, which it writes to and cannot read. It deletes objects only where `purge` is true,
    what went into quarantine too.
    """
    api = GatheredGrants("api")
    settings.grant_read(api)
    metadata.grant_read(api)
    metadata.grant_batch_read(api)
    metadata.grant_search(api)
    metadata.grant_write(api)
    metadata.grant_delete(api)
    for zone in source_zones:
        lake.grant_upload(api, zone=zone)
    for zone in served_zones:
        lake.grant_read(api, zone=zone)
        # What comes while the API runs may be without partitions, and so without projections.
        catalog.grant_read_all(api, zone=zone, partitions=zone == REGISTERED_ZONE)
    catalog.workgroup.grant_run(api)
    catalog.workgroup.grant_results(api)
    catalog.grant_define(api, zone=REGISTERED_ZONE)
    if purge:
        lake.grant_delete(api, zone=REGISTERED_ZONE)
        for zone in source_zones:
            lake.grant_delete(api, zone=zone, prefix=REGISTERED_PREFIX)
        lake.quarantine.grant_delete(api)
    return role.allow("api", merged(api.statements))
