"""The synthetic trust: whole, linked, alive over the months, and the same for the same seed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, get_args

import polars as pl
import pytest

from mhsds_recon.errors import OutputError, UsageError
from mhsds_recon.frames import open_extract
from mhsds_recon.testing import SyntheticTrust, synthetic_trust
from mhsds_recon.testing.trust import Format
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from pathlib import Path

    from mhsds_recon.standard import Standard

FORMATS = get_args(Format)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, kind: Format) -> None:
    for name in ("one", "two"):
        synthetic_trust(months=2, people=100, seed=3).write(tmp_path / name, format=kind)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_another_seed_gives_another_trust(clean: SyntheticTrust) -> None:
    other = synthetic_trust(months=7, people=300, seed=5, plant=False)
    for table in ("MHS001MPI", "MHS101Referral", "MHS201CareContact", "MHS901StaffDetails"):
        assert not clean.extracts["2025-09"][table].equals(other.extracts["2025-09"][table])


def test_every_table_has_all_elements_as_text_in_their_order(
    clean: SyntheticTrust, standard: Standard
) -> None:
    for tables in clean.extracts.values():
        assert list(tables) == list(standard.tables)
        for name, rows in tables.items():
            assert tuple(rows.columns) == standard.tables[name].element_names
            assert set(rows.dtypes) == {pl.String}


def test_every_table_has_rows_in_every_month_but_the_one_that_is_always_rejected(
    clean: SyntheticTrust,
) -> None:
    for tables in clean.extracts.values():
        assert [name for name, rows in tables.items() if rows.is_empty()] == [
            "MHS608AnonSelfAssess"
        ]


def test_keys_are_unique_and_parents_are_there(clean: SyntheticTrust, standard: Standard) -> None:
    for tables in clean.extracts.values():
        for table in standard.tables.values():
            rows = tables[table.name]
            if len(table.primary_key) == 1:
                assert rows[table.primary_key[0]].is_unique().all(), table.name
            if table.parent:
                orphans = rows.join(tables[table.parent], on=table.parent_key, how="anti")
                assert orphans.is_empty(), table.name


@pytest.mark.parametrize("seed", [4, 11])
def test_without_planted_errors_no_rule_has_a_finding(
    tmp_path: Path, standard: Standard, seed: int
) -> None:
    trust = synthetic_trust(months=2, people=150, seed=seed, plant=False)
    trust.write(tmp_path, format="parquet")
    for period in trust.extracts:
        extract = open_extract(tmp_path / "extracts" / period, standard=standard)
        result = validate(extract, standard=standard)
        assert result.findings.is_empty()
        assert result.file_verdict.accepted


def test_a_referral_is_submitted_until_the_month_of_its_discharge(clean: SyntheticTrust) -> None:
    months = list(clean.extracts.values())
    for month, following in pairwise(months):
        discharged = pl.col("ServDischDate").is_not_null()
        closed = month["MHS101Referral"].filter(discharged)
        after = following["MHS101Referral"]
        assert closed.join(after, on="ServiceRequestID", how="semi").is_empty()
        kept = month["MHS101Referral"].filter(~discharged)
        assert kept.join(after, on="ServiceRequestID", how="semi").height > kept.height * 0.9


def _referrals(trust: SyntheticTrust) -> pl.DataFrame:
    """Every referral once, as last submitted, with dates."""
    rows = pl.concat([tables["MHS101Referral"] for tables in trust.extracts.values()])
    days = pl.col("ReferralRequestReceivedDate", "ServDischDate").str.to_date()
    return rows.with_columns(days).unique("ServiceRequestID", keep="last", maintain_order=True)


def test_some_people_come_back_within_five_days_of_discharge(clean: SyntheticTrust) -> None:
    ordered = _referrals(clean).sort("LocalPatientID", "ReferralRequestReceivedDate")
    before = pl.col("ServDischDate").shift().over("LocalPatientID")
    gaps = ordered.select(pl.col("ReferralRequestReceivedDate") - before).to_series()
    assert gaps.dt.total_days().is_between(0, 5).sum() > 0


def test_most_people_are_children_and_some_turn_18_while_they_are_seen() -> None:
    trust = synthetic_trust(months=7, people=2000, seed=4, plant=False)
    people = pl.concat([tables["MHS001MPI"] for tables in trust.extracts.values()])
    born = people.unique("LocalPatientID").select(
        "LocalPatientID", birthday=pl.col("PersonBirthDate").str.to_date().dt.offset_by("18y")
    )
    referrals = _referrals(trust).join(born, on="LocalPatientID")
    child = referrals["ReferralRequestReceivedDate"] < referrals["birthday"]
    grown = referrals["birthday"] < referrals["ServDischDate"]
    assert 0.5 < child.mean() < 0.7  # type: ignore[operator]  # the mean of flags is a number
    assert (child & grown).sum() > len(referrals) * 0.02


def test_the_reference_files_know_every_code_of_the_extracts(clean: SyntheticTrust) -> None:
    known = set(clean.reference["ods_organisations"]["code"])
    places = set(clean.reference["postcode_lookup"]["postcode"])
    for tables in clean.extracts.values():
        for rows in tables.values():
            for name in rows.columns:
                values = set(rows[name].drop_nulls())
                if name.startswith(("OrgID", "SiteID", "GMPReg")):
                    assert values <= known, name
                if name.startswith("Postcode"):
                    assert values <= places, name


def test_some_residents_live_outside_england_or_at_an_unknown_place(clean: SyntheticTrust) -> None:
    homes = clean.extracts["2025-09"]["MHS001MPI"].join(
        clean.reference["postcode_lookup"], left_on="Postcode", right_on="postcode"
    )
    assert homes["la_district"].is_null().any()
    assert homes["la_district"].str.starts_with("W").any()


def test_files_of_every_format_hold_the_same_rows(tmp_path: Path) -> None:
    trust = synthetic_trust(months=1, people=100, plant=False)
    for kind in FORMATS:
        trust.write(tmp_path / kind, format=kind)
    name = "extracts/2025-09/MHS101Referral"
    rows = trust.extracts["2025-09"]["MHS101Referral"]
    assert pl.read_parquet(tmp_path / f"parquet/{name}.parquet").equals(rows)
    for kind in ("csv", "csv.gz"):
        read = pl.read_csv(tmp_path / kind / f"{name}.{kind}", infer_schema=False)
        assert read.equals(rows)


@pytest.mark.parametrize("wrong", [{"months": 0}, {"people": 20}, {"last_period": "2025-9"}])
def test_arguments_out_of_range_are_refused(wrong: dict[str, int | str]) -> None:
    with pytest.raises(UsageError):
        synthetic_trust(**wrong)  # type: ignore[arg-type]  # one of several types


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError):
        synthetic_trust(months=1, people=100).write(tmp_path / "taken")
