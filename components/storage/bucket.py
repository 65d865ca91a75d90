"""The bucket that everything in the lake is kept in."""

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from ..core import Classification, Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from ..core.limits import BUCKET_NAME
from ..core.names import check_auto_name
from . import bucket_grants
from .access_logs import AccessLogs
from .bucket_policy import data_bucket_policy
from .bucket_protection import block_public_access, keep_versions, own_all_objects
from .lifecycle import Lifecycle

Readers = Callable[["Bucket"], Sequence[Statement]]
"""Makes what reads a bucket in an AWS service's own name, and returns the statements that let it."""


class Bucket(Component, domain="storage"):
    """A private bucket: encrypted with the platform's key, versioned, logged, reached over TLS only.

    Creates: the bucket with its encryption (customer key, bucket key), versioning, public access block, ownership,
    policy (TLS 1.2 or later, no other key), lifecycle, access logging and EventBridge notifications.

    - `key`: encrypts the objects. `access_logs`: where S3 writes who read what.
    - `lifecycle`: ageing of objects; default keeps them, with former versions for 30 days.
    - `events`: tell EventBridge of each object; default no.
    - `readers`: what its policy lets in, made when the bucket is there and its policy is not yet; default nobody.
    - `classification`: of the data, as a tag; default what `tags` say.
    - `removable`: may be destroyed with its objects, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `bucket_name`. Source: Amazon S3 User Guide, "Security best practices for Amazon S3".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        access_logs: AccessLogs,
        lifecycle: Lifecycle | None = None,
        events: bool = False,
        readers: Readers | None = None,
        classification: Classification | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.key = key
        gone = destroyable(removable)
        self.resource = aws.s3.Bucket(
            check_auto_name(name, BUCKET_NAME, "bucket"),
            force_destroy=gone,
            tags=self._tags(classification),
            opts=self._options(protect=not gone),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.bucket_name: pulumi.Output[str] = self.resource.bucket
        self.encryption = self._encrypt()
        closed = block_public_access(self._child("public-access"), self.bucket_name, self._options())
        owned = own_all_objects(self._child("ownership"), self.bucket_name, self._options())
        # S3 refuses to change a bucket's policy and its public access block at the same moment.
        self.policy = aws.s3.BucketPolicy(
            self._child("policy"),
            bucket=self.bucket_name,
            policy=data_bucket_policy(self.arn, key.arn, readers(self) if readers else ()),
            opts=self._options(depends_on=[closed, owned]),
        )
        self.versioning = keep_versions(self._child("versioning"), self.bucket_name, self._options())
        aws.s3.BucketLifecycleConfiguration(
            self._child("lifecycle"),
            bucket=self.bucket_name,
            rules=(lifecycle or Lifecycle()).rules(),
            opts=self._options(depends_on=[self.versioning]),
        )
        aws.s3.BucketLogging(
            self._child("logging"),
            bucket=self.bucket_name,
            target_bucket=access_logs.bucket_name,
            target_prefix=f"{name}/",
            opts=self._options(depends_on=[access_logs.policy]),
        )
        self.notification: aws.s3.BucketNotification | None = None
        if events:
            self.notification = aws.s3.BucketNotification(
                self._child("events"), bucket=self.bucket_name, eventbridge=True, opts=self._options()
            )
        self.register_outputs({"arn": self.arn, "bucket_name": self.bucket_name})

    def grant_read(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee list the keys under `prefix` and read the objects as they are now; default all of them.

        It may ask for the bucket's region too, as Athena and Glue do: what is listed and got alone needs `grant_list`
        and `grant_get`.
        """
        return bucket_grants.read(self.name, self.arn, self.key, grantee, prefix)

    def grant_get(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee read the objects under `prefix` whose keys it knows, as they are now, and list nothing."""
        return bucket_grants.get(self.name, self.arn, self.key, grantee, prefix)

    def grant_read_versions(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee read the objects under `prefix` whose version id it knows, and list nothing."""
        return bucket_grants.read_versions(self.name, self.arn, self.key, grantee, prefix)

    def grant_list(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee list the keys under `prefix`, and be told that an object is gone; default all of them."""
        return bucket_grants.list_objects(self.name, self.arn, grantee, prefix)

    def grant_put(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write whole objects under `prefix`, each in one call; default anywhere in the bucket."""
        return bucket_grants.put(self.name, self.arn, self.key, grantee, prefix)

    def grant_write(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write objects under `prefix`, and neither read nor delete; default anywhere in the bucket."""
        return bucket_grants.write(self.name, self.arn, self.key, grantee, prefix)

    def grant_upload(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee write objects under `prefix`, and see to uploads in parts that others send."""
        return bucket_grants.upload(self.name, self.arn, self.key, grantee, prefix)

    def grant_delete(self, grantee: Grantee, prefix: str = "") -> aws.iam.RolePolicy:
        """Let the grantee delete objects under `prefix` (former versions stay); default anywhere in the bucket."""
        return bucket_grants.delete(self.name, self.arn, grantee, prefix)

    def location(self) -> Statement:
        """Return what asking for the bucket's region takes, as Athena and Glue do."""
        return bucket_grants.location(self.arn)

    def listing(self, prefix: str = "") -> Statement:
        """Return what listing the keys under `prefix` takes; default all of them."""
        return bucket_grants.listing(self.arn, prefix)

    def _encrypt(self) -> aws.s3.BucketServerSideEncryptionConfiguration:
        by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms", kms_master_key_id=self.key.arn
        )
        return aws.s3.BucketServerSideEncryptionConfiguration(
            self._child("encryption"),
            bucket=self.bucket_name,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=by_default, bucket_key_enabled=True
                )
            ],
            opts=self._options(),
        )
