"""The file of queries: what is wrong with it is said at once, and no secret fits into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mhsds_recon.errors import WarehouseError
from mhsds_recon.warehouse import read_queries

CONNECTION = '[connection]\nenvironment = "DWH"\n'
QUERY = '[[query]]\nname = "access"\nsql = "SELECT 1 AS value"\n'


def problem_of(path: Path, text: str | bytes) -> str:
    file = path / "queries.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(WarehouseError) as raised:
        read_queries(file)
    return str(raised.value)


def test_a_query_may_stand_in_a_file_of_its_own_as_the_tools_of_sql_server_write_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "access.sql").write_bytes("SELECT 2 AS value;\n".encode("utf-16"))
    file = tmp_path / "queries.toml"
    file.write_text(f'{CONNECTION}{QUERY}\n[[query]]\nname = "two"\nfile = "access.sql"\n')
    read = read_queries(file)
    assert [query.sql.strip() for query in read.queries] == [
        "SELECT 1 AS value",
        "SELECT 2 AS value;",
    ]
    assert read.connection.address == "env:DWH"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (QUERY, "missing required field `connection`"),
        (CONNECTION, r"has no \[\[query\]\]"),
        (CONNECTION.replace("environment", "environmnt") + QUERY, "Did you mean 'environment'"),
        (f"[connection]\ntimeout_seconds = 5\n{QUERY}", "give either"),
        (f'{CONNECTION}keyring = "a/b"\n{QUERY}', "give either"),
        (f"{CONNECTION}timeout_seconds = 0\n{QUERY}", "1 or more"),
        (f'[connection]\nurl = "postgresql://u:hidden@h/d"\n{QUERY}', "does not belong"),
        (f'[connection]\nenvironment = "postgresql://u:hidden@h/d"\n{QUERY}', "does not belong"),
        (CONNECTION + QUERY.replace("sql =", "sqls ="), r"query 'access' has no setting 'sqls'"),
        (CONNECTION + QUERY + "measure = 1\n", "Did you mean 'measure_id'"),
        (CONNECTION + QUERY + "breakdown = 1\n", r"query 'access': Expected `str`, got `int`"),
        (CONNECTION + QUERY + QUERY, "two queries are called 'access'"),
        (CONNECTION + QUERY + 'file = "x.sql"\n', "needs either sql or file"),
        (CONNECTION + '[[query]]\nname = "x"\nfile = "x.sql"\n', "x.sql' does not exist"),
        (f'{CONNECTION}{QUERY}status = "Fnal"\n'.replace("status", "[x]\na"), "no setting 'x'"),
        ('[connection\nenvironment = "DWH"', "is no TOML"),
        (b"\xff\x00\xfa", "not in UTF-8"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str | bytes, told: str) -> None:
    problem = problem_of(tmp_path, text)
    assert re.search(told, problem)
    assert "hidden" not in problem
    assert "queries.toml" in problem


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = f"{CONNECTION}{QUERY}breakdwn = 'x'\n[[query]]\nname = 'b'\nsql = 3\n"
    problem = problem_of(tmp_path, text)
    assert "Did you mean 'breakdown'" in problem
    assert "query 'b': Expected `str`, got `int`" in problem


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "DELETE FROM t",
        "-- SELECT\nDROP TABLE t",
        "/* SELECT */ UPDATE t SET x = 1",
        "WITH gone AS (DELETE FROM t RETURNING 1) SELECT * FROM gone",
        "SELECT * INTO copied FROM t",
        "SELECT 1 EXEC xp_cmdshell 'dir'",
        "SELECT ';' ; COMMIT",
        "SELECT 'it''s' ; COMMIT",
        r"SELECT E'\' ' ; DROP TABLE t --'",
        "SELECT 1 /* not closed",
        "SELECT 'not closed",
        "(SELECT 1)",
        "EXPLAIN SELECT 1",
        "SELECT $$ ; DROP TABLE t $$",
        "",
    ],
)
def test_what_is_not_surely_one_select_is_refused(tmp_path: Path, sql: str) -> None:
    quoted = '"""' + sql.replace("\\", "\\\\") + '"""'
    problem_of(tmp_path, f'{CONNECTION}[[query]]\nname = "x"\nsql = {quoted}\n')


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as value;",
        "WITH a AS (SELECT 1 AS value) SELECT * FROM a -- done; really",
        "SELECT count(*) AS value FROM [delete; me] WHERE \"drop\" = 'insert; into'",
        "SELECT x::int AS value FROM t WHERE day BETWEEN :period_start AND :period_end",
        "/* who; counts */ SELECT '12:30' AS breakdown, 1 AS value",
    ],
)
def test_one_select_is_taken_whatever_its_texts_and_remarks_hold(tmp_path: Path, sql: str) -> None:
    file = tmp_path / "queries.toml"
    file.write_text(f"{CONNECTION}[[query]]\nname = \"x\"\nsql = '''{sql}'''\n")
    assert read_queries(file).queries[0].sql == sql


def test_an_unknown_parameter_is_named_with_those_there_are(tmp_path: Path) -> None:
    text = f'{CONNECTION}[[query]]\nname = "x"\nsql = "SELECT :period_strat AS value"\n'
    problem = problem_of(tmp_path, text)
    assert "Did you mean 'period_start'?" in problem
    assert ":financial_year_start" in problem
