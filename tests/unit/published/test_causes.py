"""The causes of difference, as data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard.causes import load_causes


@pytest.mark.shared
def test_every_cause_is_there_in_its_order_with_its_facts(shared: Path) -> None:
    with (shared / "spec" / "variance_causes.csv").open(encoding="utf-8", newline="") as lines:
        expected = [
            (row["cause_id"], row["category"], row["direction"], row["fix_owner"])
            for row in csv.DictReader(lines)
        ]
    causes = load_causes().values()
    assert [(c.cause_id, c.category, c.direction, c.fix_owner) for c in causes] == expected
    assert all(cause.name for cause in causes)


def test_problems_of_the_file_are_all_listed(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "v6.0"
    folder.mkdir(parents=True)
    with pytest.raises(DefinitionError, match=r"variance_causes\.csv is missing"):
        load_causes(root=tmp_path)
    header = "cause_id,name,category,direction,fix_owner"
    rows = ["VC01,a,b,up,none", "VC02,a,b,either,none", "VC02,a,b,either,none", "VC03,a"]
    (folder / "variance_causes.csv").write_text("\n".join([header, *rows]))
    with pytest.raises(DefinitionError) as caught:
        load_causes(root=tmp_path)
    lines = [problem.split(":")[0].rsplit(", ", 1)[1] for problem in caught.value.problems]
    assert lines == ["line 2", "line 4", "line 5"]
