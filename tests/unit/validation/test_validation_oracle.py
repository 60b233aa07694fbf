"""Agreement with the independent interpreter of the rules (the oracle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import (
    ROW_NUMBER,
    Engine,
    PolarsEngine,
    Reference,
    extract_from_frames,
    open_extract,
    read_reference,
)
from mhsds_recon.testing import narrowed
from mhsds_recon.validation import Validation, validate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mhsds_recon.standard import Standard

pytestmark = pytest.mark.shared
FINDING = ["code", "table", ROW_NUMBER]
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


def test_findings_and_accepted_rows_of_the_dirty_extract_agree(
    oracle: Path, standard: Standard, engine: Engine
) -> None:
    """Where the oracle accepts two readings, ours is its own throughout."""
    extract = open_extract(oracle / "dirty", standard=standard, engine=engine)
    lookups = read_reference(oracle / "lookups", engine=engine)
    result = validate(extract, standard=standard, reference=lookups)
    assert _found(result.findings) == _found(_expected(oracle))
    assert result.not_assessed == ("MHS01423", "MHS20154", "MHSREJ001", "MHSREJ012")
    assert result.file_verdict.accepted
    accepted = pl.read_csv(oracle / "expected_accepted.csv").select(result.accepted.columns)
    assert result.accepted.sort("table").equals(accepted.sort("table"))
    tables = result.accepted_extract().tables
    left = engine.collect([tables[name].select(ROW_NUMBER) for name in standard.tables])
    ours = {
        (name, row)
        for name, rows in zip(standard.tables, left, strict=True)
        for row in rows[ROW_NUMBER]
    }
    survivors = pl.read_csv(oracle / "expected_accepted_rows.csv.gz").select("table", ROW_NUMBER)
    assert ours == set(survivors.iter_rows())


def test_without_reference_files_other_rules_find_the_same(
    oracle: Path, shared: Path, standard: Standard
) -> None:
    rules = pl.read_csv(shared / "spec" / "v6.0" / "rules.csv")
    not_executable = rules.filter(executable="n")["code"]
    extract = open_extract(oracle / "dirty", standard=standard)
    result = validate(extract, standard=standard)
    others = _expected(oracle).filter(~pl.col("code").is_in(not_executable.implode()))
    assert _found(result.findings) == _found(others)
    assert set(result.not_assessed) == {*not_executable, "MHSREJ001", "MHSREJ012"}


def test_only_scores_of_uncertain_scales_are_uncertain_findings(
    oracle: Path, standard: Standard
) -> None:
    extract = open_extract(oracle / "dirty", standard=standard)
    findings = validate(extract, standard=standard).findings
    scores = findings.filter(pl.col("code").is_in(["MHS60607", "MHS60707", "MHS60807"]))
    assert set(findings.filter(~pl.col("certain"))["code"]) <= set(scores["code"])
    either = pl.read_csv(oracle / "either_accepted.csv").filter(
        reading="scores: tools with an uncertain range never fail"
    )
    assert _found(scores.filter(~pl.col("certain"))) == _found(either)


def test_cases_that_stop_the_file_agree(oracle: Path, standard: Standard) -> None:
    cases = pl.read_csv(oracle / "cases.csv").filter(pl.col("case") != "nothing_left")
    edits = pl.read_csv(oracle / "case_edits.csv")
    expected = pl.read_csv(oracle / "expected_case_findings.csv")
    tables = {
        table: pl.read_parquet(oracle / "clean" / f"{table}.parquet") for table in _CASE_TABLES
    }
    judged = _own_rules_of(standard, _CASE_TABLES)
    lookups = read_reference(oracle / "lookups")
    for case, codes in cases["case", "file_codes"].iter_rows():
        result = _run_case(oracle, case, tables, judged, lookups)
        edited = edits.filter(case=case)["table"].unique().implode()
        ours = result.findings.filter(pl.col("table").is_in(edited))
        assert _found(ours) == _found(expected.filter(case=case)), case
        assert set(result.file_verdict.codes) == set((codes or "").split(";")) - {""}, case


def test_a_file_of_which_nothing_is_left_is_rejected(oracle: Path, standard: Standard) -> None:
    tables = {file.stem: pl.read_parquet(file) for file in (oracle / "clean").glob("*.parquet")}
    lookups = read_reference(oracle / "lookups")
    result = _run_case(oracle, "nothing_left", tables, standard, lookups)
    assert result.file_verdict.codes == ("MHSREJ101",)


def _expected(oracle: Path) -> pl.DataFrame:
    return pl.read_csv(oracle / "expected_findings.csv")


def _found(findings: pl.DataFrame) -> set[tuple[str, str, int]]:
    return set(findings.drop_nulls(ROW_NUMBER).select(FINDING).iter_rows())


def _own_rules_of(standard: Standard, tables: tuple[str, ...]) -> Standard:
    """Return the rules of some tables other than links, and all file rules."""
    few = narrowed(standard, tables)
    own = {code: rule for code, rule in few.rules.items() if code not in few.link_order}
    return msgspec.structs.replace(few, rules=own, link_order=(), file_rules=standard.file_rules)


def _run_case(
    oracle: Path,
    case: str,
    tables: Mapping[str, pl.DataFrame],
    standard: Standard,
    lookups: Reference,
) -> Validation:
    edits = pl.read_csv(oracle / "case_edits.csv", infer_schema=False).fill_null("")
    edited = dict(tables)
    for edit in edits.filter(pl.col("case") == case).iter_rows(named=True):
        edited[edit["table"]] = _edit(edited[edit["table"]], edit)
    extract = extract_from_frames(edited, standard=standard, engine=PolarsEngine())
    return validate(extract, standard=standard, reference=lookups)


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
