"""The verbs of the product: validate, measure, reconcile, pack.

The only place where files, the clock and the layers below meet. Functions that write return the
paths they wrote; those without a ``Run`` serve Python users.
"""

from mhsds_recon.workflow.actions import (
    Opening,
    actions_of,
    close_action,
    open_action,
    open_actions,
)
from mhsds_recon.workflow.calendar import show_calendar, write_calendar
from mhsds_recon.workflow.counting import figures_csv, measure, remember_figures, write_figures
from mhsds_recon.workflow.doctor import examine_setup
from mhsds_recon.workflow.funnels import (
    check_work_list_folder,
    count_funnels,
    write_funnels,
    write_work_list,
)
from mhsds_recon.workflow.history import Memory, history_address, open_memory
from mhsds_recon.workflow.locating import located
from mhsds_recon.workflow.maturity import estimate_maturity, write_maturity
from mhsds_recon.workflow.packing import write_pack
from mhsds_recon.workflow.periods import PeriodStanding, period_standings
from mhsds_recon.workflow.procedure import write_procedure
from mhsds_recon.workflow.providers import open_runs, write_coverage, write_reconciliations
from mhsds_recon.workflow.reconciling import (
    leaves_differences,
    reconcile,
    write_counts_reconciliation,
    write_reconciliation,
)
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.signed_off import (
    gate,
    governance_record,
    made_packs,
    open_pack,
    sign_off_entries,
    standing,
    write_record,
)
from mhsds_recon.workflow.signing import distribute, exempt, record_upload, sign
from mhsds_recon.workflow.teams import count_teams
from mhsds_recon.workflow.trending import review_trends, write_trends
from mhsds_recon.workflow.validating import (
    fails,
    open_baseline,
    open_extract,
    summarise_validation,
    validate,
    write_baseline,
    write_effects,
    write_portal_comparison,
    write_validation,
)
from mhsds_recon.workflow.walking import Also
from mhsds_recon.workflow.warehouse import count_warehouse
from mhsds_recon.workflow.writing import beside, software_version, to_json

__all__ = [
    "Also",
    "Memory",
    "Opening",
    "PeriodStanding",
    "Run",
    "actions_of",
    "beside",
    "check_work_list_folder",
    "close_action",
    "count_funnels",
    "count_teams",
    "count_warehouse",
    "distribute",
    "estimate_maturity",
    "examine_setup",
    "exempt",
    "fails",
    "figures_csv",
    "gate",
    "governance_record",
    "history_address",
    "leaves_differences",
    "located",
    "made_packs",
    "measure",
    "open_action",
    "open_actions",
    "open_baseline",
    "open_extract",
    "open_memory",
    "open_pack",
    "open_runs",
    "period_standings",
    "reconcile",
    "record_upload",
    "remember_figures",
    "review_trends",
    "show_calendar",
    "sign",
    "sign_off_entries",
    "software_version",
    "standing",
    "summarise_validation",
    "to_json",
    "validate",
    "write_baseline",
    "write_calendar",
    "write_counts_reconciliation",
    "write_coverage",
    "write_effects",
    "write_figures",
    "write_funnels",
    "write_maturity",
    "write_pack",
    "write_portal_comparison",
    "write_procedure",
    "write_reconciliation",
    "write_reconciliations",
    "write_record",
    "write_trends",
    "write_validation",
    "write_work_list",
]
