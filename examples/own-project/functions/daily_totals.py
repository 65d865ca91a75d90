"""Adds up the orders of each day, from the Parquet files that ingestion made."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import boto3
import duckdb
from aws_lambda_powertools import Logger

logger = Logger()
s3 = boto3.client("s3")

QUERY = """
    SELECT CAST(ordered_at AS DATE)::VARCHAR AS day, count(*) AS orders, CAST(sum(amount) AS VARCHAR) AS amount
    FROM read_parquet(?, hive_partitioning = true) GROUP BY day ORDER BY day
"""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write the totals of all days to the analytics zone, and return them."""
    with tempfile.TemporaryDirectory() as folder:
        files = download(os.environ["ORDERS_BUCKET"], os.environ["ORDERS_PREFIX"], Path(folder))
        totals = add_up(files)
    s3.put_object(Bucket=os.environ["TOTALS_BUCKET"], Key=os.environ["TOTALS_KEY"], Body=json.dumps(totals).encode())
    logger.info("added up the orders", days=len(totals), files=len(files))
    return {"days": totals}


def download(bucket: str, prefix: str, folder: Path) -> list[str]:
    """Bring a data set's files to the function's disk, in the same layout."""
    files = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            file = folder / item["Key"]
            file.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, item["Key"], str(file))
            files.append(str(file))
    return files


def add_up(files: list[str]) -> list[dict[str, Any]]:
    """Count and sum the orders of each day."""
    if not files:
        return []
    with duckdb.connect() as connection:
        rows = connection.execute(QUERY, [files]).fetchall()
    return [{"day": day, "orders": orders, "amount": amount} for day, orders, amount in rows]
