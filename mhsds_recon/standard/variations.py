"""Variations: the measures counted with a national condition removed or changed, as data.

A warehouse often counts by rules of its own. A variation says what such a rule changes; the measure
engine does the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from mhsds_recon.errors import UsageError, near_miss
from mhsds_recon.standard.measures import Filter, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mhsds_recon.standard.measures import Counting, Measure

__all__ = [
    "AS_NATIONALLY",
    "NATIONAL",
    "CauseEvidence",
    "ClockStopEvent",
    "CommissionerSource",
    "Conditions",
    "DefinitionChange",
    "FilterChange",
    "Variation",
    "VariationFile",
    "combine",
    "variation_problems",
    "varied",
]

CommissionerSource = Literal["practice", "residence", "contract"]
ClockStopEvent = Literal["contact", "baseline", "plan_or_intervention"]


class Conditions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the national preparation asks of records, each condition once; defaults are national.

    Attributes:
        person_key: Who is one person: an NHS number, else a local patient (``nhs_number``); a local
            patient; or an NHS number, else a local patient of one submission (``record``).
        referral_age_on: The day of the age at referral: ``referral`` or ``period_end`` (of the
            submission).
        referral_age_of_contacts: Whether the age at referral is asked of contacts too.
        activity_age_on: The day of the age at a contact: ``activity``, ``referral`` or
            ``period_end``.
        unknown_age_counts: Whether an age that cannot be derived counts as a child's.
        residents_only: Whether residence in England is asked for.
        commissioner_from: Where a person's commissioner comes from, in order.
        open_registrations_only: Whether registrations that ended, or are with a default code, are
            passed over.
        attended_only: Whether a contact must be attended to count.
        counted_mechanisms_only: Whether its way must be one of those that count.
        indirect_activity_counts: Whether indirect activity counts as a contact.
        indirect_activity_once: Whether indirect activity of one referral and time counts once.
        unsent_open_referrals_count: Whether referrals open in the submission before, and not sent
            again, are still open.
        received_since_2016_only: Whether referrals and spells must have begun in 2016 or later.
        rejection_ends_referral: Whether a rejected referral ended with the rejection.
        hospital_referrals_excluded: Whether referrals with a hospital spell are left out of
            community measures.
        referrals_merged: Whether referrals that touch make one spell.
        bridged_days: How many days apart referrals still touch.
        clock_stop_needs: The events that a clock stop waits for.
        team_types_excluded: Whether teams outside the scope of waits take a referral out.
        intended_age_group_counts: Whether a team for the young makes a service a young people's.
        other_teams_count: Whether teams besides the referral's own (MHS102) are looked at.
        listed_tools_only: Whether an assessment must be in the national list as an outcome.
        score_range_tested: Whether a score must be a number within its scale.
        pairs_follow_contacts: Whether scores count only between first contact and discharge, and a
            last one only from the second contact on.
        rcads_converted: Whether RCADS scores become T-scores.
        deterioration_cancels: Whether getting worse on one scale undoes an improvement.
        treatment_codes_only: Whether only a listed procedure treats an eating disorder.
        priority_needed: Whether a referral for an eating disorder must have a priority.
    """

    person_key: Literal["nhs_number", "local_patient", "record"] = "nhs_number"
    referral_age_on: Literal["referral", "period_end"] = "referral"
    referral_age_of_contacts: bool = True
    activity_age_on: Literal["activity", "referral", "period_end"] = "activity"
    unknown_age_counts: bool = False
    residents_only: bool = True
    commissioner_from: tuple[CommissionerSource, ...] = ("practice", "residence")
    open_registrations_only: bool = True
    attended_only: bool = True
    counted_mechanisms_only: bool = True
    indirect_activity_counts: bool = True
    indirect_activity_once: bool = True
    unsent_open_referrals_count: bool = False
    received_since_2016_only: bool = True
    rejection_ends_referral: bool = True
    hospital_referrals_excluded: bool = True
    referrals_merged: bool = True
    bridged_days: int = 5
    clock_stop_needs: tuple[ClockStopEvent, ...] = ("contact", "baseline", "plan_or_intervention")
    team_types_excluded: bool = True
    intended_age_group_counts: bool = True
    other_teams_count: bool = True
    listed_tools_only: bool = True
    score_range_tested: bool = True
    pairs_follow_contacts: bool = True
    rcads_converted: bool = True
    deterioration_cancels: bool = True
    treatment_codes_only: bool = True
    priority_needed: bool = True

    def changed(self) -> dict[str, Any]:
        """Return the conditions that are not the national ones."""
        return {name: value for name, value in asdict(self).items() if value != _DEFAULTS[name]}


