"""The command trends on a history of two years."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from mhsds_recon.history import History, RunRecord
from mhsds_recon.published import read_counts, read_each, read_published
from mhsds_recon.reconciliation import compare
from mhsds_recon.standard import ReportingPeriod, Standard

Command = Callable[..., tuple[int, str, str]]
LAST = ReportingPeriod(2025, 9)
MONTHS = LAST.window(18)
USUAL = [100, 120]


def layout(
    measure: str, months: int, values: dict[ReportingPeriod, int], status: str
) -> pl.DataFrame:
    """Return a provider's rows of one measure in the published layout."""
    return pl.DataFrame(
        [
            {
                "REPORTING_PERIOD_START": month.window(months)[0].start.strftime("%d/%m/%Y"),
                "REPORTING_PERIOD_END": month.end.strftime("%d/%m/%Y"),
                "STATUS": status,
                "BREAKDOWN": "Provider",
                "PRIMARY_LEVEL": "RZZ",
                "PRIMARY_LEVEL_DESCRIPTION": "A TRUST",
                "SECONDARY_LEVEL": "NONE",
                "SECONDARY_LEVEL_DESCRIPTION": "NONE",
                "MEASURE_ID": measure,
                "MEASURE_NAME": "A measure",
                "MEASURE_VALUE": "*" if value < 5 else str((value + 2) // 5 * 5),
                "EXACT_VALUE": str(value),
            }
            for month, value in values.items()
        ]
    )


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory, standard: Standard) -> Path:
    """A history of 18 months of two measures, Performance throughout and 13 Finals."""
    folder = tmp_path_factory.mktemp("history")
    local = {month: USUAL[place % 2] for place, month in enumerate(MONTHS)} | {LAST: 203}
    rolling = dict.fromkeys(MONTHS, 1000)
    ours = pl.concat([layout("CYP32", 1, local, "x"), layout("MHS95", 12, rolling, "x")])
    ours = ours.with_columns(STATUS=pl.lit("Performance"))
    ours.write_csv(folder / "counts.csv")
    theirs = {month: value + (20 if month >= LAST.back(2) else 0) for month, value in local.items()}
    performance = pl.concat(
        [layout("CYP32", 1, theirs, "Performance"), layout("MHS95", 12, rolling, "Performance")]
    ).drop("EXACT_VALUE")
    performance.write_csv(folder / "MHSDS Data_SepPerf_2025.csv")
    final = {month: theirs[month] + 5 for month in MONTHS[:13]}
    layout("CYP32", 1, final, "Final").drop("EXACT_VALUE").write_csv(folder / "MHSDS_Final.csv")
    files = read_each(
        [folder / "MHSDS Data_SepPerf_2025.csv", folder / "MHSDS_Final.csv"], provider="RZZ"
    )
    national = read_published(folder / "MHSDS Data_SepPerf_2025.csv", provider="RZZ")
    at = pl.Series([MONTHS[0].start]).cast(pl.Datetime("us", "UTC"))[0]
    with History.open(folder / "history.sqlite") as opened:
        opened.keep_published(*files, provider="RZZ", at=at)
        for month in MONTHS:
            counts = read_counts(folder / "counts.csv", standard=standard, period=month)
            opened.record(
                RunRecord(
                    verb="reconcile",
                    provider="RZZ",
                    period=month,
                    software="test",
                    standard="6.0",
                    figures={"extract": counts},
                    reconciliation=compare(counts, national),
                ),
                at=at,
            )
    return folder / "history.sqlite"


def test_trends_says_in_words_what_is_unusual_and_what_still_differs(
    command: Command, history: Path
) -> None:
    code, out, err = command(
        "trends", "--measure", "CYP32", "--measure", "MHS95", "--history", history
    )
    assert (code, err) == (0, "")
    out = " ".join(out.split())
    assert "RZZ, months up to September 2025" in out
    assert "The latest month is above the usual range: look for the reason." in out
    assert "a range" in out.split("MHS95", 2)[2]
    assert "0 new, 1 still there, 0 closed, 0 no longer compared" in out
    assert "203" not in out
    assert "205" in out


