"""MHS95: people under 18 with a contact in twelve months of submissions; ours that follow it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mhsds_recon.frames import Extract
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, Standard

CHILD = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate | Postcode
P1             | 9990000001 | {birth}         | {postcode}

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | ReferRejectionDate
R1               | P1             | {received}                  | 2025-07-01
"""
CONTACT = """
2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | {day}        | 5            | 01
"""
INDIRECT = """
2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate | IndirectActTime
R1               | 2025-09-01      | 09:00:00
"""


def child(birth: str = "2012-05-01", received: str = "2025-06-01", postcode: str = "") -> str:
    return CHILD.format(birth=birth, received=received, postcode=postcode)


def children(number: int) -> str:
    """Write so many children, each with a referral."""
    ids = range(1, number + 1)
    people = "".join(f"P{i} | 2012-05-01\n" for i in ids)
    referrals = "".join(f"R{i} | P{i} | 2025-06-01\n" for i in ids)
    return (
        f"2025-09 MHS001MPI\nLocalPatientID | PersonBirthDate\n{people}\n"
        "2025-09 MHS101Referral\nServiceRequestID | LocalPatientID |"
        f" ReferralRequestReceivedDate\n{referrals}"
    )


def contact(day: str = "2025-09-10") -> str:
    return CONTACT.format(day=day)


def test_an_attended_contact_counts_even_where_the_referral_was_rejected(
    counted: Callable[..., float],
) -> None:
    assert counted("MHS95", child() + contact()) == 1


def test_nobody_counts_as_nought(counted: Callable[..., float]) -> None:
    assert counted("MHS95", child()) == 0


def test_only_attended_contacts_by_four_mechanisms_count(counted: Callable[..., float]) -> None:
    contacts = """
2025-09 MHS201CareContact
ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH | counts
R1               | 2025-09-01   | 5            | 01              | yes
R2               | 2025-09-01   | 6            | 02              | yes
R3               | 2025-09-01   | 5            | 04              | yes
R4               | 2025-09-01   | 5            | 11              | yes
R5               | 2025-09-01   | 7            | 01              | no
R6               | 2025-09-01   |              | 01              | no
R7               | 2025-09-01   | 5            | 05              | no
R8               | 2025-09-01   | 5            | 12              | no
R9               | 2025-09-01   | 5            |                 | no
"""
    assert counted("MHS95", children(9) + contacts) == contacts.count("| yes")


@pytest.mark.parametrize(
    ("birth", "expected"),
    [("2007-09-11", 1), ("2007-09-10", 0), ("2026-01-01", 1), ("", 0), ("not a day", 0)],
)
def test_age_is_taken_on_the_day_of_the_contact(
    counted: Callable[..., float], birth: str, expected: int
) -> None:
    """A day before birth gives age 0; without a birth date there is no age."""
    assert counted("MHS95", child(birth=birth) + contact(day="2025-09-10")) == expected


def test_a_birthday_on_29_february_is_reached_on_1_march(counted: Callable[..., float]) -> None:
    received = child(birth="2008-02-29", received="2026-01-05").replace("2025-09", "2026-03")
    before = received + contact(day="2026-02-28").replace("2025-09", "2026-03")
    after = received + contact(day="2026-03-01").replace("2025-09", "2026-03")
    assert counted("MHS95", before, period="2026-03") == 1
    assert counted("MHS95", after, period="2026-03") == 0


def test_a_referral_at_17_with_a_contact_at_18_does_not_count(
    counted: Callable[..., float],
) -> None:
    text = child(birth="2007-09-05", received="2025-09-04") + contact(day="2025-09-05")
    assert counted("MHS95", text) == 0


def test_a_referral_at_18_does_not_count(counted: Callable[..., float]) -> None:
    text = child(birth="2007-09-05", received="2025-09-05") + contact(day="2025-09-04")
    assert counted("MHS95", text) == 0


@pytest.mark.parametrize(("birth", "expected"), [("2007-10-01", 1), ("2007-09-30", 0)])
def test_indirect_activity_takes_the_age_at_the_end_of_its_month(
    counted: Callable[..., float], birth: str, expected: int
) -> None:
    assert counted("MHS95", child(birth=birth) + INDIRECT) == expected


