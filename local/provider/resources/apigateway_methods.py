"""API Gateway's REST APIs: paths, methods, and what they call or answer."""

from typing import Any

from ..table import Call, Part, Resource, Session, State

RESOURCE = Resource(
    "aws:apigateway/resource:Resource",
    service="apigateway",
    id="{id}",
    import_id="{restApi}/{id}",
    create=Call("CreateResource"),
    read=(Call("GetResource"),),
    delete=(Call("DeleteResource"),),
    rename={"id": ("id", "resourceId"), "restApi": "restApiId"},
)


def _where(state: State) -> dict[str, Any]:
    return {
        "restApiId": state["restApi"],
        "resourceId": state["resourceId"],
        "httpMethod": state["httpMethod"],
    }


def _put_again(old: State, new: State, session: Session) -> None:
    """Put a method anew, and what hangs on it, which putting it takes away.

    API Gateway itself changes a method by a patch; the emulated one understands no lists and no slashes in a patch.
    """
    where = _where(new)
    before = session.call("apigateway", "GetMethod", where)
    method = {
        "authorizationType": new["authorization"],
        "authorizerId": new.get("authorizerId"),
        "authorizationScopes": new.get("authorizationScopes"),
        "apiKeyRequired": new.get("apiKeyRequired"),
        "operationName": new.get("operationName"),
        "requestModels": new.get("requestModels"),
        "requestParameters": new.get("requestParameters"),
        "requestValidatorId": new.get("requestValidatorId"),
    }
    session.call("apigateway", "PutMethod", where | _given(method))
    for status, response in (before.get("methodResponses") or {}).items():
        kept = _given({name: response.get(name) for name in ("responseModels", "responseParameters")})
        session.call("apigateway", "PutMethodResponse", {**where, "statusCode": status, **kept})
    integration = before.get("methodIntegration")
    if integration:
        kept = {
            name: value for name, value in integration.items() if name not in ("httpMethod", "integrationResponses")
        }
        verb = {"integrationHttpMethod": integration["httpMethod"]} if integration.get("httpMethod") else {}
        session.call("apigateway", "PutIntegration", where | verb | _given(kept))
        _put_answers(where, integration.get("integrationResponses") or {}, session)


def _put_integration_again(old: State, new: State, session: Session) -> None:
    """Put an integration anew, and its responses, which putting it takes away."""
    where = _where(new)
    before = session.call("apigateway", "GetIntegration", where)
    integration = {
        "type": new["type"],
        "integrationHttpMethod": new.get("integrationHttpMethod"),
        "uri": new.get("uri"),
        "credentials": new.get("credentials"),
        "passthroughBehavior": new.get("passthroughBehavior"),
        "requestParameters": new.get("requestParameters"),
        "requestTemplates": new.get("requestTemplates"),
        "timeoutInMillis": new.get("timeoutMilliseconds"),
        "contentHandling": new.get("contentHandling"),
    }
    session.call("apigateway", "PutIntegration", where | _given(integration))
    _put_answers(where, before.get("integrationResponses") or {}, session)


def _own_method(answer: dict[str, Any], state: State) -> State:
    """AWS answers the backend's method under the name of the integration's own."""
    backend = {"integrationHttpMethod": answer["httpMethod"]} if answer.get("httpMethod") else {}
    return {"httpMethod": state["httpMethod"], **backend}


def _put_answers(where: dict[str, Any], answers: dict[str, Any], session: Session) -> None:
    for status, answer in answers.items():
        kept = _given(
            {
                name: answer.get(name)
                for name in ("contentHandling", "responseParameters", "responseTemplates", "selectionPattern")
            }
        )
        session.call("apigateway", "PutIntegrationResponse", {**where, "statusCode": status, **kept})


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}


METHOD = Resource(
    "aws:apigateway/method:Method",
    service="apigateway",
    id="agm-{restApi}-{resourceId}-{httpMethod}",
    import_id="{restApi}/{resourceId}/{httpMethod}",
    create=Call("PutMethod"),
    read=(Call("GetMethod"),),
    delete=(Call("DeleteMethod"),),
    parts=(
        Part(
            properties=(
                *("apiKeyRequired", "authorization", "authorizationScopes", "authorizerId", "operationName"),
                *("requestModels", "requestParameters", "requestValidatorId"),
            ),
            code=_put_again,
        ),
    ),
    rename={"authorization": "authorizationType", "restApi": "restApiId"},
    defaults={"apiKeyRequired": False},
)

METHOD_RESPONSE = Resource(
    "aws:apigateway/methodResponse:MethodResponse",
    service="apigateway",
    id="agmr-{restApi}-{resourceId}-{httpMethod}-{statusCode}",
    import_id="{restApi}/{resourceId}/{httpMethod}/{statusCode}",
    create=Call("PutMethodResponse"),
    puts=True,
    read=(Call("GetMethodResponse"),),
    delete=(Call("DeleteMethodResponse"),),
    rename={"restApi": "restApiId"},
)

INTEGRATION = Resource(
    "aws:apigateway/integration:Integration",
    service="apigateway",
    id="agi-{restApi}-{resourceId}-{httpMethod}",
    import_id="{restApi}/{resourceId}/{httpMethod}",
    create=Call("PutIntegration"),
    read=(Call("GetIntegration", adopt=_own_method),),
    delete=(Call("DeleteIntegration"),),
    parts=(
        Part(
            properties=(
                *("contentHandling", "credentials", "integrationHttpMethod", "passthroughBehavior"),
                *("requestParameters", "requestTemplates", "timeoutMilliseconds", "type", "uri"),
            ),
            code=_put_integration_again,
        ),
    ),
    rename={
        "integrationHttpMethod": "integrationHttpMethod",
        "restApi": "restApiId",
        "timeoutMilliseconds": "timeoutInMillis",
    },
    defaults={"connectionType": "INTERNET", "timeoutMilliseconds": 29_000},
    limits={"timeoutMilliseconds": (50, 300_000)},
    unread=("cacheNamespace",),
    unsupported={
        "integrationTarget": "the local stage has no VPC links",
        "responseTransferMode": "the local stage answers as a whole",
        "tlsConfig": "the local stage calls functions alone",
    },
)

INTEGRATION_RESPONSE = Resource(
    "aws:apigateway/integrationResponse:IntegrationResponse",
    service="apigateway",
    id="agir-{restApi}-{resourceId}-{httpMethod}-{statusCode}",
    import_id="{restApi}/{resourceId}/{httpMethod}/{statusCode}",
    create=Call("PutIntegrationResponse"),
    puts=True,
    read=(Call("GetIntegrationResponse"),),
    delete=(Call("DeleteIntegrationResponse"),),
    rename={"restApi": "restApiId"},
)

RESOURCES = (RESOURCE, METHOD, METHOD_RESPONSE, INTEGRATION, INTEGRATION_RESPONSE)
