"""Databases, tables and the workgroup: defaults, options, refusals."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from components import (
    AccountSettings,
    Catalog,
    Column,
    Dataset,
    DateProjection,
    EnumProjection,
    IntegerProjection,
    Partition,
    Role,
)
from components.catalog.workgroup import Workgroup
from tests.policy.harness import Recorded, record
from tests.unit.programs import ACCOUNT, CONFIG, ORDERS, ROOT, catalog, lake, read_catalog, role

ID = Column(name="id", type="bigint")
EXAMPLES = json.loads((ROOT / "handlers/api/datasets/catalog_tables.json").read_text("utf-8"))["examples"]
RENAMED = {"serDeInfo": "SerdeInfo"}


def recorded() -> dict[str, Recorded]:
    return {resource.name: resource for resource in record(catalog, config=CONFIG)}


def table_of(dataset: Dataset) -> dict[str, Any]:
    resources = record(lambda: Catalog("catalog", lake=lake(), datasets=[dataset]), config=CONFIG)
    (table,) = [resource for resource in resources if resource.type == "aws:glue/catalogTable:CatalogTable"]
    return dict(table.inputs)


def test_each_zone_has_a_database_whose_name_needs_no_quotes() -> None:
    names = {r.inputs["name"] for r in recorded().values() if r.type == "aws:glue/catalogDatabase:CatalogDatabase"}
    assert names == {"watershed_test_raw", "watershed_test_curated", "watershed_test_analytics"}


def test_a_data_set_is_a_typed_parquet_table_at_its_prefix() -> None:
    table = table_of(ORDERS)
    assert table["name"] == "orders"
    assert table["tableType"] == "EXTERNAL_TABLE"
    assert table["storageDescriptor"]["location"] == "s3://lake-curated-abc1234/orders/"
    assert table["storageDescriptor"]["columns"] == [{"name": "id", "type": "bigint"}]
    assert table["partitionKeys"] == [{"name": "year", "type": "int", "comment": "Of the order"}]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["dataset"]["id"]))
def test_the_table_is_as_handlers_make_it_for_registered_data_sets(example: dict[str, Any]) -> None:
    described = example["dataset"]
    partitions = [
        Partition.model_validate({"name": name, "projection": described["projections"].get(name)})
        for name in described["partitioned_by"]
    ]
    names = {"id": "name"}
    given = {names.get(key, key): value for key, value in described.items() if key not in ("prefix", "projections")}
    table = table_of(Dataset.model_validate({**given, "partitioned_by": partitions}))
    assert as_glue_takes_it(table, example["bucket"]) == example["table"]


def as_glue_takes_it(table: dict[str, Any], bucket: str) -> dict[str, Any]:
    """The inputs of a CatalogTable in the words of Glue's API, without what they leave out or empty."""

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            RENAMED.get(key, key[0].upper() + key[1:]): each if key == "parameters" else renamed(each)
            for key, each in value.items()
            if each is not None
        }

    made = {key: value for key, value in table.items() if key not in ("databaseName", "catalogId")}
    place = made["storageDescriptor"]
    made["storageDescriptor"] = {**place, "location": re.sub(r"^s3://[^/]+/", f"s3://{bucket}/", place["location"])}
    return {"PartitionKeys": [], **renamed(made)}


def test_partitions_whose_layout_is_known_are_projected() -> None:
    parameters = table_of(ORDERS)["parameters"]
    assert parameters["projection.enabled"] == "true"
    assert parameters["projection.year.type"] == "integer"
    assert parameters["projection.year.range"] == "2020,2040"


def test_a_table_with_one_partition_that_is_not_projected_is_not_projected_at_all() -> None:
    """Athena ignores the catalog's partitions once projection is on."""
    known = Partition(name="year", projection=IntegerProjection(first=1, last=2))
    dataset = Dataset(
        name="d",
        columns=(ID, Column(name="year", type="int"), Column(name="shop")),
        partitioned_by=(known, Partition(name="shop")),
    )
    assert not [key for key in table_of(dataset)["parameters"] if key.startswith("projection")]


def test_days_and_known_values_are_projected_too() -> None:
    dataset = Dataset(
        name="d",
        columns=(ID, Column(name="day", type="date"), Column(name="shop")),
        partitioned_by=(
            Partition(name="day", projection=DateProjection(first="2024-01-01")),
            Partition(name="shop", projection=EnumProjection(values=("rome", "oslo"))),
        ),
    )
    parameters = table_of(dataset)["parameters"]
    assert parameters["projection.day.range"] == "2024-01-01,NOW"
    assert parameters["projection.day.format"] == "yyyy-MM-dd"
    assert parameters["projection.shop.values"] == "rome,oslo"


