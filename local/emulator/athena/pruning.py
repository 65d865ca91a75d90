"""Which partitions a query needs: from the conditions that name nothing but a table's partition columns."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from .tables import Filter, Table


def partition_filter(table: Table, references: Sequence[exp.Table]) -> Filter:
    """Return a condition that every partition that any of the references needs fulfils."""
    keys = {key.name.lower() for key in table.keys}
    if not keys:
        return ""
    conditions = []
    for reference in references:
        own = [condition.sql("duckdb") for condition in _conditions(reference, keys)]
        if not own:
            return ""
        conditions.append(" AND ".join(f"({each})" for each in own))
    return " OR ".join(f"({each})" for each in conditions)


def _conditions(reference: exp.Table, keys: set[str]) -> Iterator[exp.Expr]:
    """The conjuncts of the WHERE that a table is read under, that are about its keys alone."""
    select = reference.find_ancestor(exp.Select)
    where = select.args.get("where") if select else None
    if select is None or where is None or select.args.get("from_", select.args.get("from")) is None:
        return
    alone = not select.args.get("joins")
    name = reference.alias_or_name.lower()
    for conjunct in where.this.flatten() if isinstance(where.this, exp.And) else [where.this]:
        columns = list(conjunct.find_all(exp.Column))
        if not columns or conjunct.find(exp.Query, exp.AggFunc, exp.Placeholder):
            continue
        if all(
            column.name.lower() in keys and (column.table.lower() == name or (not column.table and alone))
            for column in columns
        ):
            bare = conjunct.copy()
            for column in list(bare.find_all(exp.Column)):
                column.replace(exp.column(exp.to_identifier(column.name, quoted=True)))
            yield bare
