"""Commands on the definitions: standard check, standard show and standard causes."""

from __future__ import annotations

import sys

from cyclopts import App

from mhsds_recon.cli.common import Common, say, width

__all__ = ["app"]

app = App(name="standard", help="Look at the definitions: rules, tables, measures.")


@app.command(name="check")
def standard_check(*, common: Common = Common()) -> int:
    """Load every definition and report all problems at once.

    Args:
        common: Options of every command.
    """
    from mhsds_recon.reporting import standard_text
    from mhsds_recon.standard import load_standard

    say(standard_text(load_standard(common.standard), width=width()), common)
    return 0


@app.command(name="causes")
def standard_causes(*, common: Common = Common()) -> int:
    """Print every cause of difference, how far it can be decided, and how, as Markdown.

    Args:
        common: Options of every command.
    """
    from mhsds_recon.reporting import causes_page
    from mhsds_recon.standard import load_standard

    sys.stdout.write(causes_page(load_standard(common.standard)))
    return 0


@app.command(name="show")
def standard_show(code: str, /, *, common: Common = Common()) -> int:
    """Print what a rule, measure, funnel, table or code list says, in words.

    Args:
        code: Such as MHS20142, MHS95, access, MHS101Referral or AttendanceStatus.
        common: Options of every command.
    """
    from mhsds_recon.reporting import definition_text
    from mhsds_recon.standard import load_standard

    text = definition_text(code, load_standard(common.standard), width=width())
    sys.stdout.write(text + "\n")
    return 0
