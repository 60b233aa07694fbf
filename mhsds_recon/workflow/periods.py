"""Where every reporting period stands, for the list of periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mhsds_recon.signoff import PackMade, Policy, Standing
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.cut_offs import CutOff, CutOffs, load_cut_offs
from mhsds_recon.workflow.signed_off import all_entries, reopened_groups, standing_in

if TYPE_CHECKING:
    from mhsds_recon.history import History
    from mhsds_recon.signoff import Entry

__all__ = ["PeriodStanding", "period_standings"]


@dataclass(frozen=True, kw_only=True)
class PeriodStanding:
    """Where the sign-off of a provider's period stands.

    Attributes:
        packs: The packs that were made of it, the last first.
        standing: Of the extract of the last pack.
        cut_off: The dates of the period.
    """

    packs: tuple[PackMade, ...]
    standing: Standing
    cut_off: CutOff

    @property
    def provider(self) -> str:
        """Code of the provider."""
        return self.packs[0].provider

    @property
    def period(self) -> ReportingPeriod:
        """The reporting period."""
        return self.cut_off.period


def period_standings(
    history: History,
    *,
    cut_offs: CutOffs | None = None,
    policy: Policy | None = None,
) -> tuple[PeriodStanding, ...]:
    """Return every provider's periods of which a pack was made, the last period first.

    Args:
        history: What holds them.
        cut_offs: The calendar; the one that comes with us where None.
        policy: Who may decide what.

    Raises:
        HistoryError: An entry cannot be read.
    """
    calendar = cut_offs or load_cut_offs()
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in all_entries(history):
        found.setdefault((entry.period, entry.provider), []).append(entry)
    return tuple(
        PeriodStanding(
            packs=packs,
            standing=standing_in(
                entries,
                packs[0].extract_sha256,
                policy=policy,
                reopened=reopened_groups(history, entries),
            ),
            cut_off=calendar.of(ReportingPeriod.parse(period)),
        )
        for (period, _), entries in sorted(found.items(), reverse=True)
        if (packs := tuple(one for one in reversed(entries) if isinstance(one, PackMade)))
    )
