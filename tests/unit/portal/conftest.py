"""Synthetic Summary Reports: what the portal would return if it agreed with a validation.

Written without the code under test: identifying values are looked up row by row.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mhsds_recon.frames import Engine, Extract, PolarsEngine, extract_from_frames
from mhsds_recon.standard import Rule, Standard
from mhsds_recon.testing import table_rows
from mhsds_recon.validation import Validation, validate

HEADER = [
    "REPORT_TYPE", "DESCRIPTION", "CODE", "NUMERATOR", "DENOMINATOR",
    *(f"DATA_{part}{place}" for place in range(1, 11) for part in ("ITEM", "VALUE")),
]  # fmt: skip
REPORT_TYPES = {
    "aggregation.csv": "Aggregation",
    "data_quality.csv": "Data Quality Issues",
    "diagnostics.csv": "Diagnostic",
    "validations.csv": "Validation Failures",
}
WORDS = {
    "record_rejected": "Record rejected",
    "group_rejected": "Group rejected",
    "warning": "Warning",
}
Pairs = list[tuple[str, str]]
Row = dict[str, str | None]


@dataclass(kw_only=True)
class Summary:
    """Rows of the four reports, to be changed by a test before they are written.

    Attributes:
        accepted: Rows by MHSARV code.
        issues: Code, description and pairs, one per record and rule.
        diagnostics: Numerator and denominator by MHSDAG code.
    """

    accepted: dict[str, int]
    issues: list[tuple[str, str, Pairs]]
    diagnostics: dict[str, tuple[str, str]] = field(default_factory=dict)

    def reports(self) -> dict[str, str]:
        """Return the text of each report by its name."""
        warnings = [issue for issue in self.issues if issue[1].startswith("Warning")]
        failures = [issue for issue in self.issues if not issue[1].startswith("Warning")]
        return {
            "aggregation.csv": _text(
                "aggregation.csv",
                ([code, code, str(rows), "", *[""] * 20] for code, rows in self.accepted.items()),
            ),
            "data_quality.csv": _text("data_quality.csv", map(_issue_row, warnings)),
            "diagnostics.csv": _text(
                "diagnostics.csv",
                ([code, code, *numbers, *[""] * 20] for code, numbers in self.diagnostics.items()),
            ),
            "validations.csv": _text("validations.csv", map(_issue_row, failures)),
        }

    def write(self, path: Path, *, only: Iterable[str] = REPORT_TYPES) -> Path:
        """Write the zip, with some of its reports only if asked for."""
        return write_zip(path, {name: self.reports()[name] for name in only})


def write_zip(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """Write a zip of named members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def _text(name: str, rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([REPORT_TYPES[name], *row] for row in rows)
    return out.getvalue()


def _issue_row(issue: tuple[str, str, Pairs]) -> list[str]:
    code, description, pairs = issue
    flat = [part for pair in pairs for part in pair]
    return [description, code, "1", "", *flat, *[""] * (20 - len(flat))]


class _Rows:
    """The extract as plain rows, to look up what a rule's message quotes."""

    def __init__(self, validation: Validation) -> None:
        self._standard = validation.standard
        plans = list(validation.extract.tables.values())
        frames = validation.extract.engine.collect(plans)
        names = list(validation.extract.tables)
        self._rows = {
            name: sorted(frame.to_dicts(), key=lambda row: row["row_number"])
            for name, frame in zip(names, frames, strict=True)
        }

    def pairs(self, rule: Rule, row_number: int, version: str) -> Pairs:
        row = self._rows[rule.table][row_number - 1]
        found: Pairs = []
        for name in rule.identified_by:
            prefix, _, bare = name.rpartition(".")
            table, holder = self._holder(prefix, rule.table, row)
            if holder is None:
                continue
            element = self._standard.tables[table].element(bare)
            item = {
                "6.0": f"[{element.uid}] {element.name}",
                "5.0": f"{element.uid} {element.title}",
                "4.1": element.title.title(),
            }[version]
            value = (holder[bare] or "").strip()
            is_day = element.type == "date" and len(value) == len("CCYY-MM-DD") and value[4] == "-"
            found.append((item, f"{value} 00:00:00" if is_day else value))
        return found

    def _holder(
        self, prefix: str, table: str, row: dict[str, Any]
    ) -> tuple[str, dict[str, Any] | None]:
        if not prefix:
            return table, row
        number = "MHS000" if prefix == "header" else prefix
        holder = next(t.name for t in self._standard.tables.values() if t.number == number)
        if prefix == "header":
            return holder, self._rows[holder][0]
        found: dict[str, Any] | None = row
        while found is not None and table != holder:
            about = self._standard.tables[table]
            if about.parent is None or about.parent_key is None:
                return holder, None
            key, table = found[about.parent_key], about.parent
            found = next((up for up in self._rows[table] if up[about.parent_key] == key), None)
        return holder, found


@pytest.fixture
def summarise() -> Callable[..., Summary]:
    """Return a function that makes the reports of a portal that agrees with a validation."""

    def make(validation: Validation, *, version: str = "6.0") -> Summary:
        standard, rows = validation.standard, _Rows(validation)
        numbers = {name: table.number for name, table in standard.tables.items()}
        issues = []
        for finding in validation.findings.iter_rows(named=True):
            if finding["code"] in standard.rules:
                level = finding["level"]
                severe = "Warning - Severity 1" if version == "5.0" else "Warning"
                words = WORDS.get(level, severe)
                pairs = rows.pairs(standard.rules[finding["code"]], finding["row_number"], version)
                issues.append((finding["code"], f"{words} - a fixed text", pairs))
        accepted = {
            f"MHSARV{numbers[table][3:]}": count
            for table, count in validation.accepted.select("table", "accepted").rows()
            if numbers[table] != "MHS000"
        }
        return Summary(
            accepted=accepted,
            issues=issues,
            diagnostics={"MHSDAG001": ("9", "10"), "MHSDAG018": ("", ""), "MHSDAG019": ("4", "")},
        )

    return make


@pytest.fixture(scope="session")
def validation(standard: Standard) -> Validation:
    """Findings on four patients: codes, dates, links and rules without identifying values."""
    return validate(_small_extract(standard, PolarsEngine()), standard=standard)


@pytest.fixture
def small_extract(standard: Standard, engine: Engine) -> Extract:
    """The extract behind ``validation``, on each engine in turn."""
    return _small_extract(standard, engine)


def _small_extract(standard: Standard, engine: Engine) -> Extract:
    header: Row = {
        "DatSetVer": "6.0", "OrgIDProvider": "RZZ", "OrgIDSubmit": "RZZ",
        "PrimSystemInUse": "A system", "ReportingPeriodStartDate": "2025-09-01",
        "ReportingPeriodEndDate": "2025-09-30", "DateTimeDatSetCreate": "2025-10-02T09:30:00",
    }  # fmt: skip
    patient: Row = {"OrgIDLocalPatientID": "RZZ", "NHSNumberStatus": "01", "Gender": "1"}
    referral: Row = {"OrgIDComm": "Z1A", "ReferralRequestReceivedDate": "2025-09-02"}
    tables: dict[str, list[Row]] = {
        "MHS000Header": [header],
        "MHS001MPI": [
            {**patient, "LocalPatientID": "P1", "PersonBirthDate": "1980-01-01"},
            {**patient, "LocalPatientID": "P2", "PersonBirthDate": "1850-01-01"},
            {**patient, "LocalPatientID": "P3", "EthnicCategory": "!"},
            {**patient, "LocalPatientID": None},
        ],
        "MHS002GP": [
            {"LocalPatientID": "P1", "GMPReg": "A81001"},
            {"LocalPatientID": "P2", "GMPReg": "A81001"},
        ],
        "MHS101Referral": [
            {**referral, "ServiceRequestID": "R1", "LocalPatientID": "P1",
             "SourceOfReferralMH": "ZZ"},
            {**referral, "ServiceRequestID": "R2", "LocalPatientID": "P2", "OrgIDComm": None},
            {**referral, "ServiceRequestID": "R3", "LocalPatientID": "P3"},
            {**referral, "ServiceRequestID": "R3", "LocalPatientID": "P3"},
        ],
        "MHS201CareContact": [
            {"CareContactID": "C1", "ServiceRequestID": "R1", "CareContDate": "2025-11-05"},
            {"CareContactID": "C2", "ServiceRequestID": "R9", "CareContDate": "2025-09-05"},
        ],
    }  # fmt: skip
    frames = {name: table_rows(name, *rows) for name, rows in tables.items()}
    return extract_from_frames(frames, standard=standard, engine=engine)


@pytest.fixture
def new_summary() -> Callable[[], Summary]:
    """Return a function that makes reports without a row."""
    return lambda: Summary(accepted={}, issues=[])
