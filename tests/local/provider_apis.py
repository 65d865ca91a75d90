"""The lives of REST APIs, user pools, web ACLs and distributions, and of what hangs on them."""

from typing import Any

from local.aws import Clients

from .provider_world import Case, World, get

API = "aws:apigateway/restApi:RestApi"
POOL = "aws:cognito/userPool:UserPool"
PASSWORD_POLICY = {
    "minimumLength": 14,
    "requireLowercase": True,
    "requireNumbers": True,
    "requireSymbols": True,
    "requireUppercase": True,
    "temporaryPasswordValidityDays": 3,
}


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


def pool(world: World, name: str) -> str:
    """A user pool."""
    return str(world.made(POOL, name).id)


def second_factor(clients: Clients, outputs: dict[str, Any]) -> Any:
    """Whether a pool asks for an app's code, how long passwords are, and what updating has left alone."""
    found = clients("cognito-idp").describe_user_pool(UserPoolId=outputs["id"])["UserPool"]
    length = found["Policies"]["PasswordPolicy"]["MinimumLength"]
    return found["MfaConfiguration"], length, found["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]


def firewall(world: World, name: str) -> dict[str, Any]:
    """A web ACL."""
    return world.made("aws:wafv2/webAcl:WebAcl", name, **web_acl("block")).outputs


def web_acl(action: str) -> dict[str, Any]:
    """The inputs of a web ACL that limits each address."""
    seen = {"cloudwatchMetricsEnabled": True, "metricName": "all", "sampledRequestsEnabled": False}
    by_address = {"rateBasedStatement": {"limit": 100, "aggregateKeyType": "IP", "evaluationWindowSec": 300}}
    rate = {"name": "rate", "priority": 0, "action": {action: {}}, "statement": by_address, "visibilityConfig": seen}
    group = {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
    listed = {
        "name": "listed",
        "priority": 1,
        "overrideAction": {"none": {}},
        "statement": {"managedRuleGroupStatement": group},
        "visibilityConfig": seen,
    }
    return {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": seen, "rules": [rate, listed]}


def rate_action(clients: Clients, outputs: dict[str, Any]) -> Any:
    """What a web ACL does to who asks too often."""
    acl = clients("wafv2").get_web_acl(Name=outputs["name"], Scope="REGIONAL", Id=outputs["id"])["WebACL"]
    return sorted(acl["Rules"][0]["Action"])


def distribution(world: World, comment: str) -> dict[str, Any]:
    """The inputs of a distribution of a bucket's files."""
    control = world.made("aws:cloudfront/originAccessControl:OriginAccessControl", f"control-{comment}", **SIGNED)
    headers = world.made(HEADERS, f"headers-{comment}", comment="one", **secure_headers("DENY"))
    return {
        "enabled": True,
        "comment": comment,
        "defaultRootObject": "index.html",
        "origins": [
            {
                "originId": "files",
                "domainName": f"{world.bucket}.s3.eu-central-1.amazonaws.com",
                "originAccessControlId": control.id,
            }
        ],
        "defaultCacheBehavior": {
            "targetOriginId": "files",
            "allowedMethods": ["GET", "HEAD"],
            "cachedMethods": ["GET", "HEAD"],
            "viewerProtocolPolicy": "redirect-to-https",
            "cachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "responseHeadersPolicyId": headers.id,
        },
        "customErrorResponses": [{"errorCode": 404, "responseCode": 404, "responsePagePath": "/404.html"}],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }


def secure_headers(frame: str) -> dict[str, Any]:
    """What a policy of response headers says."""
    return {
        "securityHeadersConfig": {
            "frameOptions": {"frameOption": frame, "override": True},
            "contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'none'", "override": True},
        },
        "customHeadersConfig": {"items": [{"header": "X-One", "value": "1", "override": True}]},
        "removeHeadersConfig": {"items": [{"header": "x-amz-version-id"}]},
    }


def user(world: World) -> dict[str, Any]:
    """A user and a group, who does not belong to it yet."""
    users = pool(world, "members")
    world.made("aws:cognito/userGroup:UserGroup", "members", userPoolId=users, name="staff")
    world.made("aws:cognito/user:User", "members", userPoolId=users, username="ada", messageAction="SUPPRESS")
    return {"userPoolId": users, "groupName": "staff", "username": "ada"}


HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
SIGNED = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}
SCOPES = [{"scopeName": "read", "scopeDescription": "Read"}]
MORE_SCOPES = [*SCOPES, {"scopeName": "write", "scopeDescription": "Write"}]
COUNT = {"name": "errors", "namespace": "Ours", "value": "1", "defaultValue": "0"}

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
        POOL,
        lambda world: {
            "usernameAttributes": ["email"],
            "autoVerifiedAttributes": ["email"],
            "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
            "passwordPolicy": PASSWORD_POLICY,
            "mfaConfiguration": "OPTIONAL",
            "softwareTokenMfaConfiguration": {"enabled": True},
            "userPoolTier": "PLUS",
            "userPoolAddOns": {"advancedSecurityMode": "ENFORCED"},
            "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
            "usernameConfiguration": {"caseSensitive": False},
            "tags": {"a": "b"},
        },
        {"mfaConfiguration": "ON", "passwordPolicy": {**PASSWORD_POLICY, "minimumLength": 20}},
        second_factor,
        ("OPTIONAL", 14, True),
        ("ON", 20, True),
    ),
    Case(
        "aws:cognito/userPoolClient:UserPoolClient",
        lambda world: {
            "userPoolId": pool(world, "clients"),
            "generateSecret": False,
            "allowedOauthFlows": ["code"],
            "allowedOauthFlowsUserPoolClient": True,
            "allowedOauthScopes": ["openid"],
            "callbackUrls": ["https://one.example.com/"],
            "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
            "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 30},
            "supportedIdentityProviders": ["COGNITO"],
            "tokenValidityUnits": {"accessToken": "hours", "idToken": "hours", "refreshToken": "days"},
        },
        {"callbackUrls": ["https://two.example.com/"]},
        get(
            "cognito-idp",
            "describe_user_pool_client",
            "UserPoolClient",
            "CallbackURLs",
            UserPoolId="userPoolId",
            ClientId="id",
        ),
        ["https://one.example.com/"],
        ["https://two.example.com/"],
        import_id=lambda life: f"{life.outputs['userPoolId']}/{life.id}",
    ),
    Case(
        "aws:cognito/userPoolDomain:UserPoolDomain",
        lambda world: {"userPoolId": pool(world, "addressed"), "domain": "watershed-test"},
        look=get("cognito-idp", "describe_user_pool_domain", "DomainDescription", "Domain", Domain="domain"),
        first="watershed-test",
    ),
    Case(
        "aws:cognito/resourceServer:ResourceServer",
        lambda world: {"userPoolId": pool(world, "scoped"), "identifier": "datasets", "name": "one", "scopes": SCOPES},
        {"scopes": MORE_SCOPES},
        lambda clients, outputs: len(
            clients("cognito-idp").describe_resource_server(UserPoolId=outputs["userPoolId"], Identifier="datasets")[
                "ResourceServer"
            ]["Scopes"]
        ),
        1,
        2,
    ),
    Case(
        "aws:cognito/userGroup:UserGroup",
        lambda world: {"userPoolId": pool(world, "grouped"), "name": "analysts"},
        look=get("cognito-idp", "get_group", "Group", "GroupName", UserPoolId="userPoolId", GroupName="name"),
        first="analysts",
    ),
    Case(
        "aws:cognito/user:User",
        lambda world: {
            "userPoolId": pool(world, "peopled"),
            "username": "ada",
            "attributes": {"email": "ada@example.com"},
            "messageAction": "SUPPRESS",
        },
        look=get("cognito-idp", "admin_get_user", "UserStatus", UserPoolId="userPoolId", Username="username"),
        first="FORCE_CHANGE_PASSWORD",
    ),
    Case(
        "aws:cognito/userInGroup:UserInGroup",
        user,
        look=get(
            "cognito-idp", "list_users_in_group", "Users", 0, "Username", UserPoolId="userPoolId", GroupName="groupName"
        ),
        first="ada",
    ),
    Case(
        "aws:wafv2/webAcl:WebAcl",
        lambda world: {**web_acl("count"), "tags": {"a": "b"}},
        web_acl("block"),
        rate_action,
        ["Count"],
        ["Block"],
        import_id=lambda life: f"{life.id}/{life.outputs['name']}/REGIONAL",
    ),
    Case(
        "aws:wafv2/webAcl:WebAcl",
        lambda world: {**web_acl("count"), "tags": {"a": "1", "b": "1"}},
        {"tags": {"a": "2"}},
        get("wafv2", "list_tags_for_resource", "TagInfoForResource", "TagList", ResourceARN="arn"),
        [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}],
        [{"Key": "a", "Value": "2"}],
        import_id=lambda life: f"{life.id}/{life.outputs['name']}/REGIONAL",
    ),
    Case(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        lambda world: {
            "webAclArn": firewall(world, "associated")["arn"],
            "resourceArn": f"arn:aws:apigateway:eu-central-1::/restapis/{staged(world, 'fenced')['restApi']}/stages/v1",
        },
        look=lambda clients, outputs: (
            clients("wafv2").get_web_acl_for_resource(ResourceArn=outputs["resourceArn"])["WebACL"]["ARN"]
            == outputs["webAclArn"]
        ),
        first=True,
    ),
    Case(
        "aws:cloudfront/distribution:Distribution",
        lambda world: distribution(world, "one"),
        {"comment": "two"},
        get("cloudfront", "get_distribution_config", "DistributionConfig", "Comment", Id="id"),
        "one",
        "two",
    ),
    Case(
        "aws:cloudfront/distribution:Distribution",
        lambda world: {**distribution(world, "tagged"), "tags": {"a": "1", "b": "1"}},
        {"tags": {"a": "2"}},
        get("cloudfront", "list_tags_for_resource", "Tags", "Items", Resource="arn"),
        [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}],
        [{"Key": "a", "Value": "2"}],
    ),
    Case(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        lambda world: {**SIGNED, "description": "one"},
        {"description": "two"},
        get(
            "cloudfront",
            "get_origin_access_control",
            "OriginAccessControl",
            "OriginAccessControlConfig",
            "Description",
            Id="id",
        ),
        "one",
        "two",
    ),
    Case(
        HEADERS,
        lambda world: {"comment": "one", **secure_headers("DENY")},
        secure_headers("SAMEORIGIN"),
        get(
            "cloudfront",
            "get_response_headers_policy_config",
            "ResponseHeadersPolicyConfig",
            "SecurityHeadersConfig",
            "FrameOptions",
            "FrameOption",
            Id="id",
        ),
        "DENY",
        "SAMEORIGIN",
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
    Case(
        "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
        lambda world: {
            "bucket": world.bucket,
            "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://one.example.com"]}],
        },
        {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["https://two.example.com"]}]},
        get("s3", "get_bucket_cors", "CORSRules", 0, "AllowedOrigins", Bucket="bucket"),
        ["https://one.example.com"],
        ["https://two.example.com"],
    ),
)


