"""Athena's queries, in place of ministack's: Trino's SQL by sqlglot on DuckDB, INSERT and CTAS, under the caller.

Reading order: `executions` (a query's life), `statements` (what is asked), `access` (S3 and Glue in the caller's name),
`tables` (a Glue table as a DuckDB view: partitions, projection), `pruning` (which partitions a query needs), `selects`
and `writes`. DDL and S3 Tables stay with ministack.
"""
