"""Who asked a CloudFront distribution for what, written into the bucket of access logs."""

import pulumi
import pulumi_aws as aws

from ..core.limits import DELIVERY_NAME
from ..core.names import fixed_name
from ..storage import AccessLogs

_REGION = "us-east-1"
"""Amazon CloudFront Developer Guide, "Configure standard logging (v2)": deliveries of a distribution's logs are made
there, wherever the bucket is."""
_PATH = "{DistributionId}/{yyyy}/{MM}/{dd}"


def distribution_logs(
    name: str,
    distribution_arn: pulumi.Input[str],
    logs: AccessLogs,
    *,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.LogDelivery:
    """Return the delivery of a distribution's access logs, as JSON under `AWSLogs/<account>/CloudFront/`."""
    known = fixed_name(name, limit=DELIVERY_NAME)
    source = aws.cloudwatch.LogDeliverySource(
        f"{name}-source",
        name=known,
        log_type="ACCESS_LOGS",
        resource_arn=distribution_arn,
        region=_REGION,
        tags=tags,
        opts=opts,
    )
    destination = aws.cloudwatch.LogDeliveryDestination(
        f"{name}-destination",
        name=known,
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": logs.arn},
        region=_REGION,
        tags=tags,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[logs.policy])),
    )
    return aws.cloudwatch.LogDelivery(
        name,
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        s3_delivery_configurations=[{"suffix_path": _PATH, "enable_hive_compatible_path": False}],
        region=_REGION,
        tags=tags,
        opts=opts,
    )
