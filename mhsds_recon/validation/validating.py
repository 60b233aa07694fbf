"""Validating an extract: row rules first, then links in their order, then the file as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.standard.checks import NationalCode, Unique
from mhsds_recon.validation.cascade import follow_links, read_keys
from mhsds_recon.validation.copies import find_copies
from mhsds_recon.validation.file_rules import judge_file, unjudged_file_rules
from mhsds_recon.validation.findings import each_once, gather_findings
from mhsds_recon.validation.kinds import Context, is_about_one_row
from mhsds_recon.validation.result import Validation
from mhsds_recon.validation.rows import plan_failures, rows_by_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Standard

__all__ = ["validate"]


def validate(extract: Extract, *, standard: Standard) -> Validation:
    """Return what every rule of the standard says about an extract.

    Rules about single rows and about copies look at all submitted rows; links are followed after
    them, in the national order. Findings about rows are given even where the file is rejected.
    """
    unjudged = _unjudged_rules(standard)
    keys = read_keys(extract, standard)
    failing = _own_failures(extract, standard, unjudged)
    failing |= follow_links(keys, _rejected_rows(failing, standard), standard)
    rejected = _rejected_rows(failing, standard)
    submitted = {table: len(rows) for table, rows in keys.items()}
    valid = {
        table: rows - (len(rejected[table]) if table in rejected else 0)
        for table, rows in submitted.items()
    }
    verdict = judge_file(extract, standard, submitted=submitted, valid=valid)
    accepted = {
        "table": list(submitted),
        "submitted": list(submitted.values()),
        "accepted": list(valid.values()) if verdict.accepted else [0] * len(valid),
    }
    return Validation(
        extract=extract,
        standard=standard,
        findings=gather_findings(failing, keys, extract.shape, standard).to_native(),
        accepted=nw.from_dict(accepted, backend="polars").to_native(),
        file_verdict=verdict,
        not_assessed=(*unjudged, *unjudged_file_rules(standard)),
    )


def _rejected_rows(
    failing: Mapping[str, nw.DataFrame[Any]], standard: Standard
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` by table of the rows that fail a rejecting rule.

    Args:
        failing: ``row_number`` of the failing rows by rule code.
        standard: The rules.
    """
    by_table: dict[str, list[nw.DataFrame[Any]]] = {}
    for code, rows in failing.items():
        rule = standard.rules[code]
        if rule.rejects:
            by_table.setdefault(rule.table, []).append(rows)
    return {table: each_once(rows) for table, rows in by_table.items()}


def _own_failures(
    extract: Extract, standard: Standard, unjudged: Collection[str]
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` of the rows that fail each rule other than links, by its code."""
    context = Context(standard=standard)
    plans = []
    for table in standard.tables:
        rules = [
            rule
            for rule in standard.rules_of(table)
            if is_about_one_row(rule.check) and rule.code not in unjudged
        ]
        if rules:
            plans.append(plan_failures(extract.tables[table], rules, context))
    failing: dict[str, nw.DataFrame[Any]] = {}
    for failures in extract.engine.collect(plans):
        failing |= rows_by_rule(failures)
    unique = {
        code: (rule.table, rule.check)
        for code, rule in standard.rules.items()
        if isinstance(rule.check, Unique)
    }
    return failing | find_copies(extract, unique)


def _unjudged_rules(standard: Standard) -> tuple[str, ...]:
    """Return the codes of the rules on code lists whose codes are not known."""
    return tuple(
        code
        for code, rule in standard.rules.items()
        if isinstance(rule.check, NationalCode)
        and not standard.code_lists[rule.check.code_list].codes
    )
