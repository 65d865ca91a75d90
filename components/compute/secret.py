"""A secret that people or another program fill in, and that only what was granted it reads."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from ..core.deployment import Deployment, current
from ..core.iam import policy_document, tls_only
from ..core.tags import TagText
from .secret_rotation import Rotation, rotate

_RECOVERY_DAYS = 30
_SHORTEST_RECOVERY_DAYS = 7
"""botocore secretsmanager service model, CreateSecret and DeleteSecret: 7 to 30 days, 30 unless said."""


class Secret(Component, domain="compute"):
    """A secret in Secrets Manager: encrypted with the key, readable over TLS, by this account, and where granted.

    Creates: the secret and its policy; a version, if a value is given; a rotation, if one is given; or nothing, when
    `arn` brings a secret.

    - `key`: encrypts it. `description`: what it is for.
    - `value`: default none: it is filled in outside (`aws secretsmanager put-secret-value`), so neither the program nor
      its state ever holds it. One that is given is kept in the state, encrypted.
    - `rotation`: the function that renews it, and how often. `renewed_by`: who does, and when, where another system
      alone can: kept as a tag. Default neither, which the policies refuse.
    - `name_prefix`: begins the secret's name where a service asks for one, for example `ecr-pullthroughcache/`.
    - `removable`: may be destroyed, when the stack's `allowDestroy` agrees, and is then kept for 7 days rather than 30;
      default no.
    - `arn`: an existing secret's whole ARN, instead of all of the above but `key`, which must be the one it has.

    Outputs: `arn`. Errors: ValueError for both of rotation and renewed_by, and for settings of a secret that exists.
    Source: AWS Secrets Manager User Guide, "Secrets Manager best practices", "Resource-based policies".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        description: str = "",
        value: pulumi.Input[str] | None = None,
        rotation: Rotation | None = None,
        renewed_by: TagText | None = None,
        name_prefix: str = "",
        removable: bool = False,
        arn: pulumi.Input[str] | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._key = key
        self.resource: aws.secretsmanager.Secret | None = None
        if arn is not None:
            if description or value is not None or rotation or renewed_by or name_prefix:
                raise ValueError(f"secret {name}: it exists already (arn): give its key, and nothing else")
            self.arn: pulumi.Output[str] = pulumi.Output.from_input(arn)
        else:
            if not description:
                raise ValueError(f"secret {name}: say in description what it is for, or give the arn of one there is")
            if rotation is not None and renewed_by is not None:
                raise ValueError(f"secret {name}: give either rotation or renewed_by: what rotates is renewed by that")
            self.resource = self._make(description, renewed_by, name_prefix, destroyable(removable))
            self.arn = self.resource.arn
            self._fill(self.resource, value, rotation)
        self.register_outputs({"arn": self.arn})

    def field(self, json_key: str) -> "SecretField":
        """Return one key of a secret whose value is a JSON object, to be injected by itself."""
        return SecretField(self, json_key)

    def grant_read(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee read the secret's value, and use the key to decrypt this secret and no other."""
        return grantee.role.allow(f"read-{self.name}", self.read_statements())

    def read_statements(self) -> list[Statement]:
        """Return what reading the value takes; the encryption context is Secrets Manager's (its User Guide)."""
        return [
            Statement(actions=["secretsmanager:GetSecretValue"], resources=[self.arn]),
            self._key.use("secretsmanager", context={"SecretARN": self.arn}),
        ]

    def _make(
        self, description: str, renewed_by: str | None, name_prefix: str, gone: bool
    ) -> aws.secretsmanager.Secret:
        made = aws.secretsmanager.Secret(
            self.name,
            name_prefix=f"{name_prefix}{self.name}-" if name_prefix else None,
            description=description,
            kms_key_id=self._key.arn,
            recovery_window_in_days=_SHORTEST_RECOVERY_DAYS if gone else _RECOVERY_DAYS,
            tags={**self._tags(), **({"renewed-by": renewed_by} if renewed_by else {})},
            opts=self._options(protect=not gone),
        )
        aws.secretsmanager.SecretPolicy(
            self._child("policy"),
            secret_arn=made.arn,
            policy=policy_document(_closed(current())),
            block_public_policy=True,
            opts=self._options(),
        )
        return made

    def _fill(
        self, secret: aws.secretsmanager.Secret, value: pulumi.Input[str] | None, rotation: Rotation | None
    ) -> None:
        if value is not None:
            aws.secretsmanager.SecretVersion(
                self._child("value"),
                secret_id=secret.id,
                secret_string=pulumi.Output.secret(value),
                opts=self._options(),
            )
        if rotation is not None:
            encrypt = self._key.use("secretsmanager", read=False, write=True, context={"SecretARN": self.arn})
            rotate(
                self._child("rotation"),
                secret,
                rotation,
                statements=[*self.read_statements(), encrypt],
                at_once=value is not None,
                opts=self._options(),
            )


@dataclass(frozen=True)
class SecretField:
    """One key of a secret whose value is a JSON object."""

    secret: Secret
    json_key: str


def _closed(deployment: Deployment) -> list[Statement]:
    """Refuse plain HTTP, and everyone of another account whatever their own policies say; AWS services act for us."""
    return [
        tls_only(["*"], ["secretsmanager:*"]),
        Statement(
            sid="DenyOtherAccounts",
            effect="Deny",
            principals={"*": ["*"]},
            actions=["secretsmanager:*"],
            resources=["*"],
            conditions={
                "StringNotEquals": {"aws:PrincipalAccount": deployment.account_id},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        ),
    ]
