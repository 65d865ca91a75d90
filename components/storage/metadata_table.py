"""The table of what is known of each data set."""

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from .state_table import guarded_table

_KEYS = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")


class MetadataTable(Component, domain="storage"):
    """A DynamoDB table that holds the metadata of data sets, so that each question is one query and never a scan.

    | question | how |
    | --- | --- |
    | a data set | get `DATASET#<id>`, `DATASET` |
    | its versions, newest first | query `DATASET#<id>`, sort key begins with `VERSION#`, descending |
    | its objects | query `DATASET#<id>`, sort key begins with `OBJECT#` |
    | data sets of an owner, or with a tag | query index `by-group`, `OWNER#<owner>` or `TAG#<key>=<value>` |
    | data sets whose name begins with ... | query index `by-name`, `DATASET`, sort key begins with the text |

    Creates: the table: on demand, customer key, point-in-time recovery, deletion protection, time to live by
    `expires_at`.

    - `key`: encrypts the items. `recovery_days`: how far back it can be restored, 1 to 35; default 35.
    - `removable`: may be destroyed with its items, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `table_name`. Source: Amazon DynamoDB Developer Guide, "Best practices for DynamoDB".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        recovery_days: int = 35,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._key = key
        gone = destroyable(removable)
        self.resource = guarded_table(
            name,
            key=key,
            keys=_KEYS,
            indexes=[_index("by-group", "gsi1pk", "gsi1sk"), _index("by-name", "gsi2pk", "gsi2sk")],
            recovery_days=recovery_days,
            gone=gone,
            tags=self._tags(),
            opts=self._options(protect=not gone),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.table_name: pulumi.Output[str] = self.resource.name
        self.register_outputs({"arn": self.arn, "table_name": self.table_name})

    def grant_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee get items and query the table by its own key; the indexes are a grant of their own."""
        return grantee.role.allow(
            f"read-{self.name}",
            [
                Statement(actions=["dynamodb:GetItem", "dynamodb:Query"], resources=[self.arn]),
                self._key.use("dynamodb"),
            ],
        )

    def grant_get(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee get items whose keys it knows, and query nothing."""
        return grantee.role.allow(
            f"get-{self.name}",
            [Statement(actions=["dynamodb:GetItem"], resources=[self.arn]), self._key.use("dynamodb")],
        )

    def grant_batch_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee get many items by their keys in one call."""
        return grantee.role.allow(
            f"batch-read-{self.name}",
            [Statement(actions=["dynamodb:BatchGetItem"], resources=[self.arn]), self._key.use("dynamodb")],
        )

    def grant_search(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee query the indexes: by owner, tag or name. Nobody is granted a scan."""
        return grantee.role.allow(
            f"search-{self.name}",
            [
                Statement(actions=["dynamodb:Query"], resources=[pulumi.Output.concat(self.arn, "/index/*")]),
                self._key.use("dynamodb"),
            ],
        )

    def grant_write(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee put and update items, also in transactions; deleting is a grant of its own."""
        return grantee.role.allow(
            f"write-{self.name}",
            [
                Statement(actions=["dynamodb:PutItem", "dynamodb:UpdateItem"], resources=[self.arn]),
                self._key.use("dynamodb"),
            ],
        )

    def grant_delete(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee delete items."""
        return grantee.role.allow(
            f"delete-{self.name}",
            [Statement(actions=["dynamodb:DeleteItem"], resources=[self.arn]), self._key.use("dynamodb")],
        )


def _index(name: str, hash_key: str, range_key: str) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    part = aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=name,
        key_schemas=[
            part(attribute_name=hash_key, key_type="HASH"),
            part(attribute_name=range_key, key_type="RANGE"),
        ],
        projection_type="ALL",
    )
