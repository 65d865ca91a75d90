"""Images of a public registry, kept in this account once they were pulled."""

import re
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Role, Statement, Tags
from ..core.component import destroyable
from ..core.deployment import current
from ..core.names import fixed_name
from .image import Image, pull_statements, reference
from .image_lifecycle import lifecycle
from .image_repository import repository
from .secret import Secret

Upstream = Literal["docker-hub", "ecr-public", "github", "quay"]


@dataclass(frozen=True)
class _Registry:
    url: str
    needs_credentials: bool


_REGISTRIES: dict[Upstream, _Registry] = {
    "docker-hub": _Registry("registry-1.docker.io", needs_credentials=True),
    "ecr-public": _Registry("public.ecr.aws", needs_credentials=False),
    "github": _Registry("ghcr.io", needs_credentials=True),
    "quay": _Registry("quay.io", needs_credentials=False),
}
"""Amazon ECR User Guide, "Creating a pull through cache rule"."""

_PREFIX = 30
"""botocore ecr service model, PullThroughCacheRuleRepositoryPrefix."""
_SECRET_PREFIX = "ecr-pullthroughcache/"  # noqa: S105 (the name's beginning that ECR asks for, no secret)
_NAME = re.compile(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*")
"""botocore ecr service model, RepositoryName."""


class ImageCache(Component, domain="compute"):
    """A pull-through cache: ECR fetches an image of a public registry when it is first pulled, and keeps it.

    Creates: the cache rule, the secret with the registry's credentials where it asks for them, a template (and the role
    it works under) for repositories that others' pulls make, and a repository for each image that is asked of it.

    - `upstream`: docker-hub (default), github, ecr-public or quay. `key`: encrypts images and credentials.
    - `credentials`: an existing secret instead, whose name must begin with `ecr-pullthroughcache/`. In the one made
      here you put `{"username": "...", "accessToken": "..."}` before the first pull.
    - `prefix`: begins the repositories' names, 2 to 30 characters, one rule an account and region; default
      `<project>-<stack>-<name>`, shortened. `keep`, `untagged_days`: as for an ImageRepository, default 20 and 7.
    - `removable`: may be destroyed with its images, when the stack's `allowDestroy` agrees; default no.

    A tag stays with the image it had at the first pull. Outputs: `prefix`; attribute `credentials`. Errors: ValueError
    for credentials of a registry that takes none. Source: Amazon ECR User Guide, "Sync an upstream registry",
    "Repository creation templates".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        upstream: Upstream = "docker-hub",
        credentials: Secret | None = None,
        prefix: str | None = None,
        keep: int = 20,
        untagged_days: int = 7,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        registry = _REGISTRIES[upstream]
        if credentials is not None and not registry.needs_credentials:
            raise ValueError(f"cache {name}: {upstream} takes no credentials: leave them out")
        self._key = key
        self._gone = destroyable(removable)
        self._lifecycle = lifecycle(keep=keep, untagged_days=untagged_days)
        self._images: dict[str, aws.ecr.Repository] = {}
        self.prefix = _checked(prefix or fixed_name(name, limit=_PREFIX).lower(), f"cache {name}: prefix")
        self.credentials = credentials or (self._secret(upstream, removable) if registry.needs_credentials else None)
        self.template = self._template()
        self.rule = aws.ecr.PullThroughCacheRule(
            name,
            ecr_repository_prefix=self.prefix,
            upstream_registry_url=registry.url,
            credential_arn=self.credentials.arn if self.credentials else None,
            opts=self._options(depends_on=[self.template]),
        )
        self.register_outputs({"prefix": self.prefix})

    def image(self, name: str, *, tag: str | None = None, digest: str | None = None) -> Image:
        """Return an image as its registry names it, `rocker/r-ver`, by exactly one of its tag and its digest.

        Docker's own images are in `library/`. Its repository is made here, with our key and lifecycle, so that who
        pulls need not be allowed to make one.
        """
        which = reference(name, tag=tag, digest=digest)
        if name not in self._images:
            self._images[name] = self._repository(_checked(name, f"cache {self.name}: image"))
        kept = self._images[name]
        return Image(
            pulumi.Output.concat(kept.repository_url, which), pull_statements(kept.arn, "ecr:BatchImportUpstreamImage")
        )

    def _repository(self, image: str) -> aws.ecr.Repository:
        child = self._child(re.sub(r"[^a-z0-9]+", "-", image))
        made = repository(
            child,
            key=self._key,
            removable=self._gone,
            fixed_name=f"{self.prefix}/{image}",
            tags=self._tags(),
            # Without the rule it would be a repository like any other, which nobody fills.
            opts=self._options(depends_on=[self.rule], protect=not self._gone),
        )
        aws.ecr.LifecyclePolicy(
            f"{child}-lifecycle", repository=made.name, policy=self._lifecycle, opts=self._options()
        )
        return made

    def _secret(self, upstream: Upstream, removable: bool) -> Secret:
        return Secret(
            self._child("credentials"),
            key=self._key,
            description=f"User and access token of {upstream}, for pulls",
            renewed_by=f"who made the access token at {upstream}",
            name_prefix=_SECRET_PREFIX,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )

    def _template(self) -> aws.ecr.RepositoryCreationTemplate:
        """Return how repositories are made that nobody asked this component for; a key and tags take a role."""
        role = Role(
            self._child("template-role"),
            service="ecr.amazonaws.com",
            description=f"Lets ECR make the repositories of cache {self.name}",
            tags=self.tags,
            opts=self._options(),
        )
        deployment = current()
        role.allow(
            "make-repositories",
            [
                Statement(
                    actions=["ecr:CreateRepository", "ecr:TagResource"],
                    resources=[deployment.arn("ecr", f"repository/{self.prefix}/*")],
                ),
                Statement(actions=["kms:DescribeKey"], resources=[self._key.arn]),
                Statement(
                    actions=["kms:CreateGrant", "kms:RetireGrant"],
                    resources=[self._key.arn],
                    conditions={"StringEquals": {"kms:ViaService": deployment.endpoint("ecr")}},
                ),
            ],
        )
        return aws.ecr.RepositoryCreationTemplate(
            self._child("template"),
            prefix=self.prefix,
            description=f"Repositories of cache {self.name}",
            applied_fors=["PULL_THROUGH_CACHE"],
            custom_role_arn=role.arn,
            encryption_configurations=[
                aws.ecr.RepositoryCreationTemplateEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=self._key.arn
                )
            ],
            image_tag_mutability="IMMUTABLE",
            lifecycle_policy=self._lifecycle,
            resource_tags=self._tags(),
            opts=self._options(depends_on=role.granted),
        )


def _checked(text: str, what: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(f"{what} {text!r}: lower-case letters and digits, with single . _ - and / between them")
    return text
