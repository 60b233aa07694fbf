"""Rows of one submission with the same key: the last stands for all."""

from __future__ import annotations

from collections.abc import Callable

PEOPLE = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2012-05-01
P2             | 2012-05-01
"""
CONTACT = """
2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-09-10   | 5            | 01
"""


def test_a_contact_belongs_to_the_last_referral_with_its_key(
    counted: Callable[..., float],
) -> None:
    """It counts once, whatever the other rows with that key say."""
    referrals = """
2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | {first}        | {received}
R1               | P2             | 2025-08-01
"""
    for first, received in (("P1", "2025-07-01"), ("P2", "2031-07-01"), ("P2", "2025-08-01")):
        text = PEOPLE + referrals.format(first=first, received=received) + CONTACT
        assert counted("MHS95", text) == 1


def test_a_patient_is_the_last_row_with_the_key(counted: Callable[..., float]) -> None:
    people = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | {first}
P1             | {last}
"""
    referral = """
2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-08-01
"""
    child, adult = "2012-05-01", "1990-05-01"
    text = referral + CONTACT
    assert counted("MHS95", people.format(first=adult, last=child) + text) == 1
    assert counted("MHS95", people.format(first=child, last=adult) + text) == 0
