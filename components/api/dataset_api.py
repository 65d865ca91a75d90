"""Data sets over HTTPS: find, register, upload, download, query."""

import json
from collections.abc import Sequence
from typing import Literal

import pulumi

from ..account import AccountSettings
from ..catalog import Catalog
from ..compute import Artifacts, DependencyLayers, LambdaFunction
from ..core import Component, EncryptionKey, Tags
from ..core.component import destroyable
from ..core.limits import API_TIMEOUT
from ..ingestion import SettingsDocument
from ..messaging import Topic
from ..observability import LogRetention
from ..storage import DataLake, MetadataTable
from . import permissions, stage
from .alarms import api_alarms
from .browsers import let_pages_in
from .firewall import Firewall
from .names import Domain, Machine, check_origins
from .rest_api import RestApi
from .routes import routes
from .user_pool import Mfa, Plan, UserPool

_GIB = 1_024**3


class DatasetApi(Component, domain="api"):
    """The Dataset API: API Gateway in front of one function, for the users of a Cognito pool, behind a web firewall.

    Creates: UserPool, LambdaFunction (handler `api`), RestApi and Firewall, alarms (failures, p99, throttled requests,
    broken calls), the function's grants, and what lets pages fetch from the lake's buckets. Open to everyone is
    `GET /health` alone, which API Gateway answers.

    - `lake`, `catalog`, `metadata`, `settings`: what it serves. `source_zones`: where uploads go, default raw; the
      function may write there and not read, and read all other zones.
    - `alarms`: the topic its alarms tell; default none, they only show. `key`: encrypts logs; default the lake's.
    - `callback_urls`, `logout_urls`, `groups`, `machines`, `mfa`, `plan`, `domain_prefix`, `sign_in_domain`: who signs
      in, and where; see UserPool. `cors_origins`: whose pages may call, and fetch from the lake's buckets what the API
      has signed; default none.
    - `domain`: the API's own name, default the one AWS gives. `docs`: serve the API's description too, default no.
    - `throttle_rate`, `throttle_burst`: of each method, a second and at once; default 50 and 100.
    - `web_acl`: block what the firewall finds, or only count it (`"count"`) or have none (`"off"`); default block.
      `requests_per_ip`: in five minutes; default 3,000.
    - `access_log_days`, `log_retention_days`: how long the API's and the function's logs are kept; default 365 and 30.
    - `upload_limit`: bytes of a file, default 5 GiB. `query_row_limit`: rows of a result, default 10,000.
      `statistics_max_age`: seconds until statistics count as stale; default a day.
    - `account`: the account's settings, where this stack owns them. `layers`, `artifacts`: as for LambdaFunction.
    - `removable`: accounts and data sets may be destroyed (purged), when the stack's `allowDestroy` agrees; default no.

    Outputs: `url`, `user_pool_id`, `issuer`, `domain_url`, `portal_client_id`, `machine_client_ids`. The secrets of
    machines are `users.machine_client_secrets`. Errors: KeyError for a zone that the lake lacks, ValueError as for
    UserPool. Source: Amazon API Gateway Developer Guide, "Security best practices in Amazon API Gateway".
    """

    def __init__(
        self,
        name: str,
        *,
        lake: DataLake,
        catalog: Catalog,
        metadata: MetadataTable,
        settings: SettingsDocument,
        callback_urls: Sequence[str],
        logout_urls: Sequence[str] = (),
        cors_origins: Sequence[str] = (),
        groups: Sequence[str] = (),
        machines: Sequence[Machine] = (),
        mfa: Mfa = "required",
        plan: Plan = "plus",
        domain_prefix: str | None = None,
        sign_in_domain: Domain | None = None,
        domain: Domain | None = None,
        docs: bool = False,
        source_zones: Sequence[str] = ("raw",),
        throttle_rate: float = 50,
        throttle_burst: int = 100,
        web_acl: Literal["block", "count", "off"] = "block",
        requests_per_ip: int = 3_000,
        access_log_days: LogRetention = 365,
        log_retention_days: LogRetention = 30,
        upload_limit: int = 5 * _GIB,
        query_row_limit: int = 10_000,
        statistics_max_age: int = 86_400,
        key: EncryptionKey | None = None,
        alarms: Topic | None = None,
        account: AccountSettings | None = None,
        layers: DependencyLayers | None = None,
        artifacts: Artifacts | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        key = key or lake.key
        self.lake, self.key, self.cors_origins = lake, key, tuple(check_origins(cors_origins, f"API {name}"))
        self.served_zones = [zone for zone in lake.zones if zone not in source_zones]
        self.users = UserPool(
            self._child("users"),
            callback_urls=callback_urls,
            logout_urls=logout_urls,
            groups=groups,
            machines=machines,
            mfa=mfa,
            plan=plan,
            domain_prefix=domain_prefix,
            domain=sign_in_domain,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )
        purge = destroyable(removable)
        self.function = LambdaFunction(
            self._child("function"),
            handler="api",
            key=key,
            memory=1_024,
            timeout=API_TIMEOUT,
            environment={
                **settings.environment,
                "API_DOCS": json.dumps(docs),
                "API_CLIENTS": self.users.people_client_id,
                "API_ISSUER": self.users.issuer,
                "API_MACHINES": pulumi.Output.json_dumps(
                    pulumi.Output.from_input(self.users.machine_client_ids).apply(
                        lambda ids: {client: name for name, client in ids.items()}
                    ),
                    sort_keys=True,
                ),
                "API_URL": f"https://{domain.name}" if domain else "",
                "ATHENA_WORKGROUP": catalog.workgroup.workgroup_name,
                "CORS_ORIGINS": ",".join(self.cors_origins),
                "DATABASES": pulumi.Output.json_dumps(catalog.database_names, sort_keys=True),
                "PURGE_ALLOWED": json.dumps(purge),
                "QUERY_ROW_LIMIT": str(query_row_limit),
                "RESULTS_BUCKET": lake.results.bucket_name,
                "RESULTS_PREFIX": catalog.workgroup.results_prefix,
                "STATISTICS_MAX_AGE": str(statistics_max_age),
                "UPLOAD_LIMIT": str(upload_limit),
            },
            layers=layers,
            log_retention_days=log_retention_days,
            notify=alarms,
            artifacts=artifacts,
            tags=self.tags,
            opts=self._options(),
        )
        permissions.allow(
            self.function.role,
            settings=settings,
            metadata=metadata,
            lake=lake,
            catalog=catalog,
            source_zones=source_zones,
            served_zones=self.served_zones,
            purge=purge,
        )
        self.rest_api = RestApi(
            self._child("rest"),
            function=self.function,
            users=self.users,
            routes=routes(docs=docs),
            key=key,
            log_days=access_log_days,
            cors_origins=self.cors_origins,
            throttle_rate=throttle_rate,
            throttle_burst=throttle_burst,
            domain=domain,
            account=account,
            tags=self.tags,
            opts=self._options(),
        )
        self.firewall: Firewall | None = None
        if web_acl != "off":
            self.firewall = Firewall(
                self._child("firewall"),
                stage_arn=self.rest_api.stage.arn,
                key=key,
                mode=web_acl,
                requests_per_ip=requests_per_ip,
                log_days=access_log_days,
                tags=self.tags,
                opts=self._options(),
            )
        self.alarms = api_alarms(
            name,
            api_name=self.rest_api.api_name,
            stage_name=stage.NAME,
            access_log=self.rest_api.stage.access_log.name,
            notify=alarms,
            tags=self._tags(),
            opts=self._options(),
        )
        let_pages_in(
            self._child("pages"),
            {**lake.zones, "results": lake.results},
            cors_origins=self.cors_origins,
            uploads=source_zones,
            opts=self._options(),
        )
        self.url: pulumi.Output[str] = self.rest_api.url
        self.user_pool_id: pulumi.Output[str] = self.users.user_pool_id
        self.issuer: pulumi.Output[str] = self.users.issuer
        self.domain_url: pulumi.Output[str] = self.users.sign_in_url
        self.portal_client_id: pulumi.Output[str] = self.users.people_client_id
        self.machine_client_ids: dict[str, pulumi.Output[str]] = self.users.machine_client_ids
        self.register_outputs(
            {
                "url": self.url,
                "user_pool_id": self.user_pool_id,
                "issuer": self.issuer,
                "domain_url": self.domain_url,
                "portal_client_id": self.portal_client_id,
                "machine_client_ids": self.machine_client_ids,
            }
        )
