"""CloudTrail, Config and GuardDuty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

TRAIL = "aws:cloudtrail/trail:Trail"
KEY = "aws:kms/key:Key"

RECORDER = "aws:cfg/recorder:Recorder"
DETECTOR = "aws:guardduty/detector:Detector"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*"

key = make(KEY, "key")


def selecting(category: str) -> list[dict[str, Any]]:
    return [{"name": "some", "fieldSelectors": [{"field": "eventCategory", "equals": [category]}]}]


def recorder(**group: Any) -> Recorded:
    return make(RECORDER, roleArn="arn:aws:iam::123456789012:role/config", recordingGroup=group)


CASES = [
    bad("CLOUDTRAIL-VALIDATION", "by default", make(TRAIL, s3BucketName="trail")),
    bad("CLOUDTRAIL-VALIDATION", "off", make(TRAIL, s3BucketName="trail", enableLogFileValidation=False)),
    good("CLOUDTRAIL-VALIDATION", "on", make(TRAIL, s3BucketName="trail", enableLogFileValidation=True)),
    good("CLOUDTRAIL-VALIDATION", "spelled as text", make(TRAIL, s3BucketName="trail", enableLogFileValidation="true")),
    bad("CLOUDTRAIL-CUSTOMER-KEY", "by default", make(TRAIL, s3BucketName="trail")),
    good("CLOUDTRAIL-CUSTOMER-KEY", "ours", make(TRAIL, s3BucketName="trail", kmsKeyId=key)),
    good("CLOUDTRAIL-CUSTOMER-KEY", "by alias", make(TRAIL, s3BucketName="trail", kmsKeyId="alias/trail")),
    bad("CLOUDTRAIL-LOGGING", "off", make(TRAIL, enableLogging=False)),
    good("CLOUDTRAIL-LOGGING", "by default", make(TRAIL, s3BucketName="trail")),
    good("CLOUDTRAIL-LOGGING", "on", make(TRAIL, enableLogging=True)),
    bad("CLOUDTRAIL-ALL-REGIONS", "by default", make(TRAIL, s3BucketName="trail")),
    bad("CLOUDTRAIL-ALL-REGIONS", "one", make(TRAIL, isMultiRegionTrail=False)),
    bad("CLOUDTRAIL-ALL-REGIONS", "management, as selected", make(TRAIL, eventSelectors=[{"readWriteType": "All"}])),
    bad(
        "CLOUDTRAIL-ALL-REGIONS",
        "management, as selected by fields",
        make(TRAIL, advancedEventSelectors=[*selecting("Data"), *selecting("Management")]),
    ),
    good("CLOUDTRAIL-ALL-REGIONS", "all", make(TRAIL, isMultiRegionTrail=True)),
    good("CLOUDTRAIL-ALL-REGIONS", "data only", make(TRAIL, eventSelectors=[{"includeManagementEvents": False}])),
    good("CLOUDTRAIL-ALL-REGIONS", "data only, by fields", make(TRAIL, advancedEventSelectors=selecting("Data"))),
    bad("CLOUDTRAIL-CLOUDWATCH", "by default", make(TRAIL, s3BucketName="trail")),
    good("CLOUDTRAIL-CLOUDWATCH", "a group", make(TRAIL, cloudWatchLogsGroupArn=GROUP)),
    good("CLOUDTRAIL-CLOUDWATCH", "a group and its role", make(TRAIL, cloudWatchLogsGroupArn=GROUP, name="trail")),
    bad("CONFIG-ALL-TYPES", "some", recorder(allSupported=False, resourceTypes=["AWS::EC2::Instance"])),
    good("CONFIG-ALL-TYPES", "all", recorder(allSupported=True, includeGlobalResourceTypes=True)),
    good("CONFIG-ALL-TYPES", "by default", make(RECORDER, name="default")),
    good(
        "CONFIG-ALL-TYPES",
        "all but some",
        recorder(allSupported=False, exclusionByResourceTypes=[{"resourceTypes": ["AWS::EC2::NetworkInterface"]}]),
    ),
    bad("GUARDDUTY-ENABLED", "off", make(DETECTOR, enable=False)),
    good("GUARDDUTY-ENABLED", "by default", make(DETECTOR, findingPublishingFrequency="ONE_HOUR")),
    good("GUARDDUTY-ENABLED", "on", make(DETECTOR, enable=True)),
]
