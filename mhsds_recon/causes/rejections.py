"""From the extract to what is accepted: rejected rows, what falls with them, rejected files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mhsds_recon.causes.given import between
from mhsds_recon.causes.values import steps_between, values_of
from mhsds_recon.effects import rules_behind
from mhsds_recon.measures import count
from mhsds_recon.reconciliation import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mhsds_recon.causes.given import Given
    from mhsds_recon.frames import Extract
    from mhsds_recon.measures import Figures
    from mhsds_recon.standard import ReportingPeriod
    from mhsds_recon.validation import Validation

    Months = Mapping[ReportingPeriod, Extract]

__all__ = ["accepted_months", "count_months", "rejection_steps"]

_OWN_RULE, _CASCADE, _FILE = "VC01", "VC02", "VC03"


def rejection_steps(
    given: Given, start: Figures, measure_ids: Sequence[str]
) -> tuple[list[Step], Figures]:
    """Return the steps from the extract's figures to those of its accepted rows, and these.

    Args:
        given: The months and what the rules say of them.
        start: The figures of the extracts as submitted.
        measure_ids: The measures to count again.
    """
    steps: list[Step] = []
    figures = start
    for cause, months in _without_rejected(given):
        before, figures = figures, count_months(given, months, measure_ids)
        behind = _behind(given, cause, measure_ids)
        step = Step(
            key=(),
            cause_id=cause,
            stage=between("extract", "accepted"),
            evidence="measured",
            basis="counted again without the rejected rows",
        )
        steps += steps_between(
            values_of(before),
            values_of(figures),
            step,
            measure_ids=measure_ids,
            rows={name: rows for name, (rows, _) in behind.items()},
            rules={name: rules for name, (_, rules) in behind.items()},
        )
    return steps, figures


def accepted_months(given: Given) -> Months:
    """Return the accepted rows of each month.

    Where a month's file is rejected, they are those of the latest version before it that was not.
    """
    return {
        month: _last_accepted((validation, *given.earlier.get(month, ())))
        for month, validation in given.validations.items()
    }


def count_months(
    given: Given, months: Months, measure_ids: Iterable[str], variations: Iterable[str] = ()
) -> Figures:
    """Count measures of the reported month from the rows of some months."""
    return count(
        list(months.values()),
        standard=given.standard,
        period=given.period,
        reference=given.reference,
        measure_ids=measure_ids,
        variations=variations,
    )


def _without_rejected(given: Given) -> list[tuple[str, Months]]:
    """Return the months as rejected rows drop out, by cause: own rules, the cascade, files."""
    validations = given.validations.items()
    dropped: list[tuple[str, Months]] = []
    if any(one.rejects_rows() for _, one in validations):
        dropped += [
            (
                cause,
                {month: one.extract_without_rejected(cascade=falls) for month, one in validations},
            )
            for cause, falls in ((_OWN_RULE, False), (_CASCADE, True))
        ]
    if not all(one.file_verdict.accepted for _, one in validations):
        dropped.append((_FILE, accepted_months(given)))
    return dropped


def _last_accepted(versions: Sequence[Validation]) -> Extract:
    accepted = [one for one in versions if one.file_verdict.accepted]
    return (*accepted, versions[0])[0].accepted_extract()


def _behind(given: Given, cause: str, measure_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Return, by measure, the rows that a cause takes away and the rules that do so."""
    validations = list(given.validations.values())
    if cause == _FILE:
        rejected = [one for one in validations if not one.file_verdict.accepted]
        codes = sorted({code for one in rejected for code in one.file_verdict.codes})
        rows = sum(int(one.accepted["submitted"].sum()) for one in rejected)
        return dict.fromkeys(measure_ids, (rows, ", ".join(codes)))
    return {
        name: rules_behind(
            given.standard.measures[name],
            validations,
            standard=given.standard,
            period=given.period,
            cascade=cause == _CASCADE,
        )
        for name in measure_ids
    }
