"""Actions: what is to be done, the form that opens one and the form that closes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template
from msgspec import Struct

from mhsds_recon import workflow
from mhsds_recon.actions.entries import Outcome
from mhsds_recon.errors import PrivacyError, UsageError
from mhsds_recon.packs.disclosure import Numbers
from mhsds_recon.packs.sections.actions import expected_in_words, found_in_words
from mhsds_recon.packs.words import load_words
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.web.answers import REFUSED, Problem, problems_of
from mhsds_recon.web.paths import FORM, Asked, Code, Name, Number, day_of, lines_of
from mhsds_recon.web.people import may_act, signed_in
from mhsds_recon.web.shown import ShownPack, open_shown
from mhsds_recon.web.site import Served, Site
from mhsds_recon.web.threads import in_thread

if TYPE_CHECKING:
    from mhsds_recon.actions import Action

__all__ = ["ACTING"]

_OUTCOMES: Final[dict[str, Outcome]] = {"done": "done", "not_needed": "not_needed"}
_NUMBERS: Final = Numbers(profile="national")
_NO_DAY = "Enter the day as numbers, such as 31 10 2026, or leave it out."


class OpeningForm(Struct, frozen=True):
    """What is to be done, by whom and by when."""

    what: str = ""
    owner: str = ""
    day: str = ""
    month: str = ""
    year: str = ""


class ClosingForm(Struct, frozen=True):
    """How an action ended."""

    outcome: str = ""
    comment: str = ""


Opening = Annotated[OpeningForm, FORM]
Closing = Annotated[ClosingForm, FORM]


@get("/actions/{provider:str}", guards=[signed_in])
@in_thread
def actions(site: Served, provider: Code) -> Template:
    """Show the actions of a provider, overdue first."""
    packs = workflow.made_packs
    last = site.known.answer(
        site.history, ("last", provider), lambda: packs(site.history, provider=provider)[-1:]
    )
    context = {"provider": provider, "last": last, "today": site.now().date()}
    return Template("actions.html.j2", context=context | {"lines": _lines(site, provider)})


@get("/packs/{name:str}/action", guards=[signed_in, may_act])
@in_thread
def new_action(site: Served, name: Name) -> Template:
    """Show the form that opens an action in the period of a pack."""
    return _opening_page(open_shown(site, name), OpeningForm())


@post("/packs/{name:str}/action", guards=[signed_in, may_act])
@in_thread
def open_action(request: Asked, site: Served, name: Name, data: Opening) -> Template | Redirect:
    """Open an action by hand."""
    shown = open_shown(site, name)
    again = partial(_opening_page, shown, data)
    if data.owner not in site.policy.roles:
        return again([Problem(said="Select who does it.", field="owner")])
    try:
        due = day_of(data.day, data.month, data.year)
    except ValueError:
        return again([Problem(said=_NO_DAY, field="day")])
    opening = workflow.Opening(
        provider=shown.made.provider,
        period=ReportingPeriod.parse(shown.made.period),
        name=request.user.name,
        at=site.now(),
        recorded_by=request.user.account,
        calendar=site.calendar,
        policy=site.policy_file,
        version=site.standard,
    )
    try:
        workflow.open_action(
            site.history, opening, what=lines_of(data.what), owner=data.owner, due=due
        )
    except (UsageError, PrivacyError) as error:
        return again(problems_of(error, ("what",), {}))
    return Redirect(f"/actions/{shown.made.provider}", status_code=303)


@get("/actions/{provider:str}/{number:int}", guards=[signed_in, may_act])
@in_thread
def action(site: Served, provider: Code, number: Number) -> Template:
    """Show the form that closes an action."""
    return _closing_page(site, provider, number, ClosingForm())


@post("/actions/{provider:str}/{number:int}", guards=[signed_in, may_act])
@in_thread
def close(
    request: Asked, site: Served, provider: Code, number: Number, data: Closing
) -> Template | Redirect:
    """Close an action."""
    again = partial(_closing_page, site, provider, number, data)
    outcome = _OUTCOMES.get(data.outcome)
    if outcome is None:
        return again([Problem(said="Select how the action ended.", field="outcome")])
    try:
        workflow.close_action(
            site.history,
            number,
            provider=provider,
            outcome=outcome,
            comment=lines_of(data.comment),
            name=request.user.name,
            at=site.now(),
            recorded_by=request.user.account,
        )
    except (UsageError, PrivacyError) as error:
        return again(problems_of(error, ("outcome", "comment"), {}))
    return Redirect(f"/actions/{provider}", status_code=303)


ACTING: Final = (actions, new_action, open_action, action, close)


def _lines(site: Site, provider: str) -> list[dict[str, Any]]:
    """Return the actions of a provider and what is said of their effects, small numbers hidden."""
    ask = partial(workflow.actions_of, site.history, provider)
    return site.known.answer(site.history, ("actions", provider), lambda: list(map(_line, ask())))


def _line(action: Action) -> dict[str, Any]:
    words = load_words()

    def label(measure_id: str) -> str:
        known = words.measures.get(measure_id)
        return known.label if known else measure_id

    return {
        "action": action,
        "expected": expected_in_words(action, _NUMBERS, words, label),
        "found": found_in_words(action, _NUMBERS, words, label),
    }


def _opening_page(
    shown: ShownPack, typed: OpeningForm, problems: list[Problem] | None = None
) -> Template:
    context = {"shown": shown, "typed": typed, "problems": problems or []}
    return Template("new_action.html.j2", context=context, status_code=REFUSED if problems else 200)


def _closing_page(
    site: Site,
    provider: str,
    number: int,
    typed: ClosingForm,
    problems: list[Problem] | None = None,
) -> Template:
    lines = _lines(site, provider)
    line = next((one for one in lines if one["action"].number == number), None)
    if line is None or not line["action"].is_open:
        raise NotFoundException
    context = {"provider": provider, "line": line, "typed": typed, "problems": problems or []}
    return Template("action.html.j2", context=context, status_code=REFUSED if problems else 200)
