"""The national list of assessment tools, and the norms that RCADS scores are converted with."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec import Struct, ValidationError, convert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["OutcomeTool", "Rater", "RcadsNorm", "read_outcome_tools"]

Rater = Literal["self", "parent", "clinician"]

_Row = TypeVar("_Row", bound="OutcomeTool | RcadsNorm")


class OutcomeTool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of a scored assessment and how its scores are read.

    Scores of one ``preferred_term`` are compared with each other, whatever the code. It is None
    where a code is accepted on submission but is not in the list that the measures use.
    ``threshold`` is the change of score that counts as reliable.
    """

    code: str
    tool_name: str | None = None
    preferred_term: str | None = None
    rater: Rater | None = None
    lowest_score: float | None = None
    highest_score: float | None = None
    better: Literal["higher", "lower"] | None = None
    threshold: float | None = None
    snomed_version: Literal["v1", "v2"] | None = None
    category: Literal["PROM", "CROM", "PREM"] | None = None
    is_cyp_outcome: bool
    is_four_week_baseline: bool
    note: str | None = None


class RcadsNorm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Mean and standard deviation of raw RCADS scores at one gender (data set code) and age."""

    gender: Literal["1", "2"]
    age: int
    preferred_term: str
    mean: float
    standard_deviation: float


def read_outcome_tools(
    folder: Path,
) -> tuple[tuple[OutcomeTool, ...], tuple[RcadsNorm, ...], list[str]]:
    """Return the tools and norms of ``outcome_tools.csv`` and ``rcads_norms.csv`` in a folder.

    A file that is not there defines nothing.

    Returns:
        The tools, the norms, and every problem, each naming its file and line or code.
    """
    problems: list[str] = []
    tools = tuple(_rows(folder / "outcome_tools.csv", OutcomeTool, problems))
    norms = tuple(_rows(folder / "rcads_norms.csv", RcadsNorm, problems))
    where = f"rules/{folder.name}"
    problems += (f"{where}/outcome_tools.csv, {problem}" for problem in _tool_problems(tools))
    problems += (f"{where}/rcads_norms.csv, {problem}" for problem in _norm_problems(norms, tools))
    return tools, norms, problems


def _rows(path: Path, kind: type[_Row], problems: list[str]) -> Iterator[_Row]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            filled = {name: value for name, value in row.items() if value != ""}
            try:
                yield convert(filled, kind, strict=False)
            except ValidationError as error:
                problems.append(
                    f"rules/{path.parent.name}/{path.name}, line {reader.line_num}: {error}"
                )


def _tool_problems(tools: Sequence[OutcomeTool]) -> Iterator[str]:
    for code, times in Counter(tool.code for tool in tools).items():
        if times > 1:
            yield f"code {code}: is there {times} times; keep one."
    terms: dict[str, OutcomeTool] = {}
    for tool in tools:
        if tool.is_cyp_outcome:
            for name in ("preferred_term", "rater", "better", "threshold"):
                if getattr(tool, name) is None:
                    yield f"code {tool.code}: counts as an outcome but has no {name}."
        if tool.preferred_term is not None:
            yield from _range_problems(tool)
            other = terms.setdefault(tool.preferred_term, tool)
            if _reading(other) != _reading(tool):
                yield f"code {tool.code}: is read otherwise than {other.code} of the same term."


def _range_problems(tool: OutcomeTool) -> Iterator[str]:
    if tool.lowest_score is None or tool.highest_score is None:
        yield f"code {tool.code}: has no lowest_score or no highest_score."
    elif tool.lowest_score > tool.highest_score:
        yield f"code {tool.code}: lowest_score is above highest_score."


def _reading(tool: OutcomeTool) -> tuple[object, ...]:
    return tool.rater, tool.better, tool.threshold, tool.is_cyp_outcome


def _norm_problems(norms: Sequence[RcadsNorm], tools: Sequence[OutcomeTool]) -> Iterator[str]:
    terms = {tool.preferred_term for tool in tools}
    places = Counter((norm.gender, norm.age, norm.preferred_term) for norm in norms)
    for (gender, age, term), times in places.items():
        where = f"gender {gender}, age {age}, '{term}'"
        if times > 1:
            yield f"{where}: is there {times} times; keep one."
        if term not in terms:
            yield f"{where}: is no preferred_term of outcome_tools.csv."
    for norm in norms:
        if norm.standard_deviation <= 0:
            yield (
                f"gender {norm.gender}, age {norm.age}, '{norm.preferred_term}':"
                " standard_deviation is not above 0."
            )