def test_a_decimal_is_written_as_hive_reads_it() -> None:
    assert Column(name="price", type="decimal(12, 2)").type == "decimal(12,2)"
    with pytest.raises(ValidationError, match="1 <= p <= 38"):
        Column(name="price", type="decimal(0,0)")


def test_a_projection_that_does_not_fit_its_columns_type_is_refused() -> None:
    months = Partition(name="month", projection=IntegerProjection(first=1, last=12))
    with pytest.raises(ValidationError, match="int, bigint, string; it is tinyint"):
        Dataset(name="d", columns=(ID, Column(name="month", type="tinyint")), partitioned_by=(months,))


def test_a_projection_from_a_later_to_an_earlier_number_is_refused() -> None:
    with pytest.raises(ValidationError, match="after last"):
        IntegerProjection(first=12, last=1)


@pytest.mark.parametrize(
    ("first", "last"), [("2024-13-01", "NOW"), ("2024-01-01", "2024-02-30"), ("2024-02-01", "2024-01-01")]
)
def test_a_projection_of_days_that_are_none_or_out_of_order_is_refused(first: str, last: str) -> None:
    with pytest.raises(ValidationError):
        DateProjection(first=first, last=last)


def test_a_columns_comment_is_one_line() -> None:
    """botocore glue service model, CommentString."""
    with pytest.raises(ValidationError, match="one line"):
        Column(name="id", comment="two\nlines")


def test_two_data_sets_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="'orders' already"):
        record(lambda: Catalog("catalog", lake=lake(), datasets=[ORDERS, ORDERS]), config=CONFIG)


def test_a_data_set_in_a_zone_that_is_not_there_is_refused() -> None:
    gold = ORDERS.model_copy(update={"zone": "gold"})
    with pytest.raises(KeyError, match="it has raw, curated, analytics"):
        record(lambda: Catalog("catalog", lake=lake(), datasets=[gold]), config=CONFIG)


def test_the_workgroup_binds_every_query() -> None:
    configuration = recorded()["catalog-queries"].inputs["configuration"]
    assert configuration["enforceWorkgroupConfiguration"] is True
    assert configuration["bytesScannedCutoffPerQuery"] == 100_000_000_000
    assert configuration["engineVersion"] == {"selectedEngineVersion": "Athena engine version 3"}
    encryption = configuration["resultConfiguration"]["encryptionConfiguration"]
    assert encryption["encryptionOption"] == "SSE_KMS"


def test_the_catalogs_encryption_comes_before_the_first_entry() -> None:
    """Glue encrypts what is written from then on (Glue Developer Guide, "Encrypting your Data Catalog")."""

    def program() -> None:
        made = lake()
        Catalog("catalog", lake=made, account=AccountSettings("account", key=made.key))

    found = {resource.name: resource for resource in record(program, config=CONFIG)}
    assert found["account-catalog-encryption"].urn in found["catalog-raw"].waits_for


def test_a_query_that_names_no_database_may_look_at_the_default_one() -> None:
    """Athena User Guide, "Configure AWS Glue access to your catalog and database per AWS Region"."""
    resources = {resource.name: resource for resource in record(read_catalog, config=CONFIG)}
    glue = f"arn:aws:glue:eu-west-1:{ACCOUNT}"
    statements = json.loads(resources["role-query-catalog-queries"].inputs["policy"])["Statement"]
    (database,) = [statement for statement in statements if statement["Action"] == "glue:GetDatabase"]
    assert database["Resource"] == [f"{glue}:catalog", f"{glue}:database/default"]


def on_entry(give: Callable[[Catalog, Role, Dataset], object], dataset: Dataset) -> set[str]:
    """What a grant allows on the data set's entry in the catalog."""

    def program() -> None:
        made = Catalog("catalog", lake=lake(), datasets=[dataset])
        give(made, role(), dataset)

    policies = [one for one in record(program, config=CONFIG) if one.type == "aws:iam/rolePolicy:RolePolicy"]
    statements = [one for policy in policies for one in json.loads(policy.inputs["policy"])["Statement"]]
    entry = f":table/watershed_test_curated/{dataset.name}"
    allowed = [one["Action"] for one in statements if any(on.endswith(entry) for on in one["Resource"])]
    return {action for given in allowed for action in ([given] if isinstance(given, str) else given)}


