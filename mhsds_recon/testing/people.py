"""The people of the trust: who they are, when they first come and to which kind of service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from mhsds_recon.testing.identifiers import local_ids, nhs_numbers
from mhsds_recon.testing.ledger import Ledger
from mhsds_recon.testing.organisation import STREAMS
from mhsds_recon.testing.setting import NEVER, chance

if TYPE_CHECKING:
    from mhsds_recon.testing.setting import Days, Flags, Rates, Setting

__all__ = ["ADULT", "YEAR", "People", "draw_people", "make_people", "make_practices"]

YEAR = 365.25
ADULT = 18
_LONGEST = 900
_AGED_17 = 0.14
_LONG_STAYERS = 3


@dataclass(frozen=True, kw_only=True)
class People:
    """What is drawn about each person before any row is made; one entry per person.

    Attributes:
        stream: Position of the first service in ``STREAMS``.
        arrived: Day of the first referral.
        leaves: Day of its discharge, or ``NEVER``.
        born: Day of birth.
        cast: Whether the person's story is prescribed (see ``mhsds_recon.testing.cast``).
    """

    stream: Days
    arrived: Days
    leaves: Days
    born: Days
    cast: Flags

    @property
    def ids(self) -> pl.Series:
        """Local patient identifiers."""
        return local_ids("P", range(1, self.born.size + 1))


def draw_people(setting: Setting, people: int) -> People:
    """Return people, each with a first referral that is open at some time in the months.

    The first few stay in hospital throughout, so that no table of any month is empty.
    """
    rng = setting.rng("people")
    shares = np.array([stream.share for stream in STREAMS])
    stream = rng.choice(len(STREAMS), people, p=shares / shares.sum())
    mean_days = np.array([kind.days for kind in STREAMS])[stream]
    stays = np.clip(rng.gamma(1.3, mean_days / 1.3), 1, _LONGEST).astype(np.int64)
    span = setting.last - setting.first + stays
    arrived = setting.first - stays + 1 + (rng.random(people) ** 1.35 * span).astype(np.int64)
    leaves = np.where(chance(rng, people, 0.03), NEVER, arrived + stays)
    arrived[:_LONG_STAYERS] = setting.first - 60
    leaves[:_LONG_STAYERS] = NEVER
    born = arrived - (_ages(stream, rng) * YEAR).astype(np.int64)
    return People(
        stream=stream, arrived=arrived, leaves=leaves, born=born, cast=np.zeros(people, dtype=bool)
    )


def _ages(stream: Days, rng: np.random.Generator) -> Rates:
    """Return ages at the first referral, in years; many children come shortly before 18."""
    low = np.array([kind.ages[0] for kind in STREAMS])[stream]
    high = np.array([kind.ages[1] for kind in STREAMS])[stream] + 0.99
    ages = low + rng.beta(2.0, 1.4, stream.size) * (high - low)
    seventeen = chance(rng, stream.size, _AGED_17) & (high < ADULT)
    return np.where(seventeen, 17.0 + rng.random(stream.size) * 0.98, ages)


def make_people(setting: Setting, people: People, died: Days) -> Ledger:
    """Return the MHS001 rows."""
    rng = setting.rng("MHS001MPI")
    rows = people.born.size
    child = people.arrived - people.born < ADULT * YEAR
    at_school = child & chance(rng, rows, 0.8)
    schools = setting.organisation.schools
    school = schools.gather(rng.integers(0, len(schools), rows))
    places = setting.organisation.places["postcode"]
    home = pl.select(
        pl.when(pl.Series(people.cast))
        .then(pl.lit(setting.organisation.home_postcode))
        .otherwise(places.gather(rng.integers(0, len(places), rows)))
    ).to_series()
    frame = setting.fill(
        "MHS001MPI",
        rows,
        rng,
        LocalPatientID=people.ids,
        NHSNumber=nhs_numbers(rows, rng),
        PersonBirthDate=people.born,
        PersDeathDate=died,
        Postcode=home,
        OrgIDEduEstab=pl.select(pl.when(pl.Series(at_school)).then(school)).to_series(),
    )
    always = np.full(rows, NEVER)
    return Ledger(
        table="MHS001MPI", rows=frame, since=np.zeros(rows, np.int64) - NEVER, until=always
    )


def make_practices(setting: Setting, people: People) -> Ledger:
    """Return the MHS002 rows: a practice for everyone, and some who change it in the months."""
    rng = setting.rng("MHS002GP")
    rows = people.born.size
    practices = setting.organisation.practices
    chosen = rng.integers(0, len(practices), rows)
    changed = rng.integers(setting.first, setting.last + 1, rows)
    moves = chance(rng, rows, 0.02) & ~people.cast
    registered = people.born + (rng.random(rows) * (people.arrived - people.born)).astype(np.int64)
    first = setting.fill(
        "MHS002GP",
        rows,
        rng,
        LocalPatientID=people.ids,
        GMPReg=practices.gather(chosen),
        StartDateGMPRegistration=np.minimum(registered, changed),
        EndDateGMPRegistration=np.where(moves, changed, NEVER),
    )
    second = setting.fill(
        "MHS002GP",
        int(moves.sum()),
        rng,
        LocalPatientID=people.ids.filter(pl.Series(moves)),
        GMPReg=practices.gather((chosen[moves] + 1) % len(practices)),
        StartDateGMPRegistration=changed[moves],
    )
    return Ledger(
        table="MHS002GP",
        rows=pl.concat([first, second]),
        since=np.concatenate([np.full(rows, -NEVER), changed[moves]]),
        until=np.concatenate([np.where(moves, changed, NEVER), np.full(second.height, NEVER)]),
    )
