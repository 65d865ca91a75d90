"""Who may sign in: people by themselves, programs by their credentials."""

from collections.abc import Sequence
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import Component, Tags
from ..core.component import destroyable
from ..core.deployment import current
from .app_clients import machine_client, people_client
from .names import MOST_MACHINES, SIGN_IN_DOMAIN, Domain, Machine, check_groups, sign_in_prefix
from .routes import RESOURCE_SERVER, SCOPES

Plan = Literal["lite", "essentials", "plus"]
Mfa = Literal["off", "optional", "required"]

_MFA = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
_PASSWORD_LENGTH = 14
_INVITATION_DAYS = 3


class UserPool(Component, domain="api"):
    """A Cognito user pool for a team: people whom an administrator invites sign in by their e-mail address.

    Creates: the pool, its sign-in domain, the resource server with the API's scopes, the groups, the client of people
    (authorization code with PKCE, no secret) and one of each machine (client credentials); on the plan Plus, what
    Cognito does about risks.

    - `callback_urls`, `logout_urls`: where people come back to, exactly as they are spelled; https, or http on
      localhost.
    - `groups`: their names, which tokens carry. `machines`: programs, each with a secret of its own.
    - `mfa`: a second factor by an authenticator app, default required. `plan`: default plus: it alone knows of leaked
      passwords and odd sign-ins, and stops them; lite does not renew refresh tokens.
    - `domain_prefix`: of the sign-in's address; default of the project's, stack's and account's names. `domain`: one's
      own address instead, with a certificate in us-east-1.
    - `removable`: may be destroyed with its accounts, when the stack's `allowDestroy` agrees; default no.

    Outputs: `user_pool_id`, `arn`, `issuer`, `sign_in_url`, `people_client_id`, `machine_client_ids` by name,
    `machine_client_secrets` (secret) by name. Errors: ValueError for an address or group that Cognito would refuse or
    the API misread. Source: Amazon Cognito Developer Guide, "Security best practices for Amazon Cognito user pools",
    "User pool feature plans", "Refresh tokens".
    """

    def __init__(
        self,
        name: str,
        *,
        callback_urls: Sequence[str],
        logout_urls: Sequence[str],
        groups: Sequence[str] = (),
        machines: Sequence[Machine] = (),
        mfa: Mfa = "required",
        plan: Plan = "plus",
        domain_prefix: str | None = None,
        domain: Domain | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        if len(machines) > MOST_MACHINES:
            raise ValueError(f"user pool {name}: {len(machines)} machines, and it takes {MOST_MACHINES} at most")
        self.resource = self._pool(mfa, plan, gone=destroyable(removable))
        self.user_pool_id: pulumi.Output[str] = self.resource.id
        self.arn: pulumi.Output[str] = self.resource.arn
        self.issuer: pulumi.Output[str] = pulumi.Output.concat("https://", self.resource.endpoint)
        if plan == "plus":
            self._answer_risks()
        self.sign_in_url = self._sign_in(domain_prefix, domain)
        server = aws.cognito.ResourceServer(
            self._child("scopes"),
            user_pool_id=self.user_pool_id,
            identifier=RESOURCE_SERVER,
            name=RESOURCE_SERVER,
            scopes=[
                aws.cognito.ResourceServerScopeArgs(
                    scope_name=scope.removeprefix(f"{RESOURCE_SERVER}/"), scope_description=description
                )
                for scope, description in SCOPES.items()
            ],
            opts=self._options(),
        )
        for group in check_groups(groups, f"user pool {name}"):
            aws.cognito.UserGroup(
                self._child(f"group-{group}"), user_pool_id=self.user_pool_id, name=group, opts=self._options()
            )
        self.people = people_client(
            self._child("people"),
            self.user_pool_id,
            callback_urls=callback_urls,
            logout_urls=logout_urls,
            rotate=plan != "lite",
            opts=self._options(depends_on=[server]),
        )
        self.people_client_id: pulumi.Output[str] = self.people.id
        clients = {
            machine.name: machine_client(
                self._child(f"machine-{machine.name}"),
                self.user_pool_id,
                scopes=machine.scopes,
                opts=self._options(depends_on=[server]),
            )
            for machine in machines
        }
        self.machine_client_ids: dict[str, pulumi.Output[str]] = {each: made.id for each, made in clients.items()}
        self.machine_client_secrets: dict[str, pulumi.Output[str]] = {
            each: pulumi.Output.secret(made.client_secret) for each, made in clients.items()
        }
        self.register_outputs({"user_pool_id": self.user_pool_id, "people_client_id": self.people_client_id})

    def _pool(self, mfa: Mfa, plan: Plan, *, gone: bool) -> "aws.cognito.UserPool":
        enforced = aws.cognito.UserPoolUserPoolAddOnsArgs(advanced_security_mode="ENFORCED")
        return aws.cognito.UserPool(
            self.name,
            user_pool_tier=plan.upper(),
            username_attributes=["email"],
            username_configuration=aws.cognito.UserPoolUsernameConfigurationArgs(case_sensitive=False),
            auto_verified_attributes=["email"],
            user_attribute_update_settings=aws.cognito.UserPoolUserAttributeUpdateSettingsArgs(
                attributes_require_verification_before_updates=["email"]
            ),
            admin_create_user_config=aws.cognito.UserPoolAdminCreateUserConfigArgs(allow_admin_create_user_only=True),
            password_policy=aws.cognito.UserPoolPasswordPolicyArgs(
                minimum_length=_PASSWORD_LENGTH,
                require_lowercase=True,
                require_uppercase=True,
                require_numbers=True,
                require_symbols=True,
                temporary_password_validity_days=_INVITATION_DAYS,
            ),
            mfa_configuration=_MFA[mfa],
            software_token_mfa_configuration=aws.cognito.UserPoolSoftwareTokenMfaConfigurationArgs(enabled=True)
            if mfa != "off"
            else None,
            account_recovery_setting=aws.cognito.UserPoolAccountRecoverySettingArgs(
                recovery_mechanisms=[
                    aws.cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs(name="verified_email", priority=1)
                ]
            ),
            user_pool_add_ons=enforced if plan == "plus" else None,
            deletion_protection="INACTIVE" if gone else "ACTIVE",
            tags=self._tags(),
            opts=self._options(protect=not gone),
        )

    def _answer_risks(self) -> None:
        """Refuse leaked passwords and sign-ins of a high risk, and ask for the second factor at a lower one."""
        aws.cognito.RiskConfiguration(
            self._child("risks"),
            user_pool_id=self.user_pool_id,
            compromised_credentials_risk_configuration={"actions": {"event_action": "BLOCK"}},
            account_takeover_risk_configuration={
                "actions": {
                    "low_action": {"event_action": "MFA_IF_CONFIGURED", "notify": False},
                    "medium_action": {"event_action": "MFA_IF_CONFIGURED", "notify": False},
                    "high_action": {"event_action": "BLOCK", "notify": False},
                }
            },
            opts=self._options(),
        )

    def _sign_in(self, prefix: str | None, domain: Domain | None) -> pulumi.Output[str]:
        """Make the sign-in's address, and return it."""
        if prefix is not None and domain is not None:
            raise ValueError(f"user pool {self.name}: give either domain_prefix or domain")
        if domain and len(domain.name) > SIGN_IN_DOMAIN:
            long = f"{domain.name!r} has {len(domain.name)} characters"
            raise ValueError(f"user pool {self.name}: {long}: Cognito takes {SIGN_IN_DOMAIN}")
        self.domain = aws.cognito.UserPoolDomain(
            self._child("domain"),
            user_pool_id=self.user_pool_id,
            domain=domain.name if domain else sign_in_prefix(prefix, f"user pool {self.name}"),
            certificate_arn=domain.certificate_arn if domain else None,
            opts=self._options(),
        )
        if domain:
            return pulumi.Output.concat("https://", self.domain.domain)
        return pulumi.Output.concat("https://", self.domain.domain, f".auth.{current().region}.amazoncognito.com")
