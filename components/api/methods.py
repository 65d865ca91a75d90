"""The methods of a REST API: which path and which scope lead to the function, and what is checked before."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from ..core.limits import API_TIMEOUT
from .fixed_answer import fixed_answer
from .parts import Parts
from .preflight import preflight_headers, preflight_template
from .problems import REQUEST_ID
from .routes import Route

_DOCUMENT = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "Document", "type": "object"}
"""What a body must be at least; what is in it the handler checks, and says so field by field."""


@dataclass(frozen=True, kw_only=True)
class Backend:
    """Where requests go, and what all methods share."""

    rest_api: "aws.apigateway.RestApi"
    invoke_arn: pulumi.Input[str]
    authorizer: pulumi.Input[str]
    validator: pulumi.Input[str]
    model: pulumi.Input[str]
    cors_origins: Sequence[str]
    opts: pulumi.ResourceOptions


def document_model(
    parts: Parts, name: str, rest_api: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> "aws.apigateway.Model":
    """Return the model of a body: any JSON object."""
    return parts.make(
        aws.apigateway.Model,
        name,
        rest_api=rest_api,
        name="Document",
        content_type="application/json",
        schema=json.dumps(_DOCUMENT),
        opts=opts,
    )


@dataclass
class Methods:
    """Makes resources and methods of routes, as parts of a deployment."""

    name: str
    backend: Backend
    parts: Parts
    _resources: dict[str, pulumi.Input[str]] = field(default_factory=dict)

    def add(self, routes: Iterable[Route]) -> None:
        """Make the methods of the routes, and for each path what a browser asks first."""
        by_path: dict[str, list[str]] = {}
        for route in routes:
            by_path.setdefault(route.path, []).append(route.method)
            if route.scope is None:
                self._answer(route)
            else:
                self._call(route, route.scope)
        for path, methods in by_path.items() if self.backend.cors_origins else ():
            self._preflight(path, methods)

    def _call(self, route: Route, scope: str) -> None:
        """Make a method that calls the function, for who has a token with the scope."""
        resource_id = self._resource(route.path)
        method = self.parts.make(
            aws.apigateway.Method,
            self._named(route.path, route.method),
            rest_api=self.backend.rest_api.id,
            resource_id=resource_id,
            http_method=route.method,
            authorization="COGNITO_USER_POOLS",
            authorizer_id=self.backend.authorizer,
            authorization_scopes=[scope],
            request_validator_id=self.backend.validator,
            request_parameters={f"method.request.path.{name}": True for name in route.parameters} or None,
            request_models={"application/json": self.backend.model} if route.body else None,
            opts=self.backend.opts,
        )
        self.parts.make(
            aws.apigateway.Integration,
            self._named(route.path, route.method, "integration"),
            rest_api=self.backend.rest_api.id,
            resource_id=resource_id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=self.backend.invoke_arn,
            timeout_milliseconds=API_TIMEOUT * 1_000,
            opts=self.backend.opts,
        )

    def _answer(self, route: Route) -> None:
        """Make an open method, which API Gateway answers by itself: nobody without a token costs more than that."""
        fixed_answer(
            self.parts,
            self._named(route.path, route.method),
            self.backend.rest_api.id,
            self._resource(route.path),
            route.method,
            status=200,
            headers={REQUEST_ID: "context.requestId", "Cache-Control": "'no-store'"},
            template=json.dumps({"status": "ok"}),
            validator=self.backend.validator,
            opts=self.backend.opts,
        )

    def _preflight(self, path: str, methods: Sequence[str]) -> None:
        origins = self.backend.cors_origins
        fixed_answer(
            self.parts,
            self._named(path, "options"),
            self.backend.rest_api.id,
            self._resource(path),
            "OPTIONS",
            status=204,
            headers=preflight_headers(methods, origins),
            template=preflight_template(origins),
            opts=self.backend.opts,
        )

    def _resource(self, path: str) -> pulumi.Input[str]:
        """Return the id of the path's resource, which is made with those above it when it is first asked for."""
        if path in ("", "/"):
            return self.backend.rest_api.root_resource_id
        if path not in self._resources:
            above, _, part = path.rpartition("/")
            self._resources[path] = aws.apigateway.Resource(
                self._named(path),
                rest_api=self.backend.rest_api.id,
                parent_id=self._resource(above),
                path_part=part,
                opts=self.backend.opts,
            ).id
        return self._resources[path]

    def _named(self, path: str, *roles: str) -> str:
        words = path.replace("{", "").replace("}", "").replace(".", "-").strip("/").split("/")
        return "-".join((self.name, *words, *(role.lower() for role in roles)))
