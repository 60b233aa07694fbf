"""A small hand-made month, from which the tests build packs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from mhsds_recon.frames import Extract, InputFile, extract_from_frames
from mhsds_recon.measures import Figures, Funnels
from mhsds_recon.measures.maturity import Maturity
from mhsds_recon.measures.maturity_shown import RESULTS
from mhsds_recon.measures.pairing import ALL_TOOLS, Pairing
from mhsds_recon.packs import Pack, PackInputs, build_pack
from mhsds_recon.reconciliation import VARIANCE_COLUMNS, Reconciliation
from mhsds_recon.signoff import Decision
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.trend_rules import load_trend_rules
from mhsds_recon.trends import Trend, trend_of
from mhsds_recon.validation import FileVerdict, Validation

PERIOD = ReportingPeriod(2025, 9)
MADE = dt.datetime(2025, 10, 14, 9, 30, tzinfo=dt.UTC)

FIGURES = {
    "MHS95": 1232,
    "MRS11": 57,
    "MRS12": 3,
    "MRS13": 408,
    "MHS110": 22,
    "MHS30d": 913,
    "CYP32": 61,
}
ROWS = {
    "MHS000Header": (1, 1),
    "MHS001MPI": (1203, 1199),
    "MHS101Referral": (1312, 1290),
    "MHS104RTT": (8, 4),
}
FAILURES = (
    ("MHS10104", "record_rejected", "MHS101Referral", "ServiceRequestID", 3),
    ("MHS10108", "record_rejected", "MHS101Referral", "OrgIDComm", 17),
    ("MHS10103", "group_rejected", "MHS101Referral", None, 4),
    ("MHS00120", "severity_1_warning", "MHS001MPI", "PersonBirthDate", 240),
)


def figures_frame(standard: Standard, values: Mapping[str, float | None]) -> pl.DataFrame:
    """Return figures at provider and England level, disclosed as the publication would."""
    return pl.DataFrame(
        [
            {
                "reporting_period_start": PERIOD.start,
                "reporting_period_end": PERIOD.end,
                "status": "Performance",
                "breakdown": breakdown,
                "primary_level": level,
                "primary_level_description": level,
                "secondary_level": "NONE",
                "secondary_level_description": "NONE",
                "measure_id": measure_id,
                "measure_name": standard.measures[measure_id].name,
                "exact_value": value,
                "numerator": value,
                "denominator": None,
                "disclosure": standard.measures[measure_id].disclosure,
                "measure_value": disclosed(value),
            }
            for measure_id, value in values.items()
            for breakdown, level in (("Provider", "RZZ"), ("England", "England"))
        ],
        schema_overrides={"exact_value": pl.Float64, "numerator": pl.Float64},
    )


def disclosed(value: float | None) -> str | None:
    """Return a count as published below England, None where it could not be counted."""
    if value is None:
        return None
    return "*" if value < 5 else str(int((value + 2.5) // 5) * 5)


def make_figures(
    standard: Standard,
    values: Mapping[str, float | None] = FIGURES,
    *,
    period: ReportingPeriod = PERIOD,
    missing: Mapping[str, tuple[ReportingPeriod, ...]] | None = None,
) -> Figures:
    """Return figures of a month."""
    frame = figures_frame(standard, values)
    return Figures(provider="RZZ", period=period, frame=frame, missing_months=missing or {})


def make_funnels(
    standard: Standard,
    lefts: Mapping[str, Mapping[str | None, Sequence[int]]],
    *,
    not_assessed: Mapping[str, str] | None = None,
) -> Funnels:
    """Return funnels with so many units left at each step, by funnel and team.

    Each unit has the same; the last steps of a funnel hold what the last one given does.
    """
    rows = [
        {
            "funnel": funnel.id,
            "team": team,
            "unit": unit.name,
            "number": number,
            "step": step.name,
            "cause_id": step.cause,
            "measure_id": step.measure,
            "left": given[min(number, len(given) - 1)],
            "dropped": None
            if number == 0
            else given[min(number, len(given)) - 1] - given[min(number, len(given) - 1)],
        }
        for funnel in (standard.funnels[name] for name in lefts)
        for unit in funnel.units
        for team, given in lefts[funnel.id].items()
        for number, step in enumerate(funnel.steps)
    ]
    return Funnels(
        provider="RZZ",
        period=PERIOD,
        frame=pl.DataFrame(rows, infer_schema_length=None),
        not_assessed=not_assessed or {},
        team_names={"TEAM1": "Looked After Children Service", "UNKNOWN": "No team recorded"},
    )


def make_pairing(scores: Mapping[str, Mapping[str, int]]) -> Pairing:
    """Return scores by tool and reason, with their sums; each tool has a team to itself."""
    parts = pl.DataFrame(
        [(tool, reason, count) for tool, by in scores.items() for reason, count in by.items()],
        schema=["level", "reason", "scores"],
        orient="row",
    )

    def with_sums(by_level: pl.DataFrame) -> pl.DataFrame:
        together = by_level.with_columns(reason=pl.lit(None, dtype=pl.String))
        frame = pl.concat([by_level, together]).group_by("level", "reason")
        return frame.agg(pl.col("scores").sum()).sort("level", "reason")

    return Pairing(
        provider="RZZ",
        period=PERIOD,
        tools=with_sums(pl.concat([parts, parts.with_columns(level=pl.lit(ALL_TOOLS))])),
        teams=with_sums(parts.with_columns(level="Team of " + pl.col("level"))),
        team_names={"Team of Goals": "Youth Offending Service"},
    )


def make_trend(standard: Standard, measure_id: str, values: Sequence[float]) -> Trend:
    """Return a trend of the provider that ends with the month."""
    measure = standard.measures[measure_id]
    months = PERIOD.window(len(values))
    series = pl.DataFrame(
        {
            "breakdown": "Provider",
            "primary_level": "RZZ",
            "secondary_level": "NONE",
            "reporting_period_end": [month.end for month in months],
            "local_exact": values,
            "local_published": [disclosed(value) for value in values],
            **dict.fromkeys(
                ("published", "gap", "result"), pl.Series([None] * len(values), dtype=pl.String)
            ),
        }
    )
    return trend_of(series, measure, rules=load_trend_rules(standard))


def make_maturity(
    counts: Mapping[str, tuple[int | None, ...]], *, not_assessed: tuple[str, ...] = ()
) -> Maturity:
    """Return an estimate from the five results of each item."""
    frame = pl.DataFrame(
        [(name, f"Item {name[-2:]}", *results) for name, results in counts.items()],
        schema={
            "item": pl.String,
            "name": pl.String,
            **dict.fromkeys(RESULTS, pl.Int64),
        },
        orient="row",
    ).with_columns(pl.sum_horizontal(RESULTS).alias("records"), allowed_default=pl.lit(0.0))
    score = pl.sum_horizontal("valid", "other") / pl.col("records") * 100
    frame = frame.with_columns(
        score.alias("score"),
        (pl.col("records") >= 25).alias("is_counted"),
        (score < 95).alias("below_line"),
        (pl.max_horizontal(95 - score, 0.0) / len(counts)).alias("would_add"),
    )
    return Maturity(
        provider="RZZ",
        period=PERIOD,
        frame=frame,
        overall=float(frame["score"].sum() / frame.height),
        line=95.0,
        not_assessed=not_assessed,
        source="a test",
    )


def make_validation(
    standard: Standard,
    extract: Extract,
    *,
    rows: Mapping[str, tuple[int, int]] = ROWS,
    failures: Sequence[tuple[str, str, str, str | None, int]] = FAILURES,
    file_codes: tuple[str, ...] = (),
) -> Validation:
    """Return a validation with so many rows by table and so many findings by rule."""
    findings = pl.DataFrame(
        [
            (code, level, table, "M000000", element, number + 1, "{}")
            for code, level, table, element, count in failures
            for number in range(count)
        ],
        schema={
            "code": pl.String,
            "level": pl.String,
            "table": pl.String,
            "uid": pl.String,
            "element": pl.String,
            "row_number": pl.Int64,
            "key": pl.String,
        },
        orient="row",
    )
    accepted = pl.DataFrame(
        [(table, submitted, accepted) for table, (submitted, accepted) in rows.items()],
        schema={"table": pl.String, "submitted": pl.Int64, "accepted": pl.Int64},
        orient="row",
    )
    return Validation(
        extract=extract,
        standard=standard,
        findings=findings,
        accepted=accepted,
        file_verdict=FileVerdict(codes=file_codes),
        not_assessed=("MHS00107",),
    )


def make_reconciliation(
    rows: Sequence[dict[str, Any]], steps: Mapping[str, Sequence[float]]
) -> Reconciliation:
    """Return a reconciliation at provider level, with the sizes of each measure's steps."""
    key: dict[str, Any] = {
        "provider": "RZZ",
        "reporting_period_start": PERIOD.start,
        "reporting_period_end": PERIOD.end,
        "status": "Performance",
        "file_version": "v2",
        "breakdown": "Provider",
        "primary_level": "RZZ",
        "secondary_level": "NONE",
    }
    walk = [
        key
        | {"measure_id": measure_id, "cause_id": f"VC0{place}", "direction": "local_higher"}
        | {"size": size, "evidence": "measured", "rows": 2, "rules": "MHS10120: 2 rows"}
        for measure_id, sizes in steps.items()
        for place, size in enumerate(sizes, start=1)
    ]
    variance = pl.DataFrame(walk) if walk else pl.DataFrame(schema=VARIANCE_COLUMNS)
    return Reconciliation(
        provider="RZZ",
        period=PERIOD,
        frame=pl.DataFrame([key | row for row in rows], infer_schema_length=None),
        variance=variance,
    )


