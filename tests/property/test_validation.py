"""Laws of validation: the plans agree with plain Python, and order never matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_rules import Finding, Known, Row, judge

from mhsds_recon.frames import Engine, Reference, engine_named, extract_from_frames
from mhsds_recon.standard import PortalFacts, Rule, Standard
from mhsds_recon.standard.checks import names_in
from mhsds_recon.testing import narrowed
from mhsds_recon.validation import validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

HEADER = "MHS000Header"
ELEMENTS = {
    HEADER: (
        "OrgIDProvider",
        "DatSetVer",
        "ReportingPeriodStartDate",
        "ReportingPeriodEndDate",
        "DateTimeDatSetCreate",
    ),
    "MHS001MPI": (
        "LocalPatientID",
        "NHSNumber",
        "NHSNumberStatus",
        "Postcode",
        "OrgIDLocalPatientID",
        "PersonBirthDate",
    ),
    "MHS002GP": ("LocalPatientID", "GMPReg", "StartDateGMPRegistration", "EndDateGMPRegistration"),
    "MHS010AssTechToSupportDisTyp": (
        "LocalPatientID",
        "AssistiveTechnologyFinding",
        "AssistiveTechnologyPrescTimestamp",
    ),
    "MHS101Referral": (
        "ServiceRequestID",
        "LocalPatientID",
        "OrgIDComm",
        "ReferralRequestReceivedDate",
        "ReferralRequestReceivedTime",
        "ServDischDate",
        "SourceOfReferralMH",
    ),
    "MHS102OtherServiceType": ("ServiceRequestID", "ReferClosureDate", "ReferClosReason"),
    "MHS105OnwardReferral": ("ServiceRequestID", "ReferralProc"),
    "MHS201CareContact": ("CareContactID", "ServiceRequestID", "ClinContDurOfCareCont"),
    "MHS501HospProvSpell": (
        "HospProvSpellID",
        "ServiceRequestID",
        "StartDateHospProvSpell",
        "DischDateHospProvSpell",
    ),
    "MHS502WardStay": ("WardStayID", "HospProvSpellID", "StartDateWardStay", "EndDateWardStay"),
    "MHS518ClinReadyforDischarge": (
        "HospProvSpellID",
        "AttribToIndic",
        "OrgIDRespLAClinReadyforDisch",
    ),
    "MHS604PrimDiag": ("ServiceRequestID", "PrimDiag", "DiagSchemeInUse"),
    "MHS606CodedScoreAssessmentRefer": ("ServiceRequestID", "CodedAssToolType", "PersScore"),
    "MHS608AnonSelfAssess": ("PersScore",),
}
KEYS = ("K1", "K2", "K3", " K1", "k1", "", "  ", "K" * 21, None)
DAYS = ("2025-08-31", "2025-09-01", "2025-09-15", "2025-09-30", "2025-10-01", "2025-10-02")
NEAR_MISSES = (
    "2025-02-29", "2024-02-29", "1889-12-31", "1890-01-01", "2025-9-30", "1894-09-01",
    "1894-09-02", "0000-01-01", "0001-01-01", "1700-02-29", "9999-12-31", "23:59:59",
    "24:00:00", "9:00:00", "2025-09-01T10:00:00Z", "2025-09-01T10:00:00", "2025-13-01T10:00:00Z",
    "2025-10-01T00:30:00+01:00 or so", "2025-09-01T25:00:00+01:00",
    "ZQ1 1AA", "ZQ1\t1AA", "zq11aa", "ZQ1 1AB", "9991000003", "999100000٣",
    "A1", "a1", "A1 ", "ZZ", "12", "12345", "6.0", "éß", "", " ", "   ", None,
)  # fmt: skip
CODES = ("RZZ", "rzz", "RYY", "RZZ01", "VPP00", "01", "02", "04", "05", "06", "07", None, " ")
CLINICAL = (
    "195967001", "195967002", "22298006", "F200", "F20", "F20.121", "1034351000000101",
    "22298006:408730004=195967001", "22298006:408730004=195967002", "22298006:1=195967001", None,
)  # fmt: skip
SCORES = ("0", "21", "22", "9", "999", "1.5", "1.55", "01", ".5", "5.", "-1", "NA", "x", None, " ")
TOOLS = ("445455005", "979661000000102", "1037691000000108", "123456", None)
KNOWN = Known(
    organisations=[
        ("RZZ", "trust", "1990-04-01", ""),
        ("RYY", "trust", "2025-09-01", "2025-09-15"),
        ("RZZ01", "site", "1990-04-01", ""),
    ],
    postcodes=["ZQ1 1AA"],
    portal=PortalFacts(
        provider_id="RZZ",
        reporting_period_start="2025-09-01",
        submitted_timestamp="2025-10-01T09:00:00",
    ),
)
# Beside tab and space, engines disagree on what white space a postcode may have in it.
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp"]), max_size=6)
LINKS = {"LocalPatientID", "ServiceRequestID", "CareContactID", "HospProvSpellID", "WardStayID"}


def _values(element: str) -> st.SearchStrategy[str | None]:
    if element in LINKS:
        return st.sampled_from(KEYS)
    likely = {
        "CodedAssToolType": TOOLS,
        "PersScore": SCORES,
        "PrimDiag": CLINICAL,
        "ReferralProc": CLINICAL,
        "AssistiveTechnologyFinding": CLINICAL,
    }.get(element, DAYS if "Date" in element else CODES)
    return st.sampled_from(likely) | st.sampled_from(NEAR_MISSES) | ANY_TEXT


TABLES = st.fixed_dictionaries(
    {
        table: st.lists(
            st.fixed_dictionaries({name: _values(name) for name in names}),
            min_size=int(table == HEADER),
            max_size=1 if table == HEADER else 4,
        )
        for table, names in ELEMENTS.items()
    }
)


@pytest.fixture(scope="module")
def few(standard: Standard) -> Standard:
    """The rules about the few tables and elements of these tests."""
    covered = {code for code, rule in standard.rules.items() if _is_covered(rule, standard)}
    return narrowed(standard, ELEMENTS, rules=covered)


def test_every_kind_of_rule_is_among_them(few: Standard, standard: Standard) -> None:
    kinds = {type(rule.check) for rule in few.rules.values()}
    assert kinds == {type(rule.check) for rule in standard.rules.values()}


@given(TABLES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_plans_agree_with_plain_python_on_polars(
    few: Standard, tables: dict[str, list[Row]]
) -> None:
    assert _findings(tables, few, engine_named("polars")) == judge(tables, few, KNOWN)


@given(TABLES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_plans_agree_with_plain_python_on_duckdb(
    few: Standard, tables: dict[str, list[Row]]
) -> None:
    assert _findings(tables, few, engine_named("duckdb")) == judge(tables, few, KNOWN)


@given(TABLES, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_of_rows_and_columns_never_matters(
    few: Standard, tables: dict[str, list[Row]], random: Random
) -> None:
    order = {table: list(range(len(rows))) for table, rows in tables.items()}
    for places in order.values():
        random.shuffle(places)
    shuffled = {
        table: [dict(reversed(rows[place].items())) for place in order[table]]
        for table, rows in tables.items()
    }
    engine = engine_named("polars")
    moved = _findings(shuffled, few, engine)
    assert {(c, t, order[t][n - 1] + 1) for c, t, n in moved} == _findings(tables, few, engine)


def _is_covered(rule: Rule, standard: Standard) -> bool:
    """Return whether all that a rule uses is in the few tables and elements."""
    tables = {standard.tables[table].number: names for table, names in ELEMENTS.items()}
    for name in names_in(rule.check):
        prefix, _, bare = name.rpartition(".")
        own = ELEMENTS.get(rule.table, ())
        known = {"": own, "header": ELEMENTS[HEADER], "portal": ()}.get(prefix)
        if bare not in (tables.get(prefix, ()) if known is None else known):
            return prefix == "portal" and KNOWN.portal.fact(bare) is not None
    return rule.table in ELEMENTS


def _findings(
    tables: Mapping[str, Sequence[Row]], standard: Standard, engine: Engine
) -> set[Finding]:
    frames = {
        table: pl.DataFrame(
            list(rows),
            schema=dict.fromkeys(rows[0] if rows else ELEMENTS[table], pl.String),
        )
        for table, rows in tables.items()
    }
    extract = extract_from_frames(frames, standard=standard, engine=engine)
    organisations = pl.LazyFrame(
        KNOWN.organisations, schema=["code", "kind", "open_date", "close_date"], orient="row"
    )
    lookups = Reference(
        organisations=engine.scan(organisations),
        postcodes=engine.scan(pl.LazyFrame({"postcode": KNOWN.postcodes})),
        portal=KNOWN.portal,
    )
    result = validate(extract, standard=standard, reference=lookups)
    found = result.findings.drop_nulls("row_number")
    return set(found.select("code", "table", "row_number").iter_rows())
