"""The data set portal: a page for people, over the same API."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Statement, Tags
from ..core.deployment import current
from ..storage import Bucket
from .app_clients import PROFILE
from .dataset_api import DatasetApi
from .distribution_logs import distribution_logs
from .names import Domain
from .page_headers import page_headers
from .portal_files import FOLDER, portal_files
from .routes import SCOPES

PriceClass = Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"]

_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""Amazon CloudFront Developer Guide, "Use managed cache policies": CachingOptimized, the same in every account."""
_REVALIDATED = "no-cache"
"""Kept by a browser, and asked for again each time: files have no hash in their names, and belong together."""
_ERROR_PAGE = "/404.html"
_ERROR_SECONDS = 10


class Portal(Component, domain="api"):
    """The page of data sets, served by CloudFront from a private bucket, and told where its API is.

    Creates: the bucket with the page's files and `config.json`, the distribution with its origin access control and
    headers, and its access log. Addresses that people come back to after signing in, and origins that may call the API,
    are the API's (`callback_urls`, `cors_origins`): without a `domain`, deploy once, give it `url`, and deploy again.

    - `api`: which the page calls. `domain`: its name, with a certificate of us-east-1; default the one AWS gives, with
      which CloudFront takes TLS 1.0 too.
    - `folder`: of the page's files, default the one that comes with the library.
    - `price_class`: where CloudFront answers from, default Europe and North America (`PriceClass_100`).
    - `key`: encrypts the files; default the API's. Its policy must let CloudFront decrypt, as an EncryptionKey's does.
    - `removable`: the bucket may be destroyed with its files, when the stack's `allowDestroy` agrees; default no.

    Outputs: `url`, `distribution_id`. Errors: FileNotFoundError or ValueError for a folder that is no page; ValueError
    outside of the partition aws, where CloudFront is another service or none. Source: Amazon CloudFront Developer
    Guide, "Restrict access to an Amazon S3 origin".
    """

    def __init__(
        self,
        name: str,
        *,
        api: DatasetApi,
        domain: Domain | None = None,
        folder: Path = FOLDER,
        price_class: PriceClass = "PriceClass_100",
        key: EncryptionKey | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        if current().partition != "aws":
            raise ValueError(
                f"portal {name}: there is no CloudFront as this needs it in partition {current().partition}: serve the "
                "files of the folder portal/ from your own web server, with a config.json"
            )
        files = list(portal_files(folder))
        self.headers = page_headers(self._child("headers"), connect=_places(api), opts=self._options())
        self._domain, self._price_class = domain, price_class
        self._has_error_page = any(file.key == _ERROR_PAGE.strip("/") for file in files)
        self.bucket = Bucket(
            self._child("files"),
            key=key or api.key,
            access_logs=api.lake.access_logs,
            readers=self._distribute,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )
        distribution_logs(
            self._child("log"),
            self.distribution.arn,
            api.lake.access_logs,
            tags=self._tags(),
            opts=self._options(),
        )
        for file in files:
            self._object(file.key, file.content_type, source=pulumi.FileAsset(str(file.path)), digest=file.digest)
        config = {
            "apiUrl": api.url,
            "signInUrl": api.domain_url,
            "clientId": api.portal_client_id,
            "scopes": [*PROFILE, *SCOPES],
            "zones": api.served_zones,
        }
        self._object("config.json", "application/json", content=pulumi.Output.json_dumps(config, sort_keys=True))
        host = domain.name if domain else self.distribution.domain_name
        self.url: pulumi.Output[str] = pulumi.Output.concat("https://", host, "/")
        self.distribution_id: pulumi.Output[str] = self.distribution.id
        self.register_outputs({"url": self.url, "distribution_id": self.distribution_id})

    def _distribute(self, bucket: Bucket) -> Sequence[Statement]:
        """Make the distribution of the bucket, and return what lets it, and no other, read."""
        control = aws.cloudfront.OriginAccessControl(
            self._child("access"),
            description="Signs what the portal's distribution asks its bucket for",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._options(),
        )
        self.distribution = self._distribution(bucket, control)
        return [
            Statement(
                sid="PortalDistribution",
                principals={"Service": ["cloudfront.amazonaws.com"]},
                actions=["s3:GetObject"],
                resources=[pulumi.Output.concat(bucket.arn, "/*")],
                conditions={"StringEquals": {"aws:SourceArn": self.distribution.arn}},
            )
        ]

    def _distribution(
        self, bucket: Bucket, control: "aws.cloudfront.OriginAccessControl"
    ) -> "aws.cloudfront.Distribution":
        certificate: aws.cloudfront.DistributionViewerCertificateArgsDict = {"cloudfront_default_certificate": True}
        if self._domain:
            certificate = {
                "acm_certificate_arn": self._domain.certificate_arn,
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": "TLSv1.2_2021",
            }
        return aws.cloudfront.Distribution(
            self._child("distribution"),
            enabled=True,
            comment=f"Data set portal of {pulumi.get_project()}",
            aliases=[self._domain.name] if self._domain else None,
            default_root_object="index.html",
            origins=[
                {
                    "origin_id": "files",
                    "domain_name": bucket.resource.bucket_regional_domain_name,
                    "origin_access_control_id": control.id,
                }
            ],
            default_cache_behavior={
                "target_origin_id": "files",
                "allowed_methods": ["GET", "HEAD"],
                "cached_methods": ["GET", "HEAD"],
                "compress": True,
                "viewer_protocol_policy": "redirect-to-https",
                "cache_policy_id": _CACHING_OPTIMIZED,
                "response_headers_policy_id": self.headers.id,
            },
            # S3 denies what is not there to whoever may not list.
            custom_error_responses=[
                {
                    "error_code": code,
                    "response_code": 404,
                    "response_page_path": _ERROR_PAGE,
                    "error_caching_min_ttl": _ERROR_SECONDS,
                }
                for code in (403, 404)
            ]
            if self._has_error_page
            else None,
            viewer_certificate=certificate,
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=self._price_class,
            tags=self._tags(),
            opts=self._options(),
        )

    def _object(
        self,
        key: str,
        content_type: str,
        *,
        source: pulumi.Asset | None = None,
        content: pulumi.Input[str] | None = None,
        digest: str | None = None,
    ) -> None:
        aws.s3.BucketObjectv2(
            self._child(f"file-{key.replace('/', '-')}"),
            bucket=self.bucket.bucket_name,
            key=key,
            source=source,
            content=content,
            source_hash=digest,
            content_type=content_type,
            cache_control=_REVALIDATED,
            tags=self._tags(),
            opts=self._options(depends_on=[self.bucket.encryption, self.bucket.versioning, self.bucket.policy]),
        )


def _places(api: DatasetApi) -> list[pulumi.Input[str]]:
    """Return where the page connects to: the API, the sign-in's tokens, and the buckets of uploads and downloads.

    A path that ends with a slash stands for all below it (CSP Level 3, "path-part match").
    """
    buckets = [api.lake.results, *api.lake.zones.values()]
    return [
        pulumi.Output.concat(api.url, "/"),
        pulumi.Output.concat(api.domain_url, "/oauth2/"),
        *(pulumi.Output.concat("https://", bucket.resource.bucket_regional_domain_name, "/") for bucket in buckets),
    ]
