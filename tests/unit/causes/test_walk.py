"""Walks of a synthetic trust: every stage's loss is sized by recounts, and nothing is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl

from mhsds_recon.frames import Extract
from mhsds_recon.measures import Figures
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.validation import validate

PERIOD = ReportingPeriod(2025, 9)
DISCLOSURE = ("VC53", "VC54", "VC55")
MakeTrust = Callable[..., Any]


def steps(result: Reconciliation, measure: str, *, evidence: str = "measured") -> dict[str, float]:
    """Return the sizes of one measure's causes for the whole provider."""
    rows = result.variance.filter(
        pl.col("breakdown") == "Provider",
        pl.col("measure_id") == measure,
        pl.col("evidence") == evidence,
        ~pl.col("cause_id").is_in(DISCLOSURE),
    )
    return dict(rows.select("cause_id", "size").rows())


def value(figures: Figures, measure: str) -> float:
    whole = figures.frame.filter(pl.col("measure_id") == measure, pl.col("breakdown") == "Provider")
    return float(whole["exact_value"].item())


def test_the_sizes_of_every_figure_add_up_to_what_is_explained(make_trust: MakeTrust) -> None:
    trust = make_trust()
    counts = trust.count(trust.extracts, ["any_attendance", "any_mechanism"])
    result = trust.walk(trust.count(trust.accepted()), counts=counts)
    sums = result.variance.group_by("measure_id", "breakdown", "primary_level").agg(
        pl.col("size").sum()
    )
    joined = result.frame.join(sums, on=["measure_id", "breakdown", "primary_level"])
    assert joined.height > 0
    assert (joined["size"] - joined["explained"]).abs().max() == 0


def test_local_definitions_are_measured_with_what_they_add(make_trust: MakeTrust) -> None:
    trust = make_trust()
    counts = trust.count(trust.extracts, ["any_attendance", "window_quarter"])
    result = trust.walk(trust.count(trust.accepted()), counts=counts)
    alone = trust.count(trust.extracts, ["window_quarter"])
    access = steps(result, "MHS95")
    added = value(counts, "MHS95") - value(trust.count(trust.extracts), "MHS95")
    assert access["VC31"] + access.get("VC26", 0) == added
    assert steps(result, "MHS30")["VC26"] == value(counts, "MHS30") - value(alone, "MHS30")


def test_without_another_definition_no_definition_is_named(make_trust: MakeTrust) -> None:
    trust = make_trust()
    counts = trust.count(trust.extracts)
    result = trust.walk(trust.count(trust.accepted()), counts=counts)
    assert set(result.variance["stage"]) <= {"extract to accepted", "to published"}


