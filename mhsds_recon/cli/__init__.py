"""The commands: parse, call the workflow, print, exit code.

Heavy imports stand inside the functions of the commands, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from mhsds_recon.cli import (
    actions,
    calendar,
    definitions,
    figures,
    history,
    packs,
    procedure,
    quality,
    serving,
    signing,
    teams,
    trends,
    validation,
    warehouse,
)
from mhsds_recon.errors import ReconError, UsageError

__all__ = ["app", "main", "run"]

BUG, STOPPED = 70, 130
OUR_MISTAKE = (
    "mhsds-recon: this is a mistake of ours, not yours. Please report it with the lines above,"
    " the command and the version (mhsds-recon --version). They hold no patient's values unless"
    " a library put them there: read them before you send them."
)

app = App(
    name="mhsds-recon",
    help="Validate, count, reconcile and sign off a trust's monthly MHSDS submission.",
    version=lambda: _version(),  # noqa: PLW0108  defined below
    result_action="return_value",
)
for topic in (
    packs,
    validation,
    figures,
    quality,
    teams,
    warehouse,
    trends,
    calendar,
    signing,
    serving,
    procedure,
):
    app.command(topic.app, name="*")
app.command(definitions.app)
app.command(history.app)
app.command(actions.app)
app.command(serving.users)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; a user's mistake gives one message."""
    try:
        return int(app(arguments, exit_on_error=False) or 0)
    except CycloptsError:
        return UsageError.exit_code
    except ReconError as error:
        sys.stderr.write(f"mhsds-recon: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("mhsds-recon: stopped; nothing was written.\n")
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception:  # noqa: BLE001  the edge of the program: a mistake of ours
        sys.stderr.write(f"{traceback.format_exc()}\n{OUR_MISTAKE}\n")
        return BUG


def _version() -> str:
    from importlib.metadata import version

    return version("mhsds-recon")
