"""What reading and writing one table's entry in the catalog takes."""

import pulumi

from ..core import Statement
from ..core.deployment import current

_READ_PARTITIONS = ("glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions")
_PARTITIONS = ("glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition")
_DEFINITION = ("glue:BatchUpdatePartition", "glue:CreateTable", "glue:GetTables", "glue:UpdateTable")


def read_entry(database: pulumi.Input[str], table: str, *, partitions: bool) -> list[Statement]:
    """Return what reading a table's entry takes, and with `partitions` those that are registered with it.

    Source: Amazon Athena User Guide, "Configure access to databases and tables in the AWS Glue Data Catalog".
    """
    catalog, holder, entry = _entry(database, table)
    return [
        Statement(actions=["glue:GetDatabase"], resources=[catalog, holder]),
        Statement(
            actions=sorted(("glue:GetTable", *(_READ_PARTITIONS if partitions else ()))),
            resources=[catalog, holder, entry],
        ),
    ]


def write_entry(database: pulumi.Input[str], table: str, *, definition: bool = False) -> Statement:
    """Return what registering partitions takes, and with `definition` what making and changing tables takes."""
    return Statement(
        actions=sorted((*_PARTITIONS, *(_DEFINITION if definition else ()))), resources=_entry(database, table)
    )


def define_entry(database: pulumi.Input[str]) -> Statement:
    """Return what making, changing and removing the tables of a database takes (Service Authorization Reference)."""
    actions = ["glue:CreateTable", "glue:DeleteTable", "glue:GetTable", "glue:UpdateTable"]
    return Statement(actions=actions, resources=_entry(database, "*"))


def _entry(database: pulumi.Input[str], table: str) -> list[pulumi.Input[str]]:
    """Glue checks the catalog, the database and the table: Athena User Guide, "access to databases and tables"."""
    arn = current().arn
    name = pulumi.Output.from_input(database)
    return [
        arn("glue", "catalog"),
        name.apply(lambda known: arn("glue", f"database/{known}")),
        name.apply(lambda known: arn("glue", f"table/{known}/{table}")),
    ]
