"""Services that say for whom they assume a role, by the guides that tell to check it.

Each page has a trust policy with aws:SourceAccount or aws:SourceArn. Services that are not here send neither when they
assume a role (Lambda, EC2) or break when it is asked for (CloudTrail's log group role, API Gateway's account role).

Glue is not here. Its guide (https://docs.aws.amazon.com/glue/latest/dg/create-an-iam-role.html) has its role without
either key, and users name it among the services that a check must spare
(https://github.com/prowler-cloud/prowler/issues/2810). Only the role of SageMaker's federated queries, which Lake
Formation takes too, has aws:SourceAccount for it
(https://docs.aws.amazon.com/sagemaker-unified-studio/latest/adminguide/AmazonSageMakerQueryExecution.html). So a Glue
role is let pass with and without a condition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DOCS = "https://docs.aws.amazon.com"
_PAGE = "cross-service-confused-deputy-prevention.html"

GUIDES = {
    "states": f"{_DOCS}/step-functions/latest/dg/procedure-create-iam-role.html",
    "ecs-tasks": f"{_DOCS}/AmazonECS/latest/developerguide/task-iam-roles.html",
    "ecs": f"{_DOCS}/AmazonECS/latest/developerguide/{_PAGE}",
    "databrew": f"{_DOCS}/databrew/latest/dg/{_PAGE}",
    "firehose": f"{_DOCS}/firehose/latest/dev/confused-deputy.html",
    "scheduler": f"{_DOCS}/scheduler/latest/UserGuide/{_PAGE}",
    "pipes": f"{_DOCS}/eventbridge/latest/userguide/eb-pipes-permissions.html",
    "events": f"{_DOCS}/eventbridge/latest/userguide/{_PAGE}",
    "config": f"{_DOCS}/config/latest/developerguide/iamrole-permissions.html",
    "bedrock": f"{_DOCS}/bedrock/latest/userguide/{_PAGE}",
    "bedrock-agentcore": f"{_DOCS}/bedrock-agentcore/latest/devguide/{_PAGE}",
    "codebuild": f"{_DOCS}/codebuild/latest/userguide/{_PAGE}",
    "codepipeline": f"{_DOCS}/codepipeline/latest/userguide/{_PAGE}",
    "cloudformation": f"{_DOCS}/AWSCloudFormation/latest/UserGuide/{_PAGE}",
    "vpc-flow-logs": f"{_DOCS}/vpc/latest/userguide/flow-logs-iam-role.html",
    "sagemaker": f"{_DOCS}/sagemaker/latest/dg/security-confused-deputy-prevention.html",
    "dms": f"{_DOCS}/dms/latest/userguide/{_PAGE}",
    "backup": f"{_DOCS}/aws-backup/latest/devguide/{_PAGE}",
    "iot": f"{_DOCS}/iot/latest/developerguide/{_PAGE}",
    "logs": f"{_DOCS}/AmazonCloudWatch/latest/logs/Subscriptions-confused-deputy.html",
    "athena": f"{_DOCS}/athena/latest/ug/notebooks-spark-troubleshooting-workgroups.html",
    "airflow": f"{_DOCS}/mwaa/latest/userguide/{_PAGE}",
    "airflow-env": f"{_DOCS}/mwaa/latest/userguide/{_PAGE}",
    "transfer": f"{_DOCS}/transfer/latest/userguide/confused-deputy.html",
    "kinesisanalytics": f"{_DOCS}/managed-flink/latest/java/{_PAGE}",
    "datasync": f"{_DOCS}/datasync/latest/userguide/{_PAGE}",
    "personalize": f"{_DOCS}/personalize/latest/dg/{_PAGE}",
    "mediaconvert": f"{_DOCS}/mediaconvert/latest/ug/{_PAGE}",
    "ssm": f"{_DOCS}/systems-manager/latest/userguide/{_PAGE}",
    "fis": f"{_DOCS}/fis/latest/userguide/getting-started-iam-service-role.html",
    "autoscaling": f"{_DOCS}/autoscaling/ec2/userguide/{_PAGE}",
    "comprehend": f"{_DOCS}/comprehend/latest/dg/{_PAGE}",
    "kendra": f"{_DOCS}/kendra/latest/dg/{_PAGE}",
    "grafana": f"{_DOCS}/grafana/latest/userguide/{_PAGE}",
    "rolesanywhere": f"{_DOCS}/rolesanywhere/latest/userguide/trust-model.html",
    "osis-pipelines": f"{_DOCS}/opensearch-service/latest/developerguide/pipeline-security-overview.html",
}

# Services that reach a resource without a source in the request. The path that load balancers write to holds the
# account; RAM shares with those that the share names.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
# https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-cross-account.html
SILENT_CALLERS = {
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "logdelivery.elb.amazonaws.com",
    "ram.amazonaws.com",
}

# What services do before the call that names its source. EventBridge makes a log stream without one, and AWS's policy
# for it has a condition on writing to the stream only; AWS's key policies let EventBridge ask what a key is.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
# https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-archives.html
PREPARATIONS = {"logs:createlogstream", "kms:describekey"}

_REGION = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d(?=\.amazonaws\.)")


def may_lack_source(principal: str, actions: Iterable[str]) -> bool:
    """Say whether a service never says for whom it calls a resource, or may do no more than prepare such a call."""
    known = [action.lower() in PREPARATIONS for action in actions]
    return principal in SILENT_CALLERS or (bool(known) and all(known))


def names_source(principal: str) -> bool:
    """Say whether a service principal, such as `logs.eu-west-1.amazonaws.com`, says for whom it assumes a role."""
    name = _REGION.sub("", principal.lower()).removesuffix(".cn").removesuffix(".amazonaws.com")
    return name in GUIDES
