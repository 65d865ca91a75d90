"""A REST API in front of one function."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..account import AccountSettings
from ..compute import LambdaFunction
from ..core import Component, EncryptionKey, Tags
from ..observability import LogRetention
from . import stage
from .methods import Backend, Methods, document_model
from .names import Domain
from .parts import Parts
from .problems import gateway_responses
from .routes import Route
from .user_pool import UserPool

TLS_POLICY = "SecurityPolicy_TLS13_1_2_2021_06"
"""TLS 1.2 with forward secrecy, and 1.3; API Gateway's own default still takes 1.0 (Amazon API Gateway Developer Guide,
"Security policies for REST APIs"). It asks for an endpoint access mode: the strict one is what AWS recommends."""
ACCESS_MODE = "STRICT"


class RestApi(Component, domain="api"):
    """A regional REST API that calls one function, for whom a user pool has given a token with the route's scope.

    Creates: the API with its resources and methods, authorizer, request validator, error answers, deployment, stage
    with logs and limits, and the function's permissions; with `domain`, the domain and its mapping, and no other
    address.

    - `function`, `users`: who answers, and whose tokens count. `routes`: what may be asked.
    - `key`: encrypts the logs. `log_days`: how long they are kept, default 365.
    - `cors_origins`: origins whose pages may call, default none.
    - `throttle_rate`, `throttle_burst`: requests a second and at once that each method takes, default 50 and 100;
      costly methods take less (see `stage.py`).
    - `domain`: its own name; the certificate must be of the API's region.
    - `account`: the account's settings, where this stack owns them: logs need the role that they give API Gateway.

    Outputs: `url`, `execution_arn`; attributes `stage`, `api_name`, and `custom_domain`, which DNS is pointed to.
    Source: Amazon API Gateway Developer Guide, "Control access to REST APIs using Amazon Cognito user pools".
    """

    def __init__(
        self,
        name: str,
        *,
        function: LambdaFunction,
        users: UserPool,
        routes: Sequence[Route],
        key: EncryptionKey,
        log_days: LogRetention = 365,
        cors_origins: Sequence[str] = (),
        throttle_rate: float = 50,
        throttle_burst: int = 100,
        domain: Domain | None = None,
        account: AccountSettings | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.resource = aws.apigateway.RestApi(
            name,
            description=f"Dataset API of {pulumi.get_project()}",
            endpoint_configuration=aws.apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            disable_execute_api_endpoint=domain is not None,
            security_policy=TLS_POLICY,
            endpoint_access_mode=ACCESS_MODE,
            tags=self._tags(),
            opts=self._options(),
        )
        self.execution_arn: pulumi.Output[str] = self.resource.execution_arn
        self.api_name: pulumi.Output[str] = self.resource.name
        parts = Parts()
        self._add_methods(parts, function, users, routes, cors_origins)
        gateway_responses(parts, self._child("says"), self.resource.id, cors_origins=cors_origins, opts=self._options())
        deployment = aws.apigateway.Deployment(
            self._child("deployment"),
            rest_api=self.resource.id,
            # Whether it answers under its own address, too, reaches the stage with a deployment alone.
            triggers={"parts": parts.digest, "own_address": "no" if domain else "yes"},
            opts=self._options(depends_on=parts.made),
        )
        self.stage = stage.Stage(
            self._child("stage"),
            rest_api=self.resource,
            deployment=deployment,
            routes=routes,
            key=key,
            log_days=log_days,
            throttle_rate=throttle_rate,
            throttle_burst=throttle_burst,
            account=account,
            tags=self.tags,
            opts=self._options(),
        )
        self._let_call(function, sorted({route.method for route in routes if route.scope}))
        self.custom_domain: aws.apigateway.DomainName | None = None
        self.url: pulumi.Output[str] = self.stage.url
        if domain:
            self.custom_domain = self._named(domain)
            self.url = pulumi.Output.concat("https://", self.custom_domain.domain_name)
        self.register_outputs({"url": self.url, "execution_arn": self.execution_arn})

    def _add_methods(
        self,
        parts: Parts,
        function: LambdaFunction,
        users: UserPool,
        routes: Sequence[Route],
        cors_origins: Sequence[str],
    ) -> None:
        rest_api = self.resource.id
        authorizer = parts.make(
            aws.apigateway.Authorizer,
            self._child("authorizer"),
            rest_api=rest_api,
            type="COGNITO_USER_POOLS",
            provider_arns=[users.arn],
            identity_source="method.request.header.Authorization",
            opts=self._options(),
        )
        validator = parts.make(
            aws.apigateway.RequestValidator,
            self._child("validator"),
            rest_api=rest_api,
            validate_request_body=True,
            validate_request_parameters=True,
            opts=self._options(),
        )
        methods = Methods(
            self.name,
            Backend(
                rest_api=self.resource,
                invoke_arn=function.resource.invoke_arn,
                authorizer=authorizer.id,
                validator=validator.id,
                model=document_model(parts, self._child("document"), rest_api, self._options()).name,
                cors_origins=cors_origins,
                opts=self._options(),
            ),
            parts,
        )
        methods.add(routes)

    def _let_call(self, function: LambdaFunction, methods: Sequence[str]) -> None:
        """Let this API's stage invoke the function by these methods, and no other API, stage or method."""
        for method in methods:
            aws.lambda_.Permission(
                self._child(f"{method.lower()}-permission"),
                action="lambda:InvokeFunction",
                function=function.function_name,
                principal="apigateway.amazonaws.com",
                source_arn=pulumi.Output.concat(self.execution_arn, f"/{stage.NAME}/{method}/*"),
                # Called before it may read anything, the function would answer with errors.
                opts=self._options(depends_on=function.role.granted),
            )

    def _named(self, domain: Domain) -> "aws.apigateway.DomainName":
        """Give the API a name of its own, with the same TLS."""
        made = aws.apigateway.DomainName(
            self._child("domain"),
            domain_name=domain.name,
            regional_certificate_arn=domain.certificate_arn,
            endpoint_configuration=aws.apigateway.DomainNameEndpointConfigurationArgs(types="REGIONAL"),
            security_policy=TLS_POLICY,
            endpoint_access_mode=ACCESS_MODE,
            tags=self._tags(),
            opts=self._options(),
        )
        aws.apigateway.BasePathMapping(
            self._child("mapping"),
            domain_name=made.domain_name,
            rest_api=self.resource.id,
            stage_name=self.stage.stage_name,
            opts=self._options(),
        )
        return made
