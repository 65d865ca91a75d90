"""The metadata table: its keys, and reading and writing its items as plain Python values."""

from __future__ import annotations

import dataclasses
import hashlib
import random
import time
from typing import TYPE_CHECKING, Any

from .attributes import Item, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from types_boto3_dynamodb.client import DynamoDBClient

    from .settings import Dataset


# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 400 KB an item, names included.
# The margin covers what an item's size counts beyond its JSON text.
ITEM_BYTES = 350_000
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
BATCH_KEYS = 100
_SORT_KEY_BYTES = 1_024
_TRIES = 5
# Why a transaction was cancelled, as botocore's model of TransactionCanceledException has it; no SDK sends it again.
_THROTTLED = {"ThrottlingError", "ProvisionedThroughputExceeded"}
# Above every character of a key: U+10FFFF sorts last in UTF-8, which DynamoDB compares.
LAST = "\U0010ffff"


class UnprocessedError(RuntimeError):
    """DynamoDB keeps leaving parts of a batch unread, or a transaction unwritten: it is throttled."""


def dataset_key(dataset: str) -> Item:
    """Return the key of a data set's own item."""
    return {"pk": f"DATASET#{dataset}", "sk": "DATASET"}


def document_key(dataset: str) -> Item:
    """Return the key of the document of a data set that was registered through the Dataset API."""
    return {"pk": f"DATASET#{dataset}", "sk": "DOCUMENT"}


def tag_key(dataset: str, tag: str) -> Item:
    """Return the key of one tag (`key=value`) of a data set."""
    return {"pk": f"DATASET#{dataset}", "sk": f"TAG#{tag}"}


def tag_items(dataset: Dataset) -> list[Item]:
    """Return the items by which a data set is found by its tags."""
    tags = [f"{key}={value}" for key, value in sorted(dataset.tags.items())]
    return [{**tag_key(dataset.id, tag), "gsi1pk": f"TAG#{tag}", "gsi1sk": dataset.id} for tag in tags]


def object_key(dataset: str, raw_key: str) -> Item:
    """Return the key of the current state of one raw object."""
    return {"pk": f"DATASET#{dataset}", "sk": sort_key(f"OBJECT#{raw_key}")}


def sort_key(text: str) -> str:
    """Return a sort key that is not longer than DynamoDB allows; an S3 key alone may be as long."""
    content = text.encode()
    if len(content) <= _SORT_KEY_BYTES:
        return text
    digest = hashlib.sha256(content).hexdigest()
    return content[: _SORT_KEY_BYTES - len(digest) - 1].decode("utf-8", "ignore") + "#" + digest


def version_key(dataset: str, committed_at: str, digest: str) -> Item:
    """Return the key of one entry of a data set's history; `committed_at` sorts."""
    return {"pk": f"DATASET#{dataset}", "sk": f"VERSION#{committed_at}#{digest[:8]}"}


@dataclasses.dataclass(frozen=True)
class Page:
    """Some items of a query, in order; `last` is the sort key to go on after, if there may be more."""

    items: list[Item]
    last: str | None


