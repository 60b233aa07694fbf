"""Submission health: rows over months, what was found at each level, and the portal's reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.frames import InputFile
from mhsds_recon.packs import Pack
from mhsds_recon.packs.disclosure import Numbers, Shown, tells_a_part
from mhsds_recon.packs.past import Past
from mhsds_recon.portal import PortalComparison
from mhsds_recon.portal.result import COMPARISON_SCHEMA
from mhsds_recon.standard import ReportingPeriod

PERIOD = ReportingPeriod(2025, 9)
NATIONAL = Numbers(profile="national")
REFERRALS, ADDRESSES = "MHS101Referral", "MHS003AccommStatus"
Make = Callable[..., Pack]


def past_of(*months: Mapping[str, int]) -> Past:
    """Return rows by table of the months before, the last one first."""
    rows = {PERIOD.back(back): month for back, month in enumerate(months, start=1)}
    return Past(rows=rows, failed={month: {} for month in rows})


def health(pack: Pack, table: str) -> dict[str, tuple[str, ...]]:
    """Return the rows of a table of the section by their first word."""
    section = next(each for each in pack.sections if each.id == "health")
    rows = next((found.rows for found in section.tables if found.id == table), ())
    return {row[0].split()[0]: row[1:] for row in rows}


def said(pack: Pack) -> str:
    return " ".join(next(each for each in pack.sections if each.id == "health").sentences)


def test_rows_of_a_table_stand_beside_last_month_and_the_median_of_a_year(
    make_pack: Make,
) -> None:
    months = [{REFERRALS: 1300 + back} for back in range(12)]
    rows = health(make_pack(past=past_of(*months), profile="internal"), "rows-by-month")
    assert rows[REFERRALS] == ("1,312", "1,300", "+12", "1,305.5")
    assert rows["MHS001MPI"][1:] == ("0", "+1,203", "0")


def test_a_median_is_made_of_what_each_month_shows(make_pack: Make) -> None:
    """Six months of 7 and six of 4 show 5 and *: their exact median would tell of the 4."""
    months = [{"MHS104RTT": count} for count in (7, 4) * 6]
    rows = health(make_pack(past=past_of(*months)), "rows-by-month")
    assert rows["MHS104RTT"] == ("10", "5", "+5", "*")


def test_what_fewer_months_cannot_tell_is_said(make_pack: Make) -> None:
    pack = make_pack(past=past_of({REFERRALS: 1300}, {REFERRALS: 1290}))
    assert health(pack, "rows-by-month")[REFERRALS][-1] == "cannot tell"
    assert "2 of 12" in said(pack)
    nothing = make_pack()
    assert health(nothing, "rows-by-month") == {}
    assert "Rows in earlier months: we cannot tell" in said(nothing)
    later = Past(rows={PERIOD.back(2): {REFERRALS: 1290}})
    assert health(make_pack(past=later), "rows-by-month")[REFERRALS][1] == "cannot tell"


@pytest.mark.parametrize(("filled", "is_missed"), [(7, True), (6, False)])
def test_a_table_that_most_months_had_and_this_one_has_not_is_named(
    make_pack: Make, filled: int, *, is_missed: bool
) -> None:
    months = [{ADDRESSES: 30 if back < filled else 0, REFERRALS: 9} for back in range(12)]
    text = said(make_pack(past=past_of(*months)))
    assert (f"none now: {ADDRESSES}" in text) is is_missed
    assert f"none now: {REFERRALS}" not in text


def test_rules_and_rows_are_counted_by_level(make_pack: Make, month: SimpleNamespace) -> None:
    levels = health(make_pack(), "findings-by-level")
    assert levels["File"] == ("rejected", "0", "-")[1:]
    assert levels["Record"] == ("2", "15")  # 17 is shown as 15 and 3 as *
    assert levels["Group"] == ("1", "*")
    assert levels["Warning"] == ("0", "0")
    exact = health(make_pack(profile="internal"), "findings-by-level")
    assert exact["Record"] == ("2", "20")
    rejected = make_pack(validation=month.validation(file_codes=("MHSREJ002",)))
    assert health(rejected, "findings-by-level")["File"] == ("1", "-")


def test_no_count_of_rejected_rows_tells_how_many_rows_fail_a_rule() -> None:
    """All that two rules can reject together is set beside all that looks the same."""
    alike: dict[tuple[Shown, ...], list[tuple[int, int]]] = {}
    for first, second in product(range(1, 23), repeat=2):
        parts = (NATIONAL.count(first), NATIONAL.count(second))
        for together in range(max(first, second), first + second + 1):
            whole = NATIONAL.count(together)
            shown = Shown(text="*") if tells_a_part(whole, parts) else whole
            alike.setdefault((shown, *parts), []).append((first, second))
    for (_, *rules), pairs in alike.items():
        for part, values in zip(rules, zip(*pairs, strict=True), strict=True):
            # Of a rule that is listed, * alone says from 1 to 4: nothing may say more.
            assert not part.is_suppressed or set(values) == {1, 2, 3, 4}


def test_rejected_rows_are_hidden_where_they_would_tell_of_a_rule(
    make_pack: Make, month: SimpleNamespace
) -> None:
    def rejected(*rows: int) -> tuple[str, ...]:
        failures = [
            (code, "record_rejected", REFERRALS, None, count)
            for code, count in zip(("MHS10104", "MHS10108"), rows, strict=False)
        ]
        kept = {REFERRALS: (1312, 1312 - sum(rows))}
        validation = month.validation(rows=kept, failures=failures)
        return health(make_pack(validation=validation), "rows-by-table")[REFERRALS]

    assert rejected(4, 4) == ("1,310", "*", "*", "*")
    assert rejected(12, 4)[1:3] == ("*", "*")
    assert rejected(8)[1:3] == ("1,305", "10")


@pytest.fixture
def portal() -> Callable[..., PortalComparison]:
    """Return a function that makes a comparison of some lines."""

    def make(*lines: Mapping[str, Any], period: ReportingPeriod = PERIOD) -> PortalComparison:
        frame = pl.DataFrame(
            {name: [line.get(name) for line in lines] for name in COMPARISON_SCHEMA},
            schema_overrides=dict.fromkeys(
                ("ours", "portal", "both", "only_ours", "only_portal"), pl.Int64
            ),
        )
        diagnostics = pl.DataFrame(
            [("MHSDAG001", "MHS001MPI", "birth dates", 1190, 1199)],
            schema=["code", "table", "meaning", "numerator", "denominator"],
            orient="row",
        )
        return PortalComparison(
            provider="RZZ",
            period=period,
            file=InputFile(name="Summary.zip", sha256="c" * 64, size=9, rows=70),
            frame=frame,
            diagnostics=diagnostics,
            notes=("The submission failed.",),
        )

    return make


ROWS = {"kind": "rows", "code": "MHSARV101", "table": REFERRALS}
PATIENTS = {"kind": "rows", "code": "MHSARV001", "table": "MHS001MPI"}
RULE = {"kind": "rule", "code": "MHS10108", "table": REFERRALS, "level": "record_rejected"}
OTHER = {"kind": "rule", "code": "MHS10104", "table": REFERRALS, "level": "record_rejected"}


def test_the_portal_s_counts_stand_beside_ours_with_every_difference(
    make_pack: Make, portal: Callable[..., PortalComparison]
) -> None:
    found = portal(
        ROWS | {"ours": 1290, "portal": 1262, "result": "differs"},
        PATIENTS | {"ours": 1199, "portal": 1199, "result": "agree"},
        OTHER | {"ours": 3, "portal": 3, "both": 3, "result": "agree"},
        RULE | {"ours": 17, "portal": 0, "both": 0, "only_ours": 17, "result": "only_ours"},
        {"kind": "rule", "code": "MHS99999", "portal": 8, "result": "unknown_code", "note": "new"},
    )
    pack = make_pack(portal=found)
    assert health(pack, "portal-rows") == {
        REFERRALS: ("1,290", "1,260", "+30", "Differ"),
        "MHS001MPI": ("1,205", "1,205", "0", "Agree"),  # as submitted: few are rejected
    }
    rules = health(pack, "portal-rules")
    assert list(rules) == ["MHS10108", "MHS99999"]
    assert rules["MHS10108"][1:] == ("Record rejected", "15", "*", "+15", "Only ours")
    assert rules["MHS99999"][0] == "new"
    assert health(pack, "portal-diagnostics")["MHSDAG001"][1:] == ("1,190", "1,200")
    assert "agree for 1 tables and differ for 1; rule results agree for 1 rules" in said(pack)
    assert "The submission failed." in said(pack)
    exact = health(make_pack(portal=found, profile="internal"), "portal-rules")
    assert exact["MHS10108"][2:] == ("17", "0", "+17", "Only ours", "0", "17", "cannot tell")


def test_the_portal_tells_nothing_that_is_hidden_of_ours(
    make_pack: Make, portal: Callable[..., PortalComparison]
) -> None:
    """Of eight rows, four accepted: both are hidden, and so is what the portal accepted."""
    small = {"kind": "rows", "code": "MHSARV104", "table": "MHS104RTT"}
    rows = (small | {"ours": 4, "portal": 7, "result": "differs"},)
    shown = health(make_pack(portal=portal(*rows)), "portal-rows")["MHS104RTT"]
    assert shown == ("*", "*", "cannot tell", "Differ")
    near = RULE | {"ours": 17, "portal": 16, "result": "differs"}
    assert health(make_pack(portal=portal(near)), "portal-rules")["MHS10108"][2:] == (
        *("15", "15", "fewer than 5", "Differ"),
    )


def test_without_the_portal_s_reports_the_pack_says_so(
    make_pack: Make, portal: Callable[..., PortalComparison]
) -> None:
    assert "portal's own reports were not given" in said(make_pack())
    with pytest.raises(UsageError, match="portal"):
        make_pack(portal=portal(period=PERIOD.back(1)))
