"""What a pack is built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from mhsds_recon.errors import UsageError
from mhsds_recon.packs.model import PROFILES, PackType, Profile
from mhsds_recon.packs.past import Past
from mhsds_recon.packs.words import Words, load_words

if TYPE_CHECKING:
    import polars as pl

    from mhsds_recon.actions import Action
    from mhsds_recon.effects import Effects
    from mhsds_recon.frames import InputFile
    from mhsds_recon.measures import Figures, Funnels
    from mhsds_recon.measures.maturity import Maturity
    from mhsds_recon.measures.pairing import Pairing
    from mhsds_recon.portal import PortalComparison
    from mhsds_recon.reconciliation import Reconciliation
    from mhsds_recon.signoff import GroupStanding
    from mhsds_recon.standard import ReportingPeriod, Standard
    from mhsds_recon.standard.cut_offs import CutOff
    from mhsds_recon.standard.maturity_scores import MaturityScore
    from mhsds_recon.trends import Trend
    from mhsds_recon.validation import Validation

__all__ = ["PackInputs", "profile_named"]


@dataclass(frozen=True, kw_only=True)
class PackInputs:
    """Results of one period of one provider, and the facts of the run that made them.

    Attributes:
        provider: Code of the provider.
        period: The reporting period.
        pack_type: ``A`` before the deadline, ``B`` after publication.
        standard: The version of the standard that everything was made with.
        validation: Of the extract of the period.
        figures: Counted for the period.
        previous_validation: The same for the month before, or None where it was not given.
        previous_figures: The same for the month before, or None where they were not given.
        reconciliation: With the published figures; pack B needs it.
        funnels: Counted for the period, by team; None where they were not.
        pairing: Scores of closed referrals of the period; None where they were not counted.
        maturity: Estimate of the maturity index for the period; None where there is none.
        published_score: The latest published maturity score; None where it was not given.
        past: Rows by table and rules that failed in the months before, as far as known.
        effects: What the rules take from the measures that are counts; None where not counted.
        failures_by_team: team, code, level, table, rows, as ``validation.teams`` gives them.
        people_by_rule: code, table, people, as ``validation.teams`` gives them.
        portal: The portal's own reports beside our results; None where they were not given.
        generated_at: When the pack is made, with its offset.
        software: Version of the software.
        files: The files that were read.
        teams: Figures of the period by local team, or None where they were not counted.
        previous_teams: The same for the month before, or None where they were not counted.
        trends: Figures over the months that are known.
        decisions: Where the sign-off of the extract stands, by measure group.
        cut_off: When the submission of the period is due; None without a calendar.
        actions: Of the provider, overdue first.
        roles: What people call each role of the sign-off policy.
        words: What the pack says.
        profile: Disclosure profile: ``national``, ``internal`` or ``public``.
        provider_name: Name of the provider, if known.
        prepared_by: Who makes the pack; they cannot be the only one to sign.
        version: Version of the pack for this provider, period and type, from 1.
    """

    provider: str
    period: ReportingPeriod
    pack_type: PackType
    standard: Standard
    validation: Validation
    figures: Figures
    previous_validation: Validation | None = None
    previous_figures: Figures | None = None
    reconciliation: Reconciliation | None = None
    funnels: Funnels | None = None
    pairing: Pairing | None = None
    maturity: Maturity | None = None
    published_score: MaturityScore | None = None
    past: Past = field(default_factory=Past)
    effects: Effects | None = None
    failures_by_team: pl.DataFrame | None = None
    people_by_rule: pl.DataFrame | None = None
    portal: PortalComparison | None = None
    teams: Figures | None = None
    previous_teams: Figures | None = None
    trends: tuple[Trend, ...] = ()
    decisions: tuple[GroupStanding, ...] = ()
    cut_off: CutOff | None = None
    actions: tuple[Action, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=load_words)
    generated_at: datetime
    software: str
    files: tuple[InputFile, ...] = ()
    profile: str = "national"
    provider_name: str = ""
    prepared_by: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse what no pack can be made of.

        Raises:
            UsageError: There is no such profile, pack B lacks a reconciliation, the results
                are of another provider or period, or ``generated_at`` has no offset.
        """
        profile_named(self.profile)
        if problems := self._problems():
            raise UsageError("\n".join(problems))

    def _problems(self) -> list[str]:
        problems = []
        if self.pack_type == "B" and self.reconciliation is None:
            problems.append("Pack B compares with published figures: give a published file.")
        problems += [
            f"{what} of {provider}, {period} cannot go into the pack of {self.provider}, {wanted}."
            for what, provider, period, wanted in self._periods()
            if (provider, period) != (self.provider, wanted)
        ]
        if self.generated_at.utcoffset() is None:
            problems.append("The time at which a pack is made needs an offset from UTC.")
        return problems

    def _periods(self) -> Iterator[tuple[str, str, ReportingPeriod | None, ReportingPeriod]]:
        """Yield each result with its provider and period, and the period it should be of."""
        both = (
            (self.validation, self.figures, self.period),
            (self.previous_validation, self.previous_figures, self.period.back(1)),
        )
        for validation, figures, wanted in both:
            if validation is not None:
                extract = validation.extract
                yield "The validation", extract.provider, extract.period, wanted
            if figures is not None:
                yield "Figures", figures.provider, figures.period, wanted
        if self.previous_teams is not None:
            teams = self.previous_teams
            yield "Figures of teams", teams.provider, teams.period, self.period.back(1)
        others = {
            "Funnels": self.funnels,
            "Scores by tool": self.pairing,
            "The maturity estimate": self.maturity,
            "Figures of teams": self.teams,
            "The portal's reports": self.portal,
        }
        for what, result in others.items():
            if result is not None:
                yield what, result.provider, result.period, self.period
        if self.effects is not None:
            yield "Effects of rules", self.provider, self.effects.period, self.period


def profile_named(name: str) -> Profile:
    """Return a disclosure profile by its name.

    Raises:
        UsageError: There is no such profile.
    """
    for profile in PROFILES:
        if name == profile:
            return profile
    message = f"Unknown disclosure profile '{name}': choose from {', '.join(PROFILES)}."
    raise UsageError(message)
