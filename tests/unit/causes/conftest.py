"""A small synthetic trust, what the nation made of it, and walks between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mhsds_recon.causes import Given, LocalDefinitions, Stage, walk
from mhsds_recon.frames import Extract, Reference, extract_from_frames, read_reference
from mhsds_recon.measures import Figures, count
from mhsds_recon.published import LocalCounts, PublishedFigures, read_counts, read_published
from mhsds_recon.reconciliation import Reconciliation
from mhsds_recon.standard import ReportingPeriod, Standard
from mhsds_recon.testing import SyntheticTrust, synthetic_trust
from mhsds_recon.validation import Validation, validate

PERIOD = ReportingPeriod(2025, 9)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """A trust whose figures can be counted, published and walked between."""

    standard: Standard
    folder: Path
    reference: Reference
    validations: Mapping[ReportingPeriod, Validation]
    measure_ids: Sequence[str] = ("MHS95", "MHS30", "MHS130", "CYP23")

    @property
    def extracts(self) -> list[Extract]:
        """The months as submitted."""
        return [one.extract for one in self.validations.values()]

    def count(self, extracts: Sequence[Extract], variations: Sequence[str] = ()) -> Figures:
        """Count some months."""
        return count(
            extracts,
            standard=self.standard,
            period=PERIOD,
            reference=self.reference,
            measure_ids=self.measure_ids,
            variations=variations,
        )

    def accepted(self, *, without: Sequence[str] = ()) -> list[Extract]:
        """Return the accepted rows of the months."""
        months = self.validations.items()
        return [one.accepted_extract() for month, one in months if str(month) not in without]

    def walk(  # noqa: PLR0913  each is a thing that may be known
        self,
        national: Figures,
        *,
        counts: Figures | None = None,
        declared: Sequence[str] = (),
        earlier: Mapping[ReportingPeriod, Sequence[Validation]] | None = None,
        portal: Mapping[Stage, Extract] | None = None,
        also: Figures | None = None,
    ) -> Reconciliation:
        """Publish figures and walk to them; ``also`` are figures of another file."""
        figures = self.count(self.extracts)
        given = Given(
            figures=figures,
            published=self._published(national, "MHSDS Data_SepPerf_2025.csv"),
            validations=self.validations,
            standard=self.standard,
            reference=self.reference,
            counts=None if counts is None else self._as_file(counts),
            earlier=earlier or {},
            portal=portal or {},
            files=() if also is None else (self._published(also, "other.csv"),),
            definitions=LocalDefinitions(variations=tuple(declared)),
        )
        return walk(given)

    def _published(self, figures: Figures, name: str) -> PublishedFigures:
        path = self.folder / name
        figures.published().write_csv(path)
        return read_published([path], provider=figures.provider)

    def _as_file(self, counts: Figures) -> LocalCounts:
        path = self.folder / "counts.csv"
        counts.exact().write_csv(path)
        return read_counts(path, standard=self.standard, provider=counts.provider, period=PERIOD)


@pytest.fixture(scope="session")
def made() -> SyntheticTrust:
    """A trust with a few planted errors."""
    return synthetic_trust(months=6, people=300, seed=3)


@pytest.fixture(scope="session")
def reference(made: SyntheticTrust, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """Its reference files."""
    folder = tmp_path_factory.mktemp("reference")
    for name, rows in made.reference.items():
        rows.write_csv(folder / f"{name}.csv")
    return read_reference(folder)


@pytest.fixture(scope="session")
def months(
    made: SyntheticTrust, standard: Standard, reference: Reference
) -> dict[ReportingPeriod, Validation]:
    """Six validated months of a trust with a few rejected rows."""
    found = {}
    for name, tables in made.extracts.items():
        extract = extract_from_frames(tables, standard=standard, name=name)
        validation = validate(extract, standard=standard, reference=reference)
        found[ReportingPeriod.parse(name)] = validation
    return found


@pytest.fixture
def make_trust(
    standard: Standard,
    months: dict[ReportingPeriod, Validation],
    reference: Reference,
    tmp_path: Path,
) -> Callable[..., Trust]:
    """Return a function that makes the trust, with the measures that are looked at."""

    def make(*measure_ids: str) -> Trust:
        known = {"measure_ids": measure_ids} if measure_ids else {}
        return Trust(
            standard=standard, folder=tmp_path, reference=reference, validations=months, **known
        )

    return make