def compared(  # noqa: PLR0913  one argument per column
    measure_id: str,
    exact: float,
    published: str,
    result: str,
    *,
    explained: float = 0.0,
    residual: float = 0.0,
) -> dict[str, Any]:
    """Return a row of a reconciliation without its key."""
    number = 0.0 if published == "*" else float(published)
    low, high = (0.0, 4.0) if published == "*" else (number - 2, number + 2)
    return {
        "measure_id": measure_id,
        "local_exact": exact,
        "local_published": disclosed(exact),
        "published": published,
        "published_low": low,
        "published_high": high,
        "result": result,
        "gap_low": exact - high,
        "gap_high": exact - low,
        "explained": explained,
        "residual": residual,
    }


@pytest.fixture(scope="session")
def extract(standard: Standard) -> Extract:
    """An extract that holds identifiers a pack must not hold."""
    tables = {
        "MHS000Header": pl.DataFrame(
            {
                "OrgIDProvider": ["RZZ"],
                "ReportingPeriodStartDate": ["2025-09-01"],
                "ReportingPeriodEndDate": ["2025-09-30"],
            }
        ),
        "MHS001MPI": pl.DataFrame(
            {"LocalPatientID": ["PT-004711", "42"], "NHSNumber": ["9434765919", None]}
        ),
        "MHS101Referral": pl.DataFrame({"ServiceRequestID": ["ref 00815/a", "UNKNOWN"]}),
        "MHS201CareContact": pl.DataFrame({"CareContactID": ["#880123#"]}),
    }
    return extract_from_frames(tables, standard=standard)


