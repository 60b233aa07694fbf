"""The procedure as one HTML file: no outside resource, no script."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mhsds_recon.packs.charts import draw
from mhsds_recon.packs.html import style_sheets

if TYPE_CHECKING:
    from mhsds_recon.procedure.build import Procedure

__all__ = ["render_procedure"]


def render_procedure(procedure: Procedure) -> str:
    """Return the procedure as an HTML page in the style of NHS.UK, with the parts of the pack."""
    frontend, own, *_ = style_sheets()
    return (
        _templates()
        .get_template("procedure.html.j2")
        .render(
            procedure=procedure,
            draw=draw,
            status_classes={},
            for_print=False,
            charts_css="",
            frontend_css=Markup(frontend),  # noqa: S704  our own files, not input
            own_css=Markup(own),  # noqa: S704  our own files, not input
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=ChoiceLoader(
            [PackageLoader("mhsds_recon.procedure"), PackageLoader("mhsds_recon.packs")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
