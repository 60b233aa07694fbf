"""Agreement with the independent interpreter of the rules (the oracle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import narwhals as nw
import polars as pl
import pytest

from mhsds_recon.frames import Engine, PolarsEngine, extract_from_frames, open_extract
from mhsds_recon.standard import REJECTING_LEVELS, Standard
from mhsds_recon.standard.checks import Linked
from mhsds_recon.validation import Validation, validate
from mhsds_recon.validation.cascade import follow_links, read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.shared
FINDING = ["code", "table", "row_number"]
_CASE_TABLES = (
    "MHS000Header", "MHS001MPI", "MHS002GP", "MHS101Referral", "MHS302MHDropInContact",
)  # fmt: skip


@pytest.fixture(scope="module")
def oracle(shared: Path) -> Path:
    return shared / "oracle" / "rules"


def test_the_clean_extract_has_no_findings(
    oracle: Path, standard: Standard, engine: Engine
) -> None:
    result = validate(
        open_extract(oracle / "clean", standard=standard, engine=engine), standard=standard
    )
    assert result.findings.is_empty()
    assert result.file_verdict.accepted
    assert (result.accepted["submitted"] == result.accepted["accepted"]).all()


def test_findings_of_the_dirty_extract_agree(
    oracle: Path, standard: Standard, engine: Engine
) -> None:
    result = validate(
        open_extract(oracle / "dirty", standard=standard, engine=engine), standard=standard
    )
    ours = result.findings.filter(~pl.col("code").is_in(standard.link_order)).select(FINDING)
    known = pl.col("code").is_in(list(standard.rules)) & ~pl.col("code").is_in(standard.link_order)
    expected = _expected(oracle).filter(known).select(FINDING)
    either = pl.read_csv(oracle / "either_accepted.csv").select(FINDING)
    differing = pl.concat(
        [ours.join(expected, on=FINDING, how="anti"), expected.join(ours, on=FINDING, how="anti")]
    )
    assert differing.join(either, on=FINDING, how="anti").is_empty()


def test_links_and_accepted_rows_agree_where_all_rejections_are_known(
    oracle: Path, standard: Standard, engine: Engine
) -> None:
    extract = open_extract(oracle / "dirty", standard=standard, engine=engine)
    expected = _expected(oracle).filter(pl.col("level").is_in(REJECTING_LEVELS))
    is_link = pl.col("code").is_in(standard.link_order)
    keys = read_keys(extract, standard)

    failing = follow_links(keys, _rows_by_table(expected.filter(~is_link)), standard)

    ours = {(code, row) for code, rows in failing.items() for row in rows["row_number"]}
    links = _expected(oracle).filter(is_link)
    assert ours == set(links.select("code", "row_number").iter_rows())
    left = {table: len(rows) for table, rows in keys.items()}
    for table, rows in _rows_by_table(expected).items():
        left[table] -= len(rows)
    accepted = pl.read_csv(oracle / "expected_accepted.csv")
    assert left == dict(accepted.select("table", "accepted").iter_rows())


def test_cases_that_stop_the_file_agree(oracle: Path, standard: Standard) -> None:
    """Cases that only rules of other kinds decide expect nothing until those rules are there."""
    cases = pl.read_csv(oracle / "cases.csv")
    expected = pl.read_csv(oracle / "expected_case_findings.csv")
    tables = {
        table: pl.read_parquet(oracle / "clean" / f"{table}.parquet") for table in _CASE_TABLES
    }
    judged = _own_rules_of(standard, _CASE_TABLES)
    for case, codes in cases.filter(pl.col("case") != "nothing_left")[
        "case", "file_codes"
    ].iter_rows():
        found = _run_case(oracle, case, tables, judged)
        of_case = expected.filter(pl.col("case") == case)
        wanted = of_case.filter(pl.col("code").is_in(list(standard.rules))).select(FINDING)
        assert set(found.findings.select(FINDING).iter_rows()) == set(wanted.iter_rows()), case
        file_codes = set((codes or "").split(";")) - {""}
        if "MHSREJ015" in file_codes and wanted.is_empty():
            file_codes.remove("MHSREJ015")
        assert set(found.file_verdict.codes) == file_codes, case


def test_a_file_of_which_nothing_is_left_is_rejected(oracle: Path, standard: Standard) -> None:
    tables = {file.stem: pl.read_parquet(file) for file in (oracle / "clean").glob("*.parquet")}
    result = _run_case(oracle, "nothing_left", tables, standard)
    assert result.file_verdict.codes == ("MHSREJ101",)


def _expected(oracle: Path) -> pl.DataFrame:
    return pl.read_csv(oracle / "expected_findings.csv")


def _rows_by_table(findings: pl.DataFrame) -> dict[str, nw.DataFrame[pl.DataFrame]]:
    return {
        str(table): nw.from_native(rows.select("row_number").unique(), eager_only=True)
        for (table,), rows in findings.group_by("table")
    }


def _own_rules_of(standard: Standard, tables: tuple[str, ...]) -> Standard:
    rules = {
        code: rule
        for code, rule in standard.rules.items()
        if rule.table in tables and not isinstance(rule.check, Linked)
    }
    return msgspec.structs.replace(
        standard,
        tables={table: standard.tables[table] for table in tables},
        rules=rules,
        link_order=(),
    )


def _run_case(
    oracle: Path, case: str, tables: Mapping[str, pl.DataFrame], standard: Standard
) -> Validation:
    edits = pl.read_csv(oracle / "case_edits.csv", infer_schema=False).fill_null("")
    edited = dict(tables)
    for edit in edits.filter(pl.col("case") == case).iter_rows(named=True):
        edited[edit["table"]] = _edit(edited[edit["table"]], edit)
    extract = extract_from_frames(edited, standard=standard, engine=PolarsEngine())
    return validate(extract, standard=standard)


def _edit(rows: pl.DataFrame, edit: Mapping[str, str]) -> pl.DataFrame:
    number = int(edit["row_number"])
    value = pl.lit(None if edit["null"] == "y" else edit["value"], dtype=pl.String)
    match edit["op"]:
        case "empty":
            return rows.clear()
        case "copy":
            return pl.concat([rows, rows[number - 1 : number]])
        case "set_all":
            return rows.with_columns(value.alias(edit["element"]))
        case _:
            here = pl.int_range(pl.len()) == number - 1
            column = pl.when(here).then(value).otherwise(pl.col(edit["element"]))
            return rows.with_columns(column.alias(edit["element"]))
