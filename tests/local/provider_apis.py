"""The lives of REST APIs, and of what hangs on them."""

from typing import Any

from local.aws import Clients

from .provider_users import POOL
from .provider_world import Case, World, get

API = "aws:apigateway/restApi:RestApi"


COUNT = {"name": "errors", "namespace": "Ours", "value": "1", "defaultValue": "0"}


def path(world: World, name: str) -> dict[str, Any]:
    """An API with one path."""
    api = world.made(API, name).outputs
    resource = world.made(
        "aws:apigateway/resource:Resource",
        name,
        restApi=api["id"],
        parentId=api["rootResourceId"],
        pathPart="flights",
    )
    return {"restApi": api["id"], "resourceId": resource.id}


def method(world: World, name: str) -> dict[str, Any]:
    """A method of it."""
    made = {**path(world, name), "httpMethod": "GET"}
    world.made("aws:apigateway/method:Method", name, **made, authorization="NONE")
    return made


def mock(world: World, name: str) -> dict[str, Any]:
    """A method that is answered without a backend, with a response of its own."""
    made = method(world, name)
    world.made("aws:apigateway/integration:Integration", name, **made, type="MOCK")
    world.made("aws:apigateway/methodResponse:MethodResponse", name, **made, statusCode="200")
    return made


def deployed(world: World, name: str) -> dict[str, Any]:
    """A deployed API."""
    made = mock(world, name)
    deployment = world.made("aws:apigateway/deployment:Deployment", name, restApi=made["restApi"])
    return {"restApi": made["restApi"], "deployment": deployment.id}


def staged(world: World, name: str) -> dict[str, Any]:
    """A deployed API with a stage."""
    made = deployed(world, name)
    world.made("aws:apigateway/stage:Stage", name, **made, stageName="v1")
    return {"restApi": made["restApi"], "stageName": "v1"}


def with_answers(service: str) -> Any:
    """Look at a method's authorization or an integration's template, and whether the answers that it got are there."""
    answered = set()

    def look(clients: Clients, outputs: dict[str, Any]) -> Any:
        where = {"restApiId": outputs["restApi"], "resourceId": outputs["resourceId"], "httpMethod": "GET"}
        gateway = clients("apigateway")
        if outputs["restApi"] not in answered:
            answered.add(outputs["restApi"])
            if service == "method":
                gateway.put_integration(**where, type="MOCK")
            gateway.put_method_response(**where, statusCode="200")
            gateway.put_integration_response(**where, statusCode="200")
        found = gateway.get_method(**where)
        integration = found["methodIntegration"]
        own = {"method": found["authorizationType"], "integration": integration["requestTemplates"]}[service]
        return own, sorted(found["methodResponses"]), sorted(integration["integrationResponses"])

    return look


def settings(clients: Clients, outputs: dict[str, Any]) -> Any:
    """The limits that a stage has for all methods."""
    stage = clients("apigateway").get_stage(restApiId=outputs["restApi"], stageName="v1")
    found = stage["methodSettings"]["*/*"]
    return found["throttlingRateLimit"], found["loggingLevel"], found["dataTraceEnabled"]


