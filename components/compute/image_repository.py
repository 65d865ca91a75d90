"""Where images are kept."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from ..core.deployment import current
from ..core.iam import policy_document
from .image import PULL_ACTIONS, Image, pull_statements, reference
from .image_lifecycle import lifecycle

_PUSH_ACTIONS = (
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload"),
    *("ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
)
"""Amazon ECR User Guide, "IAM permissions for pushing an image"."""


class ImageRepository(Component, domain="compute"):
    """A private repository: scanned on push, a tag stays with its image, encrypted with the key, old images expire.

    Creates: the repository and its lifecycle; its policy, where others than this account's roles pull.

    - `key`: encrypts the images. `keep`: images that are kept, the newest, default 50, 1 to 100,000.
    - `untagged_days`: days that an image without a tag is kept, default 7.
    - `pull_accounts`: other accounts that may pull, as prod pulls what dev tried; default none.
    - `for_functions`: Lambda functions of this account may be made of its images; default no.
    - `removable`: may be destroyed with its images, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `repository_name`, `url`. Source: Amazon ECR User Guide, "Lifecycle policies".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        keep: int = 50,
        untagged_days: int = 7,
        pull_accounts: Sequence[str] = (),
        for_functions: bool = False,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        gone = destroyable(removable)
        self.resource = repository(
            name, key=key, removable=gone, tags=self._tags(), opts=self._options(protect=not gone)
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.repository_name: pulumi.Output[str] = self.resource.name
        self.url: pulumi.Output[str] = self.resource.repository_url
        aws.ecr.LifecyclePolicy(
            self._child("lifecycle"),
            repository=self.repository_name,
            policy=lifecycle(keep=keep, untagged_days=untagged_days),
            opts=self._options(),
        )
        others = [*_for_accounts(pull_accounts), *(_for_functions() if for_functions else [])]
        if others:
            aws.ecr.RepositoryPolicy(
                self._child("policy"),
                repository=self.repository_name,
                policy=policy_document(others),
                opts=self._options(),
            )
        self.register_outputs({"arn": self.arn, "repository_name": self.repository_name, "url": self.url})

    def image(self, *, tag: str | None = None, digest: str | None = None) -> Image:
        """Return an image of the repository by exactly one of its tag and its digest (`sha256:...`)."""
        which = reference(self.name, tag=tag, digest=digest)
        return Image(pulumi.Output.concat(self.url, which), pull_statements(self.arn))

    def grant_pull(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee pull images; a job needs no grant, it is given its image's."""
        return grantee.role.allow(f"pull-{self.name}", pull_statements(self.arn))

    def grant_push(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee push images, as the role of a build does."""
        return grantee.role.allow(
            f"push-{self.name}",
            [
                Statement(actions=["ecr:GetAuthorizationToken"], resources=["*"]),
                Statement(actions=list(_PUSH_ACTIONS), resources=[self.arn]),
            ],
        )


def repository(
    name: str,
    *,
    key: EncryptionKey,
    removable: bool,
    tags: dict[str, str],
    opts: pulumi.ResourceOptions,
    fixed_name: str | None = None,
) -> aws.ecr.Repository:
    """Return a repository; ECR decrypts by grants of its own, so that pulling takes no permission on the key."""
    return aws.ecr.Repository(
        name,
        name=fixed_name,
        encryption_configurations=[
            aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=key.arn)
        ],
        image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
        image_tag_mutability="IMMUTABLE",
        force_delete=removable,
        tags=tags,
        opts=opts,
    )


def _for_accounts(accounts: Sequence[str]) -> list[Statement]:
    if not accounts:
        return []
    partition = current().partition
    return [
        Statement(
            sid="PullFromOtherAccounts",
            principals={"AWS": [f"arn:{partition}:iam::{account}:root" for account in accounts]},
            actions=list(PULL_ACTIONS),
        )
    ]


def _for_functions() -> list[Statement]:
    """Let Lambda pull for functions of this account (AWS Lambda Developer Guide, "Amazon ECR permissions")."""
    deployment = current()
    return [
        Statement(
            sid="PullForFunctions",
            principals={"Service": ["lambda.amazonaws.com"]},
            actions=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            conditions={
                "StringEquals": {"aws:SourceAccount": deployment.account_id},
                "ArnLike": {"aws:SourceArn": deployment.arn("lambda", "function:*")},
            },
        )
    ]
