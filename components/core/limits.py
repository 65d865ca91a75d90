"""AWS limits and defaults that components check or rely on, each with its source."""

AUTO_NAME_SUFFIX = 8
"""Characters that Pulumi's auto-naming appends: a hyphen and seven hex digits (Pulumi docs, "Resource names")."""

BUCKET_NAME = 63
"""Amazon S3 User Guide, "General purpose bucket naming rules"."""

ROLE_NAME = 64
"""IAM User Guide, "IAM and AWS STS quotas": role names."""

FUNCTION_NAME = 64
"""botocore lambda service model, FunctionName."""

INLINE_POLICY_NAME = 128
"""botocore iam service model, policyNameType."""

EVENT_RULE_NAME = 64
"""botocore events service model, RuleName."""

EVENT_RULE_DESCRIPTION = 512
"""botocore events service model, RuleDescription."""

SCHEDULE_NAME = 64
"""botocore scheduler service model, Name and ScheduleGroupName."""

TASK_FAMILY = 255
"""botocore ecs service model, RegisterTaskDefinition family."""

QUEUE_NAME = 80
"""Amazon SQS Developer Guide, "Message quotas": queue name."""

ROLE_INLINE_POLICIES = 10_240
"""IAM User Guide, "IAM and AWS STS quotas": sum of a role's inline policies, white space not counted."""

VISIBILITY_TIMEOUT_FACTOR = 6
"""AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": visibility timeout at least six times the timeout."""

STATE_MACHINE_NAME = 80
"""botocore stepfunctions service model, Name."""

EVENT_BUS_NAME = 256
"""botocore events service model, EventBusName."""

EVENT_ARCHIVE_NAME = 48
"""botocore events service model, ArchiveName."""

EVENT_BUS_POLICY = 10_240
"""Amazon EventBridge quotas, "Event bus policy size": characters."""

API_TIMEOUT = 29
"""Amazon API Gateway Developer Guide, "Quotas for REST APIs": seconds until an integration must have answered."""

DELIVERY_NAME = 60
"""botocore logs service model, DeliverySourceName."""

METRIC_NAME = 255
"""botocore cloudwatch service model, MetricName."""
