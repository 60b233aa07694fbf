"""One provider's months, opened once for everything that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from mhsds_recon import frames, measures
from mhsds_recon.frames import Extract, Reference
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
    """

    path: Path
    standard: Standard
    reference: Reference
    extracts: tuple[Extract, ...]
    _validated: dict[ReportingPeriod, Validation] = field(default_factory=dict, repr=False)
    _submitted: dict[ReportingPeriod, Submissions] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        version: str = "6.0",
        reference: Path | None = None,
        provider: str | None = None,
    ) -> Run:
        """Open the extracts under a path, with one engine for all.

        Raises:
            ExtractError: An extract cannot be read, or the provider is not clear.
            ReferenceFileError: A reference file does not fit.
        """
        standard = load_standard(version)
        engine = frames.PolarsEngine()
        return cls(
            path=path,
            standard=standard,
            reference=frames.read_reference(reference, engine=engine),
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
    ) -> Figures:
        """Count the measures of a period.

        Args:
            period: The reporting period; later months are left out.
            form: Which rows of each validated month to count; all submitted rows where None.
            measure_ids: Which measures; all that are published where None.
            breakdowns: What to divide them by; what they are published by where None.
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
        )

    def submissions(self, period: ReportingPeriod) -> Submissions:
        """Return the months up to a period as one history; what is derived of it is kept."""
        if period not in self._submitted:
            self._submitted[period] = measures.submissions_of(
                self.extracts, period, self.reference, self.standard
            )
        return self._submitted[period]

    def validations(self, period: ReportingPeriod) -> dict[ReportingPeriod, Validation]:
        """Validate every month up to a period, each once."""
        wanted = {
            extract.period: extract
            for extract in self.extracts
            if extract.period is not None and extract.period <= period
        }
        for month, extract in wanted.items():
            if month not in self._validated:
                self._validated[month] = _validate(
                    extract, standard=self.standard, reference=self._reference_of(month)
                )
        return {month: self._validated[month] for month in wanted}

    def _reference_of(self, month: ReportingPeriod) -> Reference:
        """Return the reference files, with portal facts only where they are of that month."""
        portal = self.reference.portal
        ours = portal is not None and portal.reporting_period_start == month.start.isoformat()
        return self.reference if ours else replace(self.reference, portal=None)