@dataclasses.dataclass(frozen=True)
class MetadataTable:
    """Typed access to the metadata table."""

    client: DynamoDBClient
    name: str

    def get(self, key: Item) -> Item | None:
        """Read one item as it is now."""
        answer = self.client.get_item(TableName=self.name, Key=encode(key), ConsistentRead=True)
        return decode(answer["Item"]) if "Item" in answer else None

    def batch_get(self, keys: Iterable[Item], attributes: Iterable[str] = ()) -> dict[tuple[str, str], Item]:
        """Read up to 100 items as they are now, in one call, by their keys; those that are not there are left out.

        `attributes`: only these, beside the keys.
        """
        request: Any = {"Keys": [encode(key) for key in keys], "ConsistentRead": True, **_projection(attributes)}
        found: dict[tuple[str, str], Item] = {}
        left: Any = {self.name: request} if request["Keys"] else {}
        for number in range(_TRIES):
            if not left:
                return found
            _pause(number)
            answer = self.client.batch_get_item(RequestItems=left)
            found |= {(item["pk"]["S"], item["sk"]["S"]): decode(item) for item in answer["Responses"][self.name]}
            left = answer.get("UnprocessedKeys")
        raise UnprocessedError(f"The metadata table left keys of a batch unread, {_TRIES} times.")

    def page(
        self,
        partition: str,
        low: str,
        high: str,
        limit: int | None = None,
        *,
        after: str | None = None,
        descending: bool = False,
        attributes: Iterable[str] = (),
    ) -> Page:
        """Read items of a partition whose sort key lies between two, both included, as they are now, in one call.

        At most `limit`, and not more than DynamoDB reads at once (1 MB); those that come `after` a sort key.
        """
        if after is not None and (after <= low if descending else after >= high):
            return Page([], None)
        request: Any = {
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": encode({":pk": partition, ":low": low, ":high": high}),
            "ConsistentRead": True,
            "ScanIndexForward": not descending,
            **_projection(attributes),
        }
        if limit is not None:
            request["Limit"] = limit
        # DynamoDB refuses one outside of the range.
        if after is not None and low <= after <= high:
            request["ExclusiveStartKey"] = encode({"pk": partition, "sk": after})
        answer = self.client.query(TableName=self.name, **request)
        last = answer.get("LastEvaluatedKey")
        return Page([decode(item) for item in answer["Items"]], last["sk"]["S"] if last else None)

    def search(self, index: str, partition: str) -> list[Item]:
        """Read the keys of all items of a partition of an index (`by-group` or `by-name`), which follows by moments."""
        attribute = {"by-group": "gsi1pk", "by-name": "gsi2pk"}[index]
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=index,
            KeyConditionExpression=f"{attribute} = :partition",
            ExpressionAttributeValues=encode({":partition": partition}),
            **_projection(("pk",)),
        )
        return [decode(item) for page in pages for item in page["Items"]]

    def query(self, partition: str, sort_prefix: str, attributes: Iterable[str] = ()) -> list[Item]:
        """Read all items of a partition whose sort key begins with a prefix, as they are now.

        `attributes`: only these, beside the keys.
        """
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=encode({":pk": partition, ":sk": sort_prefix}),
            ConsistentRead=True,
            **_projection(attributes),
        )
        return [decode(item) for page in pages for item in page["Items"]]

    def put(self, item: Item) -> None:
        """Write one item, whatever was there."""
        self.client.put_item(TableName=self.name, Item=encode(item))

    def put_unless(self, item: Item, condition: str, values: Item, names: dict[str, str]) -> Item | None:
        """Write one item if a condition holds of the one that is there; returns that one where it does not hold."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=encode(item),
                ConditionExpression=condition,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **({"ExpressionAttributeValues": encode(values)} if values else {}),  # type: ignore[arg-type]
                **({"ExpressionAttributeNames": names} if names else {}),  # type: ignore[arg-type]
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            response: Any = error.response
            return decode(response.get("Item", {}))
        return None

    def delete(self, keys: Iterable[Item]) -> None:
        """Delete items; one that is gone already is no error."""
        for key in keys:
            self.client.delete_item(TableName=self.name, Key=encode(key))

    def delete_if(self, key: Item, attribute: str, value: Any) -> bool:
        """Delete an item if an attribute of it has this value; say whether it was."""
        condition = {
            "ConditionExpression": "#attribute = :value",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": {":value": value},
        }
        return self.transact([{"Delete": {"Key": key, **condition}}])

    def update(self, key: Item, expression: str, condition: str | None, values: Item, names: dict[str, str]) -> bool:
        """Update one item, if a condition holds where there is one; say whether it did."""
        conditional: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        try:
            self.client.update_item(
                TableName=self.name,
                Key=encode(key),
                UpdateExpression=expression,
                ExpressionAttributeValues=encode(values),
                ExpressionAttributeNames=names,
                **conditional,
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def transact(self, writes: Iterable[Mapping[str, Any]]) -> bool:
        """Write all or nothing; say whether it was written (not, if a condition failed or another writer was faster).

        What is cancelled because the table is busy is sent again, a few times.

        Each write is `{"Put": {...}}`, `{"Update": {...}}` or `{"Delete": {...}}` as the API has it, with plain values
        and without the table's name.
        """
        request = [
            {kind: {"TableName": self.name, **{name: _encoded(name, value) for name, value in write.items()}}}
            for entry in writes
            for kind, write in entry.items()
        ]
        for number in range(_TRIES):
            _pause(number)
            try:
                self.client.transact_write_items(TransactItems=request)  # type: ignore[arg-type]
            except self.client.exceptions.TransactionCanceledException as error:
                reasons = {reason.get("Code", "None") for reason in error.response.get("CancellationReasons", [])}
                if reasons and reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                    return False
                if not reasons & _THROTTLED:
                    raise
            else:
                return True
        raise UnprocessedError(f"The metadata table was too busy for a transaction, {_TRIES} times.")


def _pause(number: int) -> None:
    """Wait before a call is made again: the more often, the longer."""
    if number:
        time.sleep(random.uniform(0, 0.05 * 2**number))  # noqa: S311 -- jitter, not a secret


def _projection(attributes: Iterable[str]) -> Any:
    """Return the parameters by which only the keys and some attributes are read, or all where none is named."""
    names = {f"#{number}": name for number, name in enumerate(dict.fromkeys(("pk", "sk", *attributes)))}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names} if attributes else {}


def _encoded(name: str, value: Any) -> Any:
    return encode(value) if name in {"Item", "Key", "ExpressionAttributeValues"} else value
