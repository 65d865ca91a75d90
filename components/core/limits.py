"""AWS limits and defaults that components check or rely on, each with its source."""

AUTO_NAME_SUFFIX = 8
"""Characters that Pulumi's auto-naming appends: a hyphen and seven hex digits (Pulumi docs, "Resource names")."""

BUCKET_NAME = 63
"""Amazon S3 User Guide, "General purpose bucket naming rules"."""

ROLE_NAME = 64
"""IAM User Guide, "IAM and AWS STS quotas": role names."""

FUNCTION_NAME = 64
"""botocore lambda service model, FunctionName."""

QUEUE_NAME = 80
"""Amazon SQS Developer Guide, "Message quotas": queue name."""

ROLE_INLINE_POLICIES = 10_240
"""IAM User Guide, "IAM and AWS STS quotas": sum of a role's inline policies, white space not counted."""

KEY_POLICY = 32_768
"""AWS KMS Developer Guide, "Resource quotas": key policy document size, bytes."""

VISIBILITY_TIMEOUT_FACTOR = 6
"""AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": visibility timeout at least six times the timeout."""

EVENT_PATTERN = 2_048
"""Amazon EventBridge User Guide, "Amazon EventBridge quotas": event pattern size, characters."""

LAMBDA_ENVIRONMENT = 4_096
"""AWS Lambda Developer Guide, "Lambda quotas": environment variables, in aggregate, bytes."""
