"""Referrals: first ones, returns after a short or long gap, and transfers to another team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.testing.identifiers import local_ids
from mhsds_recon.testing.ledger import Ledger
from mhsds_recon.testing.organisation import STREAMS
from mhsds_recon.testing.people import ADULT, YEAR
from mhsds_recon.testing.setting import NEVER, chance

if TYPE_CHECKING:
    from mhsds_recon.testing.people import People
    from mhsds_recon.testing.setting import Days, Flags, Setting

__all__ = ["Referrals", "draw_referrals", "find_deaths", "make_referrals"]

_WAVES = 3
_RETURNS = 0.3
_TRANSFERS = 0.12
_REJECTED = 0.05
_LATE = 0.02
_LATE_DAYS = 40
_ADULT = next(n for n, stream in enumerate(STREAMS) if stream.name == "Adult community")
_FOR_CHILDREN = np.array([stream.age_group == "02" for stream in STREAMS])
_MEAN_DAYS = np.array([stream.days for stream in STREAMS])
_DIED = "06"
_CLOSING = ("ServDischDate", "ServDischTime", "ReferClosReason", "ReferRejectReason")


@dataclass(frozen=True, kw_only=True)
class Referrals:
    """What is drawn about each referral before any row is made; one entry per referral.

    Attributes:
        person: Position of the person.
        stream: Position of the service in ``STREAMS``.
        received: Day of receipt.
        until: Day of discharge or rejection, or ``NEVER``.
        told: Day on which the end becomes known.
        rejected: Whether it was turned away.
        cast: Whether it belongs to a prescribed story.
    """

    person: Days
    stream: Days
    received: Days
    until: Days
    told: Days
    rejected: Flags
    cast: Flags

    @property
    def ids(self) -> pl.Series:
        """Service request identifiers."""
        return local_ids("R", range(1, self.person.size + 1), 8)


def draw_referrals(setting: Setting, people: People) -> Referrals:
    """Return everybody's referrals that are reported in the months."""
    rng = setting.rng("referrals")
    person = np.arange(people.born.size)
    wave = (person, people.stream, people.arrived, people.leaves)
    waves = [wave]
    for _ in range(_WAVES - 1):
        wave = _come_again(setting, people, wave, rng)
        waves.append(wave)
    person, stream, received, until = (np.concatenate(part) for part in zip(*waves, strict=True))
    cast = people.cast[person]
    rejected = chance(rng, person.size, _REJECTED) & (received >= setting.first) & ~cast
    until = np.where(rejected, received + rng.integers(0, 12, person.size), until)
    late = chance(rng, person.size, _LATE) & (until < NEVER) & ~rejected & ~cast
    referrals = Referrals(
        person=person,
        stream=stream,
        received=received,
        until=until,
        told=np.where(late, until + _LATE_DAYS, until),
        rejected=rejected,
        cast=cast,
    )
    return _only(referrals, (received <= setting.last) & (until >= setting.first))


def _come_again(
    setting: Setting,
    people: People,
    before: tuple[Days, Days, Days, Days],
    rng: np.random.Generator,
) -> tuple[Days, Days, Days, Days]:
    """Return the next referrals of some: after discharge, or to a second team meanwhile."""
    person, stream, received, until = before
    returns = chance(rng, person.size, _RETURNS) & (until < NEVER)
    transfers = ~returns & chance(rng, person.size, _TRANSFERS)
    short = chance(rng, person.size, 0.4)
    gap = np.where(short, rng.integers(0, 7, person.size), rng.integers(7, 200, person.size))
    meanwhile = received + (
        rng.random(person.size) * (np.minimum(until, setting.last) - received)
    ).astype(np.int64)
    again = np.where(returns, until + gap, meanwhile)
    comes = (returns | transfers) & ~people.cast[person] & (again <= setting.last)
    person, again = person[comes], again[comes]
    same = chance(rng, person.size, 0.6)
    others = np.where(
        _FOR_CHILDREN[stream[comes]], rng.integers(0, _ADULT - 2, person.size), stream[comes]
    )
    next_stream = np.where(same, stream[comes], others)
    grown = again - people.born[person] >= ADULT * YEAR
    next_stream = np.where(grown & _FOR_CHILDREN[next_stream], _ADULT, next_stream)
    mean_days = _MEAN_DAYS[next_stream]
    stays = rng.gamma(1.3, mean_days / 1.3).astype(np.int64) + 1
    return person, next_stream, again, again + stays


def _only(referrals: Referrals, mask: Flags) -> Referrals:
    """Return the referrals that a mask selects."""
    values = {name: getattr(referrals, name)[mask] for name in Referrals.__annotations__}
    return Referrals(**values)


