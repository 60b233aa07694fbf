"""The procedure as a Word document, so that a trust can go on writing it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from mhsds_recon.errors import UsageError

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Row

    from mhsds_recon.packs.model import Section, Table
    from mhsds_recon.procedure.build import Procedure

__all__ = ["write_word"]


def write_word(procedure: Procedure) -> bytes:
    """Return the procedure as .docx: headings, tables with header rows, its language and title.

    Raises:
        UsageError: The library for it is not installed.
    """
    try:
        from docx import Document  # noqa: PLC0415  an extra
    except ImportError:
        message = "A Word document needs an extra: pip install 'mhsds-recon[word]'."
        raise UsageError(message) from None
    document = Document()
    document.core_properties.title = procedure.title
    document.core_properties.author = procedure.trust
    document.core_properties.language = "en-GB"
    document.core_properties.comments = ""
    _use_language(document)
    document.add_heading(procedure.title, 0)
    document.add_paragraph(f"{procedure.trust}, {procedure.version}", style="Subtitle")
    for section in procedure.sections:
        _add_section(document, section)
    document.add_paragraph(procedure.made)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _add_section(document: Document, section: Section) -> None:
    document.add_heading(section.title, 1)
    for sentence in section.sentences:
        document.add_paragraph(sentence)
    for table in section.tables:
        document.add_paragraph(table.caption, style="Caption")
        _add_table(document, table)
        document.add_paragraph()


def _add_table(document: Document, table: Table) -> None:
    made = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    for cell, column in zip(made.rows[0].cells, table.columns, strict=True):
        cell.paragraphs[0].add_run(column.name).bold = True
    _mark_header(made.rows[0])
    for row in table.rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            cell.text = text


def _mark_header(row: _Row) -> None:
    """Say that a row heads its table: screen readers read it, and each page repeats it."""
    from docx.oxml import OxmlElement  # noqa: PLC0415  an extra
    from docx.oxml.ns import qn  # noqa: PLC0415  an extra

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001  the library has no name for it


def _use_language(document: Document) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415  an extra
    from docx.oxml.ns import qn  # noqa: PLC0415  an extra

    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
