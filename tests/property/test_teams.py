"""Laws of counting by team."""

from __future__ import annotations

from functools import cache
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from mhsds_recon.frames import extract_from_frames
from mhsds_recon.measures import count
from mhsds_recon.standard import ReportingPeriod, load_standard
from mhsds_recon.testing import synthetic_trust

STANDARD = load_standard("6.0")
PERIOD = ReportingPeriod(2025, 9)
ATTENDED = "MHS30"
TEAMS = ("A", "B", "C", None)


@cache
def submitted() -> dict[str, pl.DataFrame]:
    trust = synthetic_trust(months=1, people=150, seed=5)
    return dict(trust.extracts["2025-09"])


def attended(tables: dict[str, pl.DataFrame], *breakdowns: str) -> dict[str, float]:
    """Return the contacts attended by first level."""
    extract = extract_from_frames(tables, standard=STANDARD, name="2025-09")
    frame = count(
        [extract],
        standard=STANDARD,
        period=PERIOD,
        measure_ids=[ATTENDED],
        breakdowns=breakdowns or ["Provider"],
    ).frame
    return dict(frame.select("primary_level", pl.col("exact_value").fill_null(0)).iter_rows())


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_an_extract_split_by_team_has_as_many_attended_contacts_as_the_whole(seed: int) -> None:
    """However contacts and referrals fall to teams, recorded or not."""
    tables = submitted()
    # A contact that is there twice, in two teams, counts in both: copies are left out.
    contacts = tables["MHS201CareContact"].unique("CareContactID", maintain_order=True)
    referrals = tables["MHS101Referral"]
    random = Random(seed)  # noqa: S311  drawn teams, no secret

    def drawn(rows: pl.DataFrame, column: str) -> pl.DataFrame:
        teams = pl.Series(column, [random.choice(TEAMS) for _ in range(rows.height)], pl.String)
        return rows.with_columns(teams)

    whole = {
        **tables,
        "MHS101Referral": drawn(referrals, "CareProfTeamLocalID"),
        "MHS201CareContact": drawn(contacts, "OtherCareProfTeamLocalID"),
    }
    own = whole["MHS101Referral"].select("ServiceRequestID", team="CareProfTeamLocalID")
    split = (
        whole["MHS201CareContact"]
        .join(own.unique("ServiceRequestID", keep="last"), on="ServiceRequestID", how="left")
        .with_columns(pl.coalesce("OtherCareProfTeamLocalID", "team").fill_null("UNKNOWN"))
        .rename({"team": "own"})
        .partition_by("OtherCareProfTeamLocalID", as_dict=True)
    )
    parts = {
        str(team): attended({**whole, "MHS201CareContact": rows.drop("own")})["RZZ"]
        for (team,), rows in split.items()
    }
    by_team = attended(whole, "Local team")
    assert sum(parts.values()) == attended(whole)["RZZ"] > 0
    assert {team: value for team, value in by_team.items() if value} == {
        team: value for team, value in parts.items() if value
    }
