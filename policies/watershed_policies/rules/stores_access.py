"""Stores of data beside the platform's own: who signs in, by which name, through which network, and with whose key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from .stores import SERVERLESS_WAREHOUSE, WAREHOUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

GRAPH = aws("neptune", "Cluster")
# Resource -> where it names its administrator, and the names that AWS's console and guides propose.
ADMINISTRATORS = {
    aws("rds", "Instance"): ("username", ("admin", "postgres")),
    aws("rds", "Cluster"): ("masterUsername", ("admin", "postgres")),
    WAREHOUSE: ("masterUsername", ("awsuser",)),
    aws("redshiftserverless", "Namespace"): ("adminUsername", ("admin",)),
}
# Resource -> the property with its key.
WITH_KEY = {
    aws("backup", "Vault"): "kmsKeyArn",
    aws("timestreamwrite", "Database"): "kmsKeyId",
}
ARGUMENTS = {
    "username": "username",
    "masterUsername": "master_username",
    "adminUsername": "admin_username",
    "kmsKeyArn": "kms_key_arn",
    "kmsKeyId": "kms_key_id",
}

ADMINISTRATOR = Rule(
    id="STORES-ADMINISTRATOR-NAME",
    title="Administrators of databases have a name of their own",
    severity=Severity.LOW,
    why="Who guesses passwords starts with the name that everybody has. A private database is hardly guessed at, hence "
    "strict.",
    frameworks=("FSBP RDS.24", "FSBP RDS.25", "FSBP Redshift.8", "FSBP RedshiftServerless.5"),
    profile=Profile.STRICT,
)
SIGNED = Rule(
    id="STORES-IAM-AUTHENTICATION",
    title="Graphs are read and written by who signs with IAM",
    severity=Severity.MEDIUM,
    why="Neptune asks for no credentials otherwise: whoever reaches its port reads everything. Clients must sign their "
    "requests for that, hence strict.",
    frameworks=("FSBP Neptune.7", "NIST 800-53 AC-3"),
    peers=("Checkov CKV_AWS_359",),
    profile=Profile.STRICT,
)
ROUTED = Rule(
    id="STORES-VPC-ROUTING",
    title="Warehouses load and unload through the VPC",
    severity=Severity.MEDIUM,
    why="What goes to buckets passes the internet otherwise, past security groups, endpoint policies and flow logs. "
    "The VPC must have the endpoints for that, hence strict.",
    frameworks=("FSBP Redshift.7", "FSBP RedshiftServerless.1", "NIST 800-53 SC-7"),
    peers=("Checkov CKV_AWS_321",),
    profile=Profile.STRICT,
)
CUSTOMER_KEY = Rule(
    id="STORES-CUSTOMER-KEY",
    title="Backups and time series are encrypted with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy that says who may decrypt. It costs by the month, hence strict.",
    frameworks=("NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_160", "Checkov CKV_AWS_166"),
    profile=Profile.STRICT,
)


@ADMINISTRATOR.on(*ADMINISTRATORS)
def administrator_has_a_name(store: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse the name that everybody has."""
    property_name, usual = ADMINISTRATORS[store.type]
    if store.properties.get(property_name) in usual:
        yield Finding("has an administrator of the usual name", f'{ARGUMENTS[property_name]}="orders_owner"')


@SIGNED.on(GRAPH)
def graph_asks_for_signatures(cluster: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default."""
    if not cluster.properties.is_true("iamDatabaseAuthenticationEnabled"):
        yield Finding("asks clients for no credentials", "iam_database_authentication_enabled=True")


@ROUTED.on(WAREHOUSE, SERVERLESS_WAREHOUSE)
def warehouse_uses_the_vpc(warehouse: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default."""
    if not warehouse.properties.is_true("enhancedVpcRouting"):
        yield Finding("loads and unloads past the VPC", "enhanced_vpc_routing=True")


@CUSTOMER_KEY.on(*WITH_KEY)
def store_has_our_key(store: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a key of ours instead of AWS's."""
    if not store.properties.has_customer_key(WITH_KEY[store.type]):
        yield Finding("is not encrypted with a customer-managed key", f"{ARGUMENTS[WITH_KEY[store.type]]}=key.arn")
