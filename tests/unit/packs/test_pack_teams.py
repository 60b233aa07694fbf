"""The section of local teams in a pack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.measures import Figures
from mhsds_recon.packs import Pack
from mhsds_recon.packs.words import load_words
from mhsds_recon.standard import ReportingPeriod, Standard

PERIOD = ReportingPeriod(2025, 9)
CASELOAD, WAIT = "LOC04", "LOC01b"
COLUMNS = load_words().team_columns


@pytest.fixture
def teams(standard: Standard) -> Figures:
    """Caseload and median wait of a provider and its teams, some of them hidden."""
    rows = [
        ("Provider", "RZZ", "RZZ", CASELOAD, 61.0, "60"),
        ("Local team", "T2", "South", CASELOAD, 41.0, "40"),
        ("Local team", "T1", "North", CASELOAD, 17.0, "*"),
        ("Local team", "T3", "East", CASELOAD, 3.0, "*"),
        ("Provider", "RZZ", "RZZ", WAIT, 30.5, "31"),
        ("Local team", "T2", "South", WAIT, 3.0, "3"),
        ("Local team", "T1", "North", WAIT, 44.0, "44"),
        ("Local team", "T3", "East", WAIT, None, "*"),
        ("Local team; Reason", "T1", "North", CASELOAD, 17.0, "15"),
        ("Provider", "RZZ", "RZZ", "MHS95", 90.0, "90"),
    ]
    names = (
        *("breakdown", "primary_level", "primary_level_description"),
        *("measure_id", "exact_value", "measure_value"),
    )
    frame = pl.DataFrame(rows, names, orient="row")
    assert set(load_words().divided_measures) <= set(standard.measures)
    return Figures(provider="RZZ", period=PERIOD, frame=frame, missing_months={})


def table(pack: Pack, name: str) -> dict[str, dict[str, str]]:
    (found,) = (one for each in pack.sections for one in each.tables if one.id == name)
    names = [column.name for column in found.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.rows}


def test_teams_stand_below_all_teams_and_hidden_ones_stay_hidden(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    pack = make_pack(teams=teams)
    caseload, waits = (table(pack, f"{name}-by-team") for name in ("activity", "waits"))
    # A team of which nothing can be shown is not named.
    assert list(caseload) == ["All teams", "T2"]
    assert list(waits) == ["All teams", "T1", "T2"]
    assert [row[COLUMNS["activity"][CASELOAD]] for row in caseload.values()] == ["60", "40"]
    assert [row[COLUMNS["waits"][WAIT]] for row in waits.values()] == [
        *("31 days", "44 days", "3 days"),
    ]
    assert waits["T1"]["Kind of team"] == "North"


def test_the_internal_profile_shows_teams_exactly(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    pack = make_pack(teams=teams, profile="internal")
    caseload = table(pack, "activity-by-team")
    assert [row[COLUMNS["activity"][CASELOAD]] for row in caseload.values()] == [
        *("61", "17", "41", "3"),
    ]
    assert "T3" not in table(pack, "waits-by-team")


def test_measures_stand_by_age_youngest_first(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    bands = [("11 to 14", 3.0, "*"), ("6 to 10", 40.0, "40"), ("UNKNOWN", 12.0, "*")]
    one = teams.frame.head(1)
    rows = [
        one.with_columns(
            breakdown=pl.lit("Provider; Age Band"),
            secondary_level=pl.lit(band),
            measure_id=pl.lit("MHS95"),
            exact_value=pl.lit(value),
            measure_value=pl.lit(shown),
        )
        for band, value, shown in bands
    ]
    by_age = replace(teams, frame=pl.concat([teams.frame, *rows], how="diagonal"))
    found = table(make_pack(teams=by_age), "access-by-age")
    seen = load_words().age_columns["MHS95"]
    assert {band: row[seen] for band, row in found.items()} == {
        "6 to 10": "40",
        "11 to 14": "*",
        "UNKNOWN": "*",
    }
    assert list(found) == ["6 to 10", "11 to 14", "UNKNOWN"]


def test_without_figures_of_teams_there_is_no_such_table(make_pack: Callable[..., Pack]) -> None:
    assert not [
        table.id
        for section in make_pack().sections
        for table in section.tables
        if table.id.endswith("by-team")
    ]


def test_figures_of_teams_of_another_month_are_refused(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    other = Figures(
        provider=teams.provider, period=PERIOD.back(1), frame=teams.frame, missing_months={}
    )
    with pytest.raises(UsageError, match="teams"):
        make_pack(teams=other)
