"""Rules in plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mhsds_recon.validation import describe

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
