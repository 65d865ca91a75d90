"""Queries that are understood, and those that are refused, before anything is asked of AWS."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from handlers.api.problems import Problem
from handlers.api.queries import parsing, statements

if TYPE_CHECKING:
    from handlers.api.queries.statements import Statement

DATABASES = {"curated", "analytics", "lake_curated", "lake_analytics"}


def finished(sql: str, *parameters: object, rows: int = 100) -> Statement:
    asked = parsing.read(sql, DATABASES)
    places = dict.fromkeys(asked.names, "lake_curated")
    return statements.finish(asked, places, parameters, rows)  # type: ignore[arg-type]


def named(sql: str) -> list[str]:
    return parsing.read(sql, DATABASES).names


def refusal(sql: str, *parameters: object) -> Problem:
    with pytest.raises(Problem) as raised:
        finished(sql, *parameters)
    assert raised.value.status == 400
    return raised.value


ORDERS = '"awsdatacatalog"."lake_curated"."orders" AS "orders"'


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("select id from orders", f'SELECT "id" FROM {ORDERS} LIMIT 100'),
        ("SELECT curated.orders.id FROM Curated.ORDERS; -- done", None),
        ("select o.id from awsdatacatalog.curated.orders as o limit 5", None),
        ("select id from lake_curated.orders -- all", f'SELECT "id" FROM {ORDERS} LIMIT 100'),
        ("select /* which */ id from orders limit 1000", f'SELECT "id" FROM {ORDERS} LIMIT 100'),
        ('select "$path" from "orders"', f'SELECT "$path" FROM {ORDERS} LIMIT 100'),
        ("(select id from orders) limit 3", f'(SELECT "id" FROM {ORDERS}) LIMIT 3'),
        ("select 'it''s -- no; comment' from orders", f"SELECT 'it''s -- no; comment' FROM {ORDERS} LIMIT 100"),
    ],
)
def test_a_query_is_sent_with_its_tables_in_full(sql: str, sent: str | None) -> None:
    statement = finished(sql)
    assert '"awsdatacatalog"."lake_curated"."orders"' in statement.sql
    assert "--" not in statement.sql.replace("'it''s -- no; comment'", "")
    assert "/*" not in statement.sql
    assert "curated.orders.id" not in statement.sql
    if sent is not None:
        assert statement.sql == sent


@pytest.mark.parametrize(
    "sql",
    [
        "select case when id in (1, 2) then cast(id as decimal(10, 2)) else try_cast(name as bigint) end from orders",
        "select row_number() over (partition by name order by id), lag(id, 1) over (order by id) from orders",
        "select count(*) filter (where id > 1), approx_percentile(id, 0.5), "
        "listagg(name, ',') within group (order by id) "
        "from orders group by grouping sets ((name), ()) having count(*) > 0",
        "select date_trunc('month', now()), date_add('day', 1, current_date),"
        " now() at time zone 'Europe/Rome' from orders",
        "select transform(array[1, 2], x -> x + 1), map(array['a'], array[1]), "
        "json_extract_scalar(name, '$.a') from orders",
        "select date_format(now(), '%Y'), date_parse('2020', '%Y'), regexp_like(name, 'a'), to_hex(md5(to_utf8(name))) "
        "from orders tablesample bernoulli (10)",
        "select * from orders cross join unnest(array[1, 2]) with ordinality as t(a, n)",
        "select extract(year from now()), position('a' in name), trim(both 'a' from name),"
        " interval '1' day from orders",
        "select id from orders where name like 'a%' and id between 1 and 2 and exists (select 1 from ledger)",
        "with v(x) as (values 1, 2) select y from v as w(y)",
    ],
)
def test_the_language_is_understood(sql: str) -> None:
    assert finished(sql).sql


@pytest.mark.parametrize(
    "sql",
    [
        "select id from orders union all select id from ledger",
        "select id from orders where id in (select id from ledger)",
        "select (select max(id) from ledger) from orders",
        "with l as (select * from ledger) select * from orders join l on true",
        "with o as (select * from orders), l as (select * from o, ledger) select * from l",
        "select * from orders, lateral (select * from ledger) as l",
        "select * from orders o left join (select * from (select * from ledger)) l on o.id = l.id",
        "select id from orders intersect select id from ledger order by 1",
        "select id from orders order by (select max(id) from ledger)",
        "select count(*) over (order by (select max(id) from ledger)) from orders",
        "select coalesce(id, (select max(id) from ledger)) from orders",
        "select transform(array[1], x -> (select max(id) from ledger)) from orders",
        "select id from orders where id in (table ledger)",
        "select * from orders join ledger using (id)",
        "select * from (orders cross join ledger)",
        "select 1 from orders where exists (values ((select 1 from ledger)))",
        # A name of a WITH reaches no further than its query.
        "select (with ledger as (select 1 as x) select x from ledger), (select max(id) from ledger) from orders",
        "select * from orders, ledger, (with ledger as (select 1 as x) select x from ledger) as l",
        "with a as (select * from ledger), ledger as (select 1 as x) select * from a, ledger, orders",
        "with ledger as (select * from ledger) select * from ledger, orders",
    ],
)
def test_every_table_is_found_wherever_it_stands(sql: str) -> None:
    assert sorted(named(sql)) == ["ledger", "orders"]


def test_names_of_a_with_are_no_tables() -> None:
    sql = 'with ledger as (select 1 as x), more as (select * from LEDGER) select * from more, "Ledger" as l, orders'
    assert named(sql) == ["orders"]
    assert '"ledger" AS (' in finished(sql).sql


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("select * from other.orders", "is not a data set"),
        ("select * from information_schema.tables", "is not a data set"),
        ("select * from system.runtime.nodes", "is not a data set"),
        ("select * from hive.curated.orders", "is not a data set"),
        ("select * from awsdatacatalog.information_schema.tables", "is not a data set"),
        ("select * from a.b.c.d.e", "Tables are data sets"),
        ("select * from orders for timestamp as of current_timestamp", "as it is now"),
        ("select * from orders for version as of 3", "as it is now"),
        ("select * from table(sequence(1, 3))", "Tables are data sets"),
        ("select * from table(system.query(query => 'select 1'))", None),
        ("select * from read_csv('/etc/passwd')", "Tables are data sets"),
        ("select * from orders cross join lateral read_text('/etc/passwd')", None),
        ("select read_text('/etc/passwd')", "`read_text`"),
        ("select \"read_text\"('/etc/passwd')", "`read_text`"),
        ("select getenv('AWS_SECRET_ACCESS_KEY')", "`getenv`"),
        ("select query('drop table x')", "`query`"),
        ("select lambda_me(id) from orders", "`lambda_me`"),
        ("using external function f(x int) returns int lambda 'f' select f(1)", None),
        ("insert into orders select 1", "Only a SELECT"),
        ("update orders set id = 1", "Only a SELECT"),
        ("delete from orders", "Only a SELECT"),
        ("merge into orders using ledger on true when matched then delete", "Only a SELECT"),
        ("create table x as select * from orders", "Only a SELECT"),
        ("create view x as select * from orders", "Only a SELECT"),
        ("drop table orders", "Only a SELECT"),
        ("alter table orders add columns (x int)", "Only a SELECT"),
        ("msck repair table orders", None),
        ("unload (select * from orders) to 's3://b/' with (format = 'PARQUET')", None),
        ("explain analyze select * from orders", "Only a SELECT"),
        ("show tables", None),
        ("describe orders", "Only a SELECT"),
        ("execute p using 1", "Only a SELECT"),
        ("prepare p from select 1", None),
        ("call system.sync()", None),
        ("set session x = 1", None),
        ("values 1", "Only a SELECT"),
        ("with x as (delete from orders) select * from x", None),
        ("with x as (insert into orders select 1) select * from x", None),
        ("with recursive x(n) as (select 1 union all select n + 1 from x) select * from x", "Recursive"),
        ("select * into copy from orders", "INTO"),
        ("select * from orders for update", None),
        ("select 1; select 2", "one statement"),
        ("select 1; drop table orders", "one statement"),
        ("select 1 /* ; */ ; drop table orders -- x", "one statement"),
        ("select 1 /* the end", "does not end"),
        ("select 'the end", "does not end"),
        ('select "the end', "does not end"),
        ("", "no statement"),
        ("  ; -- nothing", "no statement"),
        ("select :name", "no place"),
        ("select @name", "no place"),
        ("select id from orders limit ?", "in WHERE only"),
        ("select ? from orders where id = 1", "in WHERE only"),
        ("select id from orders group by id having count(*) > ?", "in WHERE only"),
        ("select id from orders fetch first 3 rows with ties", "`LIMIT` and a number"),
        ("select id from orders limit -1", "LIMIT"),
        ("select id from", None),
        ("select\x00id from orders", "U+0000"),
        ("select id from orders pivot (sum(id) for name in ('a'))", None),
    ],
)
def test_what_is_no_single_select_on_data_sets_is_refused(sql: str, why: str | None) -> None:
    problem = refusal(sql, *[1] * sql.count("?"))
    if why:
        assert why in problem.detail


@pytest.mark.parametrize(
    "sql",
    [
        "select * from 'orders.csv'",
        'select * from "/etc/passwd"',
        'select * from "s3://bucket/key.parquet"',
        'select * from "orders$partitions"',
    ],
)
def test_a_file_or_a_hidden_table_is_a_name_like_any_other(sql: str) -> None:
    (name,) = named(sql)
    assert not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name)


@pytest.mark.parametrize(
    "sql",
    [
        f"select {'(' * 5_000}1{')' * 5_000}",
        f"select {'abs(' * 200}1{')' * 200}",
        f"select {'not ' * 9_000}true",
        f"select {'- ' * 9_000}1",
        f"select {'case when true then ' * 1_500}1{' end' * 1_500}",
        f"select {'[' * 500}1",
        f"{'select * from (' * 500}select 1{')' * 500}",
        f"select {'1 + ' * 40_000}1",
    ],
    ids=["parentheses", "functions", "not", "minus", "case", "brackets", "subqueries", "terms"],
)
def test_deep_and_endless_queries_are_refused_at_once(sql: str) -> None:
    started = time.process_time()
    refusal(sql)
    assert time.process_time() - started < 3


def test_a_refusal_says_where() -> None:
    problem = refusal("select *\nfrom orders,\n     other.things")
    assert (problem.line, problem.column) == (3, 12)


def test_rows_are_limited_whatever_is_asked_for() -> None:
    assert finished("select id from orders limit 7", rows=5).row_limit == 5
    assert finished("select id from orders limit 3", rows=5).row_limit == 3
    assert finished("select id from orders union all select id from orders limit 9", rows=5).sql.endswith("LIMIT 5")
    assert finished("select id from (select id from orders limit 900) order by 1", rows=5).sql.endswith(
        "ORDER BY 1 LIMIT 5"
    )


def test_parameters_are_literals_that_athena_binds() -> None:
    statement = finished(
        "select id from orders where name = ? and id > ? and amount < ? and flag = ? and x is not distinct from ?",
        "'; drop table orders --",
        5,
        2.5,
        True,
        None,
    )
    assert statement.parameters == ["'''; drop table orders --'", "5", "2.5e0", "true", "NULL"]
    assert "drop" not in statement.sql
    assert statement.sql.count("?") == 5


def test_a_question_mark_in_a_text_is_none() -> None:
    assert finished("select '?' from orders where name = ?", "x").parameters == ["'x'"]


def test_parameters_keep_their_places_where_the_parser_turns_arguments_round() -> None:
    statement = finished("select id from orders where strpos(?, ?) > position(? in ?) and contains(?, ?)", *"abcdef")
    assert "STRPOS(?, ?) > STRPOS(?, ?)" in statement.sql
    assert statement.parameters == [f"'{letter}'" for letter in "abdcef"]


@pytest.mark.parametrize("parameters", [(), (1, 2)])
def test_as_many_parameters_as_question_marks(parameters: tuple[int, ...]) -> None:
    assert "1 question marks" in refusal("select id from orders where id = ?", *parameters).detail


def test_a_parameter_that_athena_would_not_take_is_refused() -> None:
    assert "$.parameters[0]" in refusal("select id from orders where name = ?", "x" * 1_023).detail
