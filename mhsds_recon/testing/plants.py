"""Documented faults, each put on people of its own so that their effects do not overlap.

``PLANTS`` is the list. A fault changes the rows of its victims in the last month, or in the
earlier month of ``mhsds_recon.testing.cast``; what it costs follows from the victims' stories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from mhsds_recon.testing.cast import EARLY, LEAVER, NEWCOMER, STEADY, Story

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PLANTS", "SHAPE", "Plant", "Tables", "stories"]

Tables: TypeAlias = dict[str, pl.DataFrame]
Fault: TypeAlias = Callable[[Tables, pl.Series], tuple[str, pl.Series]]
"""Changes tables for victims (patient identifiers); returns the key and its values that are hit."""

SHAPE = "shape"
"""Stands for the code and level of what is unknown to the standard; no rule speaks of it."""

_PATIENTS, _PRACTICES = "MHS001MPI", "MHS002GP"
_REFERRALS, _CONTACTS = "MHS101Referral", "MHS201CareContact"


@dataclass(frozen=True, kw_only=True)
class Plant:
    """How a fault is made: its victims' story and number, and what happens to their rows.

    Attributes:
        name: Short name.
        description: What is done.
        code: Code of the rule that finds it, or ``shape``.
        level: Level of that rule, or ``shape``.
        table: The table that is changed.
        fault: Changes the tables.
        story: The victims' story; None where no person is concerned.
        victims: How many people.
        loss: Loss per victim, by measure.
        loss_with_history: Further loss per victim when the month before was submitted as well.
    """

    name: str
    description: str
    code: str
    level: str
    table: str
    fault: Fault
    story: Story | None = None
    victims: int = 0
    loss: Mapping[str, int] = field(default_factory=dict)
    loss_with_history: Mapping[str, int] = field(default_factory=dict)


def _keys(tables: Tables, table: str, victims: pl.Series) -> tuple[str, pl.Series]:
    """Return the key element of a table, and its values on the victims' rows."""
    if table != _CONTACTS:
        of = tables[table].filter(pl.col("LocalPatientID").is_in(victims.implode()))
        key = "ServiceRequestID" if table == _REFERRALS else "LocalPatientID"
        return key, of[key]
    _, referrals = _keys(tables, _REFERRALS, victims)
    of = tables[_CONTACTS].filter(pl.col("ServiceRequestID").is_in(referrals.implode()))
    return "CareContactID", of["CareContactID"]


def _overwrite(table: str, element: str, value: str | None) -> Fault:
    """Return a fault that puts a value in an element of the victims' rows."""

    def fault(tables: Tables, victims: pl.Series) -> tuple[str, pl.Series]:
        key, hit = _keys(tables, table, victims)
        changed = pl.when(pl.col(key).is_in(hit.implode())).then(pl.lit(value, pl.String))
        tables[table] = tables[table].with_columns(changed.otherwise(element).alias(element))
        return key, hit

    return fault


def _copy_last_contact(tables: Tables, victims: pl.Series) -> tuple[str, pl.Series]:
    """Submit the last contact of each victim a second time."""
    key, contacts = _keys(tables, _CONTACTS, victims)
    rows = tables[_CONTACTS].filter(pl.col(key).is_in(contacts.implode()))
    last = rows.group_by("ServiceRequestID", maintain_order=True).last().select(rows.columns)
    tables[_CONTACTS] = pl.concat([tables[_CONTACTS], last])
    return key, last[key]


def _drop_practice(tables: Tables, victims: pl.Series) -> tuple[str, pl.Series]:
    """Leave out the victims' practice rows."""
    registered = pl.col("LocalPatientID").is_in(victims.implode())
    tables[_PRACTICES] = tables[_PRACTICES].filter(~registered)
    return "LocalPatientID", victims


def _add_column(tables: Tables, victims: pl.Series) -> tuple[str, pl.Series]:
    """Add a column that the standard does not know."""
    tables[_REFERRALS] = tables[_REFERRALS].with_columns(LocalPriority=pl.lit("amber"))
    return "ServiceRequestID", victims


def _add_table(tables: Tables, victims: pl.Series) -> tuple[str, pl.Series]:
    """Add a table that the standard does not know."""
    tables[_NOTES] = pl.DataFrame({"NoteID": ["N1", "N2", "N3"], "Note": ["a", "b", "c"]})
    return "NoteID", victims


