"""The pack as a tagged PDF, printed from its page."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from mhsds_recon.errors import OutputError
from mhsds_recon.packs.html import render_html

if TYPE_CHECKING:
    from mhsds_recon.packs.model import Pack
    from mhsds_recon.packs.words import Words

__all__ = ["render_pdf"]

_VARIANT = "pdf/ua-1"
_CLOCK = "SOURCE_DATE_EPOCH"


def render_pdf(pack: Pack, words: Words | None = None) -> bytes:
    """Return the pack as a PDF with tags for screen readers; the same pack, the same bytes.

    Raises:
        OutputError: The extra ``pdf``, or the library Pango that it uses, is not installed.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415  an extra
    except ImportError as error:
        message = (
            "A PDF needs the extra 'pdf': pip install 'mhsds-recon[pdf]', or leave pdf out of --to."
        )
        raise OutputError(message) from error
    except OSError as error:
        message = (
            "A PDF needs the library Pango of the operating system, which was not found: install "
            "it (Debian and Ubuntu: libpango-1.0-0 and libpangoft2-1.0-0; Windows: MSYS2's pango; "
            "macOS: brew install pango), or leave pdf out of --to."
        )
        raise OutputError(message) from error
    # It warns of every property that is for screens only.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = render_html(pack, words, for_print=True)
    with _clock_at(datetime.fromisoformat(pack.generated_at)), _without_collection():
        content: bytes = HTML(string=page).write_pdf(pdf_variant=_VARIANT)
    return content


@contextmanager
def _without_collection() -> Iterator[None]:
    """Spare a page's millions of objects, all of them in use, a search for those that are not."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _clock_at(moment: datetime) -> Iterator[None]:
    """Let fonts in the PDF say this time; the libraries take it from the environment only."""
    before = os.environ.get(_CLOCK)
    os.environ[_CLOCK] = str(int(moment.timestamp()))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CLOCK]
        else:
            os.environ[_CLOCK] = before