def test_trends_writes_tables_without_exact_values(
    command: Command, history: Path, tmp_path: Path
) -> None:
    command(
        "trends",
        *("--measure", "CYP32", "--history", history, "--output", tmp_path, "--quiet"),
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "differences.csv",
        "finals.csv",
        "repeats.csv",
        "revisions.csv",
        "trends.csv",
    ]
    trends = pl.read_csv(tmp_path / "trends.csv", infer_schema=False)
    assert trends.height == 18
    assert trends["local"][-1] == "205"
    assert trends["signals"][-1] == "outside_limits"
    differs = pl.read_csv(tmp_path / "repeats.csv").filter(kind="figure").row(0, named=True)
    assert (differs["months_in_a_row"], differs["since"]) == (3, "2025-07")
    revisions = pl.read_csv(tmp_path / "revisions.csv").row(0, named=True)
    assert (revisions["revisions"], revisions["median"]) == (13, 5.0)
    finals = pl.read_csv(tmp_path / "finals.csv")
    assert finals.height == 5
    latest = finals.row(-1, named=True)
    assert (latest["performance"], latest["hits"], latest["misses"]) == (225.0, 12, 2)
    assert latest["low"] <= 225 * 105 / 100 <= latest["high"]


def test_exact_values_are_for_the_internal_profile(
    command: Command, history: Path, tmp_path: Path
) -> None:
    words = ("--measure", "CYP32", "--history", history, "--output", tmp_path)
    _, out, _ = command("trends", *words, "--profile", "internal")
    assert "203" in out
    assert pl.read_csv(tmp_path / "trends.csv")["local"][-1] == 203


def test_an_earlier_month_may_be_looked_at(command: Command, history: Path) -> None:
    words = ("--measure", "CYP32", "--history", history, "--period", "2025-08")
    _, out, _ = command("trends", *words)
    assert "months up to August 2025" in out
    assert "The latest month is as usual" in " ".join(out.split())


def test_teams_whose_rows_fail_are_told_from_extracts(
    command: Command, history: Path, trust_folder: Path, tmp_path: Path
) -> None:
    for month in ("2025-08", "2025-09"):
        (tmp_path / "extracts" / month).parent.mkdir(exist_ok=True)
        (tmp_path / "extracts" / month).symlink_to(trust_folder / "extracts" / month)
    words = ("--measure", "CYP32", "--history", history, "--extracts", tmp_path / "extracts")
    _, out, err = command("trends", *words)
    assert err == ""
    assert "team whose rows fail rules" in out
    assert "T0001" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--history", "none"), 2, "read from the history"),
        (("--measure", "CYP99"), 2, "'CYP99' is not defined"),
        (("--stage", "accepted"), 2, "at the stage 'accepted'. There are figures of: extract"),
        (("--provider", "RXX"), 2, "no local figure"),
        (("--settings", "none.toml"), 3, "cannot be read"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_with_a_hint(
    command: Command, history: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    given = words if "--history" in words else (*words, "--history", history)
    found = command("trends", *given)
    assert found[0] == code
    assert said in found[2]


def test_counts_of_the_warehouse_are_looked_at_where_there_are_no_others(
    command: Command, history: Path, tmp_path: Path
) -> None:
    """A trust that compares counts files has no figures of extracts."""
    kept = ("--history", tmp_path / "own.sqlite")
    files = (history.parent / "counts.csv", history.parent / "MHSDS Data_SepPerf_2025.csv")
    command("reconcile", *files, "--period", "2025-09", *kept)
    code, out, _ = command("trends", "--measure", "CYP32", *kept)
    assert code == 0
    assert "It needs 15 months with a figure, and there are 1 so far." in " ".join(out.split())


def test_settings_for_a_measure_that_there_is_not_are_refused(
    command: Command, history: Path, tmp_path: Path
) -> None:
    (tmp_path / "charts.toml").write_text('[[target]]\nmeasure = "CYP33"\nvalue = 1.0\n')
    code, _, err = command("trends", "--history", history, "--settings", tmp_path / "charts.toml")
    assert code == 2
    assert "'CYP33' is not defined. Did you mean" in err


def test_an_empty_history_says_what_to_do(command: Command, tmp_path: Path) -> None:
    code, _, err = command("trends", "--history", tmp_path / "new.sqlite")
    assert code == 2
    assert "holds no run yet" in err
