"""Write the trust's standard operating procedure."""

from __future__ import annotations

from pathlib import Path

from mhsds_recon.outputs import write_files
from mhsds_recon.packs import check_privacy
from mhsds_recon.procedure import (
    build_procedure,
    load_procedure_config,
    load_procedure_words,
    render_procedure,
)
from mhsds_recon.procedure.word import write_word
from mhsds_recon.signoff import load_policy
from mhsds_recon.standard.cut_offs import load_cut_offs
from mhsds_recon.workflow.writing import software_version, writer

__all__ = ["write_procedure"]


def write_procedure(
    config: Path,
    *,
    output: Path | None = None,
    to: tuple[str, ...] = ("html",),
    version: str = "6.0",
) -> tuple[Path, ...]:
    """Write a trust's procedure, filled from its configuration.

    Args:
        config: The configuration; files that it names lie beside it.
        output: Folder to write into; that of the configuration where None.
        to: Forms: ``html`` and ``docx``.
        version: Version of the standard.

    Raises:
        DefinitionError: The configuration, or a file that it names, does not fit.
        UsageError: The library for Word documents is not installed.
        PrivacyError: What the trust says of itself holds an NHS number or a postcode.
    """
    trust = load_procedure_config(config)

    def beside(name: str) -> Path | None:
        return config.parent / name if name else None

    procedure = build_procedure(
        trust,
        words=load_procedure_words(beside(trust.words)),
        policy=load_policy(beside(trust.policy), version=version),
        calendar=load_cut_offs(beside(trust.calendar), version=version),
        software=software_version(),
    )
    stem = f"{trust.provider}_procedure"
    page, writers = render_procedure(procedure), {}
    check_privacy({f"{stem}.html": page})
    if "html" in to:
        writers[f"{stem}.html"] = writer(page)
    if "docx" in to:
        document = write_word(procedure)
        writers[f"{stem}.docx"] = lambda path: path.write_bytes(document)
    return write_files(output or config.parent, writers)
