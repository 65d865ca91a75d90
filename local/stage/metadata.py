"""Read the deployed metadata table: by key and by index, never a scan."""

from decimal import Decimal
from typing import Any

from ..aws import Clients

BY_NAME = "by-name"


def read_item(clients: Clients, table: str, pk: str, sk: str) -> dict[str, Any]:
    """Return one item; empty when there is none."""
    found = clients("dynamodb").get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True)
    return _document(found.get("Item", {}))


def list_datasets(clients: Clients, table: str) -> list[dict[str, Any]]:
    """Return the item of each data set that something was ingested for, by name, with the name as `dataset`."""
    pages = (
        clients("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            IndexName=BY_NAME,
            KeyConditionExpression="gsi2pk = :kind",
            ExpressionAttributeValues={":kind": {"S": "DATASET"}},
        )
    )
    items = [_document(item) for page in pages for item in page["Items"]]
    return [{"dataset": item["gsi2sk"], **item} for item in items]


def _document(item: dict[str, Any]) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeDeserializer

    read = TypeDeserializer()
    return {name: _plain(read.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | set | tuple):
        return [_plain(inner) for inner in value]
    return bytes(value).hex() if hasattr(value, "value") else value
