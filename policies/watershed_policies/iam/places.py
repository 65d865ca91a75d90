"""The resource types of pulumi-aws that hold a policy document, the property it stands in, and AWS's limit on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..resource import aws


class Kind(StrEnum):
    """What a document is attached to decides what it means."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    KEY = "key"
    # It grants nothing, and only limits what others grant: a VPC endpoint's policy.
    LIMIT = "limit"


GRANTING = (Kind.IDENTITY, Kind.TRUST, Kind.RESOURCE, Kind.KEY)


@dataclass(frozen=True)
class Location:
    """A property that holds a document, and how long AWS lets it be."""

    kind: Kind
    path: tuple[str, ...]
    limit: int


# Limits in characters, from the quotas page of each service:
# https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
ROLE_INLINE_LIMIT = 10_240
GROUP_INLINE_LIMIT = 5_120
USER_INLINE_LIMIT = 2_048
KEY_LIMIT = 32_768
# Where a service names no limit of its own, that of the largest resource policies.
USUAL_LIMIT = 20_480

_RESOURCE_POLICIES: tuple[tuple[str, str, str, int], ...] = (
    ("s3", "Bucket", "policy", 20_480),
    ("s3", "BucketV2", "policy", 20_480),
    ("s3", "BucketPolicy", "policy", 20_480),
    ("s3", "AccessPoint", "policy", 20_480),
    ("s3", "VectorsVectorBucketPolicy", "policy", USUAL_LIMIT),
    ("s3", "FilesFileSystemPolicy", "policy", USUAL_LIMIT),
    ("s3control", "AccessPointPolicy", "policy", 20_480),
    ("s3control", "ObjectLambdaAccessPointPolicy", "policy", 20_480),
    ("s3control", "BucketPolicy", "policy", 20_480),
    ("s3control", "AccessGrantsInstanceResourcePolicy", "policy", USUAL_LIMIT),
    ("s3tables", "TableBucketPolicy", "resourcePolicy", USUAL_LIMIT),
    ("s3tables", "TablePolicy", "resourcePolicy", USUAL_LIMIT),
    ("sqs", "Queue", "policy", 8_192),
    ("sqs", "QueuePolicy", "policy", 8_192),
    ("sns", "Topic", "policy", 30_720),
    ("sns", "TopicPolicy", "policy", 30_720),
    ("cloudwatch", "EventBusPolicy", "policy", 10_240),
    ("cloudwatch", "LogResourcePolicy", "policyDocument", 5_120),
    ("cloudwatch", "LogDestinationPolicy", "accessPolicy", 5_120),
    ("cloudwatch", "LogDeliveryDestinationPolicy", "deliveryDestinationPolicy", 51_200),
    ("dynamodb", "ResourcePolicy", "policy", 20_480),
    ("kinesis", "ResourcePolicy", "policy", 20_480),
    ("glue", "ResourcePolicy", "policy", 10_240),
    ("lambda", "ResourcePolicy", "policy", 20_480),
    ("secretsmanager", "SecretPolicy", "policy", 20_480),
    ("secretsmanager", "Secret", "policy", 20_480),
    ("ecr", "RepositoryPolicy", "policy", 10_240),
    ("ecr", "RegistryPolicy", "policy", 10_240),
    ("ecr", "RepositoryCreationTemplate", "repositoryPolicy", 10_240),
    ("ecrpublic", "RepositoryPolicy", "policy", 10_240),
    ("apigateway", "RestApi", "policy", 8_192),
    ("apigateway", "RestApiPolicy", "policy", 8_192),
    ("apigateway", "DomainName", "policy", 8_192),
    ("opensearch", "Domain", "accessPolicies", 102_400),
    ("opensearch", "DomainPolicy", "accessPolicies", 102_400),
    ("elasticsearch", "Domain", "accessPolicies", 102_400),
    ("elasticsearch", "DomainPolicy", "accessPolicies", 102_400),
    ("opensearchingest", "ResourcePolicy", "policy", USUAL_LIMIT),
    ("efs", "FileSystemPolicy", "policy", 20_000),
    ("backup", "VaultPolicy", "policy", 20_000),
    ("glacier", "Vault", "accessPolicy", 20_480),
    ("codeartifact", "DomainPermissions", "policyDocument", 7_168),
    ("codeartifact", "RepositoryPermissionsPolicy", "policyDocument", 7_168),
    ("codebuild", "ResourcePolicy", "policy", 20_480),
    ("msk", "ClusterPolicy", "policy", 20_480),
    ("mediastore", "ContainerPolicy", "policy", 20_480),
    ("schemas", "RegistryPolicy", "policy", 20_480),
    ("ses", "IdentityPolicy", "policy", 4_096),
    ("sesv2", "EmailIdentityPolicy", "policy", 4_096),
    ("redshift", "ResourcePolicy", "policy", USUAL_LIMIT),
    ("redshiftserverless", "ResourcePolicy", "policy", USUAL_LIMIT),
    ("acmpca", "Policy", "policy", 20_480),
    ("amp", "ResourcePolicy", "policyDocument", USUAL_LIMIT),
    ("dsql", "ClusterPolicy", "policy", USUAL_LIMIT),
    ("networkfirewall", "ResourcePolicy", "policy", USUAL_LIMIT),
    ("oam", "SinkPolicy", "policy", USUAL_LIMIT),
    ("vpclattice", "ResourcePolicy", "policy", USUAL_LIMIT),
    ("xray", "ResourcePolicy", "policyDocument", 5_120),
    ("cloudsearch", "DomainServiceAccessPolicy", "accessPolicy", USUAL_LIMIT),
    ("sagemaker", "ModelPackageGroupPolicy", "resourcePolicy", USUAL_LIMIT),
    ("bedrock", "AgentcoreResourcePolicy", "policy", USUAL_LIMIT),
)
_KEY_POLICIES = ("Key", "KeyPolicy", "ReplicaKey", "ExternalKey", "ReplicaExternalKey")

LOCATIONS: dict[str, tuple[Location, ...]] = {
    aws("iam", "Role"): (Location(Kind.TRUST, ("assumeRolePolicy",), 2_048),),
    aws("iam", "RolePolicy"): (Location(Kind.IDENTITY, ("policy",), ROLE_INLINE_LIMIT),),
    aws("iam", "Policy"): (Location(Kind.IDENTITY, ("policy",), 6_144),),
    aws("iam", "UserPolicy"): (Location(Kind.IDENTITY, ("policy",), USER_INLINE_LIMIT),),
    aws("iam", "GroupPolicy"): (Location(Kind.IDENTITY, ("policy",), GROUP_INLINE_LIMIT),),
    aws("ssoadmin", "PermissionSetInlinePolicy"): (Location(Kind.IDENTITY, ("inlinePolicy",), 32_768),),
    aws("ec2", "VpcEndpoint"): (Location(Kind.LIMIT, ("policy",), 20_480),),
    aws("ec2", "VpcEndpointPolicy"): (Location(Kind.LIMIT, ("policy",), 20_480),),
    **{aws("kms", name): (Location(Kind.KEY, ("policy",), KEY_LIMIT),) for name in _KEY_POLICIES},
    aws("s3control", "MultiRegionAccessPointPolicy"): (Location(Kind.RESOURCE, ("details", "policy"), 20_480),),
    **{
        aws(module, name): (Location(Kind.RESOURCE, (path,), limit),)
        for module, name, path, limit in _RESOURCE_POLICIES
    },
}
INLINE_POLICIES = Location(Kind.IDENTITY, ("inlinePolicies", "policy"), ROLE_INLINE_LIMIT)
