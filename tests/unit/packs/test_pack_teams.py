"""The section of local teams in a pack."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from mhsds_recon.errors import UsageError
from mhsds_recon.measures import Figures
from mhsds_recon.packs import Pack
from mhsds_recon.packs.words import load_words
from mhsds_recon.standard import ReportingPeriod, Standard

PERIOD = ReportingPeriod(2025, 9)
CASELOAD, WAIT = "LOC04", "LOC01b"


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
    assert {CASELOAD, WAIT} <= set(load_words().team_columns) <= set(standard.measures)
    return Figures(provider="RZZ", period=PERIOD, frame=frame, missing_months={})


def table(pack: Pack) -> dict[str, dict[str, str]]:
    (section,) = (each for each in pack.sections if each.id == "activity")
    found = section.tables[-1]
    names = [column.name for column in found.columns]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.rows}


def test_teams_stand_below_all_teams_and_hidden_ones_stay_hidden(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    found = table(make_pack(teams=teams))
    columns = load_words().team_columns
    # A team of which nothing can be shown is not named.
    assert list(found) == ["All teams", "T1", "T2"]
    assert [row[columns[CASELOAD]] for row in found.values()] == ["60", "*", "40"]
    assert [row[columns[WAIT]] for row in found.values()] == ["31 days", "44 days", "3 days"]
    assert found["T1"]["Service"] == "North"


def test_the_internal_profile_shows_teams_exactly(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    found = table(make_pack(teams=teams, profile="internal"))
    columns = load_words().team_columns
    assert [row[columns[CASELOAD]] for row in found.values()] == ["61", "17", "41", "3"]
    assert found["T3"][columns[WAIT]] == "cannot tell"


def test_without_figures_of_teams_there_is_no_such_section(make_pack: Callable[..., Pack]) -> None:
    assert "teams" not in {section.id for section in make_pack().sections}


def test_figures_of_teams_of_another_month_are_refused(
    make_pack: Callable[..., Pack], teams: Figures
) -> None:
    other = Figures(
        provider=teams.provider, period=PERIOD.back(1), frame=teams.frame, missing_months={}
    )
    with pytest.raises(UsageError, match="teams"):
        make_pack(teams=other)
