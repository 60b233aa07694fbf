"""What a reader finds in an output, whatever its form: the text that the privacy gate searches."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mhsds_recon.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["text_of"]

_WORKBOOK, _PDF = b"PK", b"%PDF"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def text_of(output: str | bytes) -> str:
    """Return the text of an output: of a PDF run by run, of a workbook as JSON with its headers.

    Raises:
        OutputError: The output is a PDF and the extra ``pdf`` is not installed.
    """
    if isinstance(output, str):
        return output
    if output.startswith(_PDF):
        return "\n|\n".join(_runs_of_pdf(output))
    return _of_workbook(output) if output.startswith(_WORKBOOK) else output.decode("utf-8")


def _runs_of_pdf(content: bytes) -> Iterator[str]:
    """Yield the runs of text in a PDF; a cell of a table is never in one run with the next."""
    try:
        import pypdfium2 as pdfium  # noqa: PLC0415  an extra
        from pypdfium2 import raw  # noqa: PLC0415  an extra
    except ImportError as error:
        message = (
            "A PDF is searched for what must not leave before it is written, which needs the "
            "extra 'pdf': pip install 'mhsds-recon[pdf]'."
        )
        raise OutputError(message) from error
    with pdfium.PdfDocument(content) as document:
        yield from (str(value) for value in document.get_metadata_dict().values())
        for page in document:
            words = page.get_textpage()
            for run in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], textpage=words):
                yield run.extract()


def _of_workbook(content: bytes) -> str:
    """Return every text of a workbook as JSON: names of table columns are its keys."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {
            name: ET.fromstring(archive.read(name))  # noqa: S314  a file that we made ourselves
            for name in archive.namelist()
            if name.endswith(".xml")
        }
    places = {
        value
        for part in parts.values()
        for cell in part.iter(f"{_MAIN}c")
        if cell.get("t") == "s"
        for value in cell
    }
    texts = [
        element.text
        for part in parts.values()
        for element in part.iter()
        if element.text and element.text.strip() and element not in places
    ]
    names = [
        sheet.get("name", "") for part in parts.values() for sheet in part.iter(f"{_MAIN}sheet")
    ]
    columns = {
        column.get("name", ""): ""
        for part in parts.values()
        for column in part.iter(f"{_MAIN}tableColumn")
    }
    return json.dumps([*texts, *names, columns], ensure_ascii=False)
