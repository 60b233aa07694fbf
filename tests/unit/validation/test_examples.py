"""Every rule's generated examples, tried with the real rules: each fails or passes as it should."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from mhsds_recon.frames import PolarsEngine, Reference, extract_from_frames
from mhsds_recon.standard import PortalFacts, Rule, Standard
from mhsds_recon.standard.checks import (
    FitsScheme,
    FollowedBy,
    Linked,
    Mandatory,
    NotAfter,
    NotBefore,
    Organisation,
)
from mhsds_recon.validation import Validation, validate
from mhsds_recon.validation.examples import Example, ExampleRow, example_of
from mhsds_recon.validation.typical import PORTAL, typical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Row = dict[str, str | None]
PROVIDER_ELEMENT = "OrgIDProvider"
EMPTY_TABLE = "MHS608AnonSelfAssess"


class Submission:
    """Rows by table, collected to be validated in one go; each knows where it was put."""

    def __init__(self, standard: Standard, rows: Mapping[str, list[Row]]) -> None:
        self.standard = standard
        self.rows = defaultdict(list, {table: list(given) for table, given in rows.items()})

    def add(self, examples: Iterable[ExampleRow]) -> list[tuple[str, int]]:
        """Put in the rows of an example; those above the first are in every submission."""
        examples = list(examples)
        places = []
        for example in examples:
            if example.table == examples[0].table:
                self.rows[example.table].append(dict(example.values))
                places.append((example.table, len(self.rows[example.table])))
        return places

    def validated(self, lookups: Reference) -> Validation:
        """Return what the rules say about all the rows."""
        frames = {
            table: pl.DataFrame(
                {name: [row.get(name) for row in rows] for name in elements},
                schema=dict.fromkeys(elements, pl.String),
            )
            for table, rows in self.rows.items()
            for elements in [self.standard.tables[table].element_names]
        }
        extract = extract_from_frames(frames, standard=self.standard)
        facts = msgspec.convert(PORTAL, PortalFacts)
        return validate(extract, standard=self.standard, reference=lookups, portal=facts)


@pytest.fixture(scope="module")
def lookups(standard: Standard) -> Reference:
    """Reference files that know the organisations and the postcode of the passing examples."""
    engine = PolarsEngine()
    known = {
        (str(example.passing[0].values[rule.check.element]), rule.check.register)
        for rule, example in _examples(standard)
        if isinstance(rule.check, Organisation)
    }
    organisations = pl.LazyFrame(sorted(known), schema=["code", "kind"], orient="row")
    postcodes = pl.LazyFrame({"postcode": ["ZQ1 1AB"], "la_district": ["X"], "sub_icb": ["X"]})
    return Reference(
        organisations=engine.scan(
            organisations.with_columns(
                open_date=pl.lit("2020-04-01"), close_date=pl.lit(None, dtype=pl.String)
            )
        ),
        postcodes=engine.scan(postcodes),
    )


@pytest.fixture(scope="module")
def clean(standard: Standard) -> dict[str, list[Row]]:
    """One typical row of every table, all linked with each other."""
    compared = defaultdict(set)
    for rule in standard.rules.values():
        match rule.check:
            case NotBefore(element=name, other=other) | NotAfter(element=name, other=other):
                compared[rule.table].add(name)
                number, _, above = other.rpartition(".")
                if number.startswith("MHS"):
                    compared[standard.numbered(number).name].add(above)
            case _:
                pass
    return {
        table: [_typical_row(table, compared[table], standard)]
        for table in standard.tables
        if table != EMPTY_TABLE
    }


def _typical_row(table: str, compared: set[str], standard: Standard) -> Row:
    linking = {
        rule.check.element
        for rule in standard.rules.values()
        if isinstance(rule.check, Linked) and table in {rule.table, rule.check.table}
    }
    rules = standard.rules_of(table)
    needed = {
        rule.check.element
        for rule in rules
        if isinstance(rule.check, Mandatory) and rule.check.when is None
    }
    elements = standard.tables[table].elements
    row: Row = {
        element.name: typical(element, standard)
        for element in elements
        if element.name in linking | needed | compared
    }
    for rule in rules:
        if isinstance(rule.check, FitsScheme) and rule.check.scheme in row:
            row[rule.check.scheme] = rule.check.snomed_ct
    return row


def test_typical_rows_make_a_clean_submission(
    standard: Standard, clean: dict[str, list[Row]], lookups: Reference
) -> None:
    validation = Submission(standard, clean).validated(lookups)
    assert validation.file_verdict.codes == ()
    rejected = validation.findings.filter(pl.col("level").str.ends_with("rejected"))
    assert rejected["code"].to_list() == []


def test_failing_examples_fail_and_passing_ones_pass(
    standard: Standard, clean: dict[str, list[Row]], lookups: Reference
) -> None:
    rows, links = Submission(standard, clean), Submission(standard, clean)
    places: list[tuple[Submission, Rule, tuple[str, int], tuple[str, int] | None]] = []
    for rule, example in _examples(standard):
        if rule.table == standard.header.name or isinstance(rule.check, FollowedBy):
            continue
        if isinstance(rule.check, Linked):
            assert _is_among(example.passing, clean), rule.code
            places.append((links, rule, links.add(example.failing)[0], (rule.table, 1)))
            continue
        first, *_ = rows.add(example.failing)
        passed = rows.add(example.passing)
        places.append((rows, rule, first, passed[0] if passed else None))
    found = {id(batch): _found(batch.validated(lookups)) for batch in (rows, links)}
    for batch, rule, failing, passing in places:
        assert (rule.code, failing[1]) in found[id(batch)], f"{rule.code} does not fail"
        if passing is not None:
            assert (rule.code, passing[1]) not in found[id(batch)], f"{rule.code} does not pass"


def test_examples_of_the_header_fail_and_pass(
    standard: Standard, clean: dict[str, list[Row]], lookups: Reference
) -> None:
    table = standard.header.name
    (header,) = clean[table]
    for rule, example in _examples(standard):
        if rule.table != table:
            continue
        for rows, fails in ((example.failing, True), (example.passing, False)):
            submission = Submission(standard, {})
            submission.rows[table] = [
                {**header, **row.values} for row in rows if row.table == table
            ]
            assert ((rule.code, 1) in _found(submission.validated(lookups))) == fails, rule.code


def test_examples_of_rows_that_carry_on_fail_and_pass(
    standard: Standard, clean: dict[str, list[Row]], lookups: Reference
) -> None:
    for rule, example in _examples(standard):
        if not isinstance(rule.check, FollowedBy):
            continue
        (base,) = clean[rule.table]
        for rows, fails in ((example.failing, True), (example.passing, False)):
            submission = Submission(standard, clean)
            submission.rows[rule.table] = [
                {**base, rule.check.end: None, **row.values} for row in rows
            ]
            assert ((rule.code, 1) in _found(submission.validated(lookups))) == fails, rule.code


def test_only_rules_on_unpublished_code_lists_have_no_example(standard: Standard) -> None:
    without = [rule.code for rule in standard.rules.values() if example_of(rule, standard) is None]
    assert without == ["MHS01423", "MHS20154"]


def test_only_a_rule_that_every_row_fails_has_no_passing_example(standard: Standard) -> None:
    without = [rule.code for rule, example in _examples(standard) if not example.passing]
    assert without == ["MHS60815"]


def test_examples_hold_nhs_numbers_of_the_unissued_range_only(standard: Standard) -> None:
    numbers = {
        row.values["NHSNumber"]
        for _, example in _examples(standard)
        for row in (*example.failing, *example.passing)
        if row.values.get("NHSNumber")
    }
    assert numbers
    assert all(number and number.startswith("999") for number in numbers)


def _examples(standard: Standard) -> Iterable[tuple[Rule, Example]]:
    for rule in standard.rules.values():
        example = example_of(rule, standard)
        if example is not None:
            yield rule, example


def _is_among(rows: Iterable[ExampleRow], clean: Mapping[str, list[Row]]) -> bool:
    """Return whether the rows of an example are part of the clean submission."""
    return all(row.values.items() <= clean[row.table][0].items() for row in rows)


def _found(validation: Validation) -> set[tuple[str, int]]:
    return set(validation.findings.select("code", "row_number").rows())
