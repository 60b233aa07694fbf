"""The verbs of the product: validate, measure, reconcile, pack.

The only place where files, the clock and the layers below meet. Functions that write return the
paths they wrote; those without a ``Run`` serve Python users.
"""

from mhsds_recon.workflow.counting import measure, write_figures
from mhsds_recon.workflow.funnels import (
    check_work_list_folder,
    count_funnels,
    write_funnels,
    write_work_list,
)
from mhsds_recon.workflow.maturity import estimate_maturity, write_maturity
from mhsds_recon.workflow.packing import write_pack
from mhsds_recon.workflow.reconciling import (
    leaves_differences,
    reconcile,
    write_counts_reconciliation,
    write_reconciliation,
)
from mhsds_recon.workflow.runs import Run
from mhsds_recon.workflow.teams import count_teams
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
from mhsds_recon.workflow.writing import beside, software_version, to_json

__all__ = [
    "Run",
    "beside",
    "check_work_list_folder",
    "count_funnels",
    "count_teams",
    "estimate_maturity",
    "fails",
    "leaves_differences",
    "measure",
    "open_baseline",
    "open_extract",
    "reconcile",
    "software_version",
    "summarise_validation",
    "to_json",
    "validate",
    "write_baseline",
    "write_counts_reconciliation",
    "write_effects",
    "write_figures",
    "write_funnels",
    "write_maturity",
    "write_pack",
    "write_portal_comparison",
    "write_reconciliation",
    "write_validation",
    "write_work_list",
]
