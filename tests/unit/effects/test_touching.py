"""Which measures a rule can touch."""

from __future__ import annotations

import pytest

from mhsds_recon.effects import measures_touched
from mhsds_recon.measures import elements_read, tables_read
from mhsds_recon.standard import Standard

CONTACT_MEASURES = {"MHS95", "MHS30d", "MHS110"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("MHS20158", CONTACT_MEASURES),  # rejects contacts
        ("MHS60612", {"MHS110"}),  # rejects scores, which the cohort of MHS110 is made with
        ("MHS00133", {"MHS110"}),  # warns of the ethnic category, which its cohort takes
    ],
)
def test_measures_are_touched_through_the_rows_they_read(
    standard: Standard, code: str, expected: set[str]
) -> None:
    assert set(measures_touched(standard.rules[code], standard)) & CONTACT_MEASURES == expected


def test_a_rejected_practice_can_take_its_patient_from_every_measure_of_patients(
    standard: Standard,
) -> None:
    rejecting = [rule for rule in standard.rules_of("MHS002GP") if rule.rejects]
    of_teams = {"MHS-DQM15", "MHS-DQM17", "MHS-DQM60", "MHS-DQM63"}
    assert set(measures_touched(rejecting[0], standard)) == set(standard.measures) - of_teams


def test_a_warning_touches_the_measures_that_read_its_element(standard: Standard) -> None:
    for rule in standard.rules.values():
        if not rule.rejects and rule.element is not None and "." not in rule.element:
            readers = {
                measure.id
                for measure in standard.measures.values()
                if rule.element in elements_read(measure, standard).get(rule.table, ())
            }
            assert readers <= set(measures_touched(rule, standard))


def test_a_measure_reads_the_tables_that_its_cohort_is_made_of(standard: Standard) -> None:
    assert tables_read(standard.measures["MHS95"], standard) == {
        "MHS001MPI",
        "MHS101Referral",
        "MHS201CareContact",
        "MHS204IndirectActivity",
    }
    assert "MHS903WardDetails" in tables_read(standard.measures["CYP32"], standard)
