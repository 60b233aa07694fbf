"""From prescribed patients to the rows of every month's submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

import numpy as np
import polars as pl

from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing.identifiers import local_ids, nhs_numbers
from mhsds_recon.testing.ledger import Ledger, event_ledger
from mhsds_recon.testing.organisation import STREAMS, Organisation
from mhsds_recon.testing.setting import NEVER, Setting, timestamps
from mhsds_recon.testing.standing import make_standing_tables
from mhsds_recon.testing.trust import make_header

if TYPE_CHECKING:
    from mhsds_recon.testing.setting import Days, Flags, Given
    from mhsds_recon.testing.worlds.courses import Course, Patient

__all__ = ["Ground", "Months", "joined"]

Months: TypeAlias = dict[str, dict[str, pl.DataFrame]]
"""By period ``YYYY-MM`` and table, the rows submitted."""

_AREAS = 3
_STANDING = ("MHS901StaffDetails", "MHS902ServiceTeamDetails")
_SPELL_CLOSING = (
    "DischTimeHospProvSpell",
    "MethOfDischMHHospProvSpell",
    "DestOfDischHospProvSpell",
    "PostcodeDischDestHospProvSpell",
)
_CLOSING = ("ServDischDate", "ServDischTime", "ReferClosReason", "ReferRejectReason")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The provider and the months in which prescribed patients are submitted."""

    provider: str = "RZZ"
    months: int = 14
    last_period: str = "2025-09"

    @cached_property
    def setting(self) -> Setting:
        """Standard, organisation and months."""
        return Setting(
            standard=load_standard("6.0"),
            organisation=Organisation(provider=self.provider, people=100),
            periods=ReportingPeriod.parse(self.last_period).window(self.months),
            seed=1,
        )

    @property
    def period(self) -> ReportingPeriod:
        """The last month."""
        return self.setting.periods[-1]

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """Sub ICB of the practices, by turns."""
        lookup = self.setting.organisation.reference()["gp_practice_lookup"]
        return tuple(lookup["sub_icb"].head(_AREAS))

    def area(self, patient: Patient, place: int) -> str:
        """Return the sub ICB of a patient who stands in this place of the patients submitted."""
        practice = place if patient.practice is None else patient.practice
        counts = patient.home if patient.has_left_practice else practice
        return self.areas[(practice if counts is None else counts) % _AREAS]

    def standing(self) -> Months:
        """Return the header, staff and teams of every month."""
        ledgers = make_standing_tables(self.setting, 100)
        months = self._sliced(ledger for ledger in ledgers if ledger.table in _STANDING)
        for period, tables in zip(self.setting.periods, months.values(), strict=True):
            tables["MHS000Header"] = make_header(self.setting, period)
        return months

    def submitted(self, patients: Sequence[Patient], *, first: int) -> Months:
        """Return the rows of patients, whose identifiers are numbered from the first on."""
        return self._sliced(_Rows(ground=self, patients=patients, first=first).ledgers())

    def day(self, day: int) -> int:
        """Return a day counted from the last month's first as a day number."""
        return int(self.setting.starts[-1]) + day

    @cached_property
    def numbers(self) -> pl.Series:
        """NHS numbers of the unissued range."""
        return nhs_numbers(900_000, np.random.default_rng(7))

    @cached_property
    def homes(self) -> pl.Series:
        """A postcode in England for each area, then one that is not."""
        places = self.setting.organisation.places
        inside = pl.col("la_district").str.starts_with("E")
        return pl.concat(
            [
                *(places.filter(inside, sub_icb=area)["postcode"].head(1) for area in self.areas),
                places.filter(~inside)["postcode"].head(1),
            ]
        )

    def _sliced(self, ledgers: Iterable[Ledger]) -> Months:
        rows = list(ledgers)
        bounds = zip(self.setting.starts, self.setting.ends, strict=True)
        months = {
            str(period): {ledger.table: ledger.month(int(start), int(end)) for ledger in rows}
            for period, (start, end) in zip(self.setting.periods, bounds, strict=True)
        }
        return {
            period: {table: frame for table, frame in tables.items() if frame.height}
            for period, tables in months.items()
        }


