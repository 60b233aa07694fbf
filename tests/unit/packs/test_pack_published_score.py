"""The latest published maturity score beside our estimate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from mhsds_recon.errors import DefinitionError
from mhsds_recon.packs import Pack
from mhsds_recon.packs.model import Section
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.maturity_scores import latest_score, read_scores

SCORES = """
[[score]]
month = "2025-07"
score = 91.4
source = "NHS England, July 2025"
items = { MHS-DQM05 = 88.2 }
[[score]]
month = "2025-10"
score = 93.0
source = "NHS England, October 2025"
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a file of scores."""

    def written(text: str) -> Path:
        path = tmp_path / "scores.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def quality(pack: Pack) -> Section:
    return next(each for each in pack.sections if each.id == "quality")


def test_the_latest_score_of_the_period_or_before_stands_beside_the_estimate(
    write: Callable[[str], Path],
    standard: Standard,
    month: SimpleNamespace,
    make_pack: Callable[..., Pack],
) -> None:
    scores = read_scores(write(SCORES), standard.quality_items)
    score = latest_score(scores, ReportingPeriod(2025, 9))
    assert score is not None
    assert latest_score(scores, ReportingPeriod(2025, 6)) is None
    maturity = month.maturity(
        {"MHS-DQM04": (950, 0, 0, 30, 20), "MHS-DQM05": (800, 40, 60, 60, 40)}
    )
    section = quality(make_pack(maturity=maturity, published_score=score))
    text = " ".join(section.sentences)
    assert "latest published score is 91.4%, for July 2025 (NHS England, July 2025)" in text
    assert "Our estimate less that score: -1.9 points." in text
    items = {row[0]: row[-1] for row in section.tables[0].rows}
    assert items == {"MHS-DQM05": "88.2", "MHS-DQM04": "cannot tell"}
    without = quality(make_pack(maturity=maturity))
    assert "was not given" in " ".join(without.sentences)
    assert "Published, %" not in [column.name for column in without.tables[0].columns]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SCORES.replace("2025-10", "2025-07"), "2025-07 is there 2 times"),
        (SCORES.replace("MHS-DQM05", "MHS-DQM99"), "unknown item 'MHS-DQM99'"),
        (SCORES.replace("91.4", "914"), "<= 100"),
        ("", r"no \[\[score\]\]"),
    ],
)
def test_a_file_of_scores_that_cannot_be_right_is_refused(
    write: Callable[[str], Path], standard: Standard, text: str, named: str
) -> None:
    with pytest.raises(DefinitionError, match=named):
        read_scores(write(text), standard.quality_items)