@pytest.mark.parametrize(("month", "expected"), [("2024-10", 1), ("2024-09", 0)])
def test_the_window_is_twelve_months_of_submissions(
    counted: Callable[..., float], month: str, expected: int
) -> None:
    text = child() + contact(day="2020-01-01")
    assert counted("MHS95", text.replace("2025-09 ", f"{month} ")) == expected


def test_a_contact_counts_through_the_referral_of_its_own_submission(
    counted: Callable[..., float],
) -> None:
    assert counted("MHS95", child().replace("2025-09 ", "2025-08 ") + contact()) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("9990000001", "9990000001", 1), ("9990000001", "9990000002", 2), ("", "", 2)],
)
def test_a_person_is_an_nhs_number_or_else_a_local_id(
    counted: Callable[..., float], first: str, second: str, expected: int
) -> None:
    text = f"""
2025-09 MHS001MPI
LocalPatientID | NHSNumber | PersonBirthDate
P1             | {first}   | 2012-05-01
P2             | {second}  | 2012-05-01

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-06-01
R2               | P2             | 2025-06-01

2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate
R1               | 2025-09-01
R2               | 2025-09-01
"""
    assert counted("MHS95", text) == expected


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("cf101aa", 0), ("CF10 1AA", 0), ("AB1 1AA", 1), ("ZZ9 9ZZ", 1), ("", 1)],
)
def test_residence_outside_england_takes_a_person_out_and_unknown_does_not(
    counted: Callable[..., float], postcode: str, expected: int
) -> None:
    text = child(postcode=postcode) + contact()
    assert counted("MHS95", text, elsewhere="CF10 1AA") == expected


def test_without_a_postcode_file_everybody_is_resident(counted: Callable[..., float]) -> None:
    assert counted("MHS95", child(postcode="CF10 1AA") + contact()) == 1


def test_blank_identifiers_never_meet(counted: Callable[..., float]) -> None:
    text = (child() + contact()).replace("R1 ", "   ")
    assert counted("MHS95", text) == 0


WAITS = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | 2012-05-01
P2             | 2007-09-10

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | ServDischDate
R1               | P1             | 2025-08-01                  |
R2               | P1             | 2025-09-01                  |
R3               | P1             | 2025-09-21                  |
R4               | P2             | 2025-09-01                  |
R5               | P1             | 2025-09-01                  | 2025-09-30
R6               | P1             | 2019-03-31                  |

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-08-31   | 5            | 01
C2            | R1               | 2025-09-20   | 5            | 01
C3            | R2               | 2025-09-11   | 5            | 11
C4            | R4               | 2025-09-10   | 5            | 01

2025-09 MHS204IndirectActivity
ServiceRequestID | IndirectActDate
R3               | 2025-09-22
"""


@pytest.mark.parametrize(
    ("measure_id", "expected"),
    [("MHS130", 2), ("MHS131", 20), ("MHS132", 28), ("MHS133", 2), ("MHS134", 20)],
)
def test_a_wait_ends_with_the_first_contact_under_18(
    counted: Callable[..., float], measure_id: str, expected: float
) -> None:
    """R1 waited 30 days and R2 10; R3, with indirect activity, and R4, seen at 18, 10 and 30."""
    assert counted(measure_id, WAITS) == expected


def second_contact(first: str, second: str, birth: str = "2012-05-01") -> str:
    return f"""
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
P1             | {birth}

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate
R1               | P1             | 2025-03-01

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | {first}      | 5            | 01
C2            | R1               | {second}     | 5            | 01
"""


@pytest.mark.parametrize(
    ("first", "second", "birth", "expected"),
    [
        ("2025-03-20", "2025-09-20", "2012-05-01", 1),
        ("2025-09-20", "2025-09-20", "2012-05-01", 1),
        ("2025-03-20", "2025-03-21", "2012-05-01", 0),
        ("2025-04-01", "2025-09-20", "2007-04-02", 1),
        ("2025-04-01", "2025-09-20", "2007-04-01", 0),
    ],
)
def test_a_second_contact_counts_in_the_financial_year_after_a_first_under_18(
    counted: Callable[..., float], first: str, second: str, birth: str, expected: int
) -> None:
    assert counted("MHS69", second_contact(first, second, birth)) == expected


def test_a_second_contact_submitted_for_an_earlier_month_has_been_counted_there(
    counted: Callable[..., float],
) -> None:
    earlier = second_contact("2025-08-01", "2025-08-02").replace("2025-09 ", "2025-08 ")
    assert counted("MHS69", earlier) == 0
    assert counted("MHS69", earlier, period="2025-08") == 1


@pytest.mark.parametrize(
    ("gender", "identity", "same_at_birth", "expected"),
    [("2", "", "", 1), ("1", "2", "", 1), ("2", "1", "Y", 0), ("2", "1", "N", 1), ("1", "", "", 0)],
)
def test_perinatal_access_counts_by_gender_identity(
    counted: Callable[..., float], gender: str, identity: str, same_at_birth: str, expected: int
) -> None:
    text = f"""
