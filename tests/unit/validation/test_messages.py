"""Rules in plain English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.validation import describe, explain_to_clinician

if TYPE_CHECKING:
    from mhsds_recon.standard import Standard


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("MHS10106", "LocalPatientID must be given: it may not be blank."),
        ("MHS10107", "LocalPatientID, where given, must have at most 20 characters."),
        ("MHS10117", "SourceOfReferralMH, where given, must have exactly 2 characters."),
        ("MHS10109", "OrgIDComm, where given, must have 3 to 5 characters."),
        ("MHS00130", "Gender, where given, must have exactly 1 character."),
        (
            "MHS00165",
            "NHSNumber, where given, must be exactly 10 digits (0 to 9) and nothing else.",
        ),
        (
            "MHS51708",
            "SMHEPCCharge, where given, must be 1 to 7 digits, a point and exactly 2 digits.",
        ),
        (
            "MHS10112",
            (
                "ReferralRequestReceivedDate, where given, must be a real date written CCYY-MM-DD,"
                " not before 1890-01-01."
            ),
        ),
        (
            "MHS00116",
            (
                "NHSNumberStatus, where given, must be a code of the national list NHSNumberStatus:"
                " 01, 02, 03, 04, 05, 06, 07."
            ),
        ),
        (
            "MHS10103",
            "No two rows of MHS101Referral may have the same ServiceRequestID; all copies fail.",
        ),
        (
            "MHS00222",
            (
                "No two rows of MHS002GP in which EndDateGMPRegistration is blank may have the same"
                " LocalPatientID; all copies fail."
            ),
        ),
        ("MHS00025", "MHS000Header may have only one row; all rows fail where there are more."),
        (
            "MHS10101",
            "LocalPatientID, where given, must be that of a valid row of MHS001MPI.",
        ),
        ("MHS00118", "NHSNumberStatus must be given where NHSNumber is blank."),
        ("MHS51825", "OrgIDRespLAClinReadyforDisch must be given where AttribToIndic is 05 or 06."),
        ("MHS00543", "IMCAAssigned must be blank where IMCARequired is N."),
        ("MHS00117", "NHSNumberStatus may not be 07 where NHSNumber is given."),
        ("MHS00003", "DatSetVer, where given, must be 6.0."),
        (
            "MHS00153",
            ("OrgIDLocalPatientID, where given, must be the same as OrgIDProvider of the header."),
        ),
        ("MHS10128", "ServDischDate may not be before ReferralRequestReceivedDate."),
        (
            "MHS10130",
            (
                "ServDischDate may not be more than 1 day after ReportingPeriodEndDate of the"
                " header."
            ),
        ),
        (
            "MHS50231",
            (
                "StartDateWardStay may not be after DischDateHospProvSpell of its"
                " MHS501HospProvSpell; where several rows have that key, of any of them."
            ),
        ),
        (
            "MHS10110",
            (
                "OrgIDComm, where given, must be the code of an organisation that is open on"
                " ReportingPeriodStartDate of the header; VPP00 and XMD00 pass without being"
                " looked up."
            ),
        ),
        ("MHS60815", "MHS608AnonSelfAssess may have no rows for now: every row fails."),
    ],
)
def test_a_rule_says_what_must_hold(standard: Standard, code: str, sentence: str) -> None:
    assert describe(standard.rules[code], standard) == sentence


def test_a_long_code_list_names_eight_codes_and_counts_the_rest(standard: Standard) -> None:
    sentence = describe(standard.rules["MHS10118"], standard)
    more = len(standard.code_lists["SourceOfReferral"].codes) - 8
    assert sentence.endswith(f" and {more} more.")
    assert sentence.count(",") == 2 + 7


def test_a_list_without_known_codes_says_that_it_cannot_be_assessed(standard: Standard) -> None:
    assert describe(standard.rules["MHS20154"], standard).endswith("cannot be assessed.")


def test_every_rule_has_its_own_sentence_about_its_element(standard: Standard) -> None:
    for rule in standard.rules.values():
        sentence = describe(rule, standard)
        assert sentence.endswith(".")
        assert (rule.element or rule.table) in sentence or "where given" in sentence


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (
            "MHS00103",
            (
                "If the local patient identifier (extended) is left out of a 'Master Patient Index'"
                " entry, the patient's whole record will be missing from national figures."
            ),
        ),
        (
            "MHS20142",
            (
                "If a 'Care Contact' entry has no 'Service or Team Referral' entry that is right to"
                " go with it, this 'Care Contact' entry and everything recorded under it will be"
                " missing from national figures."
            ),
        ),
        (
            "MHS10128",
            (
                "If the service discharge date is before the referral request received date, this"
                " 'Service or Team Referral' entry and everything recorded under it will be missing"
                " from national figures and, if no other is left, so will the patient's whole"
                " record."
            ),
        ),
        (
            "MHS60607",
            (
                "If a score is one that the assessment cannot give, nothing will be missing from"
                " national figures, but the entry may be wrong."
            ),
        ),
        (
            "MHS00003",
            (
                "If the data set version number is not the one that is called for, the whole"
                " submission will be refused and nobody in it will be in national figures."
            ),
        ),
    ],
)
def test_clinicians_read_what_is_lost(standard: Standard, code: str, sentence: str) -> None:
    assert explain_to_clinician(standard.rules[code], standard) == sentence


def test_clinicians_read_one_sentence_without_codes_or_element_names(standard: Standard) -> None:
    names = {name for table in standard.tables.values() for name in table.element_names}
    for rule in standard.rules.values():
        sentence = explain_to_clinician(rule, standard)
        assert sentence.count(". ") == 0
        assert sentence.endswith(".")
        assert not re.search(r"MHS\d|_", sentence), sentence
        assert not names & set(re.findall(r"\w+", sentence)) - {"Procedure", "Finding"}, sentence


def test_clinicians_read_of_a_loss_only_where_rows_are_left_out(standard: Standard) -> None:
    for rule in standard.rules.values():
        lost = "nothing will be missing" not in explain_to_clinician(rule, standard)
        assert lost == rule.rejects, rule.code
