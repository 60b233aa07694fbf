"""A pack with the portal's reports, a published score, and a month that the history remembers."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

Command = Callable[..., tuple[int, str, str]]
PERIOD, BEFORE = "2025-09", "2025-08"
PRIVATE = "A-PRIVATE-REFERRAL"


def _summary(path: Path, accepted: int) -> Path:
    items = [f"DATA_{part}{place}" for place in range(1, 11) for part in ("ITEM", "VALUE")]
    header = ["REPORT_TYPE", "DESCRIPTION", "CODE", "NUMERATOR", "DENOMINATOR", *items]
    rejected = ("Validation Failures", "Record rejected - a", "MHS10117", "1", "")
    reports: dict[str, list[tuple[str, ...]]] = {
        "aggregation": [("Aggregation", "a", "MHSARV001", str(accepted), "")],
        "diagnostics": [("Diagnostic", "a", "MHSDAG001", "120", "200")],
        "data_quality": [],
        "validations": [(*rejected, "[M101010] ServiceRequestID", PRIVATE)] * 40,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in reports.items():
            text = io.StringIO(newline="")
            lines = [(*row, *[""] * (len(header) - len(row))) for row in rows]
            csv.writer(text).writerows([header, *lines])
            archive.writestr(f"{name}.csv", text.getvalue())
    return path


def test_a_pack_tells_what_the_portal_the_history_and_the_publication_say(
    command: Command, trust_folder: Path, tmp_path: Path
) -> None:
    history = ("--history", tmp_path / "history.sqlite")
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    (extracts / PERIOD).symlink_to(trust_folder / "extracts" / PERIOD)
    before = trust_folder / "extracts" / BEFORE
    assert command("validate", before, "--output", tmp_path / "validation", *history)[0] < 2
    scores = tmp_path / "scores.toml"
    scores.write_text('[[score]]\nmonth = "2025-07"\nscore = 91.4\nsource = "NHS England"\n')
    words = ["pack", extracts, "--period", PERIOD, "--output", tmp_path / "packs"]
    words += ["--portal", _summary(tmp_path / "Summary.zip", 100), "--published-scores", scores]
    code, out, err = command(*words, "--to", "html,xlsx", *history)
    assert code == 0, err
    text = (tmp_path / "packs" / f"RZZ_{PERIOD}_A_v1.json").read_text(encoding="utf-8")
    sections = {section["id"]: section for section in json.loads(text)["sections"]}
    tables = {table["id"]: table["rows"] for one in sections.values() for table in one["tables"]}
    assert ["MHSDAG001", "120", "200"] in [
        [row[0], *row[2:]] for row in tables["portal-diagnostics"]
    ]
    assert "MHS10117" in [row[0] for row in tables["portal-rules"]]
    assert [row[-1] for row in tables["portal-rows"]] == ["Differ"]
    assert "Summary.zip" in [row[0] for row in tables["input-files"]]
    referrals = next(row for row in tables["rows-by-month"] if row[0].startswith("MHS101"))
    assert referrals[2].replace(",", "").isdigit()  # last month, from the history
    assert referrals[4] == "cannot tell"
    assert any("91.4%" in sentence for sentence in sections["quality"]["sentences"])
    failed = {row[0] for row in tables["failed-rules-over-time"]}
    assert failed == {row[0] for row in tables["failed-rules"]} != set()
    assert PRIVATE not in text + out + err
