"""Glue Data Catalog."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags


def _name_twice(parameters: dict[str, Any], state: State) -> None:
    """An update names the database beside its new definition, too."""
    parameters["Name"] = state["name"]


_TAGS = Tags(list="GetTags")
_HERE = {"catalogId": "{account}"}

DATABASE = Resource(
    "aws:glue/catalogDatabase:CatalogDatabase",
    service="glue",
    id="{catalogId}:{name}",
    name=Name(lower=True, prefix_property=""),
    create=Call("CreateDatabase", within="DatabaseInput"),
    read=(Call("GetDatabase", result="Database"),),
    parts=(Part(put=Call("UpdateDatabase", within="DatabaseInput", adjust=_name_twice)),),
    delete=(Call("DeleteDatabase"),),
    tags=_TAGS,
    computed={**_HERE, "arn": "arn:{partition}:glue:{region}:{account}:database/{name}"},
)

TABLE = Resource(
    "aws:glue/catalogTable:CatalogTable",
    service="glue",
    id="{catalogId}:{databaseName}:{name}",
    name=Name(lower=True, prefix_property=""),
    create=Call("CreateTable", within="TableInput"),
    read=(Call("GetTable", result="Table"),),
    parts=(Part(put=Call("UpdateTable", within="TableInput")),),
    delete=(Call("DeleteTable"),),
    rename={
        "partitionIndices": "PartitionIndexes",
        "openTableFormatInput.icebergInput.icebergTableInput": "CreateIcebergTableInput",
        "openTableFormatInput.icebergInput.icebergTableInput.sortOrder": "WriteOrder",
    },
    unsupported={
        "partitionIndices.indexStatus": "AWS sets it",
        **{
            f"openTableFormatInput.icebergInput.icebergTableInput.schema.fields.{name}": "create it by Athena DDL"
            for name in ("type", "initialDefault", "writeDefault")
        },
    },
    computed={**_HERE, "arn": "arn:{partition}:glue:{region}:{account}:table/{databaseName}/{name}"},
)

_NOT_ENCRYPTED = {
    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
}

ENCRYPTION_SETTINGS = Resource(
    "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
    service="glue",
    id="{catalogId}",
    create=Call("PutDataCatalogEncryptionSettings"),
    puts=True,
    read=(Call("GetDataCatalogEncryptionSettings"),),
    delete=(Call("PutDataCatalogEncryptionSettings", fixed={"DataCatalogEncryptionSettings": _NOT_ENCRYPTED}),),
    computed=_HERE,
)

RESOURCES = (DATABASE, TABLE, ENCRYPTION_SETTINGS)
