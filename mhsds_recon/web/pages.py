"""Pages that are read: the months, a pack, its record, the check of the record."""

from __future__ import annotations

import hashlib
from functools import partial
from importlib import resources
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.response import Template

from mhsds_recon import workflow
from mhsds_recon.packs.html import style_sheets
from mhsds_recon.packs.words import load_words
from mhsds_recon.signoff import Decision, Entry, Exemption, PackMade, Standing, Upload
from mhsds_recon.standard import ReportingPeriod
from mhsds_recon.web.paths import Asked, File, Name, Text
from mhsds_recon.web.people import signed_in
from mhsds_recon.web.shown import UPLOAD_TITLE, ShownPack, open_shown
from mhsds_recon.web.site import Served, Site
from mhsds_recon.web.threads import in_thread

__all__ = ["ASSETS", "PAGES", "standing_of"]

_RECENT = 6
_SECONDS_CHECKED = 60
_PACK_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; sandbox"
)
_KINDS: Final[dict[str, type[Entry]]] = {
    "packs": PackMade,
    "decisions_made": Decision,
    "uploads": Upload,
    "exemptions": Exemption,
}


@get("/", guards=[signed_in])
@in_thread
def periods(site: Served) -> Template:
    """Show every period with its state, the last first."""
    ask = partial(
        workflow.period_standings, site.history, cut_offs=site.cut_offs, policy=site.policy
    )
    found = site.known.answer(site.history, "periods", ask)
    groups = {key: group.title for key, group in load_words().groups.items()}
    context = {
        "recent": found[:_RECENT],
        "earlier": found[_RECENT:],
        "titles": groups | UPLOAD_TITLE,
        "today": site.now().date(),
    }
    return Template("periods.html.j2", context=context)


@get("/packs/{name:str}", guards=[signed_in])
@in_thread
def pack(request: Asked, site: Served, name: Name, recorded: Text = "") -> Template:
    """Show where a pack stands, with a way to each decision."""
    shown = open_shown(site, name)
    period = ReportingPeriod.parse(shown.made.period)
    standing = standing_of(site, shown.made)
    context = {
        "shown": shown,
        "made": shown.made,
        "period": period,
        "cut_off": site.cut_offs.of(period),
        "last": [one for one in _entries(site, shown.made) if isinstance(one, PackMade)][-1],
        "standing": standing,
        "recorded": _own_entries(standing, shown, request.user.account).get(recorded, ""),
        "today": site.now().date(),
    }
    return Template("pack.html.j2", context=context)


@get("/packs/{name:str}/page", guards=[signed_in], media_type="text/html")
@in_thread
def page(site: Served, name: Name) -> Response[bytes]:
    """Show the pack as it was written; nothing in it may run or load."""
    return Response(open_shown(site, name).page, headers={"content-security-policy": _PACK_POLICY})


@get("/packs/{name:str}/record", guards=[signed_in])
@in_thread
def record(site: Served, name: Name) -> Template:
    """Show what was recorded of a period, in order."""
    shown = open_shown(site, name)
    entries = _entries(site, shown.made)
    listed = {
        kind: [entry for entry in entries if isinstance(entry, of)] for kind, of in _KINDS.items()
    }
    start = ReportingPeriod.parse(shown.made.period).start
    context = {"made": shown.made, "titles": shown.titles, "period": start}
    return Template("record.html.j2", context={**context, **listed})


@get("/packs/{name:str}/check", guards=[signed_in])
@in_thread
def check(site: Served, name: Name) -> Template:
    """Check whether everything that was recorded is still as it was, at most once a minute."""
    made, now = open_shown(site, name).made, site.now()
    minute = int(now.timestamp()) // _SECONDS_CHECKED
    ask = partial(workflow.governance_record, site.history, made, policy=site.policy)
    kept, at = site.checked.answer(site.history, (made.pack_sha256, minute), lambda: (ask(), now))
    return Template("check.html.j2", context={"made": made, "record": kept, "at": at})


@get("/assets/{name:str}", media_type="text/css", sync_to_thread=False)
def asset(name: File) -> Response[str]:
    """Give one of the style sheets."""
    if name not in ASSETS:
        raise NotFoundException
    return Response(ASSETS[name], headers={"cache-control": "public, max-age=31536000, immutable"})


def standing_of(site: Site, made: PackMade) -> Standing:
    """Return where the extract of a pack stands."""
    ask = partial(
        workflow.standing,
        site.history,
        provider=made.provider,
        period=made.period,
        extract_sha256=made.extract_sha256,
        policy=site.policy,
    )
    key = ("standing", made.provider, made.period, made.extract_sha256)
    return site.known.answer(site.history, key, ask)


def _entries(site: Site, made: PackMade) -> tuple[Entry, ...]:
    """Return what was recorded of the period of a pack, in order."""
    own = {"provider": made.provider, "period": made.period}
    ask = partial(workflow.sign_off_entries, site.history, **own)
    return site.known.answer(site.history, ("entries", *own.values()), ask)


def _own_entries(standing: Standing, shown: ShownPack, account: str) -> dict[str, str]:
    """Return what an account has recorded that holds, so that no link can claim more."""
    own = [
        one.group
        for one in standing.groups
        if one.decision is not None and one.decision.recorded_by == account
    ]
    excepted = any(one.recorded_by == account for one in standing.exemptions)
    found = {group: shown.titles.get(group, group) for group in own}
    return found | ({"exception": "the exception"} if excepted else {})


def _named(name: str, content: str) -> tuple[str, str]:
    """Return the name of a style sheet that is another one once it changes, and its content."""
    return f"{name}-{hashlib.sha256(content.encode()).hexdigest()[:12]}.css", content


def _own() -> str:
    folder = resources.files("mhsds_recon.web").joinpath("assets")
    return folder.joinpath("pages.css").read_text(encoding="utf-8")


ASSETS: Final = dict([_named("frontend", style_sheets()[0]), _named("pages", _own())])
"""The only files that are served, by name."""

PAGES: Final = (periods, pack, page, record, check, asset)
