"""A table in which a program keeps what it must remember."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable


class StateTable(Component, domain="storage"):
    """A DynamoDB table with the keys `pk` and `sk` and nothing else said: what its items are is its program's business.

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
        self.resource = guarded_table(
            name,
            key=key,
            keys=("pk", "sk"),
            recovery_days=recovery_days,
            gone=destroyable(removable),
            tags=self._tags(),
            opts=self._options(protect=not destroyable(removable)),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.table_name: pulumi.Output[str] = self.resource.name
        self.register_outputs({"arn": self.arn, "table_name": self.table_name})

    def grant_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee get items and query them by their key."""
        return grantee.role.allow(f"read-{self.name}", self._statements("GetItem", "Query"))

    def grant_use(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee read and write items; deleting is a grant of its own, and nobody is granted a scan."""
        return grantee.role.allow(f"use-{self.name}", self._statements("GetItem", "PutItem", "Query", "UpdateItem"))

    def grant_delete(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee delete items."""
        return grantee.role.allow(f"delete-{self.name}", self._statements("DeleteItem"))

    def grant_put(self, grantee: Grantee, *, keys: str) -> aws.iam.RolePolicy:
        """Let the grantee put items whose `pk` is like `keys`, with `*` for any text, and touch no other."""
        (put, use_key) = self._statements("PutItem")
        mine = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys}}
        narrowed = Statement(actions=put.actions, resources=put.resources, conditions=mine)
        return grantee.role.allow(f"put-{self.name}", [narrowed, use_key])

    def _statements(self, *operations: str) -> list[Statement]:
        actions = [f"dynamodb:{operation}" for operation in operations]
        return [Statement(actions=actions, resources=[self.arn]), self._key.use("dynamodb")]


def guarded_table(
    name: str,
    *,
    key: EncryptionKey,
    keys: Sequence[str],
    recovery_days: int,
    gone: bool,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
    indexes: Sequence[aws.dynamodb.TableGlobalSecondaryIndexArgs] = (),
) -> aws.dynamodb.Table:
    """Return a table whose first two keys are its own, the others those of its indexes."""
    return aws.dynamodb.Table(
        name,
        billing_mode="PAY_PER_REQUEST",
        hash_key=keys[0],
        range_key=keys[1],
        attributes=[aws.dynamodb.TableAttributeArgs(name=attribute, type="S") for attribute in keys],
        global_secondary_indexes=list(indexes) or None,
        server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=key.arn),
        point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(
            enabled=True, recovery_period_in_days=recovery_days
        ),
        deletion_protection_enabled=not gone,
        ttl=aws.dynamodb.TableTtlArgs(attribute_name="expires_at", enabled=True),
        tags=tags,
        opts=opts,
    )
