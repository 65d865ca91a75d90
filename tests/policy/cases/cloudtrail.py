"""CloudTrail."""

from __future__ import annotations

from tests.policy.cases import bad, good
from tests.policy.resources import make

TRAIL = "aws:cloudtrail/trail:Trail"
KEY = "aws:kms/key:Key"

key = make(KEY, "key")

CASES = [
    bad("CLOUDTRAIL-VALIDATION", "by default", make(TRAIL, s3BucketName="trail")),
    bad("CLOUDTRAIL-VALIDATION", "off", make(TRAIL, s3BucketName="trail", enableLogFileValidation=False)),
    good("CLOUDTRAIL-VALIDATION", "on", make(TRAIL, s3BucketName="trail", enableLogFileValidation=True)),
    good("CLOUDTRAIL-VALIDATION", "spelled as text", make(TRAIL, s3BucketName="trail", enableLogFileValidation="true")),
    bad("CLOUDTRAIL-CUSTOMER-KEY", "by default", make(TRAIL, s3BucketName="trail")),
    good("CLOUDTRAIL-CUSTOMER-KEY", "ours", make(TRAIL, s3BucketName="trail", kmsKeyId=key)),
    good("CLOUDTRAIL-CUSTOMER-KEY", "by alias", make(TRAIL, s3BucketName="trail", kmsKeyId="alias/trail")),
]
