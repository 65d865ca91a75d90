"""ECR: repositories are emulated; what it pulls through from other registries is recorded only."""

from ..table import Call, Name, Part, Resource, Tags

_ENCRYPTION = {"encryptionConfigurations": "encryptionConfiguration"}

REPOSITORY = Resource(
    "aws:ecr/repository:Repository",
    service="ecr",
    id="{name}",
    name=Name(limit=256, lower=True, prefix_property=""),
    create=Call("CreateRepository", result="repository"),
    read=(Call("DescribeRepositories", takes=("name",), result="repositories"),),
    parts=(
        Part(
            properties=("imageTagMutability", "imageTagMutabilityExclusionFilters"),
            put=Call("PutImageTagMutability"),
        ),
        Part(properties=("imageScanningConfiguration",), put=Call("PutImageScanningConfiguration"), merges=True),
    ),
    delete=(Call("DeleteRepository", takes=("forceDelete",)),),
    tags=Tags(),
    rename={
        **_ENCRYPTION,
        "forceDelete": "force",
        "name": ("repositoryName", "repositoryNames"),
        "repositoryUrl": "repositoryUri",
    },
    defaults={"imageTagMutability": "MUTABLE", "forceDelete": False},
    reset={"imageScanningConfiguration": {"scanOnPush": False}},
    unread=("imageTagMutabilityExclusionFilters",),
)

LIFECYCLE_POLICY = Resource(
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    service="ecr",
    id="{repository}",
    create=Call("PutLifecyclePolicy"),
    puts=True,
    read=(Call("GetLifecyclePolicy"),),
    delete=(Call("DeleteLifecyclePolicy"),),
    rename={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
    json=("policy",),
)

REPOSITORY_POLICY = Resource(
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    service="ecr",
    id="{repository}",
    create=Call("SetRepositoryPolicy"),
    puts=True,
    read=(Call("GetRepositoryPolicy"),),
    delete=(Call("DeleteRepositoryPolicy"),),
    rename={"policy": "policyText", "repository": "repositoryName"},
    policies=("policy",),
)

PULL_THROUGH_CACHE_RULE = Resource(
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
    service="ecr",
    id="{ecrRepositoryPrefix}",
    support="recorded",
    create=Call("CreatePullThroughCacheRule"),
    parts=(Part(properties=("credentialArn", "customRoleArn"), put=Call("UpdatePullThroughCacheRule")),),
    delete=(Call("DeletePullThroughCacheRule"),),
    computed={"registryId": "{account}"},
)

CREATION_TEMPLATE = Resource(
    "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
    service="ecr",
    id="{prefix}",
    support="recorded",
    create=Call("CreateRepositoryCreationTemplate"),
    parts=(Part(put=Call("UpdateRepositoryCreationTemplate")),),
    delete=(Call("DeleteRepositoryCreationTemplate"),),
    rename={**_ENCRYPTION, "appliedFors": "appliedFor"},
    json=("lifecyclePolicy",),
    policies=("repositoryPolicy",),
    computed={"registryId": "{account}"},
)

RESOURCES = (REPOSITORY, LIFECYCLE_POLICY, REPOSITORY_POLICY, PULL_THROUGH_CACHE_RULE, CREATION_TEMPLATE)
