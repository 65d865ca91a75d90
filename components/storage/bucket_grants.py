"""Permissions on a bucket's objects, each with what the key needs for it."""

import re

import pulumi
import pulumi_aws as aws

from ..core import EncryptionKey, Grantee, Statement


def read(name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee list the keys under the prefix, ask for the region, and read the objects as they are now."""
    return grantee.role.allow(
        _grant("read", name, prefix), [listing(arn, prefix), location(arn), *_getting(arn, key, prefix)]
    )


def get(name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee read objects as they are now, whose keys it knows, and list nothing."""
    return grantee.role.allow(_grant("get", name, prefix), _getting(arn, key, prefix))


def read_versions(
    name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str
) -> aws.iam.RolePolicy:
    """Let the grantee read objects by their version ids, as events and settings name them, and list nothing."""
    objects = Statement(actions=["s3:GetObjectVersion"], resources=[_objects(arn, prefix)])
    return grantee.role.allow(
        _grant("read-versions", name, prefix), [objects, key.use("s3", context=_context(arn, prefix))]
    )


def list_objects(name: str, arn: pulumi.Output[str], grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee list the keys under the prefix.

    S3 tells only those who may list that an object is gone; others are denied (Amazon S3 API Reference, "GetObject").
    """
    return grantee.role.allow(_grant("list", name, prefix), [listing(arn, prefix)])


def put(name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee write whole objects under the prefix, in one call each; writing in parts takes `write`."""
    objects = Statement(actions=["s3:PutObject"], resources=[_objects(arn, prefix)])
    return grantee.role.allow(
        _grant("put", name, prefix), [objects, key.use("s3", read=False, write=True, context=_context(arn, prefix))]
    )


def write(name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee write objects under the prefix, in parts too; neither read nor delete."""
    objects = Statement(actions=["s3:PutObject", "s3:AbortMultipartUpload"], resources=[_objects(arn, prefix)])
    return grantee.role.allow(
        _grant("write", name, prefix), [objects, key.use("s3", write=True, context=_context(arn, prefix))]
    )


def upload(name: str, arn: pulumi.Output[str], key: EncryptionKey, grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee write objects under the prefix, and list the parts of uploads; S3 decrypts these to join them."""
    actions = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
    objects = Statement(actions=actions, resources=[_objects(arn, prefix)])
    return grantee.role.allow(
        _grant("upload", name, prefix), [objects, key.use("s3", write=True, context=_context(arn, prefix))]
    )


def delete(name: str, arn: pulumi.Output[str], grantee: Grantee, prefix: str) -> aws.iam.RolePolicy:
    """Let the grantee delete objects under the prefix; their former versions stay until the lifecycle ends them."""
    objects = Statement(actions=["s3:DeleteObject"], resources=[_objects(arn, prefix)])
    return grantee.role.allow(_grant("delete", name, prefix), [objects])


def location(arn: pulumi.Output[str]) -> Statement:
    """Return what asking for a bucket's region takes, as Athena and Glue do."""
    return Statement(actions=["s3:GetBucketLocation"], resources=[arn])


def listing(arn: pulumi.Output[str], prefix: str) -> Statement:
    """Return what listing the keys under a prefix takes."""
    return Statement(
        actions=["s3:ListBucket"],
        resources=[arn],
        conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}} if prefix else {},
    )


def _getting(arn: pulumi.Output[str], key: EncryptionKey, prefix: str) -> list[Statement]:
    objects = Statement(actions=["s3:GetObject"], resources=[_objects(arn, prefix)])
    return [objects, key.use("s3", context=_context(arn, prefix))]


def _objects(arn: pulumi.Output[str], prefix: str) -> pulumi.Output[str]:
    return pulumi.Output.concat(arn, "/", prefix, "*")


def _context(arn: pulumi.Output[str], prefix: str) -> dict[str, list[pulumi.Input[str]]]:
    """The encryption context S3 sends: the bucket's ARN with a bucket key, the object's ARN without one."""
    return {"aws:s3:arn": [arn, _objects(arn, prefix)]}


def _grant(verb: str, bucket: str, prefix: str) -> str:
    """Return a policy name that tells what was granted, in the characters IAM accepts."""
    where = re.sub(r"[^a-zA-Z0-9+=,.@_-]", "-", prefix.rstrip("/"))
    return f"{verb}-{bucket}-{where}" if where else f"{verb}-{bucket}"
