"""Hospital spells, ward stays and what happens during them, and the Mental Health Act."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mhsds_recon.testing.identifiers import local_ids
from mhsds_recon.testing.ledger import Ledger, Spans, event_ledger
from mhsds_recon.testing.setting import chance

if TYPE_CHECKING:
    from mhsds_recon.testing.people import People
    from mhsds_recon.testing.referrals import Referrals
    from mhsds_recon.testing.setting import Days, Given, Setting

__all__ = ["make_inpatient_tables"]

# Share of the parents that have a row, and mean days.
_IN_SPELLS = {
    "MHS503AssignedCareProf": (0.9, 30.0),
    "MHS512HospSpellCommAssPer": (0.5, 30.0),
    "MHS517SMHExceptionalPackOfCare": (0.03, 20.0),
    "MHS518ClinReadyforDischarge": (0.12, 15.0),
}
_IN_WARD_STAYS = {
    "MHS509HomeLeave": (0.2, 3.0),
    "MHS510LeaveOfAbsence": (0.25, 4.0),
    "MHS511AbsenceWithoutLeave": (0.06, 2.0),
    "MHS514TrialLeave": (0.05, 10.0),
}
_IN_DETENTIONS = {
    "MHS402RespClinicianAssignPeriod": (0.9, 40.0),
    "MHS403ConditionalDischarge": (0.05, 40.0),
    "MHS404CommTreatOrder": (0.15, 60.0),
    "MHS405CommTreatOrderRecall": (0.05, 3.0),
}
# Incidents per ward stay and 30 days.
_ON_WARD_STAYS = {
    "MHS506Assault": 0.1,
    "MHS507SelfHarm": 0.2,
    "MHS513SubstanceMisuse": 0.05,
    "MHS516PoliceAssistanceRequest": 0.03,
}
_FIXED: dict[str, dict[str, Given]] = {
    "MHS517SMHExceptionalPackOfCare": {"SMHEPCCharge": "1250.00"},
    "MHS518ClinReadyforDischarge": {"AttribToIndic": "04"},
}
_TOLD_AT_END = ("EndReason", "AbsDischResp")
_ADMITTED = 0.03
_LONG_STAYERS = 3
_MEAN_STAY = 45
_DETAINED = 0.4


def within(
    setting: Setting, stays: Spans, share: float, mean_days: float, rng: np.random.Generator
) -> tuple[Days, Days, Days]:
    """Return intervals that lie in some of the stays: the stay's position, first and last day.

    The first stays, which run through all months, each get one that does so too.
    """
    chosen = np.flatnonzero(chance(rng, stays.since.size, share))
    chosen = np.union1d(chosen, np.arange(min(_LONG_STAYERS, stays.since.size)))
    room = np.minimum(stays.until[chosen], setting.last) - stays.since[chosen]
    since = stays.since[chosen] + (rng.random(chosen.size) * (room + 1)).astype(np.int64)
    length = rng.geometric(1 / mean_days, chosen.size)
    until = np.minimum(since + length, stays.until[chosen])
    through = chosen < _LONG_STAYERS
    since = np.where(through, stays.since[chosen], since)
    until = np.where(through, stays.until[chosen], until)
    return chosen, since, until


def make_spells(setting: Setting, referrals: Referrals) -> tuple[Ledger, Spans]:
    """Return the MHS501 rows and the spells."""
    rng = setting.rng("MHS501HospProvSpell")
    can = ~referrals.cast & ~referrals.rejected
    chosen = np.flatnonzero(chance(rng, can.size, _ADMITTED) & can)
    chosen = np.union1d(chosen, np.arange(_LONG_STAYERS))
    of = Spans(
        ids=referrals.ids.gather(chosen),
        since=referrals.received[chosen],
        until=referrals.until[chosen],
        person=referrals.person[chosen],
    )
    spell, since, until = within(setting, of, 1.0, _MEAN_STAY, rng)
    rows = spell.size
    spells = Spans(
        ids=local_ids("H", range(1, rows + 1)), since=since, until=until, person=of.person[spell]
    )
    places = setting.organisation.places["postcode"]
    frame = setting.fill(
        "MHS501HospProvSpell",
        rows,
        rng,
        HospProvSpellID=spells.ids,
        ServiceRequestID=of.ids.gather(spell),
        StartDateHospProvSpell=since,
        DecidedToAdmitDate=since - rng.integers(0, 3, rows),
        EstimatedDischDateHospProvSpell=since + 60,
        PlannedDischDateHospProvSpell=since + 50,
        DischDateHospProvSpell=until,
        PostcodeMainVisitor=places.gather(rng.integers(0, len(places), rows)),
        PostcodeDischDestHospProvSpell=places.gather(rng.integers(0, len(places), rows)),
    )
    ledger = Ledger(
        table="MHS501HospProvSpell",
        rows=frame,
        since=since,
        until=until,
        closing=(
            "DischTimeHospProvSpell",
            "MethOfDischMHHospProvSpell",
            "DestOfDischHospProvSpell",
            "PostcodeDischDestHospProvSpell",
        ),
    )
    return ledger, spells


def make_ward_stays(setting: Setting, spells: Spans) -> tuple[Ledger, Spans]:
    """Return the MHS502 rows and the ward stays: one for each spell, two after a transfer."""
    rng = setting.rng("MHS502WardStay")
    moved = spells.since + rng.integers(1, 30, spells.since.size)
    moves = chance(rng, moved.size, 0.25) & (moved < np.minimum(spells.until, setting.last))
    moves[:_LONG_STAYERS] = False
    second = np.flatnonzero(moves)
    since = np.concatenate([spells.since, moved[second]])
    until = np.concatenate([np.where(moves, moved, spells.until), spells.until[second]])
    spell = np.concatenate([np.arange(moved.size), second])
    stays = Spans(
        ids=local_ids("WS", range(1, since.size + 1)),
        since=since,
        until=until,
        person=spells.person[spell],
    )
    wards = setting.organisation.wards
    frame = setting.fill(
        "MHS502WardStay",
        since.size,
        rng,
        WardStayID=stays.ids,
        WardCode=wards.gather(np.arange(since.size) % len(wards)),
        HospProvSpellID=spells.ids.gather(spell),
        StartDateWardStay=since,
        EndDateWardStay=until,
    )
    closing = ("EndTimeWardStay",)
    return Ledger(
        table="MHS502WardStay", rows=frame, since=since, until=until, closing=closing
    ), stays


def make_detentions(setting: Setting, spells: Spans, people: People) -> tuple[Ledger, Spans]:
    """Return the MHS401 rows and the legal status periods: some spells have one."""
    rng = setting.rng("MHS401MHActPeriod")
    spell, since, until = within(setting, spells, _DETAINED, 40, rng)
    ids = local_ids("L", range(1, spell.size + 1))
    periods = Spans(ids=ids, since=since, until=until, person=spells.person[spell])
    frame = setting.fill(
        "MHS401MHActPeriod",
        spell.size,
        rng,
        MHActLegalStatusClassPeriodID=ids,
        LocalPatientID=people.ids.gather(periods.person),
        StartDateMHActLegalStatusClass=since,
        ExpiryDateMHActLegalStatusClass=since + 182,
        EndDateMHActLegalStatusClass=until,
    )
    closing = ("EndTimeMHActLegalStatusClass", "LegalStatusClassPeriodEndReason")
    return Ledger(
        table="MHS401MHActPeriod", rows=frame, since=since, until=until, closing=closing
    ), periods


def make_inside(setting: Setting, table: str, stays: Spans, share: float, days: float) -> Ledger:
    """Return rows of a table of intervals that lie within stays.

    Args:
        setting: Standard, organisation, months and seed.
        table: A table whose parent is the one that the stays belong to.
        stays: The parents.
        share: Share of the stays that have a row.
        days: Mean length.
    """
    rng = setting.rng(table)
    definition = setting.standard.tables[table]
    stay, since, until = within(setting, stays, share, days, rng)
    dates = [element.name for element in definition.elements if element.type == "date"]
    given: dict[str, Given] = {str(definition.parent_key): stays.ids.gather(stay)}
    given |= {name: since for name in dates if name.startswith("Start")}
    given |= {name: until for name in dates if name.startswith("End")}
    given |= _FIXED.get(table, {})
    return Ledger(
        table=table,
        rows=setting.fill(table, stay.size, rng, **given),
        since=since,
        until=until,
        closing=tuple(name for name in definition.element_names if name.endswith(_TOLD_AT_END)),
    )


def make_incidents(setting: Setting, table: str, stays: Spans, per_month: float) -> Ledger:
    """Return rows of a table of single days within stays, reported once."""
    rng = setting.rng(table)
    definition = setting.standard.tables[table]
    stay, day = setting.exposure(stays.since, stays.until).events(rng, per_month)
    given: dict[str, Given] = {str(definition.parent_key): stays.ids.gather(stay)}
    given |= {element.name: day for element in definition.elements if element.type == "date"}
    return event_ledger(table, setting.fill(table, stay.size, rng, **given), day)


def make_restraints(setting: Setting, spells: Spans) -> tuple[Ledger, Ledger]:
    """Return the rows of MHS505 and of MHS515, of which each incident has one."""
    incidents = make_incidents(setting, "MHS505RestrictiveInterventInc", spells, 0.3)
    ids = local_ids("RI", range(1, incidents.since.size + 1))
    types = setting.fill(
        "MHS515RestrictiveInterventType",
        len(ids),
        setting.rng("MHS515RestrictiveInterventType"),
        RestrictiveIntIncID=ids,
        RestrictiveIntTypeID=local_ids("RT", range(1, len(ids) + 1)),
        StartDateRestrictiveIntType=incidents.since,
        EndDateRestrictiveIntType=incidents.since,
    )
    return replace(
        incidents, rows=incidents.rows.with_columns(RestrictiveIntIncID=ids)
    ), event_ledger("MHS515RestrictiveInterventType", types, incidents.since)


def make_inpatient_tables(
    setting: Setting, referrals: Referrals, people: People
) -> tuple[Ledger, ...]:
    """Return every table about hospital spells and detention, parents before children."""
    spell_rows, spells = make_spells(setting, referrals)
    ward_rows, ward_stays = make_ward_stays(setting, spells)
    detention_rows, detentions = make_detentions(setting, spells, people)
    under = ((_IN_SPELLS, spells), (_IN_WARD_STAYS, ward_stays), (_IN_DETENTIONS, detentions))
    return (
        spell_rows,
        ward_rows,
        detention_rows,
        *make_restraints(setting, spells),
        *(
            make_inside(setting, table, stays, share, days)
            for tables, stays in under
            for table, (share, days) in tables.items()
        ),
        *(
            make_incidents(setting, table, ward_stays, rate)
            for table, rate in _ON_WARD_STAYS.items()
        ),
    )
