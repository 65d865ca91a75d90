"""What a query fails with."""


class QueryError(Exception):
    """A reason, beginning with the name that Athena gives the error."""
