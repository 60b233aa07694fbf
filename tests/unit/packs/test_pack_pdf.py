"""The PDF of a pack for readers who cannot see it: what PDF/UA-1 asks and a program can test."""

from __future__ import annotations

import io
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mhsds_recon.packs import Pack, render_pdf
from mhsds_recon.reconciliation import Reconciliation

if os.environ.get("CI") != "true":
    pytest.importorskip("weasyprint")
    pytest.importorskip("pikepdf")

import pikepdf


@pytest.fixture(scope="module")
def printed() -> dict[str, bytes]:
    """What was printed already."""
    return {}


@pytest.fixture
def pdf(
    printed: dict[str, bytes], make_pack: Callable[..., Pack], reconciliation: Reconciliation
) -> pikepdf.Pdf:
    """Pack B as a PDF."""
    if not printed:
        printed["B"] = render_pdf(make_pack(pack_type="B", reconciliation=reconciliation))
    return pikepdf.open(io.BytesIO(printed["B"]))


def elements(node: pikepdf.Object) -> Iterator[Any]:
    """Yield every element of the structure tree below one, in reading order."""
    inside = node.get("/K", ())
    for one in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            yield from elements(one)


def tagged(pdf: pikepdf.Pdf, tag: str) -> list[Any]:
    return [one for one in elements(pdf.Root.StructTreeRoot) if tag == one.S]


def test_it_says_its_language_its_title_and_that_it_is_tagged(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.Lang == "en-GB"
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert "sign-off pack" in metadata["dc:title"]


def test_every_chart_has_its_words(pdf: pikepdf.Pdf) -> None:
    figures = tagged(pdf, "/Figure")
    assert figures
    assert [str(one.get("/Alt", "")) for one in figures if not one.get("/Alt")] == []


def test_every_cell_names_the_headers_of_its_row_and_column(pdf: pikepdf.Pdf) -> None:
    known = {str(header.ID) for header in tagged(pdf, "/TH")}
    cells = tagged(pdf, "/TD")
    assert cells
    for cell in cells:
        headers = {str(one) for one in cell.A.Headers}
        assert len(headers) >= 2
        assert headers <= known


def test_headings_follow_each_other_without_a_gap(pdf: pikepdf.Pdf) -> None:
    levels = [
        int(str(one.S)[2:])
        for one in elements(pdf.Root.StructTreeRoot)
        if str(one.S)[1:] in {"H1", "H2", "H3"}
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_font_is_in_the_file(pdf: pikepdf.Pdf) -> None:
    fonts = [
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
    ]
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in fonts)
