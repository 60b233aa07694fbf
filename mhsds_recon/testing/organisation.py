"""The fictional provider: sites, commissioners, practices, teams, wards, staff, and look-ups.

No code here belongs to a real organisation, place or concept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from mhsds_recon.testing.identifiers import local_ids, postcodes, snomed_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["STREAMS", "Organisation", "Stream"]

_SUB_ICBS = ("Z1A", "Z2B", "Z3C")
_ICBS = ("QZ1", "QZ2")
_DISTRICTS = ("E06009991", "E06009992", "E07009993", "E08009994")
_NOT_ENGLAND = "W06009995"
_NOT_REGISTERED = ("V81997", "V81998", "V81999")
_OPENED = "1990-04-01"
_REFERENCE_SETS = {
    # The measure specification names these four national sets; their members here are made up.
    "1853441000000109": 990_001,
    "1853451000000107": 990_101,
    "1853461000000105": 990_201,
    "1853481000000101": 990_301,
}
_SET_SIZE = 8
_OUTSIDE_EVERY = 40
_UNKNOWN_EVERY = 50
_PLACES = 600
_OTHER_CONCEPTS = 990_901


class Stream(NamedTuple):
    """A kind of service: who comes, for how long, and how often they are seen."""

    name: str
    team_type: str
    """Code of the list ServiceTeamType."""
    age_group: str
    """Code of the list TeamIntendedAgeGroup; 02 is children and young people."""
    share: float
    """Share of new people."""
    ages: tuple[int, int]
    """Youngest and oldest age at referral."""
    days: int
    """Mean days from referral to discharge."""
    contacts: float
    """Contacts per 30 days."""
    reason: str
    """Usual primary reason for referral."""


STREAMS: tuple[Stream, ...] = (
    Stream("CYP community", "A06", "02", 0.22, (5, 17), 230, 1.5, "05"),
    Stream("CYP talking therapy", "A13", "02", 0.08, (8, 17), 160, 2.0, "04"),
    Stream("Neurodevelopment", "C04", "02", 0.06, (4, 17), 420, 0.6, "25"),
    Stream("Mental health support in schools", "F01", "02", 0.07, (5, 17), 110, 2.2, "05"),
    Stream("CYP single point of access", "A18", "02", 0.06, (4, 17), 25, 1.5, "15"),
    Stream("CYP eating disorders", "C10", "02", 0.02, (10, 17), 300, 3.5, "12"),
    Stream("Paediatric liaison", "C05", "02", 0.03, (5, 17), 20, 4.0, "15"),
    Stream("Looked-after children", "C06", "02", 0.02, (4, 17), 280, 1.6, "21"),
    Stream("Youth offending", "C07", "02", 0.015, (12, 17), 180, 1.6, "16"),
    Stream("CYP crisis", "A02", "02", 0.035, (11, 17), 14, 9.0, "18"),
    Stream("Learning disability", "E01", "03", 0.04, (6, 60), 500, 1.0, "30"),
    Stream("Early intervention in psychosis", "A14", "03", 0.02, (14, 34), 600, 3.0, "01"),
    Stream("Adult community", "A06", "03", 0.14, (18, 64), 300, 1.4, "04"),
    Stream("Adult crisis", "A02", "03", 0.06, (18, 64), 16, 9.0, "18"),
    Stream("Psychiatric liaison", "A11", "03", 0.05, (18, 80), 8, 6.0, "15"),
    Stream("Older adult", "A07", "04", 0.05, (65, 95), 260, 0.9, "08"),
    Stream("Perinatal", "C02", "03", 0.03, (18, 44), 240, 2.0, "13"),
)


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """The provider, sized for its number of people."""

    provider: str
    people: int

    @cached_property
    def staff(self) -> pl.Series:
        """Identifiers of care professionals, about one for forty people."""
        return local_ids("S", range(1, 20 + self.people // 40), 5)

    @cached_property
    def teams(self) -> pl.DataFrame:
        """Every team: ``stream`` (position in ``STREAMS``) and ``team`` (its identifier)."""
        stream = [
            position
            for position, kind in enumerate(STREAMS)
            for _ in range(1 + int(self.people * kind.share) // 1500)
        ]
        return pl.DataFrame(
            {"stream": stream, "team": local_ids("T", range(1, len(stream) + 1), 4)}
        )

    @cached_property
    def wards(self) -> pl.Series:
        """Codes of the wards."""
        return local_ids("W", range(1, 5 + self.people // 4000), 3)

    @cached_property
    def sites(self) -> pl.Series:
        """Codes of the provider's sites."""
        return pl.Series([f"{self.provider}{number:02d}" for number in range(1, 5)])

    @cached_property
    def schools(self) -> pl.Series:
        """Codes of schools."""
        return local_ids("EE9", range(1, 61), 5)

    @cached_property
    def practices(self) -> pl.Series:
        """Codes of general practices."""
        return local_ids("Z8", range(1001, 1061), 4)

    @cached_property
    def places(self) -> pl.DataFrame:
        """The postcode file: most in England, some outside, some without a known district."""
        codes = postcodes(_PLACES)
        row = pl.int_range(_PLACES, eager=True)
        districts = pl.Series(_DISTRICTS).gather(row % len(_DISTRICTS))
        areas = pl.Series(_SUB_ICBS).gather(row % len(_SUB_ICBS))
        outside, unknown = row % _OUTSIDE_EVERY == 1, row % _UNKNOWN_EVERY == 1
        return pl.DataFrame({"postcode": codes, "la_district": districts, "sub_icb": areas}).select(
            "postcode",
            pl.when(unknown)
            .then(None)
            .when(outside)
            .then(pl.lit(_NOT_ENGLAND))
            .otherwise("la_district")
            .alias("la_district"),
            pl.when(unknown | outside).then(None).otherwise("sub_icb").alias("sub_icb"),
        )

    @cached_property
    def home_postcode(self) -> str:
        """A postcode that is certainly in England."""
        return str(self.places["postcode"][0])

    @cached_property
    def interventions(self) -> pl.Series:
        """Concepts of the reference sets, those of the assessment set last."""
        firsts = [*list(_REFERENCE_SETS.values())[1:], _REFERENCE_SETS["1853441000000109"]]
        return pl.concat([snomed_codes(_SET_SIZE, first) for first in firsts])

    @cached_property
    def concepts(self) -> pl.Series:
        """Concepts that belong to no reference set."""
        return snomed_codes(40, _OTHER_CONCEPTS)

    @cached_property
    def pools(self) -> Mapping[str, pl.Series]:
        """Values to draw from, by element name."""
        provider = pl.Series([self.provider])
        return {
            "CareProfLocalID": self.staff,
            "CareProfTeamLocalID": self.teams["team"],
            "OrgIDComm": pl.Series(_SUB_ICBS),
            "OrgIDReceiving": pl.Series(["RZY", "RZX", *_SUB_ICBS]),
            "OrgIDReferringOrg": self.practices,
            "OrgIDLocalPatientID": provider,
            "OrgIDPatPathIDIssuer": provider,
            "OrgIDPSDDIProvider": provider,
            "OrgIDCareProfLocalID": provider,
            "OrgIDCareProfTeamLocalID": provider,
            "SiteIDOfTreat": self.sites,
            "SiteIDOfWard": self.sites,
            "Postcode": self.places["postcode"],
            "AssistiveTechnologyFinding": self.concepts,
            "SocPerCircumstance": self.concepts,
            "FitNoteCond": self.concepts,
            "PSDDIProcedure": self.interventions,
            "ReferralProc": self.concepts,
        }

    def reference(self) -> dict[str, pl.DataFrame]:
        """Return the reference files that fit, by file name without its ending."""
        area = pl.int_range(len(self.practices), eager=True) % len(_SUB_ICBS)
        sets = [
            pl.DataFrame({"concept_id": snomed_codes(_SET_SIZE, first)}).select(
                pl.lit(name).alias("refset_id"),
                "concept_id",
                pl.lit("1").alias("active"),
                pl.lit("2023-11-22").alias("effective_date"),
            )
            for name, first in _REFERENCE_SETS.items()
        ]
        return {
            "postcode_lookup": self.places,
            "gp_practice_lookup": pl.DataFrame(
                {"gp_practice": self.practices, "sub_icb": pl.Series(_SUB_ICBS).gather(area)}
            ),
            "ods_organisations": self._organisations(),
            "snomed_refsets": pl.concat(sets),
        }

    def _organisations(self) -> pl.DataFrame:
        """Return every code that an extract holds, with the dates and the sort of organisation."""
        kinds: dict[str, pl.Series] = {
            "trust": pl.Series([self.provider, "RZY", "RZX"]).unique(maintain_order=True),
            "site": self.sites,
            "school": self.schools,
            "gp_practice": pl.concat([self.practices, pl.Series(_NOT_REGISTERED)]),
            "sub_icb": pl.Series(_SUB_ICBS),
            "icb": pl.Series(_ICBS),
            "region": pl.Series(["Y99"]),
            "commissioning_hub": pl.Series(["ZH1"]),
            "organisation": pl.Series(["ZLA01", "ZLA02"]),
        }
        parts = [
            pl.DataFrame({"code": codes}).with_columns(
                open_date=pl.lit(_OPENED), close_date=pl.lit(None, pl.String), kind=pl.lit(kind)
            )
            for kind, codes in kinds.items()
        ]
        return pl.concat(parts).sort("code")