@pytest.fixture
def month(standard: Standard, extract: Extract) -> SimpleNamespace:
    """What the month is made of: its values, and makers of other months like it."""
    return SimpleNamespace(
        values=FIGURES,
        failures=FAILURES,
        figures=partial(make_figures, standard),
        figures_before=partial(make_figures, standard, period=PERIOD.back(1)),
        validation=partial(make_validation, standard, extract),
        validation_before=partial(
            make_validation, standard, replace(extract, period=PERIOD.back(1))
        ),
        reconciliation=make_reconciliation,
        funnels=partial(make_funnels, standard),
        maturity=make_maturity,
        trend=partial(make_trend, standard),
        pairing=make_pairing,
        compared=compared,
    )


@pytest.fixture
def inputs(standard: Standard, extract: Extract) -> Callable[..., PackInputs]:
    """Return inputs of pack A, changed as the test wishes."""

    def make(**changes: Any) -> PackInputs:  # noqa: ANN401  any field of the inputs
        settings: dict[str, Any] = {
            "provider": "RZZ",
            "period": PERIOD,
            "pack_type": "A",
            "standard": standard,
            "validation": make_validation(standard, extract),
            "figures": make_figures(standard),
            "generated_at": MADE,
            "software": "0.1.0",
            "files": (
                InputFile(name="MHS000Header.csv", sha256="a1" * 32, size=310, rows=1),
                InputFile(name="MHS101Referral.csv", sha256="5" * 64, size=91_002, rows=1312),
            ),
        }
        return PackInputs(**settings | changes)

    return make


@pytest.fixture
def make_pack(inputs: Callable[..., PackInputs]) -> Callable[..., Pack]:
    """Return a pack built from the small month, changed as the test wishes."""

    def make(**changes: Any) -> Pack:  # noqa: ANN401  any field of the inputs
        return build_pack(inputs(**changes))

    return make


@pytest.fixture
def reconciliation() -> Reconciliation:
    """One agreement, one suppressed figure, one part explained and one explained difference."""
    rows = [
        compared("MHS95", 1232, "1215", "differs_part_explained", explained=12, residual=3),
        compared("MRS11", 55, "55", "agree"),
        compared("MRS12", 3, "*", "suppressed_consistent"),
        compared("CYP32", 61, "55", "differs_explained", explained=4),
    ]
    return make_reconciliation(rows, {"MHS95": [12], "CYP32": [4]})


@pytest.fixture
def decision() -> Decision:
    """A lead's decision on access."""
    return Decision(
        provider="RZZ",
        period="2025-09",
        extract_sha256="5" * 64,
        pack="RZZ_2025-09_A_v1",
        pack_sha256="5" * 64,
        group="access",
        decision="agree",
        name="Grace",
        role="cyp_lead",
        at=dt.datetime(2025, 10, 20, 9, 30, tzinfo=dt.UTC),
        comment="Looks right.",
    )
