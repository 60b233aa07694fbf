"""Validating an extract: row rules first, then links in their order, then the file as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from mhsds_recon.frames import Reference
from mhsds_recon.standard import PortalFacts
from mhsds_recon.standard.checks import FollowedBy, Linked, Unique
from mhsds_recon.validation.ancestors import ancestor_of, find_misfits
from mhsds_recon.validation.cascade import follow_links, read_keys
from mhsds_recon.validation.context import Context, is_judged, read_header
from mhsds_recon.validation.copies import find_copies
from mhsds_recon.validation.file_rules import judge_file, unjudged_file_rules
from mhsds_recon.validation.findings import each_once, gather_findings
from mhsds_recon.validation.result import Validation
from mhsds_recon.validation.rows import find_failures
from mhsds_recon.validation.values import find_bad_values, is_about_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mhsds_recon.frames import Extract
    from mhsds_recon.standard import Rule, Standard

__all__ = ["validate"]


_NO_REFERENCE = Reference()


def validate(
    extract: Extract,
    *,
    standard: Standard,
    reference: Reference = _NO_REFERENCE,
    portal: PortalFacts | None = None,
) -> Validation:
    """Return what every rule of the standard says about an extract.

    Rules about single rows and about copies look at all submitted rows; links are followed after
    them, in the national order. Findings about rows are given even where the file is rejected.

    Args:
        extract: The submitted rows.
        standard: The rules.
        reference: Organisations and postcodes; rules that need what is not there are not assessed.
        portal: What is known of the upload; those of the reference files where None.
    """
    context = Context(
        standard=standard,
        header=read_header(extract, standard),
        portal=portal or reference.portal or PortalFacts(),
        reference=reference,
    )
    keys = read_keys(extract, standard)
    judged = [rule for rule in standard.rules.values() if is_judged(rule, context)]
    filled = [rule for rule in judged if len(keys[rule.table])]
    failing = _own_failures(extract, filled, context)
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
        not_assessed=(
            *(code for code, rule in standard.rules.items() if not is_judged(rule, context)),
            *unjudged_file_rules(standard),
        ),
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
    extract: Extract, rules: Sequence[Rule], context: Context
) -> dict[str, nw.DataFrame[Any]]:
    """Return ``row_number`` of the rows that fail each rule other than links, by its code."""
    values: list[Rule] = []
    compared: list[Rule] = []
    rows: dict[str, list[Rule]] = {}
    unique: dict[str, tuple[str, Unique]] = {}
    for rule in rules:
        match rule.check:
            case Linked() | FollowedBy():
                continue
            case Unique() as check:
                unique[rule.code] = (rule.table, check)
            case check if is_about_values(check):
                values.append(rule)
            case check if ancestor_of(check, context.standard):
                compared.append(rule)
            case _:
                rows.setdefault(rule.table, []).append(rule)
    return {
        **find_failures(extract.tables, rows, context, extract.engine),
        **find_misfits(extract, compared, context),
        **find_bad_values(extract, values, context),
        **find_copies(extract, unique),
    }
