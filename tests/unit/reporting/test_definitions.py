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


@pytest.mark.parametrize("width", [80, 120])
def test_every_rule_fits_the_terminal(standard: Standard, width: int) -> None:
    for code in standard.rules:
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
    assert "None: it leaves no row out, and no measure" in definition_text("MHS00131", standard)


def test_an_unknown_name_is_answered_with_the_nearest(standard: Standard) -> None:
    with pytest.raises(UsageError, match="Did you mean 'MHS20142'"):
        definition_text("MHS20142x", standard)
