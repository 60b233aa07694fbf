"""The synthetic trust: every month's extract, the reference files that fit, what is planted."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import polars as pl

from mhsds_recon.errors import UsageError
from mhsds_recon.outputs import write_files
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing.activity import (
    make_activity,
    make_assessments,
    make_contacts,
    make_indirect,
)
from mhsds_recon.testing.cast import enter
from mhsds_recon.testing.identifiers import local_ids
from mhsds_recon.testing.inpatients import make_inpatient_tables
from mhsds_recon.testing.organisation import Organisation
from mhsds_recon.testing.people import draw_people, make_people, make_practices
from mhsds_recon.testing.planting import PlantedError, plant_errors
from mhsds_recon.testing.plants import stories
from mhsds_recon.testing.referrals import draw_referrals, find_deaths, make_referrals
from mhsds_recon.testing.setting import Setting
from mhsds_recon.testing.standing import make_standing_tables
from mhsds_recon.testing.wider import make_patient_tables, make_referral_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mhsds_recon.testing.ledger import Ledger

__all__ = ["Format", "SyntheticTrust", "make_header", "synthetic_trust"]

Format = Literal["csv", "csv.gz", "parquet"]
_STANDARD = "6.0"
_FEWEST_PEOPLE = 100
_HEADER = "MHS000Header"
_PATIENTS = "MHS001MPI"
_REFERRALS = "MHS101Referral"
_WARDS = ("MHS903WardDetails", "MHS502WardStay", "WardCode")


@dataclass(frozen=True, kw_only=True)
class SyntheticTrust:
    """A made-up trust's submissions.

    Attributes:
        provider: Code of the provider.
        extracts: By period ``YYYY-MM``, by table: one row per submitted row, every column text,
            in the order of the standard.
        reference: By file name without ending: the reference files that fit the extracts.
        planted: The documented errors.
    """

    provider: str
    extracts: Mapping[str, Mapping[str, pl.DataFrame]]
    reference: Mapping[str, pl.DataFrame]
    planted: tuple[PlantedError, ...] = ()

    def write(self, folder: Path, *, format: Format = "csv") -> None:  # noqa: A002 - the plain word
        """Write ``extracts/YYYY-MM/<Table>.<format>`` and ``reference/*.csv`` under a folder.

        The same trust gives the same bytes.

        Raises:
            OutputError: The folder cannot be written to; a month is written whole or not at all.
        """
        for period, tables in self.extracts.items():
            files = {
                f"{table}.{format}": partial(_write, rows, format) for table, rows in tables.items()
            }
            write_files(folder / "extracts" / period, files)
        reference = {
            f"{name}.csv": partial(_write, rows, "csv") for name, rows in self.reference.items()
        }
        write_files(folder / "reference", reference)


def _write(rows: pl.DataFrame, kind: Format, path: Path) -> None:
    """Write one file."""
    if kind == "parquet":
        rows.write_parquet(path)
    elif kind == "csv":
        rows.write_csv(path)
    else:
        # A gzip header holds the time unless it is told another.
        path.write_bytes(gzip.compress(rows.write_csv().encode(), mtime=0))


def synthetic_trust(  # noqa: PLR0913 - independent settings, all with defaults
    *,
    months: int = 14,
    people: int = 5000,
    seed: int = 1,
    provider: str = "RZZ",
    last_period: str = "2025-09",
    plant: bool = True,
) -> SyntheticTrust:
    """Return a synthetic mental health trust, mostly for children and young people.

    Args:
        months: Number of monthly extracts, up to the last period.
        people: Number of people over all months; 100 or more. With one month, 95,000 people
            make about a million rows.
        seed: The same seed gives the same trust, to the byte.
        provider: Code of the provider.
        last_period: The last reporting period, ``YYYY-MM``.
        plant: Whether to plant the documented errors; without them no rule has a finding.

    Raises:
        UsageError: An argument is out of range.
    """
    if months < 1 or people < _FEWEST_PEOPLE:
        message = (
            f"A synthetic trust needs at least 1 month and {_FEWEST_PEOPLE} people; "
            f"asked for {months} and {people}."
        )
        raise UsageError(message)
    setting = Setting(
        standard=load_standard(_STANDARD),
        organisation=Organisation(provider=provider, people=people),
        periods=ReportingPeriod.parse(last_period).window(months),
        seed=seed,
    )
    ledgers = {ledger.table: ledger for ledger in _ledgers(setting, people)}
    extracts = {
        str(period): _extract(setting, ledgers, month)
        for month, period in enumerate(setting.periods)
    }
    planted: tuple[PlantedError, ...] = ()
    if plant:
        extracts, planted = plant_errors(setting, extracts, _victims(people))
    return SyntheticTrust(
        provider=provider,
        extracts=extracts,
        reference=setting.organisation.reference(),
        planted=planted,
    )


def _victims(people: int) -> pl.Series:
    """Return the identifiers of the prescribed people, who come last."""
    count = len(list(stories()))
    return local_ids("P", range(people - count + 1, people + 1))


def _ledgers(setting: Setting, size: int) -> Iterable[Ledger]:
    """Yield the ledger of every table that has rows, but the header's."""
    people, visits = enter(setting, draw_people(setting, size), stories())
    referrals = draw_referrals(setting, people)
    died = find_deaths(setting, people, referrals)
    yield make_people(setting, people, died)
    yield make_practices(setting, people)
    referral_rows = make_referrals(setting, people, referrals, died)
    yield referral_rows
    contacts, referral, attended = make_contacts(setting, referrals, visits)
    yield contacts
    activity, contact = make_activity(setting, contacts, attended)
    yield from activity
    yield make_indirect(setting, referrals)
    yield from make_assessments(setting, referrals, referral, activity[0], contact)
    yield from make_inpatient_tables(setting, referrals, people)
    yield from make_patient_tables(setting, people, referrals)
    yield from make_referral_tables(setting, referrals, referral_rows)
    yield from make_standing_tables(setting, size)


def _extract(
    setting: Setting, ledgers: Mapping[str, Ledger], month: int
) -> dict[str, pl.DataFrame]:
    """Return the tables of one month: rows whose parents are reported, in the standard's order."""
    start, end = int(setting.starts[month]), int(setting.ends[month])
    tables = setting.standard.tables
    made: dict[str, pl.DataFrame] = {_HEADER: make_header(setting, setting.periods[month])}

    def rows_of(name: str) -> pl.DataFrame:
        if name not in made:
            made[name] = _slice(name)
        return made[name]

    def _slice(name: str) -> pl.DataFrame:
        table = tables[name]
        if name not in ledgers:
            return pl.DataFrame(schema=dict.fromkeys(table.element_names, pl.String))
        rows = ledgers[name].month(start, end)
        if name == _PATIENTS:
            return rows.join(rows_of(_REFERRALS), on="LocalPatientID", how="semi")
        if name == _WARDS[0]:
            return rows.join(rows_of(_WARDS[1]), on=_WARDS[2], how="semi")
        if name == _REFERRALS or table.parent is None:
            return rows
        return rows.join(rows_of(table.parent), on=str(table.parent_key), how="semi")

    return {name: rows_of(name) for name in tables}


def make_header(setting: Setting, period: ReportingPeriod) -> pl.DataFrame:
    """Return the header of a submission made in the middle of the following month."""
    created = period.back(-1).start.replace(day=15)
    return pl.DataFrame(
        {
            "DatSetVer": _STANDARD,
            "OrgIDProvider": setting.organisation.provider,
            "OrgIDSubmit": setting.organisation.provider,
            "PrimSystemInUse": "SYNTHETIC",
            "ReportingPeriodStartDate": period.start.isoformat(),
            "ReportingPeriodEndDate": period.end.isoformat(),
            "DateTimeDatSetCreate": f"{created.isoformat()}T09:30:00",
        }
    )