def test_a_declared_definition_is_measured_whatever_else_differs(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS30")
    counts = trust.count(trust.extracts, ["any_attendance"])
    more = counts.frame.with_columns(pl.col("exact_value") + 7)
    result = trust.walk(
        trust.count(trust.accepted()),
        counts=type(counts)(provider=counts.provider, period=PERIOD, frame=more, missing_months={}),
        declared=["any_attendance"],
    )
    gained = value(counts, "MHS30") - value(trust.count(trust.extracts), "MHS30")
    assert steps(result, "MHS30")["VC26"] == gained
    assert result.frame["residual"].item() > 0
    possible = result.variance.filter(evidence="possible")
    assert possible["cause_id"].to_list() == ["VC05"]


def test_what_nothing_meets_is_bounded_by_what_each_definition_can_do(
    make_trust: MakeTrust,
) -> None:
    trust = make_trust("MHS30")
    national = trust.count(trust.extracts)
    more = national.frame.with_columns(pl.col("exact_value") + 17)
    counts = type(national)(
        provider=national.provider, period=PERIOD, frame=more, missing_months={}
    )
    result = trust.walk(trust.count(trust.accepted()), counts=counts)
    varied = value(trust.count(trust.extracts, ["any_attendance"]), "MHS30")
    bound = result.variance.filter(variation="any_attendance").row(0, named=True)
    assert (bound["evidence"], bound["size"]) == ("bounded", None)
    assert (bound["low"], bound["high"]) == (0, varied - value(national, "MHS30"))
    assert result.frame["result"].item() != "differs_explained"


def test_definitions_that_overlap_say_so(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS95")
    both = ["any_attendance", "any_mechanism"]
    counts = trust.count(trust.extracts, both)
    national, *alone = (
        value(trust.count(trust.extracts, each), "MHS95") for each in ([], both[:1], both[1:])
    )
    result = trust.walk(trust.count(trust.accepted()), counts=counts, declared=both)
    whole = result.variance.filter(breakdown="Provider", stage="warehouse to extract")
    adds_up = sum(alone) - 2 * national == value(counts, "MHS95") - national
    assert set(whole["overlaps"].drop_nulls()) == (set() if adds_up else {"VC25", "VC26"})
    assert whole["size"].sum() == value(counts, "MHS95") - national


def test_rejected_rows_are_measured_between_extract_and_accepted(make_trust: MakeTrust) -> None:
    trust = make_trust()
    accepted = trust.count(trust.accepted())
    result = trust.walk(accepted)
    lost = value(trust.count(trust.extracts), "MHS95") - value(accepted, "MHS95")
    assert sum(steps(result, "MHS95").values()) == lost > 0
    assert set(result.variance["stage"]) == {"extract to accepted", "to published"}
    assert result.stages is not None
    assert result.stages["stage"].unique(maintain_order=True).to_list() == [
        "extract",
        "accepted",
        "published",
    ]


def test_rows_lost_after_validation_are_measured_by_the_portals_extracts(
    make_trust: MakeTrust,
) -> None:
    trust = make_trust()
    accepted = dict(zip(trust.validations, trust.accepted(), strict=True))
    pre = lacking(accepted[PERIOD], "MHS201CareContact", 40)
    post = lacking(accepted[PERIOD], "MHS201CareContact", 20)
    national = trust.count([*trust.accepted()[:-1], post])
    result = trust.walk(national, portal={"portal_pre_deadline": pre, "portal_post_deadline": post})
    before = trust.count([*trust.accepted()[:-1], pre])
    assert steps(result, "MHS30")["VC04"] == value(trust.count(trust.accepted()), "MHS30") - value(
        before, "MHS30"
    )
    assert steps(result, "MHS30")["VC05"] == value(before, "MHS30") - value(national, "MHS30") < 0


def lacking(extract: Extract, table: str, rows: int) -> Extract:
    """Return an extract without the last rows of a table."""
    frame = extract.tables[table].to_native().collect()
    tables = {**extract.tables, table: extract.engine.scan(frame.head(-rows).lazy())}
    return extract.with_tables(tables)


def test_an_earlier_version_that_meets_the_publication_is_the_cause(
    make_trust: MakeTrust, standard: Standard
) -> None:
    trust = make_trust("MHS30", "MHS95", "CYP23")
    held = trust.validations[PERIOD]
    first = validate(lacking(held.extract, "MHS201CareContact", 60), standard=standard)
    national = trust.count([*trust.accepted()[:-1], first.accepted_extract()])
    result = trust.walk(national, earlier={PERIOD: (first,)})
    lost = value(trust.count(trust.accepted()), "MHS30") - value(national, "MHS30")
    assert steps(result, "MHS30")["VC06"] == lost > 0
    assert not {"differs_unexplained", "differs_part_explained"} & set(result.frame["result"])


def test_an_earlier_version_is_no_cause_where_the_publication_counts_the_later(
    make_trust: MakeTrust, standard: Standard
) -> None:
    trust = make_trust("MHS30")
    held = trust.validations[PERIOD]
    first = validate(lacking(held.extract, "MHS201CareContact", 60), standard=standard)
    result = trust.walk(trust.count(trust.accepted()), earlier={PERIOD: (first,)})
    assert "VC06" not in set(result.variance["cause_id"])


def test_a_month_that_the_publication_lacks_is_named(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS95", "MHS91", "MHS30")
    national = trust.count(trust.accepted(without=["2025-04"]))
    result = trust.walk(national)
    named = result.variance.filter(cause_id="VC08", measure_id="MHS95")
    assert "without 2025-04" in set(named["variation"])


def test_what_a_month_takes_is_counted_for_every_measure(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS95", "MHS130", "MRS16")
    held = trust.count(trust.accepted())
    national = trust.count(trust.accepted(without=["2025-08"]))
    named = trust.walk(national).variance.filter(
        cause_id="VC08", variation="without 2025-08", breakdown="Provider"
    )
    assert set(named["measure_id"]) == {"MHS95", "MHS130", "MRS16"}
    for step in named.iter_rows(named=True):
        size = value(held, step["measure_id"]) - value(national, step["measure_id"])
        assert size in (step["low"], step["high"])


def test_a_figure_that_was_changed_since_it_agreed_is_a_reissue(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS30")
    held = trust.count(trust.accepted())
    more = held.frame.with_columns(measure_value=pl.lit("500"))
    changed = replace(held, frame=more)
    result = trust.walk(changed, also=held)
    step = result.variance.filter(cause_id="VC07").row(0, named=True)
    exact = value(held, "MHS30")
    assert (step["evidence"], step["low"], step["high"]) == ("bounded", exact - 502, exact - 498)


def test_a_figure_that_agrees_gets_no_step(make_trust: MakeTrust) -> None:
    trust = make_trust("MHS30")
    result = trust.walk(trust.count(trust.extracts))
    agrees = result.frame["result"].str.starts_with("agree").all()
    assert not agrees or result.variance.is_empty()
