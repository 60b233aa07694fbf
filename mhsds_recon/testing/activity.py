"""What happens on referrals: contacts, activities, indirect work, assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.testing.identifiers import local_ids
from mhsds_recon.testing.ledger import event_ledger
from mhsds_recon.testing.organisation import STREAMS
from mhsds_recon.testing.setting import NEVER, chance, timestamps

if TYPE_CHECKING:
    from mhsds_recon.testing.cast import Visits
    from mhsds_recon.testing.ledger import Ledger
    from mhsds_recon.testing.referrals import Referrals
    from mhsds_recon.testing.setting import Days, Flags, Rates, Setting

__all__ = ["make_activity", "make_assessments", "make_contacts", "make_indirect"]

# Tools of the CYP outcome measures: code, lowest and highest score, whether higher is better.
_TOOLS: tuple[tuple[str, int, int, bool], ...] = (
    ("718458005", 0, 40, True),  # Child Outcome Rating Scale, self
    ("860591000000104", 1, 100, True),  # Children's global assessment scale, clinician
    ("959951000000108", 0, 10, True),  # Goal progress chart, self
    ("445455005", 0, 21, False),  # Generalised anxiety disorder 7, self
    ("720433000", 0, 27, False),  # Patient health questionnaire 9, self
    ("718655001", 0, 30, False),  # RCADS depression, self
    ("718665007", 0, 30, False),  # RCADS depression, parent
    ("718143006", 0, 10, False),  # SDQ, self
    ("986061000000108", 0, 10, False),  # SDQ, parent
    ("718437004", 0, 40, False),  # YP-CORE, self
)
_CURRENT_VIEW = "987251000000103"  # first provisional problem, answered 0 to 3
_LOW = np.array([tool[1] for tool in _TOOLS])
_HIGH = np.array([tool[2] for tool in _TOOLS])
_BETTER = np.array([1 if tool[3] else -1 for tool in _TOOLS])


def make_contacts(
    setting: Setting, referrals: Referrals, visits: Visits
) -> tuple[Ledger, Days, Flags]:
    """Return the MHS201 rows, their referrals' positions, and which were attended."""
    table = "MHS201CareContact"
    rng = setting.rng(table)
    drawn, drawn_day = _draw_contacts(setting, referrals, rng)
    referral = np.concatenate([drawn, visits.referral])
    day = np.concatenate([drawn_day, visits.day])
    rows = referral.size
    by_chance = pl.Series(np.arange(rows) < drawn.size)
    nothing = pl.repeat(None, rows, dtype=pl.String, eager=True)
    status = setting.draw(table, "AttendStatus", rows, rng)
    status = status.zip_with(by_chance, pl.repeat("5", rows, eager=True))
    medium = setting.draw(table, "ConsMechanismMH", rows, rng)
    cancelled = status.is_in(["2", "4"]).fill_null(value=False)
    reason = setting.draw(table, "CareContCancelReas", rows, rng).fill_null("02")
    frame = setting.fill(
        table,
        rows,
        rng,
        CareContactID=local_ids("C", range(1, rows + 1), 9),
        ServiceRequestID=referrals.ids.gather(referral),
        CareContDate=day,
        OtherCareProfTeamLocalID=None,
        ConsType=_either(pl.Series(np.diff(referral, prepend=-1) != 0), "01", "02"),
        ConsMechanismMH=medium.zip_with(by_chance, pl.repeat("01", rows, eager=True)),
        AttendStatus=status,
        CareContCancelDate=np.where(cancelled, day - 1, NEVER),
        CareContCancelReas=reason.zip_with(cancelled, nothing),
        EarliestReasonOfferDate=day - rng.integers(0, 15, rows),
        EarliestClinAppDate=day - rng.integers(0, 15, rows),
    )
    attended = status.is_in(["5", "6"]).fill_null(value=False).to_numpy()
    return event_ledger(table, frame, day), referral, attended


def _draw_contacts(
    setting: Setting, referrals: Referrals, rng: np.random.Generator
) -> tuple[Days, Days]:
    """Return referrals and days of contacts, by referral and day; none before some wait."""
    waited = referrals.received + rng.exponential(18, referrals.person.size).astype(np.int64)
    rates = np.array([stream.contacts for stream in STREAMS])[referrals.stream]
    rates = rates * np.where(referrals.rejected, 0.1, 1.0) * ~referrals.cast
    referral, day = setting.exposure(waited, referrals.until).events(rng, rates)
    order = np.lexsort((day, referral))
    return referral[order], day[order]


def make_activity(
    setting: Setting, contacts: Ledger, attended: Flags
) -> tuple[tuple[Ledger, ...], Days]:
    """Return the rows of MHS202, MHS203 and MHS206, and the contact of each activity."""
    rng = setting.rng("MHS202CareActivity")
    counts = np.where(attended, 1 + chance(rng, attended.size, 0.2), 0)
    contact = np.repeat(np.arange(attended.size), counts)
    contact_ids, day = contacts.rows["CareContactID"], contacts.since[contact]
    ids = local_ids("A", range(1, contact.size + 1), 9)
    frame = setting.fill(
        "MHS202CareActivity",
        contact.size,
        rng,
        CareActID=ids,
        CareContactID=contact_ids.gather(contact),
        **_clinical_entries(setting, contact.size, rng),
    )
    rng = setting.rng("MHS206StaffActivity")
    staffed = np.flatnonzero(chance(rng, contact.size, 0.6))
    staff = setting.fill("MHS206StaffActivity", staffed.size, rng, CareActID=ids.gather(staffed))
    rng = setting.rng("MHS203OtherAttend")
    joined = np.flatnonzero(chance(rng, attended.size, 0.2))
    others = setting.fill(
        "MHS203OtherAttend", joined.size, rng, CareContactID=contact_ids.gather(joined)
    )
    return (
        event_ledger("MHS202CareActivity", frame, day),
        event_ledger("MHS206StaffActivity", staff, day[staffed]),
        event_ledger("MHS203OtherAttend", others, contacts.since[joined]),
    ), contact


