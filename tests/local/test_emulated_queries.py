"""Athena of the local stage: Trino's SQL, partitions as the catalog has them, INSERT and CTAS, under the caller."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.privileges.calls import read_calls

from .machines import REGION, make_machine

RESULTS = "s3://lake-queries/results/"
PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
COLUMNS = [("carrier", "string"), ("delay", "int"), ("share", "double")]


@pytest.fixture(scope="module")
def lake(clients: Clients) -> Clients:
    clients("s3").create_bucket(Bucket="lake-queries", CreateBucketConfiguration={"LocationConstraint": REGION})
    clients("glue").create_database(DatabaseInput={"Name": "lake"})
    return clients


def make_table(clients: Clients, columns: list[tuple[str, str]], keys: list[tuple[str, str]], **parameters: str) -> str:
    name = f"t_{uuid.uuid4().hex[:10]}"
    clients("glue").create_table(
        DatabaseName="lake",
        TableInput={
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet", **parameters},
            "PartitionKeys": [{"Name": key, "Type": kind} for key, kind in keys],
            "StorageDescriptor": {
                **PARQUET,
                "Location": f"s3://lake-queries/{name}/",
                "Columns": [{"Name": column, "Type": kind} for column, kind in columns],
            },
        },
    )
    return name


def execute(clients: Any, query: str, *parameters: str, **request: Any) -> Any:
    if parameters:
        request["ExecutionParameters"] = list(parameters)
    client = clients("athena")
    started = client.start_query_execution(
        QueryString=query,
        QueryExecutionContext={"Database": "lake"},
        ResultConfiguration={"OutputLocation": RESULTS},
        **request,
    )
    deadline = time.monotonic() + 30
    while True:
        found = client.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]
        if found["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def rows(clients: Any, query: str, *parameters: str) -> list[list[str | None]]:
    found = execute(clients, query, *parameters)
    assert found["Status"]["State"] == "SUCCEEDED", found["Status"]
    results = clients("athena").get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]["Rows"]
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in results[1:]]


def reason(clients: Any, query: str, *parameters: str) -> str:
    found = execute(clients, query, *parameters)
    assert found["Status"]["State"] == "FAILED"
    return str(found["Status"]["StateChangeReason"])


def keys(clients: Clients, prefix: str) -> list[str]:
    listed = clients("s3").list_objects_v2(Bucket="lake-queries", Prefix=f"{prefix}/")
    return [each["Key"] for each in listed.get("Contents", [])]


def put(clients: Clients, key: str, query: str, tmp_path: Path) -> int:
    """Put the rows of a DuckDB query as a Parquet object; returns its size."""
    file = tmp_path / "rows.parquet"
    duckdb.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    clients("s3").put_object(Bucket="lake-queries", Key=key, Body=file.read_bytes())
    return file.stat().st_size


@pytest.fixture
def daily(lake: Clients) -> str:
    """An empty table whose day is its partition."""
    return make_table(lake, COLUMNS, [("day", "date")])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("date_diff('day', date '2026-01-01', date '2026-01-03')", "2"),
        ("date_add('month', 1, date '2026-01-31')", "2026-02-28 00:00:00"),
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3.5"),
        ("element_at(array[1, 2], 2)", "2"),
        ("cardinality(split('a,b', ','))", "2"),
        ("regexp_like('flight 12', '[0-9]+')", "true"),
        ("try_cast('x' as integer) is null", "true"),
        ("date_format(timestamp '2026-01-02 03:04:05', '%Y/%m')", "2026/01"),
        ("json_extract_scalar('{\"a\": {\"b\": 1}}', '$.a.b')", "1"),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("from_iso8601_date('2026-01-02')", "2026-01-02"),
    ],
)
def test_trinos_functions_and_operators_have_trinos_meaning(lake: Clients, expression: str, value: str) -> None:
    found = rows(lake, f"SELECT {expression}")[0][0]
    assert str(found).lower() == value


def test_whole_columns_divide_without_a_fraction(lake: Clients, daily: str) -> None:
    execute(lake, f"INSERT INTO {daily} VALUES ('AA', 7, 0.5, date '2026-01-01')")
    assert rows(lake, f"SELECT sum(delay) / count(*), delay / 2, share / 2 FROM lake.{daily} GROUP BY 2, 3") == [
        ["7", "3", "0.25"]
    ]


def test_insert_appends_rows_and_registers_new_partitions(lake: Clients, daily: str) -> None:
    query = f"INSERT INTO lake.{daily} SELECT * FROM (VALUES ('AA', 1, 0.5, date '2026-01-01'),"
    query += " ('BB', 2, 0.25, date '2026-01-02')) AS t (carrier, delay, share, day)"
    found = execute(lake, query)
    assert (found["Status"]["State"], found["SubstatementType"]) == ("SUCCEEDED", "INSERT_INTO")
    execute(lake, query)
    assert rows(lake, f"SELECT carrier, count(*), max(day) FROM {daily} GROUP BY 1 ORDER BY 1") == [
        ["AA", "2", "2026-01-01"],
        ["BB", "2", "2026-01-02"],
    ]
    partitions = lake("glue").get_partitions(DatabaseName="lake", TableName=daily)["Partitions"]
    assert sorted(each["Values"][0] for each in partitions) == ["2026-01-01", "2026-01-02"]
    assert partitions[0]["StorageDescriptor"]["Location"].startswith(f"s3://lake-queries/{daily}/day=2026-01-0")


def test_what_insert_writes_is_parquet_with_zstd_without_the_partition_column(
    lake: Clients, daily: str, tmp_path: Path
) -> None:
    execute(lake, f"INSERT INTO {daily} VALUES ('AA', 1, 0.5, date '2026-01-01')")
    (tmp_path / "written").write_bytes(
        lake("s3").get_object(Bucket="lake-queries", Key=keys(lake, daily)[0])["Body"].read()
    )
    described = duckdb.execute(
        f"SELECT path_in_schema, type, compression FROM parquet_metadata('{tmp_path / 'written'}')"
    ).fetchall()
    assert described == [
        ("carrier", "BYTE_ARRAY", "ZSTD"),
        ("delay", "INT32", "ZSTD"),
        ("share", "DOUBLE", "ZSTD"),
    ]


def test_named_columns_may_be_in_any_order_and_the_others_are_null(lake: Clients, daily: str) -> None:
    execute(lake, f"INSERT INTO {daily} (day, carrier) SELECT date '2026-01-01', 'AA'")
    assert rows(lake, f"SELECT carrier, delay, day FROM {daily}") == [["AA", None, "2026-01-01"]]


def test_parameters_stand_where_the_marks_are(lake: Clients, daily: str) -> None:
    execute(lake, f"INSERT INTO {daily} SELECT ?, ?, 0.5, CAST(? AS date)", "'A?A'", "3", "'2026-01-01'")
    assert rows(lake, f"SELECT carrier, delay FROM {daily} WHERE day = ?", "date '2026-01-01'") == [["A?A", "3"]]
    assert "expected 1 but found 2" in reason(lake, "SELECT ?", "1", "2")


def test_prepared_statements_are_executed(lake: Clients) -> None:
    lake("athena").create_prepared_statement(
        StatementName="twice", WorkGroup="primary", QueryStatement="SELECT ? * 2, ?"
    )
    assert rows(lake, "EXECUTE twice USING 21, 'a'") == [["42", "a"]]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("INSERT INTO {table} SELECT 'AA', 'x', 0.5, date '2026-01-01'", "TYPE_MISMATCH: .* column delay is int"),
        ("INSERT INTO {table} SELECT 'AA', 1", "TYPE_MISMATCH: .*Table has 4 columns, query has 2"),
        ("INSERT INTO {table} (nothing) SELECT 1", "COLUMN_NOT_FOUND: .*nothing"),
        ("INSERT INTO {table} SELECT 'AA', CAST(delay AS bigint), 0.5, day FROM {table}", "TYPE_MISMATCH"),
        ("INSERT INTO nowhere SELECT 1", "TABLE_NOT_FOUND: Table 'awsdatacatalog.lake.nowhere' does not exist"),
        ("DELETE FROM {table} WHERE delay = 1", "NOT_SUPPORTED: Modifying Hive table rows is only supported for"),
        ("SELECT nothing FROM {table}", "COLUMN_NOT_FOUND"),
    ],
)
def test_what_athena_refuses_is_refused_and_leaves_nothing(lake: Clients, daily: str, query: str, said: str) -> None:
    import re

    assert re.match(said, reason(lake, query.format(table=daily)))
    assert keys(lake, daily) == []


def test_more_than_100_partitions_are_refused_and_leave_nothing(lake: Clients, daily: str) -> None:
    many = f"INSERT INTO {daily} SELECT 'AA', 1, 0.5, date_add('day', n, date '2026-01-01') "
    assert "HIVE_TOO_MANY_OPEN_PARTITIONS" in reason(lake, many + "FROM UNNEST(sequence(1, 101)) AS t (n)")
    assert keys(lake, daily) == []


def test_a_statement_that_cannot_be_read_is_refused_at_once(lake: Clients) -> None:
    with pytest.raises(ClientError, match="InvalidRequestException.*SYNTAX_ERROR"):  # noqa: RUF043
        execute(lake, "SELECT FROM WHERE")


def test_partitions_that_nobody_registered_are_not_seen(lake: Clients, daily: str, tmp_path: Path) -> None:
    put(lake, f"{daily}/day=2026-01-01/a", "SELECT 'AA' AS carrier", tmp_path)
    assert rows(lake, f"SELECT count(*) FROM {daily}") == [["0"]]


def test_projected_partitions_need_no_registering_and_end_where_the_range_does(lake: Clients, tmp_path: Path) -> None:
    table = make_table(
        lake,
        COLUMNS,
        [("month", "int")],
        **{"projection.enabled": "true", "projection.month.type": "integer", "projection.month.range": "1,6"},
    )
    for month in (1, 6, 7):
        put(lake, f"{table}/month={month}/a", "SELECT 'AA' AS carrier", tmp_path)
    assert rows(lake, f"SELECT month FROM {table} ORDER BY 1") == [["1"], ["6"]]
    execute(lake, f"INSERT INTO {table} VALUES ('BB', 1, 0.5, 2)")
    assert rows(lake, f"SELECT month FROM {table} WHERE carrier = 'BB'") == [["2"]]
    assert lake("glue").get_partitions(DatabaseName="lake", TableName=table)["Partitions"] == []


def test_only_the_partitions_that_are_asked_for_are_scanned(lake: Clients, daily: str) -> None:
    for day in (1, 2, 3):
        execute(lake, f"INSERT INTO {daily} VALUES ('AA', {day}, 0.5, date '2026-01-0{day}')")
    sizes = [each["Size"] for each in lake("s3").list_objects_v2(Bucket="lake-queries", Prefix=f"{daily}/")["Contents"]]

    def scanned(where: str) -> int:
        return int(execute(lake, f"SELECT * FROM {daily} t {where}")["Statistics"]["DataScannedInBytes"])

    assert scanned("") == sum(sizes)
    assert scanned("WHERE day = date '2026-01-02' AND delay = 2") == sizes[1]
    assert scanned("WHERE t.day >= date '2026-01-02'") == sizes[1] + sizes[2]
    assert scanned("WHERE delay = 2") == sum(sizes)


def test_a_table_can_be_made_of_a_query(lake: Clients, daily: str) -> None:
    execute(lake, f"INSERT INTO {daily} VALUES ('AA', 1, 0.5, date '2026-01-01'), ('BB', 2, 1.5, date '2026-01-02')")
    made = f"made_{daily}"
    place = f"s3://lake-queries/{made}/"
    query = f"CREATE TABLE lake.{made} WITH (format = 'PARQUET', write_compression = 'ZSTD', "
    query += f"external_location = '{place}', partitioned_by = ARRAY['day']) AS "
    query += f"SELECT carrier, sum(delay) AS total, count(*) > 1 AS many, day FROM {daily} GROUP BY carrier, day"
    assert execute(lake, query)["SubstatementType"] == "CREATE_TABLE_AS_SELECT"
    assert rows(lake, f"SELECT * FROM {made} ORDER BY day") == [
        ["AA", "1", "false", "2026-01-01"],
        ["BB", "2", "false", "2026-01-02"],
    ]
    table = lake("glue").get_table(DatabaseName="lake", Name=made)["Table"]
    assert [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]] == [
        ("carrier", "string"),
        ("total", "bigint"),
        ("many", "boolean"),
    ]
    assert "TABLE_ALREADY_EXISTS" in reason(lake, query)
    assert "HIVE_PATH_ALREADY_EXISTS" in reason(lake, query.replace(f"lake.{made}", f"lake.again_{daily}"))


def test_a_made_table_without_a_place_lies_with_the_results(lake: Clients, daily: str) -> None:
    made = f"placed_{daily}"
    found = execute(lake, f"CREATE TABLE {made} AS SELECT 1 AS a")
    table = lake("glue").get_table(DatabaseName="lake", Name=made)["Table"]
    assert table["StorageDescriptor"]["Location"] == f"{RESULTS}tables/{found['QueryExecutionId']}/"
    assert rows(lake, f"SELECT a FROM {made}") == [["1"]]


def test_rows_are_unloaded_to_an_empty_place(lake: Clients, daily: str) -> None:
    query = f"UNLOAD (SELECT 1 AS a, 'x' AS b) TO 's3://lake-queries/out_{daily}/' WITH (format = 'PARQUET')"
    assert execute(lake, query)["Status"]["State"] == "SUCCEEDED"
    assert len(keys(lake, f"out_{daily}")) == 1
    assert "HIVE_PATH_ALREADY_EXISTS" in reason(lake, query)


def test_a_query_over_the_workgroups_limit_is_cancelled(lake: Clients, daily: str, tmp_path: Path) -> None:
    lake("athena").create_work_group(
        Name=f"small-{daily}",
        Configuration={
            "BytesScannedCutoffPerQuery": 10_000_000,
            "ResultConfiguration": {"OutputLocation": "s3://lake-queries/small/"},
            "EnforceWorkGroupConfiguration": True,
        },
    )
    table = make_table(lake, [("n", "bigint")], [])
    put(lake, f"{table}/a", "SELECT hash(range) % 1000000007 AS n FROM range(3000000)", tmp_path)
    found = execute(lake, f"SELECT sum(n) FROM {table}", WorkGroup=f"small-{daily}")
    assert found["Status"]["State"] == "CANCELLED"
    assert found["ResultConfiguration"]["OutputLocation"].startswith("s3://lake-queries/small/")


def as_role(clients: Clients, role: str) -> Any:
    given = clients("sts").assume_role(RoleArn=role, RoleSessionName="analyst")["Credentials"]
    session = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)
    made: Any = session
    return lambda service: made.client(service, endpoint_url=clients.endpoint)


def analyst(clients: Clients, *allowed: tuple[str, str]) -> Any:
    name = f"analyst-{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    clients("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    always = [("athena:*", "*"), ("glue:Get*", "*"), ("s3:PutObject", "arn:aws:s3:::lake-queries/results/*")]
    statements = [{"Effect": "Allow", "Action": action, "Resource": on} for action, on in (*always, *allowed)]
    clients("iam").put_role_policy(
        RoleName=name, PolicyName="may", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )
    return as_role(clients, f"arn:aws:iam::{ACCOUNT}:role/{name}")


def test_a_query_reads_what_its_caller_may_read(lake: Clients, daily: str) -> None:
    execute(lake, f"INSERT INTO {daily} VALUES ('AA', 1, 0.5, date '2026-01-01')")
    allowed = (("s3:GetObject", f"arn:aws:s3:::lake-queries/{daily}/*"), ("s3:ListBucket", "arn:aws:s3:::lake-queries"))
    query = f"SELECT carrier FROM {daily}"
    assert rows(analyst(lake, *allowed), query) == [["AA"]]
    assert "PERMISSION_DENIED" in reason(analyst(lake, allowed[1]), query)


def test_a_failed_write_leaves_nothing(lake: Clients, daily: str) -> None:
    """The caller may write objects, but may register no partitions."""
    allowed = (("s3:*Object", f"arn:aws:s3:::lake-queries/{daily}/*"), ("s3:ListBucket", "arn:aws:s3:::lake-queries"))
    query = f"INSERT INTO {daily} VALUES ('AA', 1, 0.5, date '2026-01-01')"
    assert "PERMISSION_DENIED" in reason(analyst(lake, *allowed), query)
    assert keys(lake, daily) == []
    may_register = ("glue:BatchCreatePartition", "*")
    assert execute(analyst(lake, *allowed, may_register), query)["Status"]["State"] == "SUCCEEDED"


def test_a_state_machine_inserts_under_its_role_and_keeps_what_was_scanned(lake: Clients, daily: str) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::athena:startQueryExecution.sync",
        "Arguments": {
            "QueryString": f"INSERT INTO lake.{daily} SELECT 'AA', 1, 0.5, CAST(? AS date)",
            "ExecutionParameters": ['{% "\'" & $states.input.date & "\'" %}'],
            "ResultConfiguration": {"OutputLocation": RESULTS},
            "WorkGroup": "primary",
        },
        "Output": "{% $states.result.QueryExecution.Statistics.DataScannedInBytes %}",
        "End": True,
    }
    objects = "arn:aws:s3:::lake-queries"
    allowed = [
        *(
            (f"athena:{name}QueryExecution", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/primary")
            for name in ("Start", "Get", "Stop")
        ),
        *(
            (f"glue:{name}", f"arn:aws:glue:{REGION}:{ACCOUNT}:{on}")
            for name in ("GetDatabase", "GetTable", "GetPartitions", "BatchCreatePartition")
            for on in ("catalog", "database/lake", f"table/lake/{daily}")
        ),
        ("s3:PutObject", f"{objects}/{daily}/*"),
        ("s3:PutObject", f"{objects}/results/*"),
    ]
    machine = make_machine(lake, {"Insert": state}, *allowed)
    assert machine.output({"date": "2026-01-05"}) == 0
    assert rows(lake, f"SELECT day FROM {daily}") == [["2026-01-05"]]
    name = machine.role.rpartition("/")[2]
    used = {call.action for call in read_calls(lake.endpoint).calls if call.role == name and call.allowed}
    assert used == {action for action, _ in allowed} - {"athena:StopQueryExecution"}
    failed = machine.run({"date": "no date"})
    assert failed["error"] == "States.TaskFailed"
    assert "Conversion Error" in json.loads(failed["cause"])["Status"]["StateChangeReason"]


def test_the_same_token_starts_one_query(lake: Clients) -> None:
    def start(query: str, token: str) -> str:
        answer = lake("athena").start_query_execution(
            QueryString=query, ClientRequestToken=token, ResultConfiguration={"OutputLocation": RESULTS}
        )
        return str(answer["QueryExecutionId"])

    token, other = uuid.uuid4().hex, uuid.uuid4().hex
    first = start("SELECT 1", token)
    assert start("SELECT 1", token) == first
    assert start("SELECT 1", other) != first
    with pytest.raises(ClientError, match="Idempotent parameters do not match"):
        start("SELECT 2", token)
