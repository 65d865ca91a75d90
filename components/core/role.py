"""A role for one AWS service, and the grants that are its only permissions."""

import json
from collections.abc import Sequence
from typing import Protocol

import pulumi
import pulumi_aws as aws

from .component import Component
from .deployment import current
from .iam import Statement, policy_document, service_trust
from .limits import INLINE_POLICY_NAME, ROLE_INLINE_POLICIES, ROLE_NAME
from .names import check_auto_name, shorten
from .tags import Tags


class Role(Component, domain="core"):
    """An IAM role that one AWS service assumes, without any permission until something is granted.

    Creates: the role, and an inline policy for each grant.

    - `service`: the principal that assumes it, for example `lambda.amazonaws.com`.
    - `source_arn`: narrows the trust to resources that match, where the service says whom it acts for.
    - `description`: shown in the console.

    Outputs: `arn`, `role_name`. Raises ValueError when its grants together exceed IAM's 10,240 characters.
    """

    def __init__(
        self,
        name: str,
        *,
        service: str,
        description: str,
        source_arn: pulumi.Input[str] | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.resource = aws.iam.Role(
            check_auto_name(name, ROLE_NAME, "role"),
            description=description,
            assume_role_policy=service_trust(service, account_id=current().account_id, source_arn=source_arn),
            tags=self._tags(),
            opts=self._options(),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.role_name: pulumi.Output[str] = self.resource.name
        self._documents: dict[str, pulumi.Output[str]] = {}
        self._policies: list[aws.iam.RolePolicy] = []
        self.register_outputs({"arn": self.arn, "role_name": self.role_name})

    @property
    def role(self) -> "Role":
        """Itself, so that a role can be granted to like anything that has one."""
        return self

    @property
    def granted(self) -> tuple[aws.iam.RolePolicy, ...]:
        """What was granted so far: what uses the role as soon as it exists must `depends_on` these."""
        return tuple(self._policies)

    def allow(self, what: str, statements: Sequence[Statement]) -> aws.iam.RolePolicy:
        """Grant the statements as one inline policy called `what`, and return it.

        What needs the permission when it is created must `depends_on` the returned resource.
        """
        what = shorten(what, INLINE_POLICY_NAME)
        if what in self._documents:
            raise ValueError(f"role {self.name} has a grant called {what!r} already: each is given once")
        document = policy_document(statements)
        self._documents[what] = document
        pulumi.Output.all(**self._documents).apply(self._check_size)
        policy = aws.iam.RolePolicy(
            self._child(what), name=what, role=self.resource.name, policy=document, opts=self._options()
        )
        self._policies.append(policy)
        return policy

    def _check_size(self, documents: dict[str, str]) -> None:
        sizes = {what: len(json.dumps(json.loads(text), separators=(",", ":"))) for what, text in documents.items()}
        total = sum(sizes.values())
        if total > ROLE_INLINE_POLICIES:
            listed = ", ".join(f"{what} {size}" for what, size in sorted(sizes.items(), key=lambda item: -item[1]))
            raise ValueError(
                f"role {self.name}: its grants have {total} characters, IAM accepts {ROLE_INLINE_POLICIES} in all "
                f"({listed}). Grant a whole zone instead of many prefixes, or split the work between two roles."
            )


class Grantee(Protocol):
    """Anything that has a role: a function, a job, a role itself."""

    @property
    def role(self) -> Role:
        """The role that receives grants."""
        ...