def recorded(world: World) -> dict[str, dict[str, Any]]:
    """The inputs of the types that only state keeps."""
    logs = "arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-one"
    return {
        "aws:cognito/riskConfiguration:RiskConfiguration": {
            "userPoolId": "eu-central-1_risky",
            "compromisedCredentialsRiskConfiguration": {"actions": {"eventAction": "BLOCK"}},
        },
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
            "resourceArn": "arn:aws:wafv2:eu-central-1:000000000000:regional/webacl/logged/1",
            "logDestinationConfigs": [logs],
            "redactedFields": [{"singleHeader": {"name": "authorization"}}],
        },
        "aws:cloudwatch/logDeliverySource:LogDeliverySource": {
            "logType": "ACCESS_LOGS",
            "resourceArn": "arn:aws:cloudfront::000000000000:distribution/E1",
            "region": "us-east-1",
        },
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
            "deliveryDestinationConfiguration": {"destinationResourceArn": f"arn:aws:s3:::{world.bucket}"},
            "outputFormat": "json",
            "region": "us-east-1",
        },
        "aws:cloudwatch/logDelivery:LogDelivery": {
            "deliverySourceName": "portal",
            "deliveryDestinationArn": "arn:aws:logs:us-east-1:000000000000:delivery-destination:portal",
            "s3DeliveryConfigurations": [{"suffixPath": "{yyyy}"}],
            "region": "us-east-1",
        },
    }
