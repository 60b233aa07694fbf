"""The maturity estimate, its editions, and the items it is made from."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from mhsds_recon.errors import DefinitionError, UsageError
from mhsds_recon.frames import PolarsEngine, extract_from_frames
from mhsds_recon.measures import Figures
from mhsds_recon.measures.figures import NotAssessed
from mhsds_recon.measures.maturity import estimate
from mhsds_recon.measures.maturity_shown import score_in_words
from mhsds_recon.measures.quality_words import describe_item
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.quality import (
    ListedCode,
    MaturityEdition,
    MaturityItem,
    edition_of,
    quality_problems,
    read_editions,
)

SEPTEMBER = ReportingPeriod(2025, 9)
EDITION = MaturityEdition(
    first_month="2025-04",
    line=95.0,
    fewest_records=25,
    source="a test",
    items=(
        MaturityItem(item="MHS-DQM04", allowed_default=2.0),
        MaturityItem(item="MHS-DQM05"),
        MaturityItem(item="MHS-DQM12"),
        MaturityItem(item="MHS-DQM20"),
    ),
)
COUNTS = {
    "MHS-DQM04": {"Valid": 80, "Other": 10, "Default": 7, "Invalid": 1, "Missing": 2},
    "MHS-DQM05": {"Valid": 90, "Default": 0, "Invalid": 8, "Missing": 2},
    "MHS-DQM20": {"Valid": 10, "Missing": 10},
    "MHS-DQM46": {"Valid": 100},
}


def figures_of(counts: dict[str, dict[str, int]]) -> Figures:
    rows = [
        {
            "breakdown": f"{first}; VODIM result (count)",
            "measure_id": measure_id,
            "measure_name": measure_id.lower(),
            "secondary_level": result,
            "exact_value": float(number),
            "denominator": float(sum(results.values())),
        }
        for measure_id, results in counts.items()
        for result, number in results.items()
        for first in ("England", "Provider")
    ]
    return Figures(
        provider="RZZ",
        period=SEPTEMBER,
        frame=pl.DataFrame(rows),
        unpublished=pl.DataFrame(),
        missing_months={},
        not_assessed=(
            NotAssessed(measure_id="MHS-DQM12", breakdown="all", reason="needs organisations"),
        ),
    )


def test_defaults_above_the_allowed_share_and_unusable_rows_lower_the_score(
    standard: Standard,
) -> None:
    found = estimate(figures_of(COUNTS), standard=standard, period=SEPTEMBER, editions=[EDITION])
    scores = dict(found.frame.select("item", "score").iter_rows())
    # 97 usable rows less 5 of 7 defaults; 90 rows; 10 of 20 rows, too few to count.
    assert scores == {"MHS-DQM04": 92.0, "MHS-DQM05": 90.0, "MHS-DQM20": 50.0}
    assert found.overall == 91.0
    assert found.not_assessed == ("MHS-DQM12",)


def test_reaching_the_line_adds_its_part_to_the_whole(standard: Standard) -> None:
    found = estimate(figures_of(COUNTS), standard=standard, period=SEPTEMBER, editions=[EDITION])
    assert found.below_line().select("item", "would_add").rows() == [
        ("MHS-DQM05", 2.5),
        ("MHS-DQM04", 1.5),
    ]
    reached = {"MHS-DQM04": {"Valid": 95, "Missing": 5}, "MHS-DQM05": {"Valid": 95, "Missing": 5}}
    better = estimate(
        figures_of({**COUNTS, **reached}), standard=standard, period=SEPTEMBER, editions=[EDITION]
    )
    assert found.overall is not None
    assert better.overall == found.overall + 2.5 + 1.5
    assert better.below_line().is_empty()


def test_inputs_are_the_counts_that_the_national_index_is_made_from(standard: Standard) -> None:
    found = estimate(figures_of(COUNTS), standard=standard, period=SEPTEMBER, editions=[EDITION])
    assert found.inputs().row(0, named=True) == {
        "item": "MHS-DQM04",
        "complete_numerator": 98,
        "complete_denominator": 100,
        "valid_numerator": 97,
        "default_numerator": 7,
        "valid_denominator": 98,
    }


def test_without_counted_items_there_is_no_score(standard: Standard) -> None:
    few = figures_of({"MHS-DQM20": {"Valid": 24}})
    found = estimate(few, standard=standard, period=SEPTEMBER, editions=[EDITION])
    assert found.overall is None
    assert "none" in found._repr_html_()


def test_extracts_are_counted_first(standard: Standard) -> None:
    patients = pl.DataFrame({"LocalPatientID": ["P1", "P2"], "NHSNumber": ["9999999999", None]})
    header = pl.DataFrame(
        {
            "OrgIDProvider": ["RZZ"],
            "ReportingPeriodStartDate": ["2025-09-01"],
            "ReportingPeriodEndDate": ["2025-09-30"],
        }
    )
    extract = extract_from_frames(
        {"MHS000Header": header, "MHS001MPI": patients},
        standard=standard,
        engine=PolarsEngine(),
        name="2025-09",
    )
    found = estimate([extract], standard=standard, period=SEPTEMBER)
    scores = dict(found.frame.select("item", "score").iter_rows())
    assert scores["MHS-DQM01"] == 50.0
    assert found.overall is None
    assert "MHS-DQM12" in found.not_assessed


def test_the_edition_of_the_period_holds(standard: Standard) -> None:
    later = replace(EDITION, first_month="2025-10")
    assert edition_of([later, EDITION], SEPTEMBER) == EDITION
    with pytest.raises(UsageError, match="no list of items for 2025-09"):
        estimate(figures_of(COUNTS), standard=standard, period=SEPTEMBER, editions=[later])
    with pytest.raises(UsageError, match=r"are of 2025-09, not of 2025-10"):
        estimate(figures_of(COUNTS), standard=standard, period=ReportingPeriod(2025, 10))


def test_a_trust_reads_its_own_editions(tmp_path: Path, standard: Standard) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[edition]]\nfirst_month = "2025-04"\nline = 95.0\nfewest_records = 25\nsource = "us"\n'
        'items = [{ item = "MHS-DQM01", allowed_default = 3.5 }]\n'
    )
    (edition,) = read_editions(own, standard.quality_items)
    assert edition.items == (MaturityItem(item="MHS-DQM01", allowed_default=3.5),)
    own.write_text(own.read_text().replace("3.5", "350"))
    with pytest.raises(DefinitionError, match=r"own.toml: .*allowed_default"):
        read_editions(own, standard.quality_items)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"own.toml: there is no \[\[edition\]\]"),
        ("[[edition", r"own.toml: .* It is written like maturity.toml"),
        ('{ item = "MHS-DQM1" }', r"unknown item 'MHS-DQM1'. Did you mean 'MHS-DQM"),
        ('{ item = "MHS-DQM21" }', "unknown item 'MHS-DQM21'"),
        ('{ item = "MHS-DQM01" }, { item = "MHS-DQM01" }', "there 2 times; keep one"),
    ],
)
def test_what_is_wrong_with_an_own_list_is_named(
    tmp_path: Path, standard: Standard, text: str, said: str
) -> None:
    own = tmp_path / "own.toml"
    if text.startswith("{"):
        head = '[[edition]]\nfirst_month = "2025-04"\nline = 95\nfewest_records = 25\n'
        text = f'{head}source = "us"\nitems = [{text}]\n'
    own.write_text(text)
    with pytest.raises(DefinitionError, match=said):
        read_editions(own, standard.quality_items)
    with pytest.raises(DefinitionError, match=r"'absent\.toml' cannot be read"):
        read_editions(tmp_path / "absent.toml", standard.quality_items)


def test_scores_of_few_rows_are_only_bounded(standard: Standard) -> None:
    counts = {
        "MHS-DQM04": {"Valid": 996, "Missing": 4},
        "MHS-DQM05": {"Valid": 2, "Invalid": 98},
        "MHS-DQM20": {"Valid": 89, "Missing": 11},
    }
    found = estimate(figures_of(counts), standard=standard, period=SEPTEMBER, editions=[EDITION])
    shown = found.shown()
    rows = {row["item"]: row for row in shown.frame.iter_rows(named=True)}
    assert [score_in_words(row) for row in rows.values()] == ["over 99.5", "under 5.1", "89.0"]
    assert [row["below_line"] for row in rows.values()] == [False, True, True]
    assert (rows["MHS-DQM04"]["missing"], rows["MHS-DQM05"]["valid"]) == ("*", "*")
    assert rows["MHS-DQM05"]["other"] == "-"
    assert shown.overall == pytest.approx((99.8 + 2.04 + 89) / 3, abs=0.01)


def test_exactly_means_every_score(standard: Standard) -> None:
    found = estimate(figures_of(COUNTS), standard=standard, period=SEPTEMBER, editions=[EDITION])
    shown = found.shown(exact=True)
    assert shown.overall == found.overall
    assert shown.frame["score"].to_list() == found.frame["score"].to_list()
    assert shown.frame.filter(item="MHS-DQM04")["invalid"].item() == "1"


def test_every_misfit_of_items_is_named(standard: Standard) -> None:
    assert not list(quality_problems(standard))
    gender = standard.quality_items["MHS-DQM04"]
    items = {
        **standard.quality_items,
        "MHS-DQM04": replace(gender, element="Gendre", check=ListedCode(code_list="Gender")),
        "MHS-DQM99": replace(gender, id="MHS-DQM99"),
        "MHS-DQM05": replace(standard.quality_items["MHS-DQM05"], rows="MHS101Referral"),
    }
    del items["MHS-DQM01"]
    edition = replace(EDITION, items=(*EDITION.items, EDITION.items[0], MaturityItem(item="X")))
    broken = replace(standard, quality_items=items, maturity=(edition,))
    problems = "\n".join(quality_problems(broken))
    for part in (
        "item MHS-DQM04: unknown element 'Gendre' of MHS001MPI. Did you mean 'Gender'?",
        "item MHS-DQM04: unknown code list 'Gender'.",
        "item MHS-DQM99: unknown measure 'MHS-DQM99'.",
        "Measure MHS-DQM01: there is no item of this id",
        "Measure MHS-DQM05: counts 'MHS-DQM05' in 'MHS001MPI', but its item",
        "edition 2025-04: unknown item 'X'.",
        "edition 2025-04: item 'MHS-DQM04' is there 2 times",
    ):
        assert part in problems


def test_every_item_is_described_in_words(standard: Standard) -> None:
    assert describe_item(standard.quality_items["MHS-DQM06"]) == (
        "GMPReg: Valid for a known gp_practice, open after the period.\n"
        "GMPReg: Other for one that closed in it or the day before; else Invalid.\n"
        "GMPReg: Default for V81999, V81998 or V81997.\n"
        "GMPReg: a blank has no result."
    )
    assert "DecidedToAdmitDate: Invalid after StartDateHospProvSpell, else Valid." in describe_item(
        standard.quality_items["MHS-DQM67"]
    )
    for item in standard.quality_items.values():
        assert describe_item(item).startswith(f"{item.element}: ")
