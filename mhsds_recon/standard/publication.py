"""What the national monthly file looks like: its columns, statuses, levels and symbols.

Shared by every layer that reads or writes the published layout. Names ending in ``_COLUMNS``
are in the order of the file. Source: the files of the Mental Health Services Monthly
Statistics and the public code that makes them.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = [
    "ENGLAND",
    "EXACT_VALUE",
    "NO_LEVEL",
    "OLD_COLUMN_NAMES",
    "OPTIONAL_COLUMNS",
    "PUBLISHED_COLUMNS",
    "RESULTS",
    "STATUSES",
    "SUPPRESSED",
    "ReconciliationResult",
]

PUBLISHED_COLUMNS = (
    "REPORTING_PERIOD_START",
    "REPORTING_PERIOD_END",
    "STATUS",
    "BREAKDOWN",
    "PRIMARY_LEVEL",
    "PRIMARY_LEVEL_DESCRIPTION",
    "SECONDARY_LEVEL",
    "SECONDARY_LEVEL_DESCRIPTION",
    "MEASURE_ID",
    "MEASURE_NAME",
    "MEASURE_VALUE",
)

EXACT_VALUE = "EXACT_VALUE"
"""The column that a local counts file may add: the value before disclosure control."""

OLD_COLUMN_NAMES = {
    "METRIC": "MEASURE_ID",
    "METRIC_NAME": "MEASURE_NAME",
    "METRIC_VALUE": "MEASURE_VALUE",
}
"""How older files call some columns."""

OPTIONAL_COLUMNS = frozenset({"MEASURE_NAME"})
"""Columns that older files lack."""

STATUSES = ("Adhoc", "Provisional", "Performance", "Final")
"""What STATUS can be, lowest rank first."""

NO_LEVEL = "NONE"
"""What fills a level that a breakdown does not use."""

SUPPRESSED = "*"
"""What stands in place of a small value."""

ENGLAND = "England"
"""How the names of national breakdowns begin; their values are not rounded."""

ReconciliationResult = Literal[
    "agree",
    "agree_within_rounding",
    "suppressed_consistent",
    "suppressed_not_comparable",
    "differs_explained",
    "differs_part_explained",
    "differs_unexplained",
    "not_published",
    "not_assessed",
    "definition_differs",
]

RESULTS: tuple[ReconciliationResult, ...] = get_args(ReconciliationResult)
"""What a comparison of a local with a published figure can come to."""
