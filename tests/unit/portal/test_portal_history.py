"""Portal reports over months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.portal import PortalReport, portal_history, read_portal_report

if TYPE_CHECKING:
    from tests.unit.portal.conftest import Summary


@pytest.fixture
def report_of(tmp_path: Path, new_summary: Callable[..., Summary]) -> Callable[..., PortalReport]:
    """Return a function that makes the report of a month with so many records per code."""

    def make(month: str, rows: Mapping[str, int], *, failed: bool = False) -> PortalReport:
        summary = new_summary()
        for code, count in rows.items():
            summary.issues += [(code, "Warning - a text", [("[M1] X", "SECRET")])] * count
        only = ["data_quality.csv", "validations.csv"]
        only += [] if failed else ["aggregation.csv", "diagnostics.csv"]
        return read_portal_report(summary.write(tmp_path / f"{month}.zip", only=only))

    return make


def test_rules_are_new_recurring_or_cleared_against_the_report_before(
    report_of: Callable[..., PortalReport],
) -> None:
    history = portal_history(
        [
            report_of("2025-08", {"MHS00111": 2, "MHS00133": 3}),
            report_of("2025-07", {"MHS00111": 1, "MHS00120": 4}),
        ]
    )
    columns = ["period", "code", "rows", "previous_period", "previous_rows", "status"]
    assert history.select(columns).rows() == [
        ("2025-07", "MHS00111", 1, None, None, "first"),
        ("2025-07", "MHS00120", 4, None, None, "first"),
        ("2025-08", "MHS00111", 2, "2025-07", 1, "recurring"),
        ("2025-08", "MHS00120", 0, "2025-07", 4, "cleared"),
        ("2025-08", "MHS00133", 3, "2025-07", 0, "new"),
    ]
    assert set(history["version"]) == {"6.0"}
    assert "SECRET" not in history.write_csv()


def test_a_rule_is_cleared_once_and_new_when_it_comes_back(
    report_of: Callable[..., PortalReport],
) -> None:
    months = {"2025-05": 1, "2025-06": 0, "2025-07": 0, "2025-09": 2}
    history = portal_history([report_of(m, {"MHS00111": rows}) for m, rows in months.items()])
    assert history.select("period", "previous_period", "status").rows() == [
        ("2025-05", None, "first"),
        ("2025-06", "2025-05", "cleared"),
        ("2025-09", "2025-07", "new"),
    ]


def test_a_failed_submission_clears_nothing(report_of: Callable[..., PortalReport]) -> None:
    history = portal_history(
        [
            report_of("2025-05", {"MHS00111": 1}),
            report_of("2025-06", {"MHS00120": 1}, failed=True),
            report_of("2025-07", {"MHS00111": 1}),
        ]
    )
    assert history.select("period", "code", "status").rows() == [
        ("2025-05", "MHS00111", "first"),
        ("2025-06", "MHS00120", "failed"),
        ("2025-07", "MHS00111", "recurring"),
    ]


def test_the_last_of_several_reports_for_a_month_counts(
    report_of: Callable[..., PortalReport],
) -> None:
    primary = report_of("2025-05 Primary", {"MHS00111": 5})
    refresh = report_of("2025-05 Refresh", {"MHS00111": 1})
    assert portal_history([primary, refresh])["rows"].to_list() == [1]


def test_a_report_of_no_known_month_is_refused(report_of: Callable[..., PortalReport]) -> None:
    with pytest.raises(UsageError, match=r"'reports\.zip' is not known"):
        portal_history([report_of("reports", {"MHS00111": 1})])
