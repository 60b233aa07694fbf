"""Which actions follow from a variance walk and from the conditions of a sign-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw
from msgspec import Struct

from mhsds_recon.actions.effects import PROVIDER
from mhsds_recon.actions.entries import Effect, Opened
from mhsds_recon.errors import DefinitionError
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.standard.files import definitions_folder

if TYPE_CHECKING:
    from mhsds_recon.actions.register import Action
    from mhsds_recon.standard.causes import Cause
    from mhsds_recon.standard.cut_offs import CutOffs

__all__ = [
    "ActionRules",
    "Opener",
    "from_conditions",
    "from_walk",
    "load_action_rules",
    "what_to_do",
]


class ActionRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How actions are opened from a walk.

    Attributes:
        source: Where the rules come from.
        what: What such an action says, with ``$cause`` in it.
        smallest_effect: Below this size a step opens no action.
        resent_by: Owners of a fix after whom months must be sent again.
        owners: The role that takes the action, by the owner of the fix.
    """

    source: str
    what: str
    smallest_effect: float
    resent_by: frozenset[str]
    owners: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Opener:
    """Who opens actions, for whom and when."""

    provider: str
    period: ReportingPeriod
    name: str
    at: dt.datetime
    calendar: CutOffs
    recorded_by: str = ""

    @property
    def due(self) -> dt.date:
        """The day of the next extract: until then it should be put right."""
        coming = self.calendar.coming(self.at.date())
        months = (coming.period, coming.period.back(-1))
        days = [self.calendar.of(month).steps[0].last for month in months]
        return next((day for day in days if day > self.at.date()), days[-1])

    def open(self, **said: Any) -> Opened:  # noqa: ANN401  the fields of an action
        """Return an action of theirs; ``due`` where the day is not said."""
        who = {
            "provider": self.provider,
            "name": self.name,
            "at": self.at,
            "recorded_by": self.recorded_by,
        }
        return Opened(**{**who, "period": str(self.period), "due": self.due, **said})


def from_walk(
    steps: Any,  # noqa: ANN401  a native frame
    *,
    opener: Opener,
    rules: ActionRules,
    causes: Mapping[str, Cause],
    known: Iterable[Action] = (),
) -> tuple[Opened, ...]:
    """Return an action for each cause with an owner that is not being dealt with already.

    Args:
        steps: The walk of the period: measure_id, breakdown, window, cause_id, size.
        opener: Who opens them.
        rules: Which steps open one, and for whom.
        causes: The causes by id.
        known: The actions that there are.
    """
    whole = nw.from_native(steps, eager_only=True).filter(
        nw.col("breakdown") == PROVIDER,
        nw.col("reporting_period_end") == opener.period.end,
        nw.col("size").abs() >= rules.smallest_effect,
    )
    open_causes = {action.opened.cause_id for action in known if action.is_open}
    found = {str(cause_id) for cause_id in whole.get_column("cause_id").unique().to_list()}
    owned = [
        causes[cause_id]
        for cause_id in causes
        if cause_id in found - open_causes and causes[cause_id].fix_owner in rules.owners
    ]
    return tuple(_of_cause(cause, whole, opener, rules) for cause in owned)


def from_conditions(
    conditions: Iterable[tuple[str, str]], *, opener: Opener, owner: str
) -> tuple[Opened, ...]:
    """Return an action for each condition of a sign-off.

    Args:
        conditions: Name of the pack and condition, each pair once.
        opener: Who opens them.
        owner: The role that sees to them.
    """
    return tuple(
        opener.open(
            what=condition,
            owner=owner,
            origin="condition",
            key=f"condition on {pack}: {condition}",
        )
        for pack, condition in conditions
        if condition.strip()
    )


def load_action_rules(version: str = "6.0") -> ActionRules:
    """Return how actions are opened.

    Raises:
        DefinitionError: The file cannot be read or does not fit.
    """
    name = f"rules/v{version}/actions.toml"
    try:
        content = (definitions_folder() / name).read_bytes()
        return msgspec.toml.decode(content, type=ActionRules)
    except (OSError, msgspec.MsgspecError) as error:
        raise DefinitionError([f"{name}: {error}."]) from error


def what_to_do(cause: Cause, rules: ActionRules) -> str:
    """Return what the action of a cause says is to be done."""
    return Template(rules.what).safe_substitute(cause=cause.name)


def _of_cause(cause: Cause, whole: nw.DataFrame[Any], opener: Opener, rules: ActionRules) -> Opened:
    rows = whole.filter(nw.col("cause_id") == cause.cause_id)
    sizes = rows.group_by("measure_id").agg(nw.col("size").sum()).iter_rows()
    effects = [Effect(measure_id=measure_id, size=size) for measure_id, size in sizes]
    starts = rows.get_column("reporting_period_start")
    months: Collection[str] = ()
    if cause.fix_owner in rules.resent_by:
        months = tuple(_still_open(ReportingPeriod.of(starts.min()), opener))
    return opener.open(
        what=what_to_do(cause, rules),
        owner=rules.owners[cause.fix_owner],
        origin="walk",
        key=f"walk of {opener.period}: {cause.cause_id}",
        cause_id=cause.cause_id,
        effects=tuple(sorted(effects, key=lambda one: (-abs(one.size), one.measure_id))),
        resend=months,
    )


def _still_open(first: ReportingPeriod, opener: Opener) -> Iterator[str]:
    """Yield the months from the first to the period that can still be sent again."""
    month = first
    while month <= opener.period:
        if opener.calendar.of(month).last_resubmission >= opener.at.date():
            yield str(month)
        month = month.back(-1)
