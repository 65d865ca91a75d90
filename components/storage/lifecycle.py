"""How long objects stay, and in which storage class."""

from typing import Annotated, Self

import pulumi_aws as aws
from pydantic import Field, model_validator

from ..core.model import Model

Days = Annotated[int, Field(ge=1, le=36_500)]


class Lifecycle(Model):
    """What happens to a bucket's objects as they age. All in days; what is not set does not happen."""

    expire_days: Days | None = None
    """Objects are deleted after so many days."""
    infrequent_access_days: Annotated[int, Field(ge=30, le=36_500)] | None = None
    """Objects move to STANDARD_IA; S3 accepts 30 days or more."""
    archive_days: Annotated[int, Field(ge=30, le=36_500)] | None = None
    """Objects move to GLACIER_IR, which is still read in milliseconds."""
    noncurrent_days: Days = 30
    """Former versions of overwritten and deleted objects are kept so long."""
    abort_multipart_days: Days = 7
    """Parts of uploads that never finished are removed."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """S3 wants 30 days between the two classes, and an expiry after both (User Guide, "Transitioning objects")."""
        if self.infrequent_access_days and self.archive_days and self.archive_days < self.infrequent_access_days + 30:
            raise ValueError("archiveDays must be at least 30 more than infrequentAccessDays")
        last = max(self.infrequent_access_days or 0, self.archive_days or 0)
        if self.expire_days and last >= self.expire_days:
            raise ValueError("expireDays must be more than infrequentAccessDays and archiveDays")
        return self

    def rules(self) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
        """Return the bucket's lifecycle rules: one for its objects."""
        moves = [(self.infrequent_access_days, "STANDARD_IA"), (self.archive_days, "GLACIER_IR")]
        transition, expiration = (
            aws.s3.BucketLifecycleConfigurationRuleTransitionArgs,
            aws.s3.BucketLifecycleConfigurationRuleExpirationArgs,
        )
        return [
            aws.s3.BucketLifecycleConfigurationRuleArgs(
                id="objects",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                transitions=[transition(days=days, storage_class=kind) for days, kind in moves if days] or None,
                # Without an expiry, what is left to clean are the delete markers that hide nothing any more.
                expiration=expiration(days=self.expire_days)
                if self.expire_days
                else expiration(expired_object_delete_marker=True),
                noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=self.noncurrent_days
                ),
                abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=self.abort_multipart_days
                ),
            )
        ]
