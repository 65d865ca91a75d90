"""What a stack config says of the Dataset API and its portal."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..api import Domain, Machine
from ..api.names import ADDRESS, MOST_MACHINES, ORIGIN, DomainPrefix
from ..api.portal import PriceClass
from ..api.user_pool import Mfa, Plan
from ..catalog.access import MOST_GRANTS, Grant
from ..core.model import Matching, Model
from ..observability import LogRetention

Address = Annotated[str, Matching(ADDRESS, "an address: https://data.example.com/")]
Origin = Annotated[str, Matching(ORIGIN, "a scheme and a host without a path: https://data.example.com")]

# With the portal's own (botocore cognito-idp service model, CallbackURLsListType and LogoutURLsListType: 100).
MOST_ADDRESSES = 99
# They are among the function's variables, as the machines are.
MOST_ORIGINS = 10


class PortalConfig(Model):
    """The page of data sets."""

    domain: Domain | None = None
    """Its name; without, deploy once, put its address into callbackUrls, logoutUrls and corsOrigins, deploy again."""
    price_class: PriceClass = "PriceClass_100"


class ApiConfig(Model):
    """Data sets over HTTPS: who may sign in, and what they may do."""

    access: Annotated[tuple[Grant, ...], Field(max_length=MOST_GRANTS)] = ()
    """Who may do what with which data sets; the groups that it names are made."""
    machines: Annotated[tuple[Machine, ...], Field(max_length=MOST_MACHINES)] = ()
    """Programs that call it under their own names."""
    portal: PortalConfig | None = None
    callback_urls: Annotated[tuple[Address, ...], Field(max_length=MOST_ADDRESSES)] = ()
    """Where people come back to when they have signed in, beside the portal's domain."""
    logout_urls: Annotated[tuple[Address, ...], Field(max_length=MOST_ADDRESSES)] = ()
    cors_origins: Annotated[tuple[Origin, ...], Field(max_length=MOST_ORIGINS)] = ()
    """Whose pages may call it, beside the portal's domain."""
    mfa: Mfa = "required"
    plan: Plan = "plus"
    """Of Cognito; plus alone knows of leaked passwords and odd sign-ins."""
    domain_prefix: DomainPrefix | None = None
    """Of the sign-in's address."""
    sign_in_domain: Domain | None = None
    domain: Domain | None = None
    """The API's own."""
    docs: bool = False
    """Whether it serves its description, for people at /docs."""
    throttle_rate: Annotated[float, Field(gt=0)] = 50
    """Requests a second to each route."""
    throttle_burst: Annotated[int, Field(gt=0)] = 100
    web_acl: Literal["block", "count", "off"] = "block"
    requests_per_ip: Annotated[int, Field(ge=10, le=2_000_000_000)] = 3_000
    """In five minutes (AWS WAF API, "RateBasedStatement")."""
    access_log_days: LogRetention = 365
    upload_limit: Annotated[int, Field(ge=1, le=5 * 1_024**4)] = 5 * 1_024**3
    """Bytes of a file."""
    query_row_limit: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    statistics_max_age: Annotated[int, Field(ge=60)] = 86_400
    """Seconds until statistics count as stale."""
    removable: bool = False

    @model_validator(mode="after")
    def _once(self) -> Self:
        for what, names in (
            ("group or machine", [grant.grantee for grant in self.access]),
            ("machine", [machine.name for machine in self.machines]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"each {what} once; {', '.join(twice)} is there twice")
        unknown = sorted(
            {grant.machine for grant in self.access if grant.machine} - {machine.name for machine in self.machines}
        )
        if unknown:
            raise ValueError(f"list {', '.join(unknown)} under machines, too, with what it may ask for (scopes)")
        if not self.return_addresses:
            raise ValueError("give callbackUrls, or a portal with a domain: people must come back to somewhere")
        return self

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of people that are named."""
        return tuple(grant.group for grant in self.access if grant.group)

    @property
    def portal_origin(self) -> str | None:
        """The portal's, where it has a name of its own."""
        return f"https://{self.portal.domain.name}" if self.portal and self.portal.domain else None

    @property
    def return_addresses(self) -> tuple[str, ...]:
        """Where people come back to when they have signed in."""
        return (*self.callback_urls, *([f"{self.portal_origin}/"] if self.portal_origin else []))
