"""What 'standard show' prints of a rule."""

from __future__ import annotations

import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.reporting import definition_text
from mhsds_recon.reporting.conditions import condition
from mhsds_recon.standard import Standard


def test_a_rule_is_shown_with_everything_that_a_reader_asks(standard: Standard) -> None:
    text = definition_text("MHS20142", standard)
    for part in (
        "MHS20142  MHS201CareContact",
        "Level: group rejected.",
        "What must hold\n  ServiceRequestID",
        "For clinicians\n",
        "A row fails where\n  ServiceRequestID has a value that no valid row of MHS101Referral",
        "Fails\n",
        "MHS201CareContact  ServiceRequestID  NOTINFILE",
        "Passes\n",
        "MHS201CareContact  ServiceRequestID  REFERRAL1",
        "Measures it can touch\n",
        "MHS95",
    ):
        assert part in text


@pytest.mark.parametrize(("width", "every"), [(80, 3), (120, 10)])
def test_rules_fit_the_terminal(standard: Standard, width: int, every: int) -> None:
    for code in list(standard.rules)[::every]:
        lines = definition_text(code, standard, width=width).splitlines()
        assert max(map(len, lines)) <= width, code


def test_every_rule_has_a_condition_in_words(standard: Standard) -> None:
    for rule in standard.rules.values():
        assert not condition(rule.check, standard).endswith(".")


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("MHS00003", "The whole file is rejected."),
        ("MHS10103", "and with it every row that hangs below it."),
        ("MHS00702", "The row is left out."),
        ("MHS00131", "The row is accepted."),
    ],
)
def test_it_says_what_becomes_of_a_failing_row(standard: Standard, code: str, effect: str) -> None:
    level = definition_text(code, standard, width=120).splitlines()[1]
    assert level.endswith(effect)


def test_a_warning_on_an_element_that_no_measure_reads_touches_none(standard: Standard) -> None:
    assert "None: it leaves no row out, and no measure" in definition_text("MHS00913", standard)


def test_an_item_of_data_quality_says_how_it_classes_a_value(standard: Standard) -> None:
    text = definition_text("MHS-DQM06", standard)
    assert text.startswith("MHS-DQM06: General Medical Practice Code")
    assert "GMPReg: Default for V81999, V81998 or V81997." in text


def test_a_funnel_says_its_steps_and_why_units_drop_out(standard: Standard) -> None:
    text = definition_text("closed_referrals", standard)
    for part in (
        "closed_referrals: Closed referrals with two contacts",
        "Leads to MHS110",
        "referrals (different values of ServiceRequestID)",
        "3. Not turned down. Else drops out: Rejected or very old referrals left out nationally (",
        "     - ReferRejectionDate is blank",
        "What is left is MHS110.",
    ):
        assert part in text


def test_what_disclosure_looks_at_is_said_by_its_rule(standard: Standard) -> None:
    improved = definition_text("MHS112a", standard)
    assert "its numerator, is below 5" in improved
    assert "the denominator is not tested" in improved
    assert improved.split("It looks at")[1].startswith(" the count of MHS112.\n")
    legacy = definition_text("ED86e", standard)
    assert "It looks at the count of ED86a, and of ED86." in legacy


def test_an_unknown_name_is_answered_with_the_nearest(standard: Standard) -> None:
    with pytest.raises(UsageError, match="Did you mean 'MHS20142'"):
        definition_text("MHS20142x", standard)