2025-09 MHS001MPI
LocalPatientID | Gender   | GenderIDCode | GenderSameAtBirth
P1             | {gender} | {identity}   | {same_at_birth}

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | CareProfTeamLocalID
R1               | P1             | 2025-06-01                  | T1

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
T1                  | C02

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | CareContDate | AttendStatus | ConsMechanismMH
C1            | R1               | 2025-09-20   | 5            | 11
"""
    assert counted("MHS91", text) == expected


def seen_before(day: str, *, status: str = "5") -> str:
    """Write the child of ``child`` with a contact submitted for August."""
    return (
        (child() + contact(day=day)).replace("2025-09 ", "2025-08 ").replace("| 5 ", f"| {status} ")
    )


@pytest.mark.parametrize(
    ("before", "expected"),
    [("", 1), (seen_before("2025-08-20"), 0), (seen_before("2025-08-20", status="3"), 1)],
)
def test_who_is_new_has_the_first_contact_that_counts_in_this_month(
    counted: Callable[..., float], before: str, expected: int
) -> None:
    assert counted("LOC08", before + child() + contact()) == expected
    assert counted("MHS95", before + child() + contact()) == 1


def test_a_contact_of_an_earlier_month_that_comes_late_makes_nobody_new(
    counted: Callable[..., float],
) -> None:
    assert counted("LOC08", child() + contact(day="2025-08-20")) == 0


def test_who_was_last_seen_more_than_twelve_months_ago_is_new_again(
    counted: Callable[..., float],
) -> None:
    long_ago = (child() + contact(day="2024-09-20")).replace("2025-09 ", "2024-09 ")
    assert counted("LOC08", long_ago + child() + contact()) == 1


@pytest.mark.parametrize(
    ("team_type", "rejected", "expected"),
    [("F01", "", 1), ("F01", "2025-09-02", 0), ("F02", "", 0)],
)
def test_education_support_teams_are_known_by_their_type_and_an_accepted_referral(
    counted: Callable[..., float], team_type: str, rejected: str, expected: int
) -> None:
    text = f"""
2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferRejectionDate
R1               | T1                       | {rejected}

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
T1                  | {team_type}
"""
    assert counted("LOC09", child() + contact() + text) == expected


def test_each_child_is_in_one_age_band(
    extracts_of: Callable[[str], list[Extract]], standard: Standard
) -> None:
    text = children(2).replace("P2 | 2012-05-01", "P2 | 2010-05-01") + contact()
    text += "C2 | R2 | 2025-09-10 | 5 | 01\n"
    figures = count(
        extracts_of(text),
        standard=standard,
        period=ReportingPeriod(2025, 9),
        measure_ids=["MHS95", "LOC08"],
        breakdowns=["Provider; Age Band"],
    )
    found = figures.frame.filter(figures.frame["exact_value"] > 0)
    assert sorted(found.select("measure_id", "secondary_level", "exact_value").iter_rows()) == [
        (measure_id, band, 1) for measure_id in ("LOC08", "MHS95") for band in ("11 to 14", "15")
    ]


def test_published_measures_are_not_divided_in_our_own_ways_unless_asked(
    extracts_of: Callable[[str], list[Extract]], standard: Standard
) -> None:
    figures = count(
        extracts_of(child() + contact()),
        standard=standard,
        period=ReportingPeriod(2025, 9),
        measure_ids=["MHS95"],
    )
    assert "Provider; Age Band" not in set(figures.frame["breakdown"])
