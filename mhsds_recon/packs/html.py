"""The pack as one HTML file: no outside resource, no script, the same bytes for the same pack."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mhsds_recon.packs.charts import draw
from mhsds_recon.packs.columns import column_widths
from mhsds_recon.packs.model import sha256
from mhsds_recon.packs.words import Words, load_words

if TYPE_CHECKING:
    from mhsds_recon.packs.model import Pack, Status

__all__ = ["banner_of", "identity_of", "render_html", "style_sheets"]

_FIRST_PAGE = 3
_STATUS_CLASSES: dict[Status, str] = {
    "Ready": "nhsuk-tag--green",
    "Ready with known issues": "nhsuk-tag--yellow",
    "Not ready": "nhsuk-tag--red",
    "Not assessed": "nhsuk-tag--grey",
}


def render_html(pack: Pack, words: Words | None = None, *, for_print: bool = False) -> str:
    """Return the pack as an HTML page in the style of NHS.UK.

    It adds to the pack only fixed words, style sheets and the SHA-256 of the pack's JSON.

    Args:
        pack: The pack.
        words: What the page says around the pack.
        for_print: Leave out what only a screen needs.
    """
    words = words or load_words()
    say = words.say
    period = f"{words.date(pack.period_start)} to {words.date(pack.period_end)}"
    frontend, own = style_sheets()
    return (
        _templates()
        .get_template("pack.html.j2")
        .render(
            pack=pack,
            title=say("page_title"),
            heading=say("page_heading", month=words.month(pack.period_start)),
            period=period,
            identity=identity_of(pack, words),
            banner=banner_of(pack, words),
            words={
                key: say(f"page_{key}") for key in ("skip", "contents", "banner_label", "digest")
            }
            | {"not_official": say("not_official")},
            digest=sha256(pack),
            draw=draw,
            first_page=_FIRST_PAGE,
            status_classes=_STATUS_CLASSES,
            frontend_css=Markup("" if for_print else frontend),  # noqa: S704  our own files, not input
            own_css=Markup(own),  # noqa: S704  our own files, not input
            charts_css=Markup(_asset("charts.css")),  # noqa: S704  our own files, not input
            column_widths=column_widths,
            for_print=for_print,
        )
    )


def style_sheets() -> tuple[str, str]:
    """Return the vendored NHS.UK style sheet and our own."""
    return _asset("nhsuk-frontend-10.6.1.min.css"), _asset("pack.css")


@cache
def _asset(name: str) -> str:
    folder = resources.files("mhsds_recon.packs").joinpath("assets")
    return folder.joinpath(name).read_text(encoding="utf-8")


def banner_of(pack: Pack, words: Words) -> str:
    """Return what every page and sheet of a pack warns of, if it does."""
    return words.say("banner_internal") if pack.profile == "internal" else ""


def identity_of(pack: Pack, words: Words) -> tuple[tuple[str, str], ...]:
    """Return whose pack it is, of when, and where it stands."""
    period = f"{words.date(pack.period_start)} to {words.date(pack.period_end)}"
    made = datetime.fromisoformat(pack.generated_at)
    organisation = (
        f"{pack.provider_name} ({pack.provider})" if pack.provider_name else pack.provider
    )
    return (
        (words.say("page_organisation"), organisation),
        (words.say("page_period"), period),
        (words.say("page_pack"), f"{words.pack_types[pack.pack_type]}, version {pack.version}"),
        (words.say("page_status"), pack.status),
        (words.say("page_made"), f"{words.date(made.date())} at {made:%H:%M} ({made:%Z})"),
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("mhsds_recon.packs"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
