"""Words for clinical leads: short, plain, and open to a trust's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import polars as pl
import pytest

from mhsds_recon.actions import Action, Finding, Opened, load_action_rules, what_to_do
from mhsds_recon.actions.entries import Effect
from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.measures import Figures
from mhsds_recon.packs import Pack, render_html
from mhsds_recon.packs.model import Section
from mhsds_recon.packs.words import load_words, read_words
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.signoff import Decision, GroupStanding, load_policy
from mhsds_recon.signoff.standing import State
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.standard.causes import load_causes
from mhsds_recon.standard.cut_offs import load_cut_offs

PERIOD = ReportingPeriod(2025, 9)
AT = dt.datetime(2025, 10, 20, 9, 30, tzinfo=dt.UTC)
FOR_CLINICAL_LEADS = (
    *("status", "changes", "sign-off", "access", "waits", "outcomes", "eating_disorder"),
    *("activity", "trends", "actions"),
)
LONGEST_SENTENCE = 30
HIGHEST_GRADE = 6.0
"""About reading age 11: a Flesch-Kincaid grade is some five years below the age."""

CODE = re.compile(r"\b(MHS|MRS|CYP|VC|ED|LOC)-?[A-Z]*\d")


@pytest.fixture
def packs(
    make_pack: Callable[..., Pack],
    month: SimpleNamespace,
    reconciliation: Reconciliation,
    standard: Standard,
    decision: Decision,
) -> list[Pack]:
    """Packs that say together nearly all that can be said to clinical leads."""
    before = {
        "previous_figures": month.figures_before({**month.values, "MHS95": 1190}),
        "previous_validation": month.validation_before(failures=month.failures[:2]),
    }
    every = {
        "figures": figures_of_all(month),
        "funnels": month.funnels(
            {
                name: {
                    None: list(range(400, 400 - 15 * len(funnel.steps), -15)),
                    "T1": list(range(300, 300 - 15 * len(funnel.steps), -15)),
                }
                for name, funnel in standard.funnels.items()
            }
        ),
        "pairing": month.pairing({"Goals": dict.fromkeys(load_words().pairing, 20)}),
        "teams": figures_of_teams(standard),
        "previous_teams": figures_of_teams(standard, PERIOD.back(1), "GONE"),
        "trends": (
            month.trend("MHS30d", [*islice(cycle((100.0, 110.0, 120.0)), 17), 400.0]),
            month.trend("CYP32", [*islice(cycle((100.0, 110.0, 120.0)), 18)]),
            month.trend("MHS110", [12.0, 9.0] * 9),
            month.trend("MRS11", [30.0, 40.0, 35.0]),
        ),
        "actions": actions(standard),
        "roles": load_policy().roles,
        "cut_off": load_cut_offs().of(PERIOD),
        "decisions": decisions(decision, get_args(State)[1:]),
    }
    return [
        make_pack(**before),
        make_pack(**before, **every),
        make_pack(
            **every | {"decisions": decisions(decision, get_args(State)[-3:])}, profile="internal"
        ),
        make_pack(**every | {"pairing": month.pairing({"Goals": {"paired": 40}})}),
        make_pack(validation=month.validation(file_codes=("MHSREJ002",)), **before),
        make_pack(figures=month.figures(dict.fromkeys(month.values))),
        make_pack(
            figures=month.figures(missing={"MHS95": (PERIOD.back(1),)}),
            funnels=month.funnels(
                {"access": {None: [90, 60]}}, not_assessed={"clock_stops": "needs refsets"}
            ),
        ),
        make_pack(pack_type="B", reconciliation=reconciliation, **before),
        make_pack(
            pack_type="B",
            reconciliation=month.reconciliation(
                [month.compared("MRS11", 57, "80", "differs_unexplained")], {}
            ),
        ),
    ]


def figures_of_all(month: SimpleNamespace) -> Figures:
    """Return every measure that the words show, by area too."""
    figures: Figures = month.figures(dict.fromkeys(load_words().shown_measures, 40))
    own = figures.frame.filter(breakdown="Provider")
    by_area = own.with_columns(
        breakdown=pl.lit(next(iter(load_words().areas))),
        primary_level=pl.lit("Q1A"),
        primary_level_description=pl.lit("North"),
    )
    object.__setattr__(figures, "frame", pl.concat([figures.frame, by_area]))
    return figures


def figures_of_teams(standard: Standard, period: ReportingPeriod = PERIOD, *more: str) -> Figures:
    """Return every measure that the words divide, by team and by age."""
    places = [("Provider", "RZZ", "NONE"), ("Provider; Age Band", "RZZ", "0 to 5")]
    places += [("Local team", team, "NONE") for team in ("T1", *more)]
    names = ("breakdown", "primary_level", "secondary_level", "measure_id")
    rows = [
        (*place, name) for place in places for name in ("LOC04", *load_words().divided_measures)
    ]
    frame = pl.DataFrame(rows, names, orient="row").with_columns(
        primary_level_description=pl.lit("Youth Offending Service"),
        exact_value=pl.lit(40.0),
        measure_value=pl.lit("40"),
    )
    assert set(load_words().divided_measures) <= set(standard.measures)
    return Figures(provider="RZZ", period=period, frame=frame, missing_months={})


def actions(standard: Standard) -> tuple[Action, ...]:
    """Return an open action for each cause that can open one, late ones among them."""
    rules = load_action_rules(standard.version)
    owned = [one for one in load_causes().values() if one.fix_owner in rules.owners]
    effect = Effect(measure_id="MHS95", size=43.0)
    found = (
        Finding(effect=effect, period=PERIOD, now=13.0, came="came_in_part"),
        Finding(effect=effect, period=PERIOD, now=43.0, came="did_not_come"),
        Finding(effect=effect, period=None, now=None, came="cannot_tell"),
    )
    return tuple(
        Action(
            number=number,
            opened=Opened(
                provider="RZZ",
                period="2025-08",
                what=what_to_do(cause, rules),
                owner=rules.owners[cause.fix_owner],
                due=dt.date(2025, 10, 1 + number % 30),
                origin="walk",
                cause_id=cause.cause_id,
                effects=(effect,) if number % 2 else (),
                resend=("2025-08",),
                name="Ada",
                at=AT,
            ),
            findings=(found[number % 3],) if number % 2 else (),
        )
        for number, cause in enumerate(owned)
    )


def decisions(made: Decision, states: Sequence[State]) -> tuple[GroupStanding, ...]:
    """Return groups in some states."""
    return tuple(
        GroupStanding(group=group, state=state, decision=made)
        for group, state in zip(load_words().sign_off_groups, states, strict=False)
    )


def for_leads(pack: Pack) -> Iterator[Section]:
    return (section for section in pack.sections if section.id in FOR_CLINICAL_LEADS)


def read_by_leads(section: Section) -> Iterator[str]:
    """Yield everything that stands in a section: titles, sentences, charts, tables and notes."""
    yield from (section.title, *section.sentences, *section.notes)
    for chart in section.charts:
        yield from (chart.title, chart.alternative)
        yield from (getattr(mark, "label", "") for mark in getattr(chart, "bars", ()))
    for table in section.tables:
        yield from (table.caption, *(column.name for column in table.columns))
        for row in table.rows:
            yield from row


def sentences(pack: Pack) -> Iterator[str]:
    """Yield what sections for clinical leads say, sentence by sentence."""
    for section in for_leads(pack):
        for text in read_by_leads(section):
            yield from re.split(r"(?<=[.?])\s+", text)


def syllables(word: str) -> int:
    """Return how many syllables a word has, about: groups of vowels, less a silent e."""
    groups = re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e$", "", word))
    return max(len(groups), 1)


def grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade of sentences; about five less than the reading age."""
    words = [word for text in texts for word in re.findall(r"[a-z']+", text.lower())]
    return 0.39 * len(words) / len(texts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def said(packs: list[Pack], *, at_least: int) -> list[str]:
    """Return the different sentences of so many words."""
    found = {text for pack in packs for text in sentences(pack)}
    return sorted(text for text in found if len(re.findall(r"[A-Za-z']+", text)) >= at_least)


def test_what_clinical_leads_read_is_plain(packs: list[Pack]) -> None:
    """Grade 6 at most, about reading age 11, for all texts and for full sentences alone.

    No word is left out, terms of the field neither. The formula counts words in a sentence and
    syllables in a word; it does not know whether a sentence is clear. What a trust enters itself,
    such as names of teams and comments, is made up here and short.
    """
    everything, full = said(packs, at_least=3), said(packs, at_least=10)
    assert len(full) > 150
    assert grade(everything) <= HIGHEST_GRADE
    assert grade(full) <= HIGHEST_GRADE
    assert [text for text in full if len(text.split()) > LONGEST_SENTENCE] == []


def test_the_measure_of_plain_words_can_fail() -> None:
    assert (
        grade(["Notwithstanding organisational considerations, validation necessitates it."]) > 15
    )
    assert grade(["We saw the child. The child was well."]) < 3


def test_clinical_leads_meet_no_table_names_or_rule_codes(packs: list[Pack]) -> None:
    """Not in a sentence, note, title, caption, column, cell, chart or text alternative."""
    found = {section.id for pack in packs for section in for_leads(pack) if section.tables}
    assert found >= set(FOR_CLINICAL_LEADS) - {"changes"}
    for pack in packs:
        for section in for_leads(pack):
            # Names of worksheets are made of the ids of tables.
            ids = (each.id for each in (*section.tables, *section.charts))
            for text in (*read_by_leads(section), *ids):
                assert not CODE.search(text), (section.id, text)


def test_analysts_find_the_codes_of_funnels_elsewhere(packs: list[Pack]) -> None:
    (table,) = (
        table
        for section in packs[1].sections
        if section.id == "definitions"
        for table in section.tables
        if table.id == "funnel-causes"
    )
    access = [row for row in table.rows if row[0] == "Children and young people seen in 12 months"]
    assert [row[3] for row in access] == ["VC26", "VC25", "VC19", "VC19", "VC15", "VC17"]
    assert access[0][2] == "15"
    assert access[-1][-1] == "MHS95"


def test_every_sentence_of_a_measure_fits_its_pack(packs: list[Pack]) -> None:
    assert not [text for pack in packs for text in sentences(pack) if "$" in text]


def test_every_cause_of_an_action_has_plain_words(standard: Standard) -> None:
    rules = load_action_rules(standard.version)
    owned = {one.cause_id for one in load_causes().values() if one.fix_owner in rules.owners}
    assert owned <= set(load_words().causes)


def own(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_trust_can_say_things_in_its_own_words(
    tmp_path: Path, make_pack: Callable[..., Pack]
) -> None:
    ours = read_words(
        own(
            tmp_path,
            '[titles]\naccess = "Mynediad"\n[sentences]\npage_heading = "Pecyn $month"\n'
            '[measures.MHS95]\nlabel = "Plant a welwyd"\n',
        )
    )
    pack = make_pack(words=ours)
    page = render_html(pack, ours)
    assert "Mynediad" in page
    assert '<h1 class="nhsuk-heading-xl">Pecyn September 2025</h1>' in page
    assert "Plant a welwyd" in page
    # What the file leaves out stays.
    assert ours.measures["MHS95"].sentence == load_words().measures["MHS95"].sentence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[titles]\naces = "x"\n', "there is no 'titles.aces'. Did you mean 'access'?"),
        ('[sentences]\nabout = "Tua $numbr"\n', "cannot fill in $numbr; it knows: $number"),
        ('[sentences]\nabout = "costs $ 5"\n', "'sentences.about' has a $ that no name follows"),
        ("[titles]\naccess = 3\n", "Expected `str`, got `int`"),
        ("[titles\n", "is no TOML file of words"),
        ('[measures.MHS95]\nsentence = "$Cunt of them"\n', "cannot fill in $Cunt"),
    ],
)
def test_words_that_cannot_be_used_are_refused_with_the_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(ReferenceFileError) as refused:
        read_words(own(tmp_path, text))
    assert message in str(refused.value)
    assert "ours.toml" in str(refused.value)


def test_a_missing_file_of_words_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceFileError, match="cannot be read"):
        read_words(tmp_path / "absent.toml")
