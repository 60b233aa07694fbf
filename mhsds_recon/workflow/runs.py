"""One provider's months, opened once for everything that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mhsds_recon import frames, measures
from mhsds_recon.frames import Extract, Location, Reference
from mhsds_recon.measures import Figures, Submissions
from mhsds_recon.standard import ReportingPeriod, Standard, load_standard
from mhsds_recon.validation import Validation
from mhsds_recon.validation import validate as _validate

__all__ = ["Run"]


@dataclass(frozen=True, kw_only=True)
class Run:
    """One provider's months, opened once for everything that is made of them.

    Attributes:
        path: Where the extracts are.
        standard: The version of the standard.
        reference: Reference files.
        extracts: One per period, earliest first.
        reference_folder: Where the reference files are; None where none are given.
    """

    path: Location
    standard: Standard
    reference: Reference
    extracts: tuple[Extract, ...]
    reference_folder: Path | None = None
    _validated: dict[ReportingPeriod, Validation] = field(default_factory=dict, repr=False)
    _submitted: dict[ReportingPeriod, Submissions] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        path: Location,
        *,
        version: str = "6.0",
        reference: Path | None = None,
        provider: str | None = None,
    ) -> Run:
        """Open the extracts under a path or in a database, with one engine for all.

        Raises:
            ExtractError: An extract cannot be read, or the provider is not clear.
            DatabaseError: A database cannot be reached.
            ReferenceFileError: A reference file does not fit.
        """
        standard = load_standard(version)
        engine = frames.PolarsEngine()
        return cls(
            path=path,
            standard=standard,
            reference=frames.read_reference(reference, engine=engine),
            reference_folder=reference,
            extracts=frames.open_extracts(
                path, standard=standard, engine=engine, provider=provider
            ),
        )

    def count(
        self,
        period: ReportingPeriod,
        *,
        form: Callable[[Validation], Extract] | None = None,
        measure_ids: Iterable[str] | None = None,
        breakdowns: Iterable[str] | None = None,
        as_of: ReportingPeriod | None = None,
    ) -> Figures:
        """Count the measures of a period.

        Args:
            period: The reporting period; later months are left out.
            form: Which rows of each validated month to count; all submitted rows where None.
            measure_ids: Which measures; all that are published where None.
            breakdowns: What to divide them by; what they are published by where None.
            as_of: Let months up to this one in all the same; only where ``form`` is None.
        """
        extracts = (
            self.extracts
            if form is None
            else [form(validation) for validation in self.validations(period).values()]
        )
        return measures.count(
            extracts,
            standard=self.standard,
            period=period,
            reference=self.reference,
            measure_ids=measure_ids,
            breakdowns=breakdowns,
            as_of=as_of,
        )

    def submissions(self, period: ReportingPeriod) -> Submissions:
        """Return the months up to a period as one history; what is derived of it is kept."""
        if period not in self._submitted:
            self._submitted[period] = measures.submissions_of(
                self.extracts, period, self.reference, self.standard
            )
        return self._submitted[period]

    def until(self, period: ReportingPeriod) -> tuple[Extract, ...]:
        """Return the extracts of the months up to a period."""
        return tuple(
            extract
            for extract in self.extracts
            if extract.period is not None and extract.period <= period
        )

    def validations(self, period: ReportingPeriod) -> dict[ReportingPeriod, Validation]:
        """Validate every month up to a period, each once."""
        return {
            extract.period: self._validation_of(extract, extract.period)
            for extract in self.until(period)
            if extract.period is not None
        }

    def validation_of(self, period: ReportingPeriod) -> Validation | None:
        """Validate the extract of one period, once; None where there is none."""
        own = (extract for extract in self.extracts if extract.period == period)
        return next((self._validation_of(extract, period) for extract in own), None)

    def earlier_versions(
        self, period: ReportingPeriod
    ) -> dict[ReportingPeriod, tuple[Validation, ...]]:
        """Validate the versions of months up to a period that a later one stands for.

        Returns:
            By month, the latest first; only months that have any.
        """
        found: dict[ReportingPeriod, tuple[Validation, ...]] = {}
        provider = self.extracts[0].provider
        for extract in frames.open_earlier_versions(
            self.path, standard=self.standard, engine=self.extracts[0].engine, provider=provider
        ):
            month = extract.period
            if month is not None and month <= period:
                validation = _validate(
                    extract, standard=self.standard, reference=self._reference_of(month)
                )
                found[month] = (*found.get(month, ()), validation)
        return found

    def _validation_of(self, extract: Extract, period: ReportingPeriod) -> Validation:
        if period not in self._validated:
            self._validated[period] = _validate(
                extract, standard=self.standard, reference=self._reference_of(period)
            )
        return self._validated[period]

    def _reference_of(self, month: ReportingPeriod) -> Reference:
        """Return the reference files, with portal facts only where they are of that month."""
        portal = self.reference.portal
        ours = portal is not None and portal.reporting_period_start == month.start.isoformat()
        return self.reference if ours else replace(self.reference, portal=None)
