"""S3 tells only who may list a bucket that an object is not there; others are denied.

ministack tells everybody, so a program that asks whether an object exists would work here and fail on AWS. The
permission is asked for without a prefix: a grant for one prefix alone does not help.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from collections.abc import Callable
from typing import Any

from .roles import Roles

BY = "S3 tells that an object is not there"
_NOT_FOUND = 404


def install(s3: Any, roles: Roles) -> None:
    """Ask whether the caller may list, where an object or a version is not found."""

    def hidden(read: Callable[..., Any]) -> Callable[..., Any]:
        def read_if_there(bucket: str, key: str, *rest: Any) -> Any:
            answer = read(bucket, key, *rest)
            if answer[0] != _NOT_FOUND or bucket not in s3._buckets:
                return answer
            if roles.caller_may("s3:ListBucket", f"arn:aws:s3:::{bucket}", by=BY):
                return answer
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")

        return read_if_there

    s3._get_object, s3._head_object = hidden(s3._get_object), hidden(s3._head_object)
