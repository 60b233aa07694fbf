"""The command that writes the trust's procedure: sop."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from mhsds_recon.cli.common import Common, say
from mhsds_recon.errors import UsageError

__all__ = ["app"]

app = App()

_FORMS = ("html", "docx")


@app.command
def sop(
    *,
    config: Path,
    output: Path | None = None,
    to: str = "html,docx",
    common: Common = Common(),
) -> int:
    """Write the trust's standard operating procedure, from extract to reconciliation.

    Args:
        config: The trust's configuration, as TOML; see examples/procedure/trust.toml.
        output: Folder to write into; by default that of the configuration.
        to: Forms, with commas between: html, docx.
        common: Options of every command.
    """
    from mhsds_recon import workflow

    forms = tuple(form.strip() for form in to.split(","))
    if unknown := [form for form in forms if form not in _FORMS]:
        message = f"The procedure cannot be written as '{unknown[0]}': choose html, docx or both."
        raise UsageError(message)
    written = workflow.write_procedure(config, output=output, to=forms, version=common.standard)
    say("\n".join(f"Written: {path}" for path in written), common)
    return 0
