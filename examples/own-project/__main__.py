"""A web shop's orders: files arrive, become a table to query, and each morning a function adds up the days."""

import pulumi
from watershed.components import (
    Catalog,
    Column,
    DataLake,
    Dataset,
    EncryptionKey,
    Ingestion,
    LambdaFunction,
    MetadataTable,
    Schedule,
    Source,
    Tags,
    Zone,
)

TOTALS = "daily-totals/"

orders = Dataset(
    name="orders",
    description="One row an order, as the shop writes them",
    classification="confidential",
    columns=(
        Column(name="order_id", type="bigint"),
        Column(name="ordered_at", type="timestamp", comment="UTC"),
        Column(name="country", comment="ISO 3166-1 alpha-2"),
        Column(name="amount", type="decimal(10,2)", comment="EUR, with VAT"),
    ),
    partitioned_by=("country",),
    source=Source(prefix="orders/", format="json-lines"),
)
tags = Tags(owner="web-shop", classification="confidential")

key = EncryptionKey("key", removable=True, tags=tags)
lake = DataLake(
    "lake",
    key=key,
    zones=[Zone(name="raw", expire_days=90), Zone(name="curated"), Zone(name="analytics")],
    removable=True,
    tags=tags,
)
catalog = Catalog("catalog", lake=lake, datasets=[orders], removable=True, tags=tags)
metadata = MetadataTable("metadata", key=key, removable=True, tags=tags)
ingestion = Ingestion("ingestion", lake=lake, metadata=metadata, datasets=[orders], tags=tags)

daily_totals = LambdaFunction(
    "daily-totals",
    handler="daily-totals",
    key=key,
    timeout=120,
    memory=1024,
    environment={
        "ORDERS_BUCKET": lake.zone(orders.zone).bucket_name,
        "ORDERS_PREFIX": orders.prefix,
        "TOTALS_BUCKET": lake.zone("analytics").bucket_name,
        "TOTALS_KEY": f"{TOTALS}totals.json",
    },
    tags=tags,
)
lake.grant_read(daily_totals, zone=orders.zone, prefix=orders.prefix)
lake.grant_write(daily_totals, zone="analytics", prefix=TOTALS)
daily_totals.on_schedule(Schedule(cron="0 6 * * ? *", timezone="Europe/Rome"))

pulumi.export("buckets", lake.bucket_names)
pulumi.export("quarantine", lake.quarantine.bucket_name)
pulumi.export("workgroup", catalog.workgroup.workgroup_name)
pulumi.export("metadataTable", metadata.table_name)
pulumi.export("dailyTotals", daily_totals.function_name)
