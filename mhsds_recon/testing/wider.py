"""The other tables of patients and referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.testing.identifiers import local_ids
from mhsds_recon.testing.ledger import Ledger, Spans, event_ledger
from mhsds_recon.testing.people import ADULT, YEAR
from mhsds_recon.testing.setting import NEVER, chance, timestamps

if TYPE_CHECKING:
    from mhsds_recon.testing.people import People
    from mhsds_recon.testing.referrals import Referrals
    from mhsds_recon.testing.setting import Days, Given, Setting

__all__ = ["make_patient_tables", "make_referral_tables"]

# Share of the people who have a row for as long as they are patients, and the elements that
# are dates (or timestamps) of some day before their first referral.
_PATIENT_TABLES: dict[str, tuple[float, tuple[str, ...]]] = {
    "MHS003AccommStatus": (0.35, ("AccommodationTypeDate", "AccommodationTypeStartDate")),
    "MHS004EmpStatus": (0.3, ("EmployStatusRecDate", "EmployStatusStartDate")),
    "MHS005PatInd": (0.7, ()),
    "MHS006MHCareCoord": (0.25, ("StartDateAssCareCoord",)),
    "MHS007DisabilityType": (0.1, ()),
    "MHS010AssTechToSupportDisTyp": (0.02, ("AssistiveTechnologyPrescTimestamp",)),
    "MHS011SocPerCircumstances": (0.1, ("SocPerCircumstanceRecTimestamp",)),
    "MHS012OverseasVisitorChargCat": (0.02, ("OvsVisChCatAppDate",)),
    "MHS601MedHistPrevDiag": (0.12, ("CodedDiagTimestamp",)),
    "MHS701CPACareEpisode": (0.03, ("StartDateCPA",)),
}
# The same for referrals; the day lies after the referral was received.
_REFERRAL_TABLES: dict[str, tuple[float, tuple[str, ...]]] = {
    "MHS103OtherReasonReferral": (0.2, ()),
    "MHS104RTT": (0.05, ("ReferToTreatPeriodStartDate",)),
    "MHS604PrimDiag": (0.3, ("CodedDiagTimestamp",)),
    "MHS605SecDiag": (0.1, ("CodedDiagTimestamp",)),
    "MHS609PresComp": (0.3, ("PresCompDate",)),
}
_OWN_KEYS = {"MHS701CPACareEpisode": ("CPAEpisodeID", "E"), "MHS104RTT": ("PatPathID", "PP")}
_ICD = pl.Series(["F321", "F411", "F900", "F432", "F200", "F500"])
_DIAGNOSES = {
    "MHS601MedHistPrevDiag": ("DiagSchemeInUse", "PrevDiag"),
    "MHS604PrimDiag": ("DiagSchemeInUse", "PrimDiag"),
    "MHS605SecDiag": ("DiagSchemeInUse", "SecDiag"),
    "MHS609PresComp": ("FindSchemeInUse", "PresComp"),
}
_FIXED: dict[str, dict[str, Given]] = {
    "MHS005PatInd": {
        "IMCARequired": "N",
        "IMCAAssigned": None,
        "IMHARequired": "Y",
        "IMHAAssigned": "N",
    }
}


def _kept(
    setting: Setting, table: str, parents: Spans, share: float, dated: tuple[str, ...]
) -> Ledger:
    """Return rows that some parents have, for as long as these last."""
    rng = setting.rng(table)
    chosen = np.union1d(np.flatnonzero(chance(rng, len(parents.ids), share)), [0])
    day = parents.since[chosen]
    key = str(setting.standard.tables[table].parent_key)
    given: dict[str, Given] = {key: parents.ids.gather(chosen)}
    given |= _FIXED.get(table, {})
    if own := _OWN_KEYS.get(table):
        given[own[0]] = local_ids(own[1], range(1, chosen.size + 1))
    for name in dated:
        given[name] = timestamps(day, rng) if name.endswith("Timestamp") else day
    if table in _DIAGNOSES:
        given |= _diagnosis(setting, table, chosen.size, rng)
    rows = setting.fill(table, chosen.size, rng, **given)
    return Ledger(table=table, rows=rows, since=day, until=parents.until[chosen])


def _diagnosis(
    setting: Setting, table: str, rows: int, rng: np.random.Generator
) -> dict[str, Given]:
    """Return a scheme and a code that fits it."""
    scheme, code = _DIAGNOSES[table]
    icd = pl.Series(chance(rng, rows, 0.5))
    concepts = setting.organisation.concepts
    snomed = concepts.gather(rng.integers(0, len(concepts), rows))
    return {
        scheme: pl.repeat("02", rows, eager=True).zip_with(icd, pl.repeat("06", rows, eager=True)),
        code: _ICD.gather(rng.integers(0, len(_ICD), rows)).zip_with(icd, snomed),
    }


def make_patient_tables(
    setting: Setting, people: People, referrals: Referrals
) -> tuple[Ledger, ...]:
    """Return the tables under a patient, parents before children."""
    rng = setting.rng("patient tables")
    rows = people.born.size
    parents = Spans(
        ids=people.ids,
        since=np.maximum(people.arrived - rng.integers(0, 300, rows), people.born + 1),
        until=np.full(rows, NEVER),
        person=np.arange(rows),
    )
    kept = {
        table: _kept(setting, table, parents, share, dated)
        for table, (share, dated) in _PATIENT_TABLES.items()
    }
    return (
        *kept.values(),
        *_care_plans(setting, people, referrals),
        _fit_notes(setting, people, referrals),
        _reviews(setting, kept["MHS701CPACareEpisode"]),
    )


def _care_plans(setting: Setting, people: People, referrals: Referrals) -> tuple[Ledger, Ledger]:
    """Return the rows of MHS008 and of MHS009."""
    rng = setting.rng("MHS008CarePlanType")
    created = referrals.received + rng.integers(0, 45, referrals.person.size)
    has = chance(rng, created.size, 0.3) & (created <= np.minimum(referrals.until, setting.last))
    chosen = np.union1d(np.flatnonzero(has), [0])
    created, until = created[chosen], referrals.until[chosen]
    ids = local_ids("CP", range(1, chosen.size + 1))
    plans = setting.fill(
        "MHS008CarePlanType",
        chosen.size,
        rng,
        CarePlanID=ids,
        LocalPatientID=people.ids.gather(referrals.person[chosen]),
        CarePlanCreatDate=created,
        CarePlanLastUpdateDate=created + rng.integers(0, 60, chosen.size),
        CarePlanImplementDate=created + 7,
    )
    agreed = np.flatnonzero(chance(rng, chosen.size, 0.85))
    day = created[agreed] + rng.integers(0, 10, agreed.size)
    agreements = setting.fill(
        "MHS009CarePlanAgreement",
        agreed.size,
        rng,
        CarePlanID=ids.gather(agreed),
        CarePlanContentAgreedDate=day,
    )
    return (
        Ledger(table="MHS008CarePlanType", rows=plans, since=created, until=until),
        Ledger(table="MHS009CarePlanAgreement", rows=agreements, since=day, until=until[agreed]),
    )


def _fit_notes(setting: Setting, people: People, referrals: Referrals) -> Ledger:
    """Return the MHS014 rows: at most one for a person and day."""
    rng = setting.rng("MHS014eMED3FitNote")
    grown = referrals.received - people.born[referrals.person] >= ADULT * YEAR
    since = np.where(grown, referrals.received, NEVER)
    since[0] = referrals.received[0]
    referral, day = setting.exposure(since, referrals.until).events(rng, 0.05)
    pairs = np.unique(np.stack([referrals.person[referral], day]), axis=1)
    person, day = pairs[0], pairs[1]
    rows = setting.fill(
        "MHS014eMED3FitNote",
        person.size,
        rng,
        LocalPatientID=people.ids.gather(person),
        FitNoteAssessmentDate=day,
        FitNoteStartDate=day,
        FitNoteEndDate=day + 14,
        FitNoteDuration="14",
        FitNoteRecordedDate=day,
        FitNoteDiagnosis=_ICD.gather(rng.integers(0, len(_ICD), person.size)),
    )
    return event_ledger("MHS014eMED3FitNote", rows, day)


def _reviews(setting: Setting, episodes: Ledger) -> Ledger:
    """Return the MHS702 rows."""
    rng = setting.rng("MHS702CPAReview")
    episode, day = setting.exposure(episodes.since, episodes.until).events(rng, 0.15)
    ids = episodes.rows["CPAEpisodeID"].gather(episode)
    rows = setting.fill("MHS702CPAReview", day.size, rng, CPAEpisodeID=ids, CPAReviewDate=day)
    return event_ledger("MHS702CPAReview", rows, day)


def make_referral_tables(
    setting: Setting, referrals: Referrals, referral_rows: Ledger
) -> tuple[Ledger, ...]:
    """Return the tables under a referral that stand for themselves."""
    rng = setting.rng("referral tables")
    room = np.minimum(referrals.until, setting.last) - referrals.received
    day = referrals.received + (rng.random(room.size) ** 2 * (room + 1)).astype(np.int64)
    parents = Spans(ids=referrals.ids, since=day, until=referrals.until, person=referrals.person)
    kept = (
        _kept(setting, table, parents, share, dated)
        for table, (share, dated) in _REFERRAL_TABLES.items()
    )
    return (
        *kept,
        _other_teams(setting, referrals),
        _onward(setting, referrals),
        _discharge_agreements(setting, referrals, referral_rows),
        _digital(setting, referrals, day),
    )


def _other_teams(setting: Setting, referrals: Referrals) -> Ledger:
    """Return the MHS102 rows."""
    rng = setting.rng("MHS102OtherServiceType")
    may = ~referrals.cast & ~referrals.rejected
    chosen = np.union1d(np.flatnonzero(chance(rng, may.size, 0.1) & may), [0])
    teams = setting.organisation.teams["team"]
    reasons = setting.draw("MHS102OtherServiceType", "ReferClosReason", chosen.size, rng)
    rows = setting.fill(
        "MHS102OtherServiceType",
        chosen.size,
        rng,
        ServiceRequestID=referrals.ids.gather(chosen),
        OtherCareProfTeamLocalID=teams.gather(rng.integers(0, len(teams), chosen.size)),
        ReferClosureDate=referrals.until[chosen],
        ReferClosReason=reasons.fill_null("02"),
        ReferRejectionTime=None,
        ReferRejectReason=None,
    )
    return Ledger(
        table="MHS102OtherServiceType",
        rows=rows,
        since=referrals.received[chosen],
        until=referrals.until[chosen],
        closing=("ReferClosureDate", "ReferClosureTime", "ReferClosReason"),
        told=referrals.told[chosen],
    )


def _onward(setting: Setting, referrals: Referrals) -> Ledger:
    """Return the MHS105 rows."""
    rng = setting.rng("MHS105OnwardReferral")
    referral, day = setting.exposure(referrals.received, referrals.until).events(rng, 0.02)
    rows = setting.fill(
        "MHS105OnwardReferral",
        day.size,
        rng,
        ServiceRequestID=referrals.ids.gather(referral),
        DecisionToReferDate=day - 3,
        OnwardReferDate=day,
    )
    return event_ledger("MHS105OnwardReferral", rows, day)


def _discharge_agreements(setting: Setting, referrals: Referrals, referral_rows: Ledger) -> Ledger:
    """Return the MHS106 rows: an agreement for most discharge plans."""
    rng = setting.rng("MHS106DischargePlanAgreement")
    planned = referral_rows.rows["DischPlanCreationDate"].cast(pl.Int32).cast(pl.Int64)
    made = planned.fill_null(NEVER).to_numpy()
    chosen = np.flatnonzero((made < NEVER) & chance(rng, made.size, 0.8))
    day = np.minimum(made[chosen] + rng.integers(0, 10, chosen.size), referrals.until[chosen])
    rows = setting.fill(
        "MHS106DischargePlanAgreement",
        chosen.size,
        rng,
        ServiceRequestID=referrals.ids.gather(chosen),
        DischPlanContentAgreedDate=day,
    )
    return Ledger(
        table="MHS106DischargePlanAgreement", rows=rows, since=day, until=referrals.until[chosen]
    )


def _digital(setting: Setting, referrals: Referrals, day: Days) -> Ledger:
    """Return the MHS205 rows."""
    rng = setting.rng("MHS205PatientSDDI")
    chosen = np.union1d(np.flatnonzero(chance(rng, day.size, 0.05)), [0])
    until = np.minimum(day[chosen] + 60, referrals.until[chosen])
    through = chosen == 0
    rows = setting.fill(
        "MHS205PatientSDDI",
        chosen.size,
        rng,
        ServiceRequestID=referrals.ids.gather(chosen),
        StartDatePSDDI=np.where(through, referrals.received[0], day[chosen]),
        EndDatePSDDI=np.where(through, NEVER, until),
    )
    since = np.where(through, referrals.received[0], day[chosen])
    return Ledger(
        table="MHS205PatientSDDI", rows=rows, since=since, until=np.where(through, NEVER, until)
    )
