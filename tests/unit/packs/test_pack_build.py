"""What a pack says, for inputs of several kinds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.packs import Pack, canonical_json, file_stem, sha256
from mhsds_recon.packs.model import Section
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.standard import ReportingPeriod


def section(pack: Pack, name: str) -> Section:
    return next(section for section in pack.sections if section.id == name)


def cells(pack: Pack, name: str, table: str) -> dict[str, tuple[str, ...]]:
    found = next(found for found in section(pack, name).tables if found.id == table)
    return {row[0]: row[1:] for row in found.rows}


def counted(pack: Pack) -> Iterator[str]:
    """Yield the cells that count people or rows."""
    for each in pack.sections:
        for table in each.tables:
            for index, column in enumerate(table.columns):
                if column.kind in {"count", "change"}:
                    yield from (row[index] for row in table.rows)


def test_sections_stand_in_the_order_of_the_specification(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> None:
    pack = make_pack(pack_type="B", reconciliation=reconciliation)
    assert [each.id for each in pack.sections] == [
        *("status", "changes", "sign-off", "health", "rule-failures", "access", "waits"),
        *("outcomes", "eating_disorder", "activity", "quality", "reconciliation", "variance"),
        *("trends", "actions", "definitions", "method", "record"),
    ]


def test_same_inputs_give_the_same_bytes_apart_from_the_time(
    make_pack: Callable[..., Pack],
) -> None:
    later = dt.datetime(2025, 10, 15, 8, tzinfo=dt.UTC)
    first, again, other = make_pack(), make_pack(), make_pack(generated_at=later)
    assert canonical_json(first) == canonical_json(again)
    assert sha256(first) == sha256(again) != sha256(other)
    times = [pack.generated_at.encode() for pack in (first, other)]
    assert canonical_json(first).replace(times[0], times[1]) == canonical_json(other)


def test_national_pack_shows_no_count_from_one_to_four(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation, month: SimpleNamespace
) -> None:
    pack = make_pack(
        pack_type="B",
        reconciliation=reconciliation,
        previous_figures=month.figures_before({**month.values, "MHS95": 1229, "MRS11": 2}),
        previous_validation=month.validation_before(failures=month.failures[:2]),
    )
    assert list(counted(pack))
    assert not [cell for cell in counted(pack) if re.fullmatch(r"[-+]?[1-4]", cell)]


def test_internal_pack_shows_exact_counts(make_pack: Callable[..., Pack]) -> None:
    pack = make_pack(profile="internal")
    assert cells(pack, "rule-failures", "failed-rules")["MHS10104"][3] == "3"
    assert section(pack, "waits").sentences[1].startswith("3 spells of care closed")


def test_exact_counts_leave_no_trace_in_a_national_pack(make_pack: Callable[..., Pack]) -> None:
    text = canonical_json(make_pack()).decode()
    for exact in ("1232", "1,232", "1312", "1,312", "1203", "1,203", "408", "913"):
        assert not re.search(rf"(?<![0-9a-f]){exact}(?![0-9a-f])", text)


def test_rejections_come_before_warnings_and_then_most_rows_first(
    make_pack: Callable[..., Pack],
) -> None:
    failures = cells(make_pack(), "rule-failures", "failed-rules")
    assert list(failures) == ["MHS10108", "MHS10103", "MHS10104", "MHS00120"]
    assert [row[3] for row in failures.values()] == ["15", "*", "*", "240"]


def test_small_tables_hide_their_parts(make_pack: Callable[..., Pack]) -> None:
    rows = cells(make_pack(), "health", "rows-by-table")
    named = {name.split()[0]: row for name, row in rows.items()}
    assert named["MHS101Referral"] == ("1,310", "1,290", "20", "*")
    assert named["MHS104RTT"][:3] == ("10", "*", "*")
    assert named["MHS000Header"][:3] == ("*", "*", "*")


def test_sentence_says_the_figure_and_how_it_changed(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(previous_figures=month.figures_before({**month.values, "MHS95": 1190}))
    assert section(pack, "access").sentences[0] == (
        "About 1,230 people under 18 had a contact in the 12 months to 30 September 2025, about 40"
        " more than last month."
    )
    assert section(pack, "waits").sentences[1].startswith("Fewer than 5 spells of care")


def test_a_figure_that_lacks_months_is_not_right_yet(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    missing = {"MHS95": (ReportingPeriod(2024, 10),)}
    pack = make_pack(figures=month.figures(missing=missing))
    assert "some earlier months are missing" in section(pack, "access").sentences[0]
    assert cells(pack, "sign-off", "sign-off-panel")["Access"][2] == "Low"


@pytest.mark.parametrize(("profile", "shown"), [("national", "*"), ("internal", "0")])
def test_nothing_counted_is_shown_like_nought(
    make_pack: Callable[..., Pack], month: SimpleNamespace, profile: str, shown: str
) -> None:
    figures = month.figures({**month.values, "ED88": 35, "ED85": None})
    nothing = figures.frame.with_columns(pl.col("measure_value").fill_null("*"))
    pack = make_pack(figures=replace(figures, frame=nothing), profile=profile)
    rows = cells(pack, "eating_disorder", "eating_disorder-figures")
    assert rows["Eating disorder referrals that began treatment in three months"][0] == shown


def test_missing_value_is_said_not_shown_as_zero(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    pack = make_pack(figures=month.figures({**month.values, "MHS110": None}))
    assert "cannot tell" in section(pack, "outcomes").sentences[0]
    assert {group.id: group.status for group in pack.groups}["outcomes"] == "Not assessed"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rows": {"MHS101Referral": (50, 50)}, "failures": ()}, "Ready"),
        ({"rows": {"MHS101Referral": (50, 40)}}, "Ready with known issues"),
        ({"file_codes": ("MHSREJ002",)}, "Not ready"),
    ],
)
def test_status_follows_what_the_checks_found(
    make_pack: Callable[..., Pack],
    month: SimpleNamespace,
    changes: dict[str, Any],
    status: str,
) -> None:
    assert make_pack(validation=month.validation(**changes)).status == status


def test_pack_is_not_assessed_without_figures(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    figures = month.figures(dict.fromkeys(month.values))
    assert make_pack(figures=figures).status == "Not assessed"


def test_unexplained_difference_makes_its_group_not_ready(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    found = month.reconciliation([month.compared("MRS11", 57, "80", "differs_unexplained")], {})
    groups = make_pack(pack_type="B", reconciliation=found).groups
    assert {group.id: group.status for group in groups}["waits"] == "Not ready"


def test_gap_is_taken_between_figures_as_shown(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> None:
    pack = make_pack(pack_type="B", reconciliation=reconciliation)
    rows = cells(pack, "reconciliation", "reconciled-figures")
    assert rows["MHS95"][-3:] == ("+15", "+10", "+5")
    assert rows["CYP32"][-3:] == ("+5", "fewer than 5", "none")
    assert rows["MRS12"][2:4] == ("*", "*")


def test_agreement_does_not_tell_that_a_rounded_figure_is_exact(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> None:
    pack = make_pack(pack_type="B", reconciliation=reconciliation)
    assert cells(pack, "reconciliation", "reconciled-figures")["MRS11"][6] == (
        "Agree within rounding"
    )


def test_figures_without_their_like_are_said_to_be_so(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    absent = dict.fromkeys(("published", "published_low", "published_high", "gap_low", "gap_high"))
    rows = [
        month.compared("MRS11", 57, "55", "not_published")
        | absent
        | {"status": None, "file_version": None},
        month.compared("MRS08", 57, "55", "not_assessed")
        | {"local_exact": None, "local_published": None, "gap_low": None, "gap_high": None},
    ]
    found = month.reconciliation(rows, {})
    pack = make_pack(pack_type="B", reconciliation=found)
    shown = cells(pack, "reconciliation", "reconciled-figures")
    assert shown["MRS11"][2:6] == ("55", "cannot tell", "-", "cannot tell")
    assert shown["MRS08"][2:4] == ("cannot tell", "55")


def test_steps_towards_a_hidden_figure_have_no_size(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    rows = [month.compared("MRS12", 8, "*", "differs_explained", explained=4)]
    found = month.reconciliation(rows, {"MRS12": [4]})
    figures = month.figures({**month.values, "MRS12": 8})
    pack = make_pack(pack_type="B", reconciliation=found, figures=figures)
    assert cells(pack, "variance", "variance-walk")["MRS12"][4] == "cannot tell"
    assert cells(pack, "reconciliation", "reconciled-figures")["MRS12"][-3:] == (
        ("cannot tell",) * 3
    )


def test_small_steps_are_not_told_by_the_difference_that_they_make_up(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    """From 40 to 20 are 16 at least: four steps of fewer than 5 could only be 4 each."""
    told = {}
    for steps in ([4] * 4, [4, 3, 2, 1]):
        rows = [month.compared("MHS110", 38, "20", "differs_explained", explained=sum(steps))]
        pack = make_pack(
            pack_type="B",
            figures=month.figures({**month.values, "MHS110": 38}),
            reconciliation=month.reconciliation(rows, {"MHS110": steps}),
        )
        told[sum(steps)] = cells(pack, "variance", "variance-walk")["MHS110"][4]
    assert told[16] == "cannot tell"


def test_rules_of_a_step_are_named_without_their_rows(
    make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> None:
    pack = make_pack(pack_type="B", reconciliation=reconciliation)
    assert cells(pack, "variance", "variance-walk")["MHS95"][-1] == "MHS10120"


def test_what_changed_says_why_it_cannot_tell(make_pack: Callable[..., Pack]) -> None:
    assert "cannot tell" in section(make_pack(), "changes").sentences[0]


def test_what_changed_holds_at_most_five_sentences(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    before = month.validation_before(
        failures=(("MHS10101", "record_rejected", "MHS101Referral", "LocalPatientID", 9),),
        file_codes=("MHSREJ004",),
    )
    figures = month.figures_before(dict.fromkeys(month.values, 500))
    pack = make_pack(previous_validation=before, previous_figures=figures)
    assert 1 < len(section(pack, "changes").sentences) <= 5


def test_section_with_nothing_to_report_says_so(
    make_pack: Callable[..., Pack], month: SimpleNamespace
) -> None:
    clean = month.validation(failures=())
    assert section(make_pack(validation=clean), "rule-failures").sentences == ("No rule failed.",)


def test_every_check_that_could_not_be_made_is_named(make_pack: Callable[..., Pack]) -> None:
    assert list(cells(make_pack(), "method", "not-assessed")) == ["MHS00107"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "natonal"}, "Unknown disclosure profile"),
        ({"pack_type": "B"}, "give a published file"),
        ({"provider": "RXX"}, "Figures of RZZ, 2025-09 cannot go into the pack of RXX"),
        ({"period": ReportingPeriod(2025, 8)}, "The validation of RZZ, 2025-09 cannot go"),
        ({"generated_at": dt.datetime(2025, 10, 1)}, "offset"),  # noqa: DTZ001  what is refused
    ],
)
def test_inputs_that_make_no_pack_are_refused(
    make_pack: Callable[..., Pack], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make_pack(**changes)


def test_file_names_carry_provider_period_type_and_version(make_pack: Callable[..., Pack]) -> None:
    assert file_stem(make_pack(version=2)) == "RZZ_2025-09_A_v2"