CASES = (
    Case(
        API,
        lambda world: {
            "description": "one",
            "endpointConfiguration": {"types": "REGIONAL"},
            "securityPolicy": "SecurityPolicy_TLS13_1_2_2021_06",
            "endpointAccessMode": "STRICT",
            "tags": {"a": "b"},
        },
        {"description": "two"},
        get("apigateway", "get_rest_api", "description", restApiId="id"),
        "one",
        "two",
    ),
    Case(
        "aws:apigateway/resource:Resource",
        lambda world: (
            {"restApi": (api := world.made(API, "paths").outputs)["id"], "parentId": api["rootResourceId"]}
            | {"pathPart": "{id}"}
        ),
        look=get("apigateway", "get_resource", "path", restApiId="restApi", resourceId="id"),
        first="/{id}",
        import_id=lambda life: f"{life.outputs['restApi']}/{life.id}",
    ),
    Case(
        "aws:apigateway/method:Method",
        lambda world: {**path(world, "secured"), "httpMethod": "GET", "authorization": "NONE"},
        {"authorization": "AWS_IAM", "requestParameters": {"method.request.querystring.limit": False}},
        with_answers("method"),
        ("NONE", ["200"], ["200"]),
        ("AWS_IAM", ["200"], ["200"]),
        import_id=lambda life: "/".join(life.outputs[name] for name in ("restApi", "resourceId", "httpMethod")),
    ),
    Case(
        "aws:apigateway/methodResponse:MethodResponse",
        lambda world: {**method(world, "responding"), "statusCode": "200"},
        {"responseParameters": {"method.response.header.Vary": True}},
        import_id=lambda life: "/".join(
            life.outputs[name] for name in ("restApi", "resourceId", "httpMethod", "statusCode")
        ),
    ),
    Case(
        "aws:apigateway/integration:Integration",
        lambda world: {
            **method(world, "integrated"),
            "type": "MOCK",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
        },
        {"requestTemplates": {"application/json": '{"statusCode": 204}'}},
        with_answers("integration"),
        ({"application/json": '{"statusCode": 200}'}, ["200"], ["200"]),
        ({"application/json": '{"statusCode": 204}'}, ["200"], ["200"]),
        import_id=lambda life: "/".join(life.outputs[name] for name in ("restApi", "resourceId", "httpMethod")),
    ),
    Case(
        "aws:apigateway/integrationResponse:IntegrationResponse",
        lambda world: {**mock(world, "mapped"), "statusCode": "200", "responseTemplates": {"application/json": "{}"}},
        {"responseTemplates": {"application/json": '{"status": "ok"}'}},
        import_id=lambda life: "/".join(
            life.outputs[name] for name in ("restApi", "resourceId", "httpMethod", "statusCode")
        ),
    ),
    Case(
        "aws:apigateway/deployment:Deployment",
        lambda world: {"restApi": mock(world, "deploying")["restApi"], "description": "one"},
        look=get("apigateway", "get_deployment", "description", restApiId="restApi", deploymentId="id"),
        first="one",
        import_id=lambda life: f"{life.outputs['restApi']}/{life.id}",
    ),
    Case(
        "aws:apigateway/stage:Stage",
        lambda world: {
            **deployed(world, "staging"),
            "stageName": "v1",
            "xrayTracingEnabled": True,
            "accessLogSettings": {
                "destinationArn": "arn:aws:logs:eu-central-1:000000000000:log-group:one",
                "format": "$context.requestId",
            },
            "tags": {"a": "b"},
        },
        {
            "accessLogSettings": {
                "destinationArn": "arn:aws:logs:eu-central-1:000000000000:log-group:two",
                "format": "$context.requestId",
            }
        },
        get(
            "apigateway", "get_stage", "accessLogSettings", "destinationArn", restApiId="restApi", stageName="stageName"
        ),
        "arn:aws:logs:eu-central-1:000000000000:log-group:one",
        "arn:aws:logs:eu-central-1:000000000000:log-group:two",
        import_id=lambda life: f"{life.outputs['restApi']}/v1",
    ),
    Case(
        "aws:apigateway/methodSettings:MethodSettings",
        lambda world: {
            **staged(world, "limited"),
            "methodPath": "*/*",
            "settings": {"throttlingRateLimit": 10.0, "loggingLevel": "ERROR", "dataTraceEnabled": False},
        },
        {"settings": {"throttlingRateLimit": 20.0, "loggingLevel": "ERROR", "dataTraceEnabled": False}},
        settings,
        (10.0, "ERROR", False),
        (20.0, "ERROR", False),
        import_id=lambda life: f"{life.outputs['restApi']}/v1/*/*",
    ),
    Case(
        "aws:apigateway/authorizer:Authorizer",
        lambda world: {
            "restApi": world.made(API, "authorized").id,
            "type": "COGNITO_USER_POOLS",
            "providerArns": [world.made(POOL, "authorized").outputs["arn"]],
        },
        look=get("apigateway", "get_authorizer", "type", restApiId="restApi", authorizerId="id"),
        first="COGNITO_USER_POOLS",
        import_id=lambda life: f"{life.outputs['restApi']}/{life.id}",
    ),
    Case(
        "aws:apigateway/requestValidator:RequestValidator",
        lambda world: {"restApi": world.made(API, "valid").id, "validateRequestBody": True},
        look=get(
            "apigateway", "get_request_validator", "validateRequestBody", restApiId="restApi", requestValidatorId="id"
        ),
        first=True,
        import_id=lambda life: f"{life.outputs['restApi']}/{life.id}",
    ),
    Case(
        "aws:apigateway/model:Model",
        lambda world: {
            "restApi": world.made(API, "modelled").id,
            "name": "Document",
            "contentType": "application/json",
            "schema": '{"type": "object"}',
        },
        {"schema": '{"type": "array"}'},
        get("apigateway", "get_model", "schema", restApiId="restApi", modelName="name"),
        '{"type": "object"}',
        '{"type": "array"}',
        import_id=lambda life: f"{life.outputs['restApi']}/Document",
    ),
    Case(
        "aws:apigateway/response:Response",
        lambda world: (
            {"restApiId": world.made(API, "excuses").id, "responseType": "THROTTLED", "statusCode": "429"}
            | {"responseTemplates": {"application/json": '{"title": "Too Many Requests"}'}}
        ),
        {"responseParameters": {"gatewayresponse.header.Retry-After": "'1'"}},
        get(
            "apigateway",
            "get_gateway_response",
            "responseParameters",
            restApiId="restApiId",
            responseType="responseType",
        ),
        {},
        {"gatewayresponse.header.Retry-After": "'1'"},
        import_id=lambda life: f"{life.outputs['restApiId']}/THROTTLED",
        stays=True,
    ),
    Case(
        "aws:apigateway/account:Account",
        lambda world: {"cloudwatchRoleArn": world.role["arn"]},
        look=get("apigateway", "get_account", "apiKeyVersion"),
        first="4",
        stays=True,
    ),
    Case(
        "aws:apigateway/domainName:DomainName",
        lambda world: {
            "domainName": "api.example.com",
            "regionalCertificateArn": "arn:aws:acm:eu-central-1:000000000000:certificate/1",
            "endpointConfiguration": {"types": "REGIONAL"},
            "securityPolicy": "TLS_1_2",
        },
        look=get("apigateway", "get_domain_name", "domainName", domainName="domainName"),
        first="api.example.com",
    ),
    Case(
        "aws:apigateway/basePathMapping:BasePathMapping",
        lambda world: {
            "domainName": world.made(
                "aws:apigateway/domainName:DomainName", "mapped", domainName="mapped.example.com"
            ).id,
            **staged(world, "mapped"),
        },
        look=get("apigateway", "get_base_path_mapping", "stage", domainName="domainName", basePath="basePath"),
        first="v1",
    ),
    Case(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        lambda world: {
            "logGroupName": world.made("aws:cloudwatch/logGroup:LogGroup", "counted").outputs["name"],
            "pattern": '{ $.status = "429" }',
            "metricTransformation": COUNT,
        },
        {"pattern": '{ $.status = "503" }'},
        get("logs", "describe_metric_filters", "metricFilters", 0, "filterPattern", logGroupName="logGroupName"),
        '{ $.status = "429" }',
        '{ $.status = "503" }',
        import_id=lambda life: f"{life.outputs['logGroupName']}:{life.id}",
    ),
)
