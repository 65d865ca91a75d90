"""Lake Formation: the emulated AWS has none, so these are checked against AWS's model and recorded in state."""

from typing import Any

from ..codecs import Hints
from ..forms import Codec, FlagCodec
from ..schema import PropertyType
from ..table import Call, Part, Resource, State

_HERE = {"catalogId": "{account}"}


def flag_codec(kind: PropertyType, shape: Any, hints: Hints) -> Codec:
    """A boolean that is an empty structure when true."""
    return FlagCodec()


DATA_LAKE_SETTINGS = Resource(
    "aws:lakeformation/dataLakeSettings:DataLakeSettings",
    service="lakeformation",
    id="{catalogId}",
    support="recorded",
    create=Call("PutDataLakeSettings", within="DataLakeSettings"),
    puts=True,
    rename={"admins": "DataLakeAdmins"},
    computed=_HERE,
)

RESOURCE = Resource(
    "aws:lakeformation/resource:Resource",
    service="lakeformation",
    id="{arn}",
    support="recorded",
    create=Call("RegisterResource"),
    parts=(Part(properties=("roleArn", "hybridAccessEnabled", "withFederation"), put=Call("UpdateResource")),),
    delete=(Call("DeregisterResource"),),
)


def _one_resource(state: State) -> list[tuple[str, str]]:
    kinds = (
        "catalogResource", "dataCellsFilter", "dataLocation", "database", "lfTag", "lfTagPolicy", "table",
        "tableWithColumns",
    )  # fmt: skip
    given = [kind for kind in kinds if state.get(kind)]
    if len(given) == 1:
        return []
    return [("", f"needs exactly one of {', '.join(kinds)}; given: {', '.join(given) or 'none'}")]


PERMISSIONS = Resource(
    "aws:lakeformation/permissions:Permissions",
    service="lakeformation",
    id="{digest}",
    support="recorded",
    create=Call("GrantPermissions"),
    delete=(Call("RevokePermissions"),),
    rename={
        "catalogResource": "Resource.Catalog",
        "dataCellsFilter": "Resource.DataCellsFilter",
        "dataLocation": "Resource.DataLocation",
        "dataLocation.arn": "ResourceArn",
        "database": "Resource.Database",
        "lfTag": "Resource.LFTag",
        "lfTag.key": "TagKey",
        "lfTag.values": "TagValues",
        "lfTagPolicy": "Resource.LFTagPolicy",
        "lfTagPolicy.expressions.key": "TagKey",
        "lfTagPolicy.expressions.values": "TagValues",
        "table": "Resource.Table",
        "table.wildcard": "TableWildcard",
        "tableWithColumns": "Resource.TableWithColumns",
        "tableWithColumns.excludedColumnNames": "ColumnWildcard.ExcludedColumnNames",
        "tableWithColumns.wildcard": "ColumnWildcard",
    },
    codecs={
        "catalogResource": flag_codec,
        "table.wildcard": flag_codec,
        "tableWithColumns.wildcard": flag_codec,
    },
    computed=_HERE,
    check=_one_resource,
)

RESOURCES = (DATA_LAKE_SETTINGS, RESOURCE, PERMISSIONS)