def joined(first: Months, *more: Months) -> Months:
    """Return the rows of several submissions of the same months, one below the other."""
    together = {period: dict(tables) for period, tables in first.items()}
    for months in more:
        for period, tables in months.items():
            for table, rows in tables.items():
                here = together[period].get(table)
                together[period][table] = rows if here is None else pl.concat([here, rows])
    return together


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of some patients, table by table."""

    ground: Ground
    patients: Sequence[Patient]
    first: int

    @cached_property
    def numbers(self) -> Days:
        """The number of each patient."""
        return np.arange(self.first, self.first + len(self.patients))

    @cached_property
    def ids(self) -> pl.Series:
        return local_ids("P", self.numbers)

    @cached_property
    def courses(self) -> list[tuple[int, Course]]:
        """Each course with the position of its patient."""
        return [(n, course) for n, one in enumerate(self.patients) for course in one.courses]

    @cached_property
    def course_ids(self) -> pl.Series:
        places = [place for one in self.patients for place in range(len(one.courses))]
        return local_ids("R", self.numbers[self.of_patient] * 10 + np.array(places, int), 8)

    @cached_property
    def of_patient(self) -> Days:
        return np.array([n for n, _ in self.courses], int)

    @cached_property
    def since(self) -> Days:
        return self._days(course.received for _, course in self.courses)

    @cached_property
    def until(self) -> Days:
        return self._days(course.discharged for _, course in self.courses)

    @cached_property
    def sent_until(self) -> Days:
        lapsed = self._days(course.last_sent for _, course in self.courses)
        return np.minimum(self.until, lapsed)

    @property
    def _help(self) -> str:
        """A concept of the national reference sets of interventions."""
        return str(self.ground.setting.organisation.interventions[0])

    def ledgers(self) -> Iterator[Ledger]:
        """Yield the tables, parents before children."""
        yield from self._people()
        yield self._referrals()
        yield self._other_teams()
        yield from self._contacts()
        yield self._indirect()
        yield self._scores()
        yield from self._spells()

    @cached_property
    def teams(self) -> dict[str, str]:
        """A team of each service."""
        teams = self.ground.setting.organisation.teams
        return {
            stream.name: str(teams.filter(stream=place)["team"][0])
            for place, stream in enumerate(STREAMS)
        }

    def _areas(self, given: Iterable[int | None]) -> Days:
        """Return areas: those given, else one by turns."""
        return np.array([n if one is None else one for n, one in enumerate(given)], int) % _AREAS

    def _days(self, days: Iterable[int | None]) -> Days:
        return np.array([NEVER if day is None else self.ground.day(day) for day in days], int)

    def _fill(self, table: str, rows: int, **given: Given) -> pl.DataFrame:
        setting = self.ground.setting
        rng = np.random.default_rng([self.first, crc32(table.encode())])
        return setting.fill(table, rows, rng, **given)

    def _people(self) -> Iterator[Ledger]:
        rows = len(self.patients)
        practice = self._areas(one.practice for one in self.patients)
        home = np.array(
            [
                area if one.home is None else one.home
                for one, area in zip(self.patients, practice, strict=True)
            ],
            int,
        )
        elsewhere = np.array([one.lives_elsewhere for one in self.patients], bool)
        same = np.array([one.is_twin for one in self.patients], int)
        known = pl.Series([one.has_number for one in self.patients])
        numbers = self.ground.numbers.gather(self.numbers - same)
        nothing = pl.repeat(None, rows, dtype=pl.String, eager=True)
        people = self._fill(
            "MHS001MPI",
            rows,
            LocalPatientID=self.ids,
            NHSNumber=numbers.zip_with(known, nothing),
            NHSNumberStatus=pl.repeat("01", rows, eager=True).zip_with(
                known, pl.repeat("07", rows, eager=True)
            ),
            PersonBirthDate=self._days(one.born for one in self.patients),
            Gender="1",
            Postcode=self.ground.homes.gather(np.where(elsewhere, _AREAS, home)),
            OrgIDEduEstab=None,
        )
        practices = self._fill(
            "MHS002GP",
            rows,
            LocalPatientID=self.ids,
            GMPReg=self.ground.setting.organisation.practices.gather(practice),
            StartDateGMPRegistration=np.full(rows, self.ground.day(-4100)),
            EndDateGMPRegistration=np.where(
                [one.has_left_practice for one in self.patients], self.ground.day(5), NEVER
            ),
        )
        since, until = np.full(rows, NEVER), np.full(rows, -NEVER)
        np.minimum.at(since, self.of_patient, self.since)
        np.maximum.at(until, self.of_patient, self.sent_until)
        for table, frame in (("MHS001MPI", people), ("MHS002GP", practices)):
            yield Ledger(table=table, rows=frame, since=since, until=until)

    def _referrals(self) -> Ledger:
        courses = [course for _, course in self.courses]
        rejected = [one.is_rejected for one in courses]
        areas = [self.ground.area(self.patients[n], n) for n, _ in self.courses]
        frame = self._fill(
            "MHS101Referral",
            len(courses),
            ServiceRequestID=self.course_ids,
            LocalPatientID=self.ids.gather(self.of_patient),
            CareProfTeamLocalID=pl.Series([self.teams[one.team] for one in courses]),
            ReferralRequestReceivedDate=self.since,
            PrimReasonReferralMH=pl.Series([one.reason for one in courses]),
            ClinRespPriorityType=_texts(one.priority for one in courses),
            OrgIDComm=pl.Series(
                [one.commissioner or area for one, area in zip(courses, areas, strict=True)]
            ),
            ReasonOAT=None,
            ServDischDate=self.until,
            ReferClosReason=_either(self.until < NEVER, "02"),
            ReferRejectionDate=np.where(rejected, self.until, NEVER),
            ReferRejectReason=_either(np.array(rejected), "02"),
        )
        return Ledger(
            table="MHS101Referral",
            rows=frame,
            since=self.since,
            until=self.sent_until,
            closing=_CLOSING,
            told=self.until,
        )

    def _other_teams(self) -> Ledger:
        held = [
            (n, course.other_team)
            for n, (_, course) in enumerate(self.courses)
            if course.other_team
        ]
        of = np.array([n for n, _ in held], int)
        frame = self._fill(
            "MHS102OtherServiceType",
            len(held),
            ServiceRequestID=self.course_ids.gather(of),
            OtherCareProfTeamLocalID=_texts(self.teams[team] for _, team in held),
            ReferClosureDate=self.until[of],
            ReferClosReason=None,
            ReferRejectionTime=None,
            ReferRejectReason=None,
        )
        return Ledger(
            table="MHS102OtherServiceType", rows=frame, since=self.since[of], until=self.until[of]
        )

    def _contacts(self) -> Iterator[Ledger]:
        held = [
            (n, place, one)
            for n, (_, c) in enumerate(self.courses)
            for place, one in enumerate(c.contacts)
        ]
        contacts = [one for _, _, one in held]
        ids = pl.Series(
            "C", [f"C{self.course_ids[n]}{place:02d}" for n, place, _ in held], dtype=pl.String
        )
        day = self._days(one.day for one in contacts)
        frame = self._fill(
            "MHS201CareContact",
            len(held),
            CareContactID=ids,
            ServiceRequestID=self.course_ids.gather([n for n, _, _ in held]),
            CareContDate=day,
            OtherCareProfTeamLocalID=_texts(one.team for one in contacts),
            ConsMechanismMH=_texts(one.mechanism for one in contacts),
            AttendStatus=_texts(one.status for one in contacts),
            CareContCancelReas=None,
        )
        yield event_ledger("MHS201CareContact", frame, day)
        helped = np.flatnonzero([one.intervention for one in contacts])
        done = self._fill(
            "MHS202CareActivity",
            helped.size,
            CareActID="A" + ids.gather(helped),
            CareContactID=ids.gather(helped),
            Procedure=self._help,
            FindSchemeInUse=None,
            Finding=None,
            Observation=None,
            ObsValue=None,
            UnitofMeasurement_UCUM=None,
        )
        yield event_ledger("MHS202CareActivity", done, day[helped])

    def _indirect(self) -> Ledger:
        held = [(n, one) for n, (_, course) in enumerate(self.courses) for one in course.indirect]
        day = self._days(one.day for _, one in held)
        frame = self._fill(
            "MHS204IndirectActivity",
            len(held),
            ServiceRequestID=self.course_ids.gather([n for n, _ in held]),
            IndirectActDate=day,
            IndirectActTime=_texts(one.time for _, one in held),
            OtherCareProfTeamLocalID=None,
            IndActProcedure=_either(np.array([one.intervention for _, one in held]), self._help),
            FindSchemeInUse=None,
            Finding=None,
        )
        return event_ledger("MHS204IndirectActivity", frame, day)

    def _scores(self) -> Ledger:
        held = [(n, one) for n, (_, course) in enumerate(self.courses) for one in course.scores]
        day = self._days(one.day for _, one in held)
        frame = self._fill(
            "MHS606CodedScoreAssessmentRefer",
            len(held),
            ServiceRequestID=self.course_ids.gather([n for n, _ in held]),
            AssToolCompTimestamp=timestamps(day, np.random.default_rng(self.first)),
            CodedAssToolType=_texts(one.code for _, one in held),
            PersScore=_texts(one.value for _, one in held),
        )
        return event_ledger("MHS606CodedScoreAssessmentRefer", frame, day)

    def _spells(self) -> Iterator[Ledger]:
        held = [
            (n, course.admitted) for n, (_, course) in enumerate(self.courses) if course.admitted
        ]
        since, until = (self._days(days[end] for _, days in held) for end in (0, 1))
        spells = pl.Series([f"H{self.course_ids[n]}" for n, _ in held], dtype=pl.String)
        home = self.ground.homes[0]
        stays = self._fill(
            "MHS501HospProvSpell",
            len(held),
            HospProvSpellID=spells,
            ServiceRequestID=self.course_ids.gather([n for n, _ in held]),
            StartDateHospProvSpell=since,
            DecidedToAdmitDate=since,
            EstimatedDischDateHospProvSpell=until,
            PlannedDischDateHospProvSpell=until,
            DischDateHospProvSpell=until,
            PostcodeMainVisitor=home,
            PostcodeDischDestHospProvSpell=home,
        )
        on_ward = self._fill(
            "MHS502WardStay",
            len(held),
            WardStayID="WS" + spells,
            WardCode=self.ground.setting.organisation.wards[0],
            HospProvSpellID=spells,
            StartDateWardStay=since,
            EndDateWardStay=until,
        )
        yield Ledger(
            table="MHS501HospProvSpell",
            rows=stays,
            since=since,
            until=until,
            closing=_SPELL_CLOSING,
        )
        yield Ledger(
            table="MHS502WardStay",
            rows=on_ward,
            since=since,
            until=until,
            closing=("EndTimeWardStay",),
        )


def _texts(values: Iterable[str | None]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _either(flags: Flags, value: str) -> pl.Series:
    """Return a text where a flag is set, else null."""
    return pl.select(pl.when(pl.Series(flags, dtype=pl.Boolean)).then(pl.lit(value))).to_series()