def find_deaths(setting: Setting, people: People, referrals: Referrals) -> Days:
    """Return the day of death of each person, or ``NEVER``; only a sole referral ends so."""
    rng = setting.rng("deaths")
    rows = people.born.size
    single = np.bincount(referrals.person, minlength=rows) == 1
    ends = np.full(rows, NEVER)
    ends[referrals.person] = np.where(referrals.rejected, NEVER, referrals.until)
    dies = single & chance(rng, rows, 0.004) & ~people.cast & (ends >= setting.first)
    return np.where(dies & (ends <= setting.last), ends, NEVER)


def make_referrals(setting: Setting, people: People, referrals: Referrals, died: Days) -> Ledger:
    """Return the MHS101 rows."""
    rng = setting.rng("MHS101Referral")
    rows = referrals.person.size
    discharged = ~referrals.rejected | chance(rng, rows, 0.5)
    planned, updated = _discharge_plan(referrals, rng)
    treated = referrals.received + rng.integers(0, 20, rows)
    decided = chance(rng, rows, 0.3) & (treated <= referrals.until)
    rejection = setting.draw("MHS101Referral", "ReferRejectReason", rows, rng)
    frame = setting.fill(
        "MHS101Referral",
        rows,
        rng,
        ServiceRequestID=referrals.ids,
        LocalPatientID=people.ids.gather(referrals.person),
        CareProfTeamLocalID=_teams(setting, referrals.stream, rng),
        ReferralRequestReceivedDate=referrals.received,
        PrimReasonReferralMH=_reasons(setting, referrals, rng),
        ClinRespPriorityType=_priorities(setting, referrals, rng),
        DecisionToTreatDate=np.where(decided, treated, NEVER),
        DischPlanCreationDate=planned,
        DischPlanLastUpdatedDate=updated,
        ServDischDate=np.where(discharged, referrals.until, NEVER),
        ReferClosReason=_closure(setting, referrals, died, discharged, rng),
        ReferRejectionDate=np.where(referrals.rejected, referrals.until, NEVER),
        ReferRejectReason=rejection.zip_with(
            pl.Series(referrals.rejected), pl.repeat(None, rows, dtype=pl.String, eager=True)
        ),
    )
    return Ledger(
        table="MHS101Referral",
        rows=frame,
        since=referrals.received,
        until=referrals.until,
        closing=_CLOSING,
        told=referrals.told,
    )


def _reasons(setting: Setting, referrals: Referrals, rng: np.random.Generator) -> pl.Series:
    """Return the primary reasons: the service's usual one for most, and for prescribed stories."""
    rows = referrals.person.size
    usual = pl.Series([stream.reason for stream in STREAMS]).gather(referrals.stream)
    drawn = setting.draw("MHS101Referral", "PrimReasonReferralMH", rows, rng)
    return usual.zip_with(pl.Series(chance(rng, rows, 0.6) | referrals.cast), drawn)


def _priorities(setting: Setting, referrals: Referrals, rng: np.random.Generator) -> pl.Series:
    """Return the priorities: routine for prescribed stories."""
    rows = referrals.person.size
    drawn = setting.draw("MHS101Referral", "ClinRespPriorityType", rows, rng)
    return pl.repeat("3", rows, eager=True).zip_with(pl.Series(referrals.cast), drawn)


def _teams(setting: Setting, stream: Days, rng: np.random.Generator) -> pl.Series:
    """Return a team of each referral's service."""
    streams = setting.organisation.teams["stream"].to_numpy()
    first = np.searchsorted(streams, np.arange(len(STREAMS)))
    counts = np.bincount(streams, minlength=len(STREAMS))
    picks = first[stream] + (rng.random(stream.size) * counts[stream]).astype(np.int64)
    return setting.organisation.teams["team"].gather(picks)


def _closure(
    setting: Setting, referrals: Referrals, died: Days, discharged: Flags, rng: np.random.Generator
) -> pl.Series:
    """Return why a referral was closed; someone who died is closed as such."""
    drawn = setting.draw("MHS101Referral", "ReferClosReason", referrals.person.size, rng)
    closed = pl.Series(discharged & ~referrals.rejected & (referrals.until < NEVER))
    dead = pl.Series(died[referrals.person] < NEVER)
    reason = pl.when(drawn == _DIED).then(pl.lit("02")).otherwise(drawn)
    return pl.select(
        pl.when(closed).then(pl.when(dead).then(pl.lit(_DIED)).otherwise(reason))
    ).to_series()


def _discharge_plan(referrals: Referrals, rng: np.random.Generator) -> tuple[Days, Days]:
    """Return the days on which a discharge plan was made and last changed, or ``NEVER``."""
    rows = referrals.person.size
    made = referrals.received + 10 + rng.integers(0, 90, rows)
    has = chance(rng, rows, 0.25) & (made < referrals.until)
    changed = np.where(chance(rng, rows, 0.5), made + rng.integers(0, 60, rows), NEVER)
    changed = np.where(changed <= referrals.until, changed, NEVER)
    return np.where(has, made, NEVER), np.where(has, changed, NEVER)
