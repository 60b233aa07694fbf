"""The rules behind the rejected rows that a measure misses."""

from __future__ import annotations

import polars as pl

from mhsds_recon.effects import rules_behind
from mhsds_recon.measures import tables_read
from mhsds_recon.standard import REJECTING_LEVELS, ReportingPeriod, Standard
from mhsds_recon.validation import Validation

PERIOD = ReportingPeriod(2025, 9)


def test_rows_are_counted_once_however_many_rules_reject_them(
    validations: list[Validation], standard: Standard
) -> None:
    measure = standard.measures["MHS110"]
    tables = tables_read(measure, standard)
    for cascade in (False, True):
        rows, text = rules_behind(
            measure, validations, standard=standard, period=PERIOD, cascade=cascade
        )
        expected = sum(
            validation.rejected_rows(table, cascade=True).height
            - validation.rejected_rows(table, cascade=False).height
            if cascade
            else validation.rejected_rows(table, cascade=False).height
            for validation in validations
            for table in tables
        )
        assert rows == expected > 0
        counts = [int(part.split(": ")[1].split()[0]) for part in text.split(", ")]
        assert counts == sorted(counts, reverse=True)


def test_months_outside_the_measures_period_are_left_out(
    validations: list[Validation], standard: Standard
) -> None:
    monthly = standard.measures["MHS30d"]
    last = validations[-1]
    for cascade in (False, True):
        assert rules_behind(
            monthly, validations, standard=standard, period=PERIOD, cascade=cascade
        ) == rules_behind(monthly, [last], standard=standard, period=PERIOD, cascade=cascade)


def test_nothing_is_behind_a_measure_that_loses_no_row(
    validations: list[Validation], standard: Standard
) -> None:
    clean = [
        each
        for each in validations
        if each.findings.filter(pl.col("level").is_in(REJECTING_LEVELS)).is_empty()
    ]
    assert clean
    assert rules_behind(
        standard.measures["MHS95"], clean, standard=standard, period=PERIOD, cascade=True
    ) == (0, "")
