"""The bucket that S3 writes the other buckets' access logs to."""

import pulumi
import pulumi_aws as aws

from ..core import Component, Tags
from ..core.component import destroyable
from ..core.limits import BUCKET_NAME
from ..core.names import check_auto_name
from .bucket_policy import access_log_bucket_policy
from .bucket_protection import block_public_access, keep_versions, own_all_objects
from .lifecycle import Lifecycle


class AccessLogs(Component, domain="storage"):
    """A private bucket for S3 server access logs, encrypted by S3 itself: log delivery refuses a customer key.

    Creates: the bucket with its encryption (SSE-S3), versioning, public access block, ownership, policy and lifecycle.

    - `expire_days`: how long logs are kept; default 365.
    - `removable`: may be destroyed with its logs, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `bucket_name`. Source: Amazon S3 User Guide, "Enabling Amazon S3 server access logging".
    """

    def __init__(
        self,
        name: str,
        *,
        expire_days: int = 365,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        gone = destroyable(removable)
        self.resource = aws.s3.Bucket(
            check_auto_name(name, BUCKET_NAME, "bucket"),
            force_destroy=gone,
            tags=self._tags("internal"),
            opts=self._options(protect=not gone),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.bucket_name: pulumi.Output[str] = self.resource.bucket
        by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256"
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._child("encryption"),
            bucket=self.bucket_name,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=by_default
                )
            ],
            opts=self._options(),
        )
        closed = block_public_access(self._child("public-access"), self.bucket_name, self._options())
        owned = own_all_objects(self._child("ownership"), self.bucket_name, self._options())
        self.policy = aws.s3.BucketPolicy(
            self._child("policy"),
            bucket=self.bucket_name,
            policy=access_log_bucket_policy(self.arn),
            opts=self._options(depends_on=[closed, owned]),
        )
        versioning = keep_versions(self._child("versioning"), self.bucket_name, self._options())
        aws.s3.BucketLifecycleConfiguration(
            self._child("lifecycle"),
            bucket=self.bucket_name,
            rules=Lifecycle(expire_days=expire_days, noncurrent_days=7).rules(),
            opts=self._options(depends_on=[versioning]),
        )
        self.register_outputs({"arn": self.arn, "bucket_name": self.bucket_name})