NATIONAL = Conditions()
"""The conditions of the national code."""

_DEFAULTS = asdict(NATIONAL)


class FilterChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A filter of measures that is replaced, or dropped where ``to`` is not given."""

    filter: Filter
    to: Filter | None = None


class Variation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The measures counted otherwise than nationally.

    Attributes:
        id: Its name.
        cause: The cause of difference that it stands for.
        words: What a count by it does, for people.
        side: Who counts so: a trust's own warehouse (``local``), or the national database.
        conditions: The conditions that it changes.
        filters: The filters of measures that it changes.
        months: How many months are counted, in place of those of the period.
        former: Whether the definition before the one in force is used, where there is one.
    """

    id: str
    cause: str = ""
    words: str = ""
    side: Literal["local", "national"] = "local"
    conditions: Conditions = NATIONAL
    filters: tuple[FilterChange, ...] = field(name="filter", default=())
    months: int | None = None
    former: bool = False

    def excludes(self, other: Variation) -> bool:
        """Return whether the two cannot hold together, since they change the same thing."""
        ours, theirs = self.conditions.changed(), other.conditions.changed()
        same = any(theirs.get(name, value) != value for name, value in ours.items())
        return same or (self.months is not None and other.months is not None)


AS_NATIONALLY = Variation(id="")
"""No variation: the measures as they are counted nationally."""


class DefinitionChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known change of what is published, from a month on, which is written ``YYYY-MM``.

    ``groups`` are the groups of measures that it concerns, all where there are none.
    """

    month: str
    cause: str
    words: str
    groups: tuple[str, ...] = ()


class CauseEvidence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a cause can be decided, and how, where no variation stands for it.

    ``best`` is the best evidence there can be; a cause that is only ``named`` is never a step.
    """

    cause: str
    best: Literal["measured", "bounded", "possible", "named"]
    words: str


class VariationFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of variations, of known changes, and of how other causes are decided."""

    evidence: tuple[CauseEvidence, ...] = ()

    changes: tuple[DefinitionChange, ...] = field(name="change", default=())
    variations: tuple[Variation, ...] = field(name="variation", default=())


def combine(variation_ids: Iterable[str], variations: Mapping[str, Variation]) -> Variation:
    """Return several variations as one.

    Raises:
        UsageError: One is unknown, or two exclude each other.
    """
    chosen: list[Variation] = []
    for name in dict.fromkeys(variation_ids):
        if name not in variations:
            known = ", ".join(variations)
            message = f"Unknown variation '{name}'.{near_miss(name, variations)} Known: {known}."
            raise UsageError(message)
        for other in chosen:
            if other.excludes(variations[name]):
                message = f"The variations '{other.id}' and '{name}' exclude each other."
                raise UsageError(message)
        chosen.append(variations[name])
    changed = {key: value for one in chosen for key, value in one.conditions.changed().items()}
    return Variation(
        id=" + ".join(one.id for one in chosen),
        conditions=replace(NATIONAL, **changed),
        filters=tuple(change for one in chosen for change in one.filters),
        months=next((one.months for one in chosen if one.months is not None), None),
        former=any(one.former for one in chosen),
    )


def varied(count: Counting, variation: Variation) -> Counting:
    """Return a counting method with the filters that a variation changes."""
    if isinstance(count, Share) or not variation.filters:
        return count
    changes = {change.filter: change.to for change in variation.filters}
    where = (changes.get(one, one) for one in count.where)
    return replace(count, where=tuple(one for one in where if one is not None))


def variation_problems(
    variations: Mapping[str, Variation], measures: Mapping[str, Measure]
) -> Iterator[str]:
    """Yield what variations name that no measure has."""
    used = {
        one
        for measure in measures.values()
        for each in (measure, *measure.former)
        if not isinstance(each.count, Share)
        for one in each.count.where
    }
    for variation in variations.values():
        where = f"variations.toml, variation {variation.id}"
        if not (
            variation.conditions.changed()
            or variation.filters
            or variation.months
            or variation.former
        ):
            yield f"{where}: changes nothing."
        for change in variation.filters:
            if change.filter not in used:
                yield f"{where}: no measure has the filter {change.filter}."
