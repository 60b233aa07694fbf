"""Our verdicts on an extract beside the portal's: accepted rows, rules, records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from mhsds_recon.portal.codes import load_portal_codes
from mhsds_recon.portal.opening import DATA_QUALITY, VALIDATIONS
from mhsds_recon.portal.records import count_shared_records
from mhsds_recon.portal.result import COMPARISON_SCHEMA, PortalComparison
from mhsds_recon.standard import REJECTING_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from mhsds_recon.portal.report import PortalReport
    from mhsds_recon.portal.result import PortalResult
    from mhsds_recon.standard import Standard
    from mhsds_recon.validation import Validation

__all__ = ["compare_with_portal"]

_FILE_LEVEL = "file_rejected"
_BY_COUNT = "compared by count: the report does not tell the records apart"

_Line = dict[str, str | int | None]


def compare_with_portal(report: PortalReport, validation: Validation) -> PortalComparison:
    """Return what the portal and we say about one submission, side by side.

    Args:
        report: What the portal said.
        validation: What we say about the extract that was submitted.
    """
    lines = [*_accepted_rows(report, validation), *_rules(report, validation)]
    columns = {name: [line.get(name) for line in lines] for name in COMPARISON_SCHEMA}
    extract = validation.extract
    return PortalComparison(
        provider=extract.provider,
        period=extract.period,
        file=report.file,
        frame=nw.from_dict(columns, schema=COMPARISON_SCHEMA, backend="polars").to_native(),
        diagnostics=_diagnostics(report, validation.standard),
        notes=tuple(_notes(report, validation)),
    )


def _accepted_rows(report: PortalReport, validation: Validation) -> Iterator[_Line]:
    """Yield a line for each table that either side counts, in order of the portal's codes."""
    version = validation.standard.version
    portal = dict(report.accepted.rows())
    accepted = dict(validation.accepted.select("table", "accepted").rows())
    codes = load_portal_codes(version)
    expected = {code for code, about in codes.items() if about.kind == "rows" and about.table}
    for code in sorted(expected | set(portal)):
        about, theirs = codes.get(code), portal.get(code)
        line: _Line = {"kind": "rows", "code": code, "portal": theirs}
        if about is None or not about.table:
            line["result"] = "unknown_code"
            seen = f": {about.meaning}, last seen in {about.last_period}" if about else ""
            line["note"] = f"no table of version {version}{seen}"
            line["table"] = about.table_number if about else None
        else:
            line |= {"table": about.table, "ours": accepted[about.table]}
            line["result"] = _result(accepted[about.table], theirs, None)
            if theirs is None:
                line["note"] = "the report does not count this table"
        yield line


def _rules(report: PortalReport, validation: Validation) -> Iterator[_Line]:
    """Yield a line for each rule that either side names, in order of the codes."""
    standard = validation.standard
    ours = _own_counts(validation)
    portal = {code: (rows, level) for code, level, rows in report.counts().rows()}
    judged = (ours.keys() & portal.keys() & standard.rules.keys()) - {*validation.not_assessed}
    shared = count_shared_records(report, validation, judged)
    for code in sorted(ours.keys() | portal.keys()):
        known = code in standard.rules or code in standard.file_rules
        theirs, said = portal.get(code, (None, None))
        line: _Line = {"kind": "rule", "code": code, "level": said, "portal": theirs}
        if not known:
            line |= {"result": "unknown_code", "note": f"no rule of version {standard.version}"}
        elif code in validation.not_assessed:
            line |= {
                **_about(code, standard),
                "result": "not_assessed",
                "note": "not assessed here",
            }
        else:
            line |= _about(code, standard)
            line |= _judged(line, ours.get(code, 0), shared.get(code), report)
            line["note"] = "; ".join(_remarks(line, said, report)) or None
        yield line


def _own_counts(validation: Validation) -> dict[str, int]:
    """Return how many records each national rule names, and 1 for each file rule failed."""
    rules = validation.standard.rules
    found = validation.counts().select("code", "rows").rows()
    verdict = dict.fromkeys(validation.file_verdict.codes, 1)
    return {code: rows for code, rows in found if code in rules} | verdict


def _about(code: str, standard: Standard) -> _Line:
    if code in standard.file_rules:
        return {"level": _FILE_LEVEL}
    rule = standard.rules[code]
    return {"table": rule.table, "element": rule.element, "level": rule.level}


def _judged(line: _Line, ours: int, both: int | None, report: PortalReport) -> _Line:
    """Return the counts of a rule that both sides could name, and the result."""
    rejects = line["level"] in {*REJECTING_LEVELS, _FILE_LEVEL}
    named_in = VALIDATIONS if rejects else DATA_QUALITY
    portal = line["portal"]
    if portal is None and named_in in report.reports:
        portal = 0
    if not isinstance(portal, int):
        return {"ours": ours, "result": "not_assessed"}
    if line["level"] == _FILE_LEVEL:
        return {"ours": ours, "portal": portal, "result": _result(bool(ours), bool(portal), None)}
    if not ours or not portal:
        both = 0
    counts: _Line = {"ours": ours, "portal": portal, "result": _result(ours, portal, both)}
    if both is not None:
        counts |= {"both": both, "only_ours": ours - both, "only_portal": portal - both}
    return counts


def _result(ours: int, portal: int | None, both: int | None) -> PortalResult:
    if portal is None:
        return "not_assessed"
    if ours == portal and both in {None, ours}:
        return "agree"
    if not portal:
        return "only_ours"
    return "differs" if ours else "only_portal"


def _remarks(line: _Line, said: str | None, report: PortalReport) -> Iterator[str]:
    if line["result"] == "not_assessed":
        yield "the report that would name this rule is missing"
    elif line["level"] != _FILE_LEVEL and line.get("both") is None:
        yield _BY_COUNT
    # The portal tells severity 1 apart in version 5.0 only.
    expected = (
        {line["level"], "warning"} if line["level"] == "severity_1_warning" else {line["level"]}
    )
    if said is not None and said not in expected:
        yield f"the portal reports it as {said.replace('_', ' ')}"
    if line["result"] == "only_ours" and not report.completed:
        yield "the submission failed, so the portal may not have tried this rule"


def _diagnostics(report: PortalReport, standard: Standard) -> pl.DataFrame:
    """Return the portal's diagnostics with what they are about."""
    rows = nw.from_native(report.diagnostics, eager_only=True)
    codes = load_portal_codes(standard.version)
    known = {code: codes[code] for code in rows.get_column("code") if code in codes}
    about = {
        "code": list(known),
        "table": [code.table or None for code in known.values()],
        "meaning": [code.meaning for code in known.values()],
    }
    described = nw.from_dict(about, schema=dict.fromkeys(about, nw.String()), backend="polars")
    joined = rows.join(described, on="code", how="left").sort("code")
    return joined.select("code", "table", "meaning", "numerator", "denominator").to_native()


def _notes(report: PortalReport, validation: Validation) -> Iterator[str]:
    extract, standard = validation.extract, validation.standard
    if report.version and report.version != standard.version:
        yield (
            f"The report names records as version {report.version} did; a rule of the same code"
            f" may say something else in version {standard.version}."
        )
    if not report.completed:
        yield "The submission failed: the portal accepted no rows, and counted none."
    if report.period is not None and extract.period not in {None, report.period}:
        yield f"The report seems to be for {report.period}, the extract is for {extract.period}."