DAYS = Dataset(name="days", columns=(ID, Column(name="day")), partitioned_by=("day",))
PLAIN = Dataset(name="plain", columns=(ID,))
READ_PARTITIONS = {"glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions"}
REGISTER = {"glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition"}


def test_partitions_are_read_from_the_catalog_unless_they_are_projected() -> None:
    def read(made: Catalog, reader: Role, dataset: Dataset) -> None:
        made.grant_read(reader, dataset)

    assert on_entry(read, DAYS) == {"glue:GetTable", *READ_PARTITIONS}
    assert on_entry(read, PLAIN) == {"glue:GetTable", *READ_PARTITIONS}
    assert on_entry(read, ORDERS) == {"glue:GetTable"}


def on_entries(zone: str, *datasets: Dataset, **options: bool) -> set[str]:
    """Return what `grant_read_all` allows on all tables of a zone."""

    def program() -> None:
        Catalog("catalog", lake=lake(), datasets=datasets).grant_read_all(role(), zone=zone, **options)

    policies = {one.name: one.inputs for one in record(program, config=CONFIG)}
    statements = json.loads(policies[f"role-catalog-{zone}"]["policy"])["Statement"]
    entries = f":table/watershed_test_{zone}/*"
    allowed = [one["Action"] for one in statements if any(on.endswith(entries) for on in one["Resource"])]
    return {action for given in allowed for action in ([given] if isinstance(given, str) else given)}


def test_partitions_of_all_of_a_zone_are_read_where_a_data_set_of_it_is_without_projections() -> None:
    with_partitions = {"glue:GetTable", *READ_PARTITIONS}
    assert on_entries("curated", ORDERS) == on_entries("analytics", ORDERS, DAYS) == {"glue:GetTable"}
    assert on_entries("curated", ORDERS, DAYS) == on_entries("curated", ORDERS, PLAIN) == with_partitions
    assert on_entries("curated", ORDERS, partitions=True) == with_partitions


def test_partitions_are_registered_where_there_are_any() -> None:
    def write(made: Catalog, writer: Role, dataset: Dataset) -> None:
        made.grant_write(writer, dataset)

    assert on_entry(write, DAYS) == on_entry(write, ORDERS) == {"glue:GetTable", *READ_PARTITIONS, *REGISTER}
    assert on_entry(write, PLAIN) == {"glue:GetTable", *READ_PARTITIONS}


def test_who_runs_queries_is_told_results_and_what_the_workgroup_is_like_by_grants_of_their_own() -> None:
    def actions(give: Callable[[Workgroup, Role], object]) -> set[str]:
        policies = record(lambda: give(catalog().workgroup, role()), config=CONFIG)
        documents = [
            json.loads(one.inputs["policy"]) for one in policies if one.type == "aws:iam/rolePolicy:RolePolicy"
        ]
        given = [one["Action"] for document in documents for one in document["Statement"]]
        return {action for each in given for action in ([each] if isinstance(each, str) else each)}

    run = actions(lambda workgroup, who: workgroup.grant_run(who))
    asked = {each for each in run if each.startswith("athena:")}
    assert asked == {"athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution"}
    # AWS Step Functions Developer Guide, "Run Athena queries with Step Functions".
    assert {f"s3:{name}" for name in ("GetBucketLocation", "GetObject", "ListBucket", "PutObject")} <= run
    results = actions(lambda workgroup, who: workgroup.grant_results(who))
    assert results == {"athena:GetQueryResults"}
    query = actions(lambda workgroup, who: workgroup.grant_query(who))
    assert query == {*run, *results, "athena:GetWorkGroup"}


def test_reading_a_data_set_covers_its_entry_and_its_files_and_nothing_of_another() -> None:
    resources = {resource.name: resource for resource in record(read_catalog, config=CONFIG)}
    holder, entry, _ = json.loads(resources["role-catalog-orders"].inputs["policy"])["Statement"]
    glue = f"arn:aws:glue:eu-west-1:{ACCOUNT}"
    held = [f"{glue}:catalog", f"{glue}:database/watershed_test_curated"]
    assert (holder["Action"], holder["Resource"]) == ("glue:GetDatabase", held)
    assert entry["Resource"] == [*held, f"{glue}:table/watershed_test_curated/orders"]
    files = json.loads(resources["role-read-lake-curated-orders"].inputs["policy"])["Statement"]
    assert "arn:aws:s3:::lake-curated-abc1234/orders/*" in [statement["Resource"] for statement in files]
