"""CloudFront: distributions, and who they are to their origins and to browsers."""

import uuid
from typing import Any

from ..table import Call, Name, Part, Resource, Session, State


def _matching(parameters: dict[str, Any], state: State) -> None:
    """CloudFront changes only what it is shown to have been read."""
    parameters["IfMatch"] = state["etag"]


def _tags(old: State, new: State, session: Session) -> None:
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    gone = sorted(set(before) - set(after))
    changed = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    if gone:
        session.call("cloudfront", "UntagResource", {"Resource": new["arn"], "TagKeys": {"Items": gone}})
    if changed:
        session.call("cloudfront", "TagResource", {"Resource": new["arn"], "Tags": {"Items": changed}})


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
    tags = [{"Key": key, "Value": value} for key, value in (state.get("tagsAll") or {}).items()]
    parameters["DistributionConfigWithTags"]["Tags"] = {"Items": tags}


def _updated(parameters: dict[str, Any], state: State) -> None:
    _whole(parameters["DistributionConfig"], state["callerReference"])
    _matching(parameters, state)


def _identity(answer: dict[str, Any], state: State) -> State:
    made = answer["Distribution"]
    return {"id": made["Id"], "arn": made["ARN"], "etag": answer.get("ETag")}


def _switch_off(state: State, session: Session) -> None:
    """Only a distribution that is off is deleted."""
    found = session.call("cloudfront", "GetDistributionConfig", {"Id": state["id"]})
    off = {**found["DistributionConfig"], "Enabled": False}
    change = {"Id": state["id"], "IfMatch": found["ETag"], "DistributionConfig": off}
    changed = session.call("cloudfront", "UpdateDistribution", change)
    session.call("cloudfront", "DeleteDistribution", {"Id": state["id"], "IfMatch": changed["ETag"]})


def _read_tags(state: State, session: Session) -> State:
    answer = session.call("cloudfront", "ListTagsForResource", {"Resource": state["arn"]})
    found = {pair["Key"]: pair["Value"] for pair in answer["Tags"]["Items"]}
    return {"tags": found, "tagsAll": found}


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
        adopt=_identity,
    ),
    read=(
        Call("GetDistribution", result="Distribution"),
        Call("GetDistributionConfig", result="DistributionConfig"),
        Call("GetDistributionConfig"),
    ),
    parts=(
        Part(
            put=Call("UpdateDistribution", within="DistributionConfig", adjust=_updated),
            properties=(
                *("aliases", "comment", "customErrorResponses", "defaultCacheBehavior", "defaultRootObject"),
                *("enabled", "httpVersion", "isIpv6Enabled", "orderedCacheBehaviors", "origins", "priceClass"),
                *("restrictions", "viewerCertificate", "webAclId"),
            ),
        ),
        Part(properties=("tags",), code=_tags),
    ),
    before_delete=_switch_off,
    after_read=_read_tags,
    rename={
        **_METHODS,
        "arn": "ARN",
        "customErrorResponses.errorCachingMinTtl": "ErrorCachingMinTTL",
        "defaultCacheBehavior.defaultTtl": "DefaultTTL",
        "defaultCacheBehavior.maxTtl": "MaxTTL",
        "defaultCacheBehavior.minTtl": "MinTTL",
        "etag": "ETag",
        "id": "Id",
        "isIpv6Enabled": "IsIPV6Enabled",
        "lastModifiedTime": "LastModifiedTime",
        "orderedCacheBehaviors": "CacheBehaviors",
        "origins.originId": "Id",
        "restrictions.geoRestriction.locations": "Items",
        "tagsAll": (),
        "webAclId": "WebACLId",
    },
    defaults={"httpVersion": "http2", "isIpv6Enabled": False, "priceClass": "PriceClass_All"},
    local=("retainOnDelete", "waitForDeployment"),
    by_code=("tagsAll",),
    volatile={
        "etag": (
            *("aliases", "comment", "customErrorResponses", "defaultCacheBehavior", "defaultRootObject"),
            *("origins", "restrictions", "viewerCertificate"),
        )
    },
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
        adopt=lambda answer, state: {"id": answer["OriginAccessControl"]["Id"], "etag": answer["ETag"]},
    ),
    read=(
        Call("GetOriginAccessControlConfig", result="OriginAccessControlConfig"),
        Call("GetOriginAccessControlConfig"),
    ),
    parts=(
        Part(
            put=Call("UpdateOriginAccessControl", within="OriginAccessControlConfig", adjust=_matching),
            properties=(*("description", "originAccessControlOriginType", "signingBehavior", "signingProtocol"),),
        ),
    ),
    delete=(Call("DeleteOriginAccessControl", adjust=_matching),),
    rename={"etag": "ETag", "id": "Id"},
    defaults={"description": "Managed by Pulumi"},
    computed={"arn": "arn:{partition}:cloudfront::{account}:origin-access-control/{id}"},
    volatile={"etag": ("description", "originAccessControlOriginType", "signingBehavior", "signingProtocol")},
)

_CONFIGS = ("corsConfig", "customHeadersConfig", "removeHeadersConfig", "securityHeadersConfig")
RESPONSE_HEADERS_POLICY = Resource(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    service="cloudfront",
    id="{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call(
        "CreateResponseHeadersPolicy",
        within="ResponseHeadersPolicyConfig",
        adopt=lambda answer, state: {"id": answer["ResponseHeadersPolicy"]["Id"], "etag": answer["ETag"]},
    ),
    read=(
        Call("GetResponseHeadersPolicyConfig", result="ResponseHeadersPolicyConfig"),
        Call("GetResponseHeadersPolicyConfig"),
    ),
    parts=(
        Part(
            put=Call("UpdateResponseHeadersPolicy", within="ResponseHeadersPolicyConfig", adjust=_matching),
            properties=("comment", *_CONFIGS, "serverTimingHeadersConfig"),
        ),
    ),
    delete=(Call("DeleteResponseHeadersPolicy", adjust=_matching),),
    rename={
        "etag": "ETag",
        "id": "Id",
        "securityHeadersConfig.xssProtection": "XSSProtection",
    },
    computed={"arn": "arn:{partition}:cloudfront::{account}:response-headers-policy/{id}"},
    volatile={"etag": ("comment", *_CONFIGS)},
)

RESOURCES = (DISTRIBUTION, ORIGIN_ACCESS_CONTROL, RESPONSE_HEADERS_POLICY)
