"""What the API answers."""

SUMMARY = {
    "id": "flights",
    "status": "active",
    "description": "On-time data",
    "owner": "data",
    "zone": "curated",
    "rows": 336_776,
    "may": "read",
}
QUERY = {
    "id": "q1",
    "status": "succeeded",
    "reason": None,
    "bytes_scanned": 12,
    "cost_usd": 0.00004768,
    "milliseconds": 281,
    "columns": [{"name": "carrier", "type": "varchar"}, {"name": "n", "type": "bigint"}],
    "rows": [["UA", 4637], [None, 1]],
    "cursor": None,
    "download": None,
}
IN_PROGRESS = (409, {"type": "urn:watershed:problem:in-progress", "title": "The same is being done already"})
