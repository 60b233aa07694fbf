"""Words for clinical leads: short, plain, and open to a trust's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from mhsds_recon.errors import ReferenceFileError
from mhsds_recon.packs import Pack, render_html
from mhsds_recon.packs.words import load_words, read_words
from mhsds_recon.reconciliation import Reconciliation

FOR_CLINICAL_LEADS = (
    *("status", "changes", "sign-off", "access", "waits", "outcomes", "eating_disorder"),
    *("activity", "trends", "actions"),
)
LONGEST_SENTENCE = 35
HIGHEST_GRADE = 9.0


@pytest.fixture
def packs(
    make_pack: Callable[..., Pack], month: SimpleNamespace, reconciliation: Reconciliation
) -> list[Pack]:
    """Packs that say most of what can be said to clinical leads."""
    before = {
        "previous_figures": month.figures_before({**month.values, "MHS95": 1190}),
        "previous_validation": month.validation_before(failures=month.failures[:2]),
    }
    return [
        make_pack(**before),
        make_pack(validation=month.validation(file_codes=("MHSREJ002",))),
        make_pack(figures=month.figures(dict.fromkeys(month.values))),
        make_pack(pack_type="B", reconciliation=reconciliation, **before),
    ]


def sentences(pack: Pack) -> Iterator[str]:
    """Yield what sections for clinical leads say, sentence by sentence."""
    for section in pack.sections:
        if section.id in FOR_CLINICAL_LEADS:
            prose = [
                row[index]
                for table in section.tables
                for index, column in enumerate(table.columns)
                if column.kind == "prose"
                for row in table.rows
            ]
            for text in (*section.sentences, *prose):
                yield from re.split(r"(?<=[.?])\s+", text)


def syllables(word: str) -> int:
    """Return how many syllables a word has, about: groups of vowels, less a silent e."""
    groups = re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e$", "", word))
    return max(len(groups), 1)


def grade(texts: list[str]) -> float:
    """Return the Flesch-Kincaid grade of sentences; about five less than the reading age."""
    words = [word for text in texts for word in re.findall(r"[a-z']+", text.lower())]
    return 0.39 * len(words) / len(texts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_what_clinical_leads_read_is_plain(packs: list[Pack]) -> None:
    said = sorted({text for pack in packs for text in sentences(pack) if len(text.split()) > 2})
    assert len(said) > 20
    assert grade(said) <= HIGHEST_GRADE
    long = [text for text in said if len(text.split()) > LONGEST_SENTENCE]
    assert long == []


def test_the_measure_of_plain_words_can_fail() -> None:
    assert (
        grade(["Notwithstanding organisational considerations, validation necessitates it."]) > 15
    )
    assert grade(["We saw the child. The child was well."]) < 3


def test_clinical_leads_meet_no_table_names_or_rule_codes(packs: list[Pack]) -> None:
    for text in (text for pack in packs for text in sentences(pack)):
        assert not re.search(r"\b(MHS|MRS|CYP|VC|ED|LOC)\d", text), text


def test_every_sentence_of_a_measure_fits_its_pack(packs: list[Pack]) -> None:
    assert not [text for pack in packs for text in sentences(pack) if "$" in text]


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