def _clinical_entries(
    setting: Setting, rows: int, rng: np.random.Generator
) -> dict[str, pl.Series]:
    """Return procedures, and some findings and observations with all that belongs to them."""
    nothing = pl.repeat(None, rows, dtype=pl.String, eager=True)
    treated, found, observed, icd = (
        pl.Series(chance(rng, rows, share)) for share in (0.6, 0.1, 0.05, 0.3)
    )
    concepts = setting.organisation.concepts
    concept = concepts.gather(rng.integers(0, len(concepts), rows))
    interventions = setting.organisation.interventions
    procedure = interventions.gather(rng.integers(0, len(interventions), rows))
    finding = pl.repeat("F321", rows, eager=True).zip_with(icd, concept)
    value = pl.Series(rng.integers(40, 120, rows)).cast(pl.String)
    return {
        "Procedure": procedure.zip_with(treated, nothing),
        "FindSchemeInUse": _either(icd, "01", "04").zip_with(found, nothing),
        "Finding": finding.zip_with(found, nothing),
        "Observation": concept.zip_with(observed, nothing),
        "ObsValue": value.zip_with(observed, nothing),
        "UnitofMeasurement_UCUM": pl.repeat("kg", rows, eager=True).zip_with(observed, nothing),
    }


def _either(flags: pl.Series, yes: str, no: str) -> pl.Series:
    """Return one text where a flag is set and another where it is not."""
    return pl.select(pl.when(flags).then(pl.lit(yes)).otherwise(pl.lit(no))).to_series()


def make_indirect(setting: Setting, referrals: Referrals) -> Ledger:
    """Return the MHS204 rows."""
    rng = setting.rng("MHS204IndirectActivity")
    rates = np.where(referrals.cast, 0.0, 0.3)
    referral, day = setting.exposure(referrals.received, referrals.until).events(rng, rates)
    rows = referral.size
    done = setting.organisation.interventions
    frame = setting.fill(
        "MHS204IndirectActivity",
        rows,
        rng,
        ServiceRequestID=referrals.ids.gather(referral),
        IndirectActDate=day,
        OtherCareProfTeamLocalID=None,
        IndActProcedure=done.gather(rng.integers(0, len(done), rows)),
        FindSchemeInUse=None,
        Finding=None,
    )
    return event_ledger("MHS204IndirectActivity", frame, day)


def make_assessments(
    setting: Setting, referrals: Referrals, referral: Days, activity: Ledger, contact: Days
) -> tuple[Ledger, Ledger]:
    """Return the rows of MHS606 (on referrals) and MHS607 (on activities).

    Each referral keeps to one tool, and its scores drift towards the better end, so that first
    and last scores pair and show improvement, deterioration and no change.

    Args:
        setting: Standard, organisation, months and seed.
        referrals: Who is assessed.
        referral: The referral's position for each contact.
        activity: The MHS202 rows.
        contact: The contact's position for each activity.
    """
    rng = setting.rng("assessments")
    tool = rng.integers(0, len(_TOOLS), referrals.person.size)
    start = rng.random(referrals.person.size) * 0.5 + 0.15

    def score(asked: Days, day: Days) -> dict[str, pl.Series]:
        scores = _scores(tool[asked], start[asked], day - referrals.received[asked], rng)
        codes = pl.Series([code for code, *_ in _TOOLS]).gather(tool[asked])
        return {"CodedAssToolType": codes, "PersScore": scores}

    once = np.diff(contact, prepend=-1) != 0
    scored = np.flatnonzero(chance(rng, contact.size, 0.3) & once)
    day = activity.since[scored]
    by_activity = setting.fill(
        "MHS607CodedScoreAssessmentAct",
        scored.size,
        rng,
        CareActID=activity.rows["CareActID"].gather(scored),
        **score(referral[contact[scored]], day),
    )
    asked, asked_day = setting.exposure(referrals.received, referrals.until).events(rng, 0.12)
    general = pl.Series(chance(rng, asked.size, 0.2))
    answer = pl.Series(rng.integers(0, 4, asked.size)).cast(pl.String)
    view = {"CodedAssToolType": pl.repeat(_CURRENT_VIEW, asked.size, eager=True)}
    view["PersScore"] = answer
    own = score(asked, asked_day)
    by_referral = setting.fill(
        "MHS606CodedScoreAssessmentRefer",
        asked.size,
        rng,
        ServiceRequestID=referrals.ids.gather(asked),
        AssToolCompTimestamp=timestamps(asked_day, rng),
        **{name: view[name].zip_with(general, own[name]) for name in own},
    )
    return (
        event_ledger("MHS607CodedScoreAssessmentAct", by_activity, day),
        event_ledger("MHS606CodedScoreAssessmentRefer", by_referral, asked_day),
    )


def _scores(tool: Days, start: Rates, elapsed: Days, rng: np.random.Generator) -> pl.Series:
    """Return scores as text, better on the whole the longer ago the referral was received."""
    gained = 0.4 * np.minimum(elapsed, 300) / 300 + rng.normal(0, 0.12, tool.size)
    place = np.clip(np.where(_BETTER[tool] > 0, start + gained, 1 - start - gained), 0, 1)
    scores = np.rint(_LOW[tool] + place * (_HIGH[tool] - _LOW[tool])).astype(np.int64)
    return pl.Series(scores).cast(pl.String)
