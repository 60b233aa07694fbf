"""Rule failures: by effect, with people, teams, months and how to fix them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import polars as pl
import pytest

from mhsds_recon.effects import Effects
from mhsds_recon.packs import Pack, canonical_json
from mhsds_recon.packs.disclosure import Numbers
from mhsds_recon.packs.past import Past
from mhsds_recon.packs.sections.checks import fix_of
from mhsds_recon.packs.sections.failures import shown_effects
from mhsds_recon.packs.words import load_words
from mhsds_recon.standard import ReportingPeriod, Standard

PERIOD = ReportingPeriod(2025, 9)
FEW, MANY, GROUP, WARNING = "MHS10104", "MHS10108", "MHS10103", "MHS00120"
REFERRALS = "MHS101Referral"
Make = Callable[..., Pack]
Alone = Mapping[str, Mapping[str, float | None]]


def effects_of(alone: Alone, *, at_least: bool = False) -> Effects:
    """Return what rules on referrals take alone, by rule and measure; None: not weighed."""
    rows = [
        {
            "code": code,
            "table": REFERRALS,
            "element": None,
            "measure_id": measure_id,
            "rows_read": 5,
            "removed_alone": lost,
            "gained_by_fixing": None,
            "can_touch": True,
            "at_least": at_least,
        }
        for code, by_measure in alone.items()
        for measure_id, lost in by_measure.items()
    ]
    frame = [
        {
            "code": code,
            "level": "record_rejected",
            "table": REFERRALS,
            "element": None,
            "rows": 5,
            "rows_rejected": 400 if None in by_measure.values() else 5,
            "rows_cascade": 0,
            "largest_effect": None
            if None in by_measure.values()
            else max(abs(lost or 0) for lost in by_measure.values()),
        }
        for code, by_measure in alone.items()
    ]
    return Effects(period=PERIOD, frame=pl.DataFrame(frame), measures=pl.DataFrame(rows))


def table(pack: Pack, name: str) -> list[dict[str, str]]:
    """Return the rows of a table of the section, by column."""
    section = next(each for each in pack.sections if each.id == "rule-failures")
    found = next((each for each in section.tables if each.id == name), None)
    if found is None:
        return []
    names = [column.name for column in found.columns]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def said(pack: Pack) -> str:
    return " ".join(next(each for each in pack.sections if each.id == "rule-failures").sentences)


def test_the_rule_that_takes_most_from_a_measure_comes_first(make_pack: Make) -> None:
    effects = effects_of(
        {FEW: {"MHS95": 38.0, "MRS12": -24.0}, MANY: {"MHS95": 12.0}}, at_least=True
    )
    pack = make_pack(effects=effects)
    rules = table(pack, "failed-rules")
    assert [row["Rule"] for row in rules] == [FEW, MANY, GROUP, WARNING]
    assert [row["Largest effect"] for row in rules] == ["-40", "-10", "cannot tell", "none"]
    assert [tuple(row.values()) for row in table(pack, "rule-effects")] == [
        (FEW, "MHS95", load_words().measures["MHS95"].label, "-40", "At least"),
        (FEW, "MRS12", load_words().measures["MRS12"].label, "+25", "At least"),
        (MANY, "MHS95", load_words().measures["MHS95"].label, "-10", "At least"),
    ]
    exact = table(make_pack(effects=effects, profile="internal"), "rule-effects")
    assert [row["Change of the figure"] for row in exact] == ["-38", "+24", "-12"]


def test_effects_of_fewer_than_five_are_told_apart_neither_by_text_nor_by_order(
    make_pack: Make,
) -> None:
    packs = [
        make_pack(effects=effects_of({FEW: {"MHS95": few}, MANY: {"MHS95": many}}))
        for few, many in ((1.0, 3.0), (4.0, 0.0), (0.0, 2.0))
    ]
    assert len({canonical_json(pack) for pack in packs}) == 1
    shown = {row["Rule"]: row["Largest effect"] for row in table(packs[0], "failed-rules")}
    assert (shown[FEW], shown[MANY]) == ("*", "*")
    assert table(packs[0], "rule-effects") == []
    assert "Measures of which no effect is shown" in said(packs[0])


def test_beside_a_small_effect_larger_ones_are_named_in_their_order_without_numbers(
    make_pack: Make,
) -> None:
    effects = effects_of({FEW: {"MHS95": 21.0}, MANY: {"MHS95": 3.0}, GROUP: {"MHS95": -9.0}})
    pack = make_pack(effects=effects)
    shown = [(row["Rule"], row["Largest effect"]) for row in table(pack, "failed-rules")]
    assert shown[:3] == [
        (FEW, "lower by 5 or more"),
        (GROUP, "higher by 5 or more"),
        (MANY, "fewer than 5"),
    ]


@pytest.mark.parametrize(("rules", "largest", "told"), [(2, 45, 30), (3, 24, 15)])
def test_effects_and_their_sum_leave_no_single_small_effect(
    rules: int, largest: int, told: int
) -> None:
    """All effects that look alike, beside what the walk shows of their sum, are set together."""
    numbers = Numbers(profile="national")
    material = SimpleNamespace(numbers=numbers, words=load_words())
    alike: dict[object, list[tuple[int, ...]]] = {}
    for effects in product(range(largest), repeat=rules):
        shown = shown_effects(material, [-float(effect) for effect in effects])  # type: ignore[arg-type]
        if sum(effects) <= told:
            walk = numbers.sizes([float(sum(effects))])[0].text
            alike.setdefault((walk, str(shown)), []).append(effects)
    for several in alike.values():
        for values in zip(*several, strict=True):
            assert not set(values) <= {1, 2, 3, 4}


def test_a_rule_that_was_not_weighed_stands_where_its_rows_put_it(make_pack: Make) -> None:
    pack = make_pack(effects=effects_of({FEW: {"MHS95": 38.0}, MANY: {"MHS95": None}}))
    rules = table(pack, "failed-rules")
    assert [(row["Rule"], row["Largest effect"]) for row in rules][:2] == [
        (MANY, "cannot tell"),
        (FEW, "-40"),
    ]
    assert "effect was not worked out here" in said(pack)


def test_people_and_teams_of_a_rule_are_named_as_far_as_they_may_be(make_pack: Make) -> None:
    given = {
        "people_by_rule": pl.DataFrame(
            {"code": [MANY, FEW], "table": [REFERRALS] * 2, "people": [13, 2]}
        ),
        "failures_by_team": pl.DataFrame(
            {
                "team": ["T1", "T2", "T3", "T4", "T5", None],
                "code": [MANY] * 6,
                "table": [REFERRALS] * 6,
                "rows": [5, 9, 4, 30, 7, 90],
            }
        ),
    }
    people = {row["Rule"]: row["People"] for row in table(make_pack(**given), "failed-rules")}
    assert people == {MANY: "15", FEW: "*", GROUP: "-", WARNING: "-"}

    def teams(profile: str) -> str:
        rows = table(make_pack(**given, profile=profile), "failed-rules-over-time")
        return next(row["Teams most affected"] for row in rows if row["Rule"] == MANY)

    # T1 and T5 show the same number of rows, so their codes alone order them.
    assert teams("national") == "T4, T2, T1"
    assert teams("internal") == "T4: 30, T2: 9, T5: 7"
    assert teams("public") == "-"


def test_the_public_sees_no_effects(make_pack: Make) -> None:
    pack = make_pack(effects=effects_of({FEW: {"MHS95": 38.0}}), profile="public")
    assert table(pack, "rule-effects") == []
    shown = [row["Largest effect"] for row in table(pack, "failed-rules")]
    assert shown == ["cannot tell", "cannot tell", "*", "none"]  # others were not weighed at all
    assert table(pack, "failed-rules")[0]["Rule"] == MANY


def test_since_when_a_rule_fails_is_told_as_far_as_months_are_known(make_pack: Make) -> None:
    few, many, group = ((code, REFERRALS) for code in (FEW, MANY, GROUP))
    failed: dict[ReportingPeriod, dict[tuple[str, str], int]] = {
        PERIOD.back(1): {few: 3, many: 20},
        PERIOD.back(2): {few: 1},
        PERIOD.back(4): {few: 9, group: 2},
    }
    rows = {
        row["Rule"]: (row["First month seen"], row["Months in a row"])
        for row in table(make_pack(past=Past(failed=failed)), "failed-rules-over-time")
    }
    assert rows[FEW] == ("May 2025 or earlier", "3 or more")  # June is not known
    assert rows[MANY] == ("August 2025", "2")
    assert rows[GROUP] == ("May 2025 or earlier", "1")
    assert rows[WARNING] == ("September 2025", "1")
    unknown = table(make_pack(), "failed-rules-over-time")
    assert {row["First month seen"] for row in unknown} == {"cannot tell"}


def test_every_rule_has_a_fix_that_names_what_is_wrong(standard: Standard) -> None:
    material = SimpleNamespace(words=load_words(), inputs=SimpleNamespace(standard=standard))
    for code in standard.rules:
        fix = fix_of(material, code)  # type: ignore[arg-type]
        assert fix.endswith(".")
        assert "  " not in fix
        assert " ," not in fix
    assert "tables and columns" in fix_of(material, "SHAPE02")  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["national", "public", "internal"])
def test_a_month_without_failures_says_so_in_a_line(
    make_pack: Make, month: SimpleNamespace, profile: str
) -> None:
    pack = make_pack(validation=month.validation(failures=()), profile=profile)
    assert said(pack) == "No rule failed."
    assert table(pack, "failed-rules") == []


@pytest.mark.parametrize(
    ("rows", "size", "shown"),
    [
        (8, 8.0, ("cannot tell", "cannot tell")),  # two rules of at most 4 rows: 4 and 4
        (2, 2.0, ("fewer than 5", "*")),
        (5, 40.0, ("cannot tell", "cannot tell")),
    ],
)
def test_a_step_of_the_walk_tells_nothing_of_the_rules_behind_it(
    make_pack: Make, month: SimpleNamespace, rows: int, size: float, shown: tuple[str, str]
) -> None:
    differs = month.compared("MHS30d", 913, "905", "differs_explained", explained=size)
    found = month.reconciliation([differs], {"MHS30d": [size]})
    behind = found.variance.with_columns(
        rows=pl.lit(rows), rules=pl.lit(f"{FEW}: 3 rows, {GROUP}: 4 rows")
    )
    pack = make_pack(pack_type="B", reconciliation=replace(found, variance=behind))
    walk = next(each for each in pack.sections if each.id == "variance").tables[0]
    names = [column.name for column in walk.columns]
    ((*cells,),) = walk.rows
    assert (cells[names.index("Size")], cells[names.index("Rows")]) == shown


def test_only_groups_whose_measures_read_lost_rows_are_said_to_lose_some(make_pack: Make) -> None:
    effects = effects_of({FEW: {"MHS95": 1.0, "MRS13": 0.0}})
    read = pl.when(pl.col("measure_id") == "MHS95").then(5).otherwise(0).alias("rows_read")
    pack = make_pack(effects=replace(effects, measures=effects.measures.with_columns(read)))
    issue = load_words().sentences["issue_rejected_rows"]
    losing = {group.id: issue in group.issues for group in pack.groups}
    assert (losing["access"], losing["waits"]) == (True, False)
    # Of a group that nothing was weighed for, any rejected row may be one of its own.
    assert losing["activity"]
