"""The pandera schemas: usable alone, and of one mind with the rules."""

from __future__ import annotations

from pathlib import Path

import pandera.errors
import polars as pl
import pytest

from mhsds_recon.frames.shapes import TableSchema, schemas
from mhsds_recon.standard import Standard
from mhsds_recon.standard.checks import Format, Mandatory, NationalCode

STAFF = "MHS901StaffDetails"


def _staff(standard: Standard, **values: str | None) -> pl.DataFrame:
    names = standard.tables[STAFF].element_names
    row = {name: [values.get(name)] for name in names}
    return pl.DataFrame(row, schema=dict.fromkeys(names, pl.String))


def _validate(schema: TableSchema, frame: pl.DataFrame, *, lazy_frame: bool) -> None:
    if lazy_frame:
        schema.validate(frame.lazy(), lazy=True)
    else:
        schema.validate(frame, lazy=True)


@pytest.mark.parametrize("lazy_frame", [False, True])
def test_a_bad_code_fails_on_both_kinds_of_frame(standard: Standard, *, lazy_frame: bool) -> None:
    good = _staff(standard, CareProfLocalID="C1", OrgIDCareProfLocalID="RZZ")
    bad = good.with_columns(MainSpecCodeMH=pl.lit("000"))
    schema = schemas("6.0")[STAFF]
    _validate(schema, good, lazy_frame=lazy_frame)
    with pytest.raises(pandera.errors.SchemaErrors) as raised:
        _validate(schema, bad, lazy_frame=lazy_frame)
    assert raised.value.failure_cases["column"].to_list() == ["MainSpecCodeMH"]


def test_column_order_is_free_but_presence_and_names_are_not(standard: Standard) -> None:
    schema = schemas("6.0")[STAFF]
    frame = _staff(standard, CareProfLocalID="C1", OrgIDCareProfLocalID="RZZ")
    schema.validate(frame.select(reversed(frame.columns)), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors):
        schema.validate(frame.drop("CareProfLocalID"), lazy=True)
    with pytest.raises(pandera.errors.SchemaErrors):
        schema.validate(frame.with_columns(Extra=pl.lit("x")), lazy=True)


def test_there_is_a_schema_for_every_table(standard: Standard) -> None:
    assert set(schemas("6.0")) == set(standard.tables)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::pandera.errors.SchemaWarning")
def test_pandera_finds_what_the_independent_interpreter_finds(
    standard: Standard, shared: Path
) -> None:
    folder = shared / "oracle" / "rules"
    expected = {
        (code, table, row)
        for code, table, row in pl.read_csv(folder / "expected_findings.csv")
        .select("code", "table", "row_number")
        .rows()
        if code in standard.rules
        and standard.rules[code].rejects
        and isinstance(standard.rules[code].check, Mandatory | Format | NationalCode)
        and getattr(standard.rules[code].check, "when", None) is None
    }
    found = set()
    for table, schema in schemas("6.0").items():
        try:
            schema.validate(pl.read_parquet(folder / "dirty" / f"{table}.parquet"), lazy=True)
        except pandera.errors.SchemaErrors as error:
            cases = error.failure_cases.filter(pl.col("check").str.starts_with("MHS"))
            rows = cases.select("check", "index").rows()
            found |= {(code, table, index + 1) for code, index in rows}
    assert found == expected
