"""Prescribed patients: every row that they have is told, so that what they count in is known.

Days count from the first day of the last month: day 0 is that day, -1 the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["COMMUNITY", "Contact", "Course", "Indirect", "Patient", "Score"]

COMMUNITY = "Looked-after children"
"""The usual team: its type alone makes it one for children, and no measure leaves it out."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A care contact.

    Attributes:
        day: When.
        status: AttendStatus.
        mechanism: ConsMechanismMH.
        intervention: Whether something of the national reference sets was done.
        team: Identifier of another team that held it; one that is too long is rejected.
    """

    day: int
    status: str = "5"
    mechanism: str = "01"
    intervention: bool = False
    team: str | None = None


@dataclass(frozen=True, kw_only=True)
class Indirect:
    """Indirect activity.

    Attributes:
        day: When.
        time: At which time.
        intervention: Whether something of the national reference sets was done.
    """

    day: int
    time: str = "10:00:00"
    intervention: bool = False


@dataclass(frozen=True, kw_only=True)
class Score:
    """A scored assessment on a referral."""

    day: int
    code: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """A referral with all that happens on it.

    Attributes:
        received: When it was received; it is submitted from that month on.
        discharged: When it ended, or None; it is submitted up to that month.
        is_rejected: Whether it was turned away on the day on which it ended.
        team: Name of the service in ``STREAMS``.
        reason: PrimReasonReferralMH.
        priority: ClinRespPriorityType.
        contacts: In order.
        indirect: In order.
        scores: In order.
        admitted: First and last day of a hospital spell, or None.
        commissioner: OrgIDComm; that of the practice where None.
        other_team: Name of the service of a further team (MHS102), or None.
        last_sent: The day after which it is submitted no more, although it goes on, or None.
    """

    received: int
    discharged: int | None = None
    is_rejected: bool = False
    team: str = COMMUNITY
    reason: str = "05"
    priority: str | None = "3"
    contacts: tuple[Contact, ...] = ()
    indirect: tuple[Indirect, ...] = ()
    scores: tuple[Score, ...] = ()
    admitted: tuple[int, int] | None = None
    commissioner: str | None = None
    other_team: str | None = None
    last_sent: int | None = None


@dataclass(frozen=True, kw_only=True)
class Patient:
    """A local patient record.

    Attributes:
        courses: Referrals.
        born: When, by default eleven and a half years before; None where that is unknown.
        has_number: Whether an NHS number is known.
        is_twin: Whether the record is a second one of the person before it, under one NHS number.
        lives_elsewhere: Whether the postcode lies outside England.
        practice: Which practice to be registered with, or None for one by turns.
        home: Of which practice's area the postcode is, or None for that of the practice.
        has_left_practice: Whether the registration has ended.
    """

    courses: tuple[Course, ...]
    born: int | None = -4200
    has_number: bool = True
    is_twin: bool = False
    lives_elsewhere: bool = False
    practice: int | None = None
    home: int | None = None
    has_left_practice: bool = False