_NOTES = "MHS999LocalNotes"
PLANTS: tuple[Plant, ...] = (
    Plant(
        name="bad code in referral",
        description="ClinRespPriorityType holds a word instead of the code of new referrals",
        code="MHS10123",
        level="record_rejected",
        table=_REFERRALS,
        fault=_overwrite(_REFERRALS, "ClinRespPriorityType", "URGENT"),
        story=NEWCOMER,
        victims=3,
        loss={"MHS95": 1, "MHS30d": 1, "CYP32": 1, "MRS11": 1, "MRS13": 1},
    ),
    Plant(
        name="duplicated contact",
        description="the second contact of closed referrals is submitted twice; both copies go",
        code="MHS20143",
        level="group_rejected",
        table=_CONTACTS,
        fault=_copy_last_contact,
        story=LEAVER,
        victims=2,
        loss={"MHS30d": 1, "MHS110": 1},
    ),
    Plant(
        name="patient without practice",
        description="new patients have no MHS002 row, so everything of theirs goes",
        code="MHS00145",
        level="group_rejected",
        table=_PATIENTS,
        fault=_drop_practice,
        story=NEWCOMER,
        victims=2,
        loss={"MHS95": 1, "MHS30d": 1, "CYP32": 1, "MRS11": 1, "MRS13": 1},
    ),
    Plant(
        name="contact without referral",
        description="contacts name a referral that is not in the extract",
        code="MHS20142",
        level="group_rejected",
        table=_CONTACTS,
        fault=_overwrite(_CONTACTS, "ServiceRequestID", "R-NOT-SUBMITTED"),
        story=STEADY,
        victims=3,
        loss={"MHS95": 1, "MHS30d": 1},
    ),
    Plant(
        name="unreadable contact date",
        description="CareContDate is written day first with slashes",
        code="MHS20107",
        level="record_rejected",
        table=_CONTACTS,
        fault=_overwrite(_CONTACTS, "CareContDate", "10/09/2025"),
        story=STEADY,
        victims=2,
        loss={"MHS95": 1, "MHS30d": 1},
    ),
    Plant(
        name="value too long",
        description="OtherCareProfTeamLocalID has more than 20 characters",
        code="MHS20158",
        level="record_rejected",
        table=_CONTACTS,
        fault=_overwrite(_CONTACTS, "OtherCareProfTeamLocalID", "COMMUNITY-TEAM-NORTH-EAST"),
        story=STEADY,
        victims=1,
        loss={"MHS95": 1, "MHS30d": 1},
    ),
    Plant(
        name="mandatory item blank",
        description=(
            "ReferralRequestReceivedDate is blank on open referrals; with earlier months at hand"
            " the spell then ends with the month before and counts as closed"
        ),
        code="MHS10111",
        level="record_rejected",
        table=_REFERRALS,
        fault=_overwrite(_REFERRALS, "ReferralRequestReceivedDate", None),
        story=STEADY,
        victims=2,
        loss={"MHS95": 1, "MHS30d": 1, "MRS13": 1},
        loss_with_history={"MRS12": -1},
    ),
    Plant(
        name="unknown ethnic category",
        description="EthnicCategory is not a national code, which is only a warning",
        code="MHS00133",
        level="warning",
        table=_PATIENTS,
        fault=_overwrite(_PATIENTS, "EthnicCategory", "Q"),
        story=STEADY,
        victims=2,
    ),
    Plant(
        name="missing gender identity",
        description="GenderIDCode is blank, which is only a warning",
        code="MHS00162",
        level="severity_1_warning",
        table=_PATIENTS,
        fault=_overwrite(_PATIENTS, "GenderIDCode", None),
        story=LEAVER,
        victims=1,
    ),
    Plant(
        name="unknown column",
        description="the referral table has a local column LocalPriority",
        code=SHAPE,
        level=SHAPE,
        table=_REFERRALS,
        fault=_add_column,
    ),
    Plant(
        name="unknown table",
        description="the extract holds a local table",
        code=SHAPE,
        level=SHAPE,
        table=_NOTES,
        fault=_add_table,
    ),
    Plant(
        name="earlier unreadable contact date",
        description="CareContDate is not a date in an earlier month of the twelve",
        code="MHS20107",
        level="record_rejected",
        table=_CONTACTS,
        fault=_overwrite(_CONTACTS, "CareContDate", "2025-02-31"),
        story=EARLY,
        victims=2,
        loss={"MHS95": 1},
    ),
    Plant(
        name="earlier duplicated contact",
        description="a contact of an earlier month of the twelve is submitted twice",
        code="MHS20143",
        level="group_rejected",
        table=_CONTACTS,
        fault=_copy_last_contact,
        story=EARLY,
        victims=1,
        loss={"MHS95": 1},
    ),
)


def stories() -> Iterator[Story]:
    """Yield the story of each victim, in the order in which they enter."""
    for plan in PLANTS:
        if plan.story:
            yield from [plan.story] * plan.victims
