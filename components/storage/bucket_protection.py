"""What every bucket has, whatever it holds."""

import pulumi
import pulumi_aws as aws


def block_public_access(
    name: str, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.s3.BucketPublicAccessBlock:
    """Refuse every kind of public access to the bucket."""
    return aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )


def own_all_objects(
    name: str, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> aws.s3.BucketOwnershipControls:
    """Make the bucket's owner the owner of every object, and ACLs without effect."""
    return aws.s3.BucketOwnershipControls(
        name,
        bucket=bucket,
        rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=opts,
    )


def keep_versions(name: str, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions) -> aws.s3.BucketVersioning:
    """Keep former versions of overwritten and deleted objects, until the lifecycle ends them."""
    return aws.s3.BucketVersioning(
        name,
        bucket=bucket,
        versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=opts,
    )
