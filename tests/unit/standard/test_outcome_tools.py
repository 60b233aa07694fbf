"""The national list of assessment tools and the RCADS norms, and what can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mhsds_recon.standard import Standard
from mhsds_recon.standard.outcome_tools import read_outcome_tools

TOOLS = (
    "code,preferred_term,rater,lowest_score,highest_score,better,threshold,is_cyp_outcome,"
    "is_four_week_baseline\n"
)
NORMS = "gender,age,preferred_term,mean,standard_deviation\n"
TOOL = "1,mood,self,0,10,lower,3,true,true\n"


def problems(folder: Path, tools: str, norms: str = "") -> list[str]:
    (folder / "outcome_tools.csv").write_text(TOOLS + tools)
    (folder / "rcads_norms.csv").write_text(NORMS + norms)
    return read_outcome_tools(folder)[2]


def test_106_codes_count_as_outcomes_each_with_a_rater_and_a_threshold(standard: Standard) -> None:
    outcomes = [tool for tool in standard.outcome_tools if tool.is_cyp_outcome]
    raters = [tool.rater for tool in outcomes]
    counted = {rater: raters.count(rater) for rater in ("self", "parent", "clinician")}
    assert counted == {"self": 60, "parent": 32, "clinician": 14}
    assert all(tool.threshold and tool.better for tool in outcomes)


def test_there_is_a_norm_for_both_genders_from_8_to_17(standard: Standard) -> None:
    places = {(norm.gender, norm.age) for norm in standard.rcads_norms}
    assert places == {(gender, age) for gender in "12" for age in range(8, 18)}
    assert len(standard.rcads_norms) == len(places) * 12


def test_files_that_are_not_there_define_nothing(tmp_path: Path) -> None:
    assert read_outcome_tools(tmp_path) == ((), (), [])


@pytest.mark.parametrize(
    ("tools", "norms", "problem"),
    [
        (TOOL * 2, "", "outcome_tools.csv, code 1: is there 2 times; keep one."),
        ("1,mood,mother,0,10,lower,3,true,true\n", "", "outcome_tools.csv, line 2: Invalid enum"),
        ("1,mood,self,0,10,lower,,true,true\n", "", "code 1: counts as an outcome but has no thre"),
        ("1,mood,,10,0,,,false,true\n", "", "code 1: lowest_score is above highest_score."),
        ("1,mood,,,0,,,false,true\n", "", "code 1: has no lowest_score or no highest_score."),
        (TOOL + "2,mood,parent,0,10,lower,3,true,true\n", "", "code 2: is read otherwise than 1"),
        (TOOL, "1,8,anger,5,1\n", "'anger': is no preferred_term of outcome_tools.csv."),
        (TOOL, "1,8,mood,5,1\n1,8,mood,6,1\n", "age 8, 'mood': is there 2 times; keep one."),
        (TOOL, "1,8,mood,5,0\n", "'mood': standard_deviation is not above 0."),
    ],
)
def test_every_problem_names_its_place(
    tmp_path: Path, tools: str, norms: str, problem: str
) -> None:
    found = problems(tmp_path, tools, norms)
    assert len(found) == 1
    assert problem in found[0]
