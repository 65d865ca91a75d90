"""The Dataset API of a stack config, and the page over it."""

from dataclasses import dataclass

import pulumi

from ..account import AccountSettings
from ..api import DatasetApi, Portal
from ..config.api import ApiConfig
from .parts import Parts


@dataclass(frozen=True)
class Served:
    """The API, and the portal if there is one."""

    api: DatasetApi
    portal: Portal | None

    @property
    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """Where people and programs find it."""
        return {
            "url": self.api.url,
            "signInUrl": self.api.domain_url,
            "userPoolId": self.api.user_pool_id,
            "portalClientId": self.api.portal_client_id,
            "machineClientIds": self.api.machine_client_ids,
            "portalUrl": self.portal.url if self.portal else None,
        }


def dataset_api(parts: Parts, config: ApiConfig, account: AccountSettings | None) -> Served:
    """Return both."""
    origins = [config.portal_origin] if config.portal_origin else []
    api = DatasetApi(
        parts.child("api"),
        lake=parts.lake,
        catalog=parts.catalog,
        metadata=parts.metadata,
        settings=parts.settings,
        callback_urls=config.return_addresses,
        logout_urls=[*config.logout_urls, *(f"{origin}/" for origin in origins)],
        cors_origins=[*config.cors_origins, *origins],
        groups=config.groups,
        machines=config.machines,
        mfa=config.mfa,
        plan=config.plan,
        domain_prefix=config.domain_prefix,
        sign_in_domain=config.sign_in_domain,
        domain=config.domain,
        docs=config.docs,
        throttle_rate=config.throttle_rate,
        throttle_burst=config.throttle_burst,
        web_acl=config.web_acl,
        requests_per_ip=config.requests_per_ip,
        access_log_days=config.access_log_days,
        log_retention_days=parts.config.logs.retention_days,
        upload_limit=config.upload_limit,
        query_row_limit=config.query_row_limit,
        statistics_max_age=config.statistics_max_age,
        alarms=parts.alarms,
        account=account,
        layers=parts.layers,
        artifacts=parts.artifacts,
        removable=config.removable,
        tags=parts.tags,
        opts=parts.opts,
    )
    portal = None
    if config.portal:
        portal = Portal(
            parts.child("portal"),
            api=api,
            domain=config.portal.domain,
            price_class=config.portal.price_class,
            removable=config.removable,
            tags=parts.tags,
            opts=parts.opts,
        )
    return Served(api, portal)
