"""API Gateway's REST APIs: the API, its stages, and what checks requests; methods are in `apigateway_methods.py`."""

from collections.abc import Callable, Mapping
from typing import Any

from ..table import Call, Name, Part, Resource, Session, State, Tags


def patching(
    operation: str, where: Mapping[str, str], paths: Mapping[str, str]
) -> Callable[[State, State, Session], None]:
    """Code that changes what differs by a JSON patch: `where` says which property a parameter is, `paths` a value's."""

    def change(old: State, new: State, session: Session) -> None:
        changed = {path: new.get(name) for name, path in paths.items() if new.get(name) != old.get(name)}
        patches = [
            {"op": "remove", "path": path}
            if value is None
            else {"op": "replace", "path": path, "value": str(value).lower() if isinstance(value, bool) else str(value)}
            for path, value in changed.items()
        ]
        if patches:
            identity = {parameter: new[name] for parameter, name in where.items()}
            session.call("apigateway", operation, {**identity, "patchOperations": patches})

    return change


def _part(operation: str, where: Mapping[str, str], paths: Mapping[str, str]) -> Part:
    return Part(properties=tuple(paths), code=patching(operation, where, paths))


REST_API = Resource(
    "aws:apigateway/restApi:RestApi",
    service="apigateway",
    id="{id}",
    name=Name(limit=1_024, prefix_property=""),
    create=Call("CreateRestApi"),
    read=(Call("GetRestApi"),),
    delete=(Call("DeleteRestApi"),),
    parts=(
        _part(
            "UpdateRestApi",
            {"restApiId": "id"},
            {
                name: f"/{name}"
                for name in ("description", "disableExecuteApiEndpoint", "endpointAccessMode", "securityPolicy")
            },
        ),
    ),
    tags=Tags(list="GetTags"),
    rename={"id": ("id", "restApiId"), "arn": ("resourceArn",)},
    computed={
        "arn": "arn:{partition}:apigateway:{region}::/restapis/{id}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{id}",
    },
    policies=("policy",),
    unread=("endpointAccessMode", "securityPolicy"),
    unsupported={
        "body": "make the resources and methods of the API one by one",
        "failOnWarnings": "it goes with body",
        "parameters": "it goes with body",
        "putRestApiMode": "it goes with body",
    },
)


def _access_log(old: State, new: State, session: Session) -> None:
    """The settings of a stage that creating one does not take."""
    given, before = new.get("accessLogSettings") or {}, old.get("accessLogSettings") or {}
    names = ("destinationArn", "format")
    patching(
        "UpdateStage",
        {"restApiId": "restApi", "stageName": "stageName"},
        {name: f"/accessLogSettings/{name}" for name in names},
    )({name: before.get(name) for name in names}, {**new, **{name: given.get(name) for name in names}}, session)


STAGE = Resource(
    "aws:apigateway/stage:Stage",
    service="apigateway",
    id="ags-{restApi}-{stageName}",
    import_id="{restApi}/{stageName}",
    create=Call("CreateStage"),
    read=(Call("GetStage"),),
    delete=(Call("DeleteStage"),),
    parts=(
        Part(properties=("accessLogSettings",), code=_access_log),
        _part(
            "UpdateStage",
            {"restApiId": "restApi", "stageName": "stageName"},
            {
                "cacheClusterEnabled": "/cacheClusterEnabled",
                "cacheClusterSize": "/cacheClusterSize",
                "deployment": "/deploymentId",
                "description": "/description",
                "xrayTracingEnabled": "/tracingEnabled",
            },
        ),
    ),
    tags=Tags(list="GetTags"),
    rename={
        "arn": ("resourceArn",),
        "deployment": "deploymentId",
        "restApi": "restApiId",
        "xrayTracingEnabled": "tracingEnabled",
    },
    computed={
        "arn": "arn:{partition}:apigateway:{region}::/restapis/{restApi}/stages/{stageName}",
        "executionArn": "arn:{partition}:execute-api:{region}:{account}:{restApi}/{stageName}",
        "invokeUrl": "{endpoint}/_aws/execute-api/{restApi}/{stageName}",
    },
    unsupported={
        "canarySettings": "the local stage serves one deployment",
        "clientCertificateId": "the local stage has no certificates",
    },
)

_SETTINGS = {
    "cacheDataEncrypted": "caching/dataEncrypted",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cachingEnabled": "caching/enabled",
    "dataTraceEnabled": "logging/dataTrace",
    "loggingLevel": "logging/loglevel",
    "metricsEnabled": "metrics/enabled",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
}


def _put_settings(parameters: dict[str, Any], state: State) -> None:
    where = state["methodPath"]
    parameters["patchOperations"] = [
        {
            "op": "replace",
            "path": f"/{where}/{_SETTINGS[name]}",
            "value": str(value).lower() if isinstance(value, bool) else str(value),
        }
        for name, value in sorted((state.get("settings") or {}).items())
        if name in _SETTINGS and value is not None
    ]


def _read_settings(answer: dict[str, Any], state: State) -> State | None:
    found = (answer.get("methodSettings") or {}).get(state["methodPath"])
    if found is None:
        return None
    return {"settings": {name: value for name, value in found.items() if name in _SETTINGS}}


def _drop_settings(parameters: dict[str, Any], state: State) -> None:
    parameters["patchOperations"] = [{"op": "remove", "path": f"/{state['methodPath']}"}]


