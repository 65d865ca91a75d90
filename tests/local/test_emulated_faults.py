"""Services that are busy in the local stage: what is refused has no effect, what is lost has one, both are counted."""

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.emulator.faults import Fault, Share, busy, read_faults

from .machines import REGION, make_role

TABLE = "busy"
MAY = (
    *((f"dynamodb:{name}", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}") for name in ("PutItem", "GetItem")),
    *((f"athena:{name}", "*") for name in ("StartQueryExecution", "GetQueryExecution", "ListQueryExecutions")),
    ("glue:GetDatabases", "*"),
)


@pytest.fixture(scope="module")
def of_a_role(clients: Clients) -> Callable[..., Any]:
    """Makes clients of a role that ask as often as is said."""
    role = make_role(clients, f"busy-{uuid.uuid4().hex[:8]}", "lambda.amazonaws.com", *MAY)
    given = clients("sts").assume_role(RoleArn=role, RoleSessionName="busy")["Credentials"]
    clients("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )

    def make(service: str, attempts: int = 1) -> Any:
        session: Any = boto3.session.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION
        )
        retries: Any = {"mode": "standard", "total_max_attempts": attempts}
        return session.client(service, endpoint_url=clients.endpoint, config=Config(retries=retries, proxies={}))

    return make


def refusal(call: Callable[[], Any]) -> tuple[str, int]:
    """The error that a call gives, and its status."""
    with pytest.raises(ClientError) as refused:
        call()
    response: Any = refused.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def put(client: Any, key: str, **more: Any) -> Any:
    return client.put_item(TableName=TABLE, Item={"pk": {"S": key}}, **more)


def is_there(clients: Clients, key: str) -> bool:
    return "Item" in clients("dynamodb").get_item(TableName=TABLE, Key={"pk": {"S": key}})


def test_what_is_refused_has_no_effect_and_is_counted(clients: Clients, of_a_role: Callable[..., Any]) -> None:
    with busy(clients.endpoint, {"dynamodb": Share(refused=1)}, seed=1):
        errors = [refusal(lambda: put(of_a_role("dynamodb"), "refused")) for _ in range(20)]
    assert set(errors) == {
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
    }
    assert not is_there(clients, "refused")
    found = read_faults(clients.endpoint)
    assert {(each.service, each.operation) for each in found} == {("dynamodb", "PutItem")}
    assert sum(each.count for each in found) == 20
    assert put(of_a_role("dynamodb"), "later")


def test_what_is_lost_has_its_effect(clients: Clients, of_a_role: Callable[..., Any]) -> None:
    with busy(clients.endpoint, {"dynamodb": Share(lost=1)}, seed=1):
        assert refusal(lambda: put(of_a_role("dynamodb"), "lost")) == ("InternalServerError", 500)
        # What was not done cannot be lost.
        again = {"ConditionExpression": "attribute_not_exists(pk)"}
        assert refusal(lambda: put(of_a_role("dynamodb"), "lost", **again))[0] == "ConditionalCheckFailedException"
    assert is_there(clients, "lost")
    assert read_faults(clients.endpoint) == [Fault("dynamodb", "PutItem", "InternalServerError", 1)]


def test_the_sdk_asks_again(clients: Clients, of_a_role: Callable[..., Any]) -> None:
    with busy(clients.endpoint, {"dynamodb": Share(refused=0.3, lost=0.2)}, seed=4):
        client = of_a_role("dynamodb", attempts=10)
        for number in range(10):
            put(client, f"again{number}")
    assert all(is_there(clients, f"again{number}") for number in range(10))
    assert read_faults(clients.endpoint)


def test_the_same_seed_refuses_the_same_calls(clients: Clients, of_a_role: Callable[..., Any]) -> None:
    def outcomes(seed: int) -> list[bool]:
        client, found = of_a_role("dynamodb"), []
        with busy(clients.endpoint, {"dynamodb": Share(refused=0.5)}, seed):
            for _ in range(20):
                try:
                    found.append(bool(put(client, "drawn")))
                except ClientError:
                    found.append(False)
        return found

    first = outcomes(1)
    assert outcomes(1) == first != outcomes(2)
    assert 0 < sum(first) < 20


def test_a_transaction_may_be_cancelled_with_a_reason_for_each_of_its_writes(
    clients: Clients, of_a_role: Callable[..., Any]
) -> None:
    writes: Any = [{"Put": {"TableName": TABLE, "Item": {"pk": {"S": f"written{number}"}}}} for number in range(2)]
    client, codes, reasons = of_a_role("dynamodb"), set(), None
    with busy(clients.endpoint, {"dynamodb": Share(refused=1)}, seed=1):
        for _ in range(30):
            with pytest.raises(ClientError) as refused:
                client.transact_write_items(TransactItems=writes)
            codes.add(refused.value.response["Error"]["Code"])
            reasons = refused.value.response.get("CancellationReasons", reasons)
    assert {"TransactionCanceledException", "ThrottlingException"} < codes
    assert reasons == [{"Code": "ThrottlingError", "Message": "Rate exceeded"}, {"Code": "None"}]
    assert not is_there(clients, "written0")


@pytest.mark.parametrize(
    ("service", "call", "error", "lost"),
    [
        (
            "athena",
            lambda client: client.start_query_execution(
                QueryString="SELECT 1", ResultConfiguration={"OutputLocation": "s3://busy/"}
            ),
            "TooManyRequestsException",
            "InternalServerException",
        ),
        ("athena", lambda client: client.list_query_executions(), "ThrottlingException", "InternalServerException"),
        ("glue", lambda client: client.get_databases(), "ThrottlingException", "InternalServiceException"),
    ],
    ids=["StartQueryExecution", "ListQueryExecutions", "GetDatabases"],
)
def test_each_service_has_its_own_errors(
    clients: Clients, of_a_role: Callable[..., Any], service: str, call: Callable[[Any], Any], error: str, lost: str
) -> None:
    client = of_a_role(service)
    with busy(clients.endpoint, {service: Share(refused=1)}, seed=1):
        assert refusal(lambda: call(client)) == (error, 400)
    with busy(clients.endpoint, {service: Share(lost=1)}, seed=1):
        assert refusal(lambda: call(client)) == (lost, 500)


def test_other_services_and_who_is_no_role_are_left_alone(clients: Clients, of_a_role: Callable[..., Any]) -> None:
    with busy(clients.endpoint, {"dynamodb": Share(refused=1)}, seed=1):
        assert put(clients("dynamodb"), "by the root")
        assert of_a_role("glue").get_databases()
    assert read_faults(clients.endpoint) == []


def test_a_service_that_cannot_be_busy_is_named(clients: Clients) -> None:
    with (
        pytest.raises(ValueError, match="sqs cannot be busy here; choose of dynamodb"),
        busy(clients.endpoint, {"sqs": Share(refused=1)}, seed=1),
    ):
        pass
