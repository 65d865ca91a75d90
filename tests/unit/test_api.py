"""The Dataset API: what is open, to whom, and what is refused before it is deployed."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components import Domain, Machine, Portal
from components.api.parts import Parts
from components.api.preflight import preflight_template
from components.api.problems import PROBLEMS, template
from components.api.routes import routes
from tests.policy.harness import Recorded, check, record
from tests.unit.apis import CERTIFICATE, HERE, dataset_api, full_api
from tests.unit.programs import ACCOUNT, CONFIG


def recorded(program: Callable[[], object], config: dict[str, str] = CONFIG) -> list[Recorded]:
    return record(program, config=config)


@cache
def _made(settings: str) -> list[Recorded]:
    return recorded(lambda: dataset_api(**json.loads(settings)))


def made(**settings: Any) -> list[Recorded]:
    """The API with these settings; the same ones are recorded once."""
    return _made(json.dumps(settings))


@cache
def full() -> list[Recorded]:
    return recorded(full_api)


@cache
def portal() -> list[Recorded]:
    return recorded(lambda: Portal("portal", api=dataset_api()))


def of_type(found: list[Recorded], kind: str) -> dict[str, dict[str, Any]]:
    return {each.name: dict(each.inputs) for each in found if each.type.endswith(f":{kind}")}


def user_pool(found: list[Recorded]) -> dict[str, Any]:
    return of_type(found, "UserPool")["api-users"]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_every_method_asks_for_the_scope_of_its_route_and_health_alone_is_open() -> None:
    methods = of_type(made(cors_origins=[]), "Method").values()
    scopes = [tuple(each["authorizationScopes"]) for each in methods if each["authorization"] == "COGNITO_USER_POOLS"]
    assert sorted(scopes) == sorted((route.scope,) for route in routes(docs=False) if route.scope)
    assert [each["httpMethod"] for each in methods if each["authorization"] == "NONE"] == ["GET"]
    assert [route.path for route in routes(docs=False) if route.scope is None] == ["/health"]


def test_a_body_is_validated_wherever_a_route_takes_one() -> None:
    methods = of_type(made(cors_origins=[]), "Method").values()
    assert sum("requestModels" in each for each in methods) == sum(route.body for route in routes(docs=False))
    assert all(each["requestValidatorId"] for each in methods)


def test_the_apis_description_is_served_where_it_is_asked_for() -> None:
    paths = {each["pathPart"] for each in of_type(made(docs=True), "Resource").values()}
    assert {"docs", "openapi.json"} <= paths
    assert not {"docs", "openapi.json"} & {each["pathPart"] for each in of_type(made(), "Resource").values()}


def test_the_function_lets_in_this_apis_stage_and_the_methods_that_call_it() -> None:
    sources = {each["sourceArn"].rpartition("/v1/")[2] for each in of_type(made(), "Permission").values()}
    assert sources == {"GET/*", "POST/*", "PATCH/*", "DELETE/*"}


def test_people_have_no_secret_and_programs_no_page() -> None:
    clients = of_type(full(), "UserPoolClient")
    people, loader = clients["api-users-people"], clients["api-users-machine-loader"]
    assert (people["generateSecret"], people["allowedOauthFlows"]) == (False, ["code"])
    assert (loader["generateSecret"], loader["allowedOauthFlows"]) == (True, ["client_credentials"])
    assert loader["allowedOauthScopes"] == ["datasets/read", "datasets/write"]
    assert "callbackUrls" not in loader
    for client in (people, loader):
        assert not {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"} & set(client["explicitAuthFlows"])
        assert client["preventUserExistenceErrors"] == "ENABLED"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("PLUS", "ON", True, True, True)),
        ({"plan": "essentials", "mfa": "optional"}, ("ESSENTIALS", "OPTIONAL", False, False, True)),
        ({"plan": "lite", "mfa": "off"}, ("LITE", "OFF", False, False, False)),
    ],
)
def test_what_a_plan_has_is_switched_on(settings: dict[str, Any], expected: tuple[Any, ...]) -> None:
    found = made(**settings)
    pool, people = user_pool(found), of_type(found, "UserPoolClient")
    rotates = "refreshTokenRotation" in people["api-users-people"]
    risks = bool(of_type(found, "RiskConfiguration"))
    assert (pool["userPoolTier"], pool["mfaConfiguration"], "userPoolAddOns" in pool, risks, rotates) == expected
    assert ("ALLOW_REFRESH_TOKEN_AUTH" in people["api-users-people"]["explicitAuthFlows"]) is not rotates


def test_a_pool_is_kept_unless_component_and_stack_say_otherwise() -> None:
    assert user_pool(made(removable=True))["deletionProtection"] == "ACTIVE"
    allowed = {**CONFIG, "watershed:allowDestroy": "true"}
    assert user_pool(recorded(lambda: dataset_api(removable=True), allowed))["deletionProtection"] == "INACTIVE"


def test_purging_follows_what_may_be_destroyed() -> None:
    def allowed(found: list[Recorded]) -> str:
        function = of_type(found, "Function")["api-function"]
        return str(function["environment"]["variables"]["PURGE_ALLOWED"])

    def deletes(found: list[Recorded]) -> set[str]:
        statements = json.loads(of_type(found, "RolePolicy")["api-function-role-api"]["policy"])["Statement"]
        named = [each["Resource"] for each in statements if "s3:DeleteObject" in each["Action"]]
        listed = [each for one in named for each in ([one] if isinstance(one, str) else one)]
        return {each.rpartition(":::")[2].replace("-abc1234", "") for each in listed}

    assert (allowed(made()), deletes(made())) == ("false", set())
    purging = recorded(lambda: dataset_api(removable=True), {**CONFIG, "watershed:allowDestroy": "true"})
    assert (allowed(purging), deletes(purging)) == (
        "true",
        {"lake-curated/*", "lake-raw/registered/*", "lake-quarantine/*"},
    )


def test_the_function_writes_to_source_zones_and_cannot_read_them() -> None:
    statements = json.loads(of_type(made(), "RolePolicy")["api-function-role-api"]["policy"])["Statement"]

    def actions(zone: str) -> set[str]:
        return {
            action
            for statement in statements
            for action in listed(statement["Action"])
            if any(f":::lake-{zone}-" in arn for arn in listed(statement["Resource"]))
        }

    assert "s3:PutObject" in actions("raw")
    assert "s3:GetObject" not in actions("raw")
    assert "s3:GetObject" in actions("curated")
    assert "s3:PutObject" not in actions("curated")


def test_costly_methods_take_a_fifth_of_the_rate() -> None:
    found = of_type(made(throttle_rate=10, throttle_burst=20), "MethodSettings").values()
    rates = {each["methodPath"]: each["settings"]["throttlingRateLimit"] for each in found}
    bursts = {each["methodPath"]: each["settings"]["throttlingBurstLimit"] for each in found}
    assert rates == {"*/*": 10, "queries/POST": 2, "datasets/POST": 2}
    assert bursts == {"*/*": 20, "queries/POST": 4, "datasets/POST": 4}
    assert not any(each["settings"]["dataTraceEnabled"] for each in found)


def test_access_logs_hold_no_header_and_no_query() -> None:
    settings = of_type(made(), "Stage")["api-rest-stage"]["accessLogSettings"]
    written = json.loads(settings["format"])
    assert {"requestId", "caller", "client", "status", "error"} <= set(written)
    assert not [value for value in written.values() if re.search(r"header|querystring|requestOverride", value)]


def test_a_stage_waits_for_the_logs_of_its_executions_that_api_gateway_would_make_without_the_key() -> None:
    (stage,) = [each for each in made() if each.name == "api-rest-stage" and each.custom]
    (group,) = [each for each in made() if each.name == "api-rest-stage-execution-log"]
    assert group.urn in stage.waits_for
    api = next(each for each in made() if each.type.endswith(":RestApi") and each.custom)
    assert group.inputs["name"] == f"API-Gateway-Execution-Logs_{api.outputs['id']}/v1"
    assert group.inputs["kmsKeyId"] == of_type(made(), "LogGroup")["api-rest-stage-access-log"]["kmsKeyId"]
    assert group.inputs["retentionInDays"] == 365


def test_an_api_and_its_name_take_no_tls_before_1_2() -> None:
    for each in (of_type(full(), "RestApi")["api-rest"], of_type(full(), "DomainName")["api-rest-domain"]):
        assert (each["securityPolicy"], each["endpointAccessMode"]) == ("SecurityPolicy_TLS13_1_2_2021_06", "STRICT")


def test_an_api_with_a_name_of_its_own_has_no_other() -> None:
    found = full()
    assert of_type(found, "RestApi")["api-rest"]["disableExecuteApiEndpoint"] is True
    assert of_type(found, "DomainName")["api-rest-domain"]["domainName"] == "api.example.com"
    function = of_type(found, "Function")["api-function"]
    assert function["environment"]["variables"]["API_URL"] == "https://api.example.com"


def test_whatever_a_stage_serves_a_copy_of_leads_to_another_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: set[str] = set()
    make = Parts.make

    def seen(parts: Parts, kind: Any, *given: Any, **named: Any) -> Any:
        kinds.add(kind.__name__)
        return make(parts, kind, *given, **named)

    monkeypatch.setattr(Parts, "make", seen)
    found = recorded(dataset_api)
    served = {each.type.rpartition(":")[2] for each in found if each.type.startswith("aws:apigateway/")}
    assert kinds >= served - {"RestApi", "Resource", "Deployment", "Stage", "MethodSettings"}
    triggers = [of_type(each, "Deployment")["api-rest-deployment"]["triggers"] for each in (found, full())]
    assert [each["own_address"] for each in triggers] == ["yes", "no"]


def test_only_named_origins_may_call_and_fetch() -> None:
    assert not of_type(made(cors_origins=[]), "BucketCorsConfiguration")
    assert "OPTIONS" not in {each["httpMethod"] for each in of_type(made(cors_origins=[]), "Method").values()}
    rules = of_type(made(), "BucketCorsConfiguration")
    methods = {name: each["corsRules"][0]["allowedMethods"] for name, each in rules.items()}
    assert methods["api-pages-raw"] == ["PUT"]
    assert methods["api-pages-curated"] == methods["api-pages-results"] == ["GET", "HEAD"]
    assert {tuple(each["corsRules"][0]["allowedOrigins"]) for each in rules.values()} == {(HERE,)}
    assert preflight_template([HERE]) == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"callback_urls": []}, "give callback_urls"),
        ({"callback_urls": ["http://data.example.com/"]}, "https address"),
        ({"callback_urls": ["https://*.example.com/"]}, "without \\* and #"),
        ({"logout_urls": ["javascript:alert(1)"]}, "https address"),
        ({"cors_origins": ["*"]}, "origin '\\*'"),
        ({"cors_origins": ["https://data.example.com/"]}, "without a path"),
        ({"cors_origins": ["http://data.example.com"]}, "http on localhost"),
        ({"groups": ["a,b"]}, "group 'a,b'"),
        ({"groups": ["a", "a"]}, "comes twice"),
        ({"groups": ["client:1"]}, "group 'client:1'"),
        ({"source_zones": ["row"]}, "row"),
    ],
)
def test_what_would_open_the_api_to_others_or_fail_on_aws_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, KeyError, pulumi.RunError), match=message):
        made(**settings)


def test_the_sign_in_has_one_address() -> None:
    domain = Domain(name="in.example.com", certificate_arn=CERTIFICATE)
    with pytest.raises((ValueError, pulumi.RunError), match="either domain_prefix or domain"):
        recorded(lambda: dataset_api(domain_prefix="sales", sign_in_domain=domain))


def test_a_sign_in_domain_is_as_short_as_cognito_takes_it() -> None:
    domain = Domain(name=f"{'sign-in.' * 8}example.com", certificate_arn=CERTIFICATE)
    with pytest.raises((ValueError, pulumi.RunError), match="has 75 characters: Cognito takes 63"):
        recorded(lambda: dataset_api(sign_in_domain=domain))


def test_no_more_programs_than_the_functions_variables_can_name() -> None:
    machines = [Machine(name=f"loader-{number}") for number in range(21)]
    with pytest.raises((ValueError, pulumi.RunError), match="21 machines, and it takes 20 at most"):
        recorded(lambda: dataset_api(machines=machines))


def test_names_that_aws_would_refuse_are_refused() -> None:
    with pytest.raises(ValidationError, match="ARN of an ACM certificate"):
        Domain(name="data.example.com", certificate_arn="arn:aws:iam::123456789012:server-certificate/a")
    with pytest.raises(ValidationError, match="datasets/read"):
        Machine(name="loader", scopes=("datasets/everything",))
    with pytest.raises(ValidationError):
        Machine(name="loader", scopes=())


def test_the_sign_ins_address_is_the_projects_the_stacks_and_the_accounts() -> None:
    domain = of_type(made(), "UserPoolDomain")["api-users-domain"]["domain"]
    assert domain == f"watershed-test-{ACCOUNT}"


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: str(problem.kind))
def test_an_answer_of_api_gateway_is_a_problem_document(problem: Any) -> None:
    text = template(problem).replace("$context.error.messageString", '"said"').replace("$context.requestId", "1-2")
    document = json.loads(text)
    assert document["requestId"] == "1-2"
    assert document["title"]
    assert document["detail"]
    assert document.get("status") == problem.status


STRICT = {
    "APIGATEWAY-CACHE": "a cache would give one caller's answers to others, or hold them by token",
    "APIGATEWAY-CLIENT-CERTIFICATE": "the backend is a function, which is called by Lambda's API and not by TLS to it",
    "COGNITO-FIREWALL": "Cognito itself slows down who guesses; a firewall's association is one line in a program",
}
"""What the strict profile asks for beyond what it asks of every bucket, function and log group, and why not."""


def test_what_the_strict_profile_still_asks_for_is_known() -> None:
    found = {each.rule_id for each in check(full(), profile="strict")}
    assert {each for each in found if each.startswith(("APIGATEWAY", "COGNITO"))} == set(STRICT)
    # Without a domain of ours; and the pages are files: what they call has the firewall.
    of_portal = {each.rule_id for each in check(portal(), profile="strict")} - found
    assert of_portal == {"APIGATEWAY-DEFAULT-ENDPOINT", "EDGE-CERTIFICATE", "EDGE-FIREWALL"}


def test_leaked_passwords_and_odd_sign_ins_are_stopped() -> None:
    risks = of_type(made(), "RiskConfiguration")["api-users-risks"]
    assert risks["compromisedCredentialsRiskConfiguration"]["actions"]["eventAction"] == "BLOCK"
    actions = risks["accountTakeoverRiskConfiguration"]["actions"]
    assert {risk: each["eventAction"] for risk, each in actions.items()} == {
        "lowAction": "MFA_IF_CONFIGURED",
        "mediumAction": "MFA_IF_CONFIGURED",
        "highAction": "BLOCK",
    }
