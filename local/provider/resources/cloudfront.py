"""CloudFront: distributions, and who they are to their origins and to browsers."""

import uuid
from typing import Any

from ..table import Call, Name, Part, Resource, Session, State, Tags

_ETAG = {"etag": "ETag"}


def _matching(parameters: dict[str, Any], state: State) -> None:
    """CloudFront changes only what it is shown to have been read."""
    parameters["IfMatch"] = state["etag"]


def _whole(config: dict[str, Any], reference: str) -> None:
    """What CloudFront asks for and the program need not say."""
    config["CallerReference"] = reference
    config.setdefault("Comment", "")
    for origin in config["Origins"]["Items"]:
        if "CustomOriginConfig" not in origin:
            origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
    for behavior in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", {}).get("Items", ())):
        methods = behavior["AllowedMethods"]
        for counted in (methods, methods["CachedMethods"]):
            counted["Quantity"] = len(counted["Items"])


def _created(parameters: dict[str, Any], state: State) -> None:
    _whole(parameters["DistributionConfigWithTags"]["DistributionConfig"], str(uuid.uuid4()))
    parameters["DistributionConfigWithTags"].setdefault("Tags", {"Items": []})


def _updated(parameters: dict[str, Any], state: State) -> None:
    _whole(parameters["DistributionConfig"], state["callerReference"])
    _matching(parameters, state)


def _switch_off(state: State, session: Session) -> None:
    """Only a distribution that is off is deleted."""
    found = session.call("cloudfront", "GetDistributionConfig", {"Id": state["id"]})
    off = {**found["DistributionConfig"], "Enabled": False}
    change = {"Id": state["id"], "IfMatch": found["ETag"], "DistributionConfig": off}
    changed = session.call("cloudfront", "UpdateDistribution", change)
    session.call("cloudfront", "DeleteDistribution", {"Id": state["id"], "IfMatch": changed["ETag"]})


_METHODS = {
    f"{behavior}.{name}": path
    for behavior in ("defaultCacheBehavior", "orderedCacheBehaviors")
    for name, path in (
        ("allowedMethods", "AllowedMethods.Items"),
        ("cachedMethods", "AllowedMethods.CachedMethods.Items"),
    )
}

DISTRIBUTION = Resource(
    "aws:cloudfront/distribution:Distribution",
    service="cloudfront",
    id="{id}",
    create=Call(
        "CreateDistributionWithTags",
        within="DistributionConfigWithTags.DistributionConfig",
        adjust=_created,
        result="Distribution",
        beside=_ETAG,
    ),
    read=(Call("GetDistribution", result="Distribution", within="DistributionConfig", beside=_ETAG),),
    parts=(
        Part(
            put=Call("UpdateDistribution", within="DistributionConfig", adjust=_updated),
            properties=(
                *("aliases", "comment", "customErrorResponses", "defaultCacheBehavior", "defaultRootObject"),
                *("enabled", "httpVersion", "isIpv6Enabled", "orderedCacheBehaviors", "origins", "priceClass"),
                *("restrictions", "viewerCertificate", "webAclId"),
            ),
        ),
    ),
    before_delete=_switch_off,
    tags=Tags(),
    rename={
        **_METHODS,
        "arn": "ARN",
        "customErrorResponses.errorCachingMinTtl": "ErrorCachingMinTTL",
        "defaultCacheBehavior.defaultTtl": "DefaultTTL",
        "defaultCacheBehavior.maxTtl": "MaxTTL",
        "defaultCacheBehavior.minTtl": "MinTTL",
        "id": "Id",
        "isIpv6Enabled": "IsIPV6Enabled",
        "lastModifiedTime": "LastModifiedTime",
        "orderedCacheBehaviors": "CacheBehaviors",
        "origins.originId": "Id",
        "restrictions.geoRestriction.locations": "Items",
        "tagsAll": "DistributionConfigWithTags.Tags.Items",
        "webAclId": "WebACLId",
    },
    defaults={"httpVersion": "http2", "isIpv6Enabled": False, "priceClass": "PriceClass_All"},
    local=("retainOnDelete", "waitForDeployment"),
    volatile={"etag": ()},
    unsupported=dict.fromkeys(
        (
            *("anycastIpListId", "cacheTagConfig", "connectionFunctionAssociation", "continuousDeploymentPolicyId"),
            *("loggingConfig", "originGroups", "staging", "viewerMtlsConfig"),
        ),
        "the local stage serves a distribution's origins, and no more",
    ),
)

ORIGIN_ACCESS_CONTROL = Resource(
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    service="cloudfront",
    id="{id}",
    name=Name(limit=64, prefix_property=""),
    create=Call(
        "CreateOriginAccessControl",
        within="OriginAccessControlConfig",
        result="OriginAccessControl",
        beside=_ETAG,
    ),
    read=(Call("GetOriginAccessControlConfig", result="OriginAccessControlConfig", beside=_ETAG),),
    parts=(
        Part(
            put=Call("UpdateOriginAccessControl", within="OriginAccessControlConfig", adjust=_matching),
            properties=(*("description", "originAccessControlOriginType", "signingBehavior", "signingProtocol"),),
        ),
    ),
    delete=(Call("DeleteOriginAccessControl", adjust=_matching),),
    rename={"id": "Id"},
    defaults={"description": "Managed by Pulumi"},
    computed={"arn": "arn:{partition}:cloudfront::{account}:origin-access-control/{id}"},
    volatile={"etag": ()},
)

RESPONSE_HEADERS_POLICY = Resource(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    service="cloudfront",
    id="{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call(
        "CreateResponseHeadersPolicy",
        within="ResponseHeadersPolicyConfig",
        result="ResponseHeadersPolicy",
        beside=_ETAG,
    ),
    read=(Call("GetResponseHeadersPolicyConfig", result="ResponseHeadersPolicyConfig", beside=_ETAG),),
    parts=(
        Part(
            put=Call("UpdateResponseHeadersPolicy", within="ResponseHeadersPolicyConfig", adjust=_matching),
            properties=(
                *("comment", "corsConfig", "customHeadersConfig", "removeHeadersConfig", "securityHeadersConfig"),
                "serverTimingHeadersConfig",
            ),
        ),
    ),
    delete=(Call("DeleteResponseHeadersPolicy", adjust=_matching),),
    rename={"id": "Id", "securityHeadersConfig.xssProtection": "XSSProtection"},
    computed={"arn": "arn:{partition}:cloudfront::{account}:response-headers-policy/{id}"},
    volatile={"etag": ()},
)

RESOURCES = (DISTRIBUTION, ORIGIN_ACCESS_CONTROL, RESPONSE_HEADERS_POLICY)