METHOD_SETTINGS = Resource(
    "aws:apigateway/methodSettings:MethodSettings",
    service="apigateway",
    id="{restApi}-{stageName}-{methodPath}",
    import_id="{restApi}/{stageName}/{methodPath}",
    create=Call("UpdateStage", adjust=_put_settings),
    puts=True,
    read=(Call("GetStage", adopt=_read_settings),),
    delete=(Call("UpdateStage", adjust=_drop_settings),),
    rename={"restApi": "restApiId", "settings": ()},
    by_code=("methodPath", "settings"),
)

# The triggers are read by nobody: that they changed is why there is another deployment.
DEPLOYMENT = Resource(
    "aws:apigateway/deployment:Deployment",
    service="apigateway",
    id="{id}",
    import_id="{restApi}/{id}",
    create=Call("CreateDeployment"),
    read=(Call("GetDeployment"),),
    delete=(Call("DeleteDeployment"),),
    rename={"id": ("id", "deploymentId"), "restApi": "restApiId", "triggers": ()},
    by_code=("triggers",),
    unread=("triggers", "variables"),
)

AUTHORIZER = Resource(
    "aws:apigateway/authorizer:Authorizer",
    service="apigateway",
    id="{id}",
    import_id="{restApi}/{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateAuthorizer"),
    read=(Call("GetAuthorizer"),),
    delete=(Call("DeleteAuthorizer"),),
    rename={"id": ("id", "authorizerId"), "restApi": "restApiId"},
    defaults={"identitySource": "method.request.header.Authorization", "type": "TOKEN"},
    computed={"arn": "arn:{partition}:apigateway:{region}::/restapis/{restApi}/authorizers/{id}"},
)

VALIDATOR = Resource(
    "aws:apigateway/requestValidator:RequestValidator",
    service="apigateway",
    id="{id}",
    import_id="{restApi}/{id}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateRequestValidator"),
    read=(Call("GetRequestValidator"),),
    delete=(Call("DeleteRequestValidator"),),
    rename={"id": ("id", "requestValidatorId"), "restApi": "restApiId"},
    defaults={"validateRequestBody": False, "validateRequestParameters": False},
)

MODEL = Resource(
    "aws:apigateway/model:Model",
    service="apigateway",
    id="{id}",
    import_id="{restApi}/{name}",
    name=Name(limit=128, prefix_property=""),
    create=Call("CreateModel"),
    read=(Call("GetModel"),),
    delete=(Call("DeleteModel"),),
    parts=(
        _part(
            "UpdateModel",
            {"restApiId": "restApi", "modelName": "name"},
            {"description": "/description", "schema": "/schema"},
        ),
    ),
    rename={"restApi": "restApiId", "name": ("name", "modelName")},
    json=("schema",),
)

RESPONSE = Resource(
    "aws:apigateway/response:Response",
    service="apigateway",
    id="aggr-{restApiId}-{responseType}",
    import_id="{restApiId}/{responseType}",
    create=Call("PutGatewayResponse"),
    puts=True,
    read=(Call("GetGatewayResponse"),),
    delete=(Call("DeleteGatewayResponse"),),
)


def _role(parameters: dict[str, Any], state: State) -> None:
    value = state.get("cloudwatchRoleArn") or ""
    parameters["patchOperations"] = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": value}]


def _no_role(parameters: dict[str, Any], state: State) -> None:
    _role(parameters, {})


ACCOUNT = Resource(
    "aws:apigateway/account:Account",
    service="apigateway",
    id="api-gateway-account",
    create=Call("UpdateAccount", adjust=_role),
    puts=True,
    read=(Call("GetAccount"),),
    delete=(Call("UpdateAccount", adjust=_no_role),),
    by_code=("cloudwatchRoleArn",),
)

DOMAIN_NAME = Resource(
    "aws:apigateway/domainName:DomainName",
    service="apigateway",
    id="{domainName}",
    create=Call("CreateDomainName"),
    read=(Call("GetDomainName"),),
    delete=(Call("DeleteDomainName"),),
    tags=Tags(list="GetTags"),
    rename={
        "arn": ("resourceArn",),
        "cloudfrontDomainName": "distributionDomainName",
        "cloudfrontZoneId": "distributionHostedZoneId",
        "regionalZoneId": "regionalHostedZoneId",
    },
    computed={"arn": "arn:{partition}:apigateway:{region}::/domainnames/{domainName}"},
    unread=("endpointAccessMode", "regionalCertificateArn", "securityPolicy"),
    unsupported=dict.fromkeys(
        ("certificateBody", "certificateChain", "certificatePrivateKey"),
        "the local stage speaks plain HTTP on loopback, and has no certificates of its own",
    ),
)

BASE_PATH_MAPPING = Resource(
    "aws:apigateway/basePathMapping:BasePathMapping",
    service="apigateway",
    id="{domainName}/{basePath}",
    create=Call("CreateBasePathMapping"),
    read=(Call("GetBasePathMapping"),),
    delete=(Call("DeleteBasePathMapping"),),
    rename={"restApi": "restApiId", "stageName": "stage"},
    defaults={"basePath": "(none)"},
)

RESOURCES = (
    *(REST_API, STAGE, METHOD_SETTINGS, DEPLOYMENT, AUTHORIZER, VALIDATOR, MODEL, RESPONSE),
    *(ACCOUNT, DOMAIN_NAME, BASE_PATH_MAPPING),
)
