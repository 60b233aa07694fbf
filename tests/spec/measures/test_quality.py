"""MHS-DQM and MHS-DIM: which result a row has; coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec.structs import replace

from mhsds_recon.frames import Reference, extract_from_frames
from mhsds_recon.measures import Figures, count
from mhsds_recon.standard import ReportingPeriod

from .conftest import header, read_tables

if TYPE_CHECKING:
    from mhsds_recon.frames import Engine
    from mhsds_recon.standard import Standard

PATIENTS = """
2025-09 MHS001MPI
LocalPatientID | NHSNumber  | PersonBirthDate | Postcode | Gender | EthnicCategory
P1             | 9999999999 | 2012-05-01      | AB1 1AA  | 1      | A
P2             |            | 1905-09-30      | ab11aa   | 9      | A1
P3             |            | 1904-09-30      | ZZ99 3VZ | x      | Z
P4             |            | 2025-09-30      | AB9 9ZZ  | 7      | 99
P5             |            |                 |          |        | 991
"""
REFERRALS = """
2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | ReferralRequestReceivedDate | PrimReasonReferralMH |\
 ReferRejectReason | OrgIDComm | SpecialisedMHServiceCode | ClinRespPriorityType | ServDischDate
R1 | P1 | 2025-09-01 | 12 |    | OPEN1 |     | 1 |
R2 | P1 | 2015-12-31 | 17 | 02 | LAST1 | x   |   | 2025-09-20
R3 | P2 | 2016-01-01 | 17 | 01 | OLD01 |     |   | 2025-09-20
R4 | P4 | 2025-09-30 |    |    | xmd00 |     |   |
R5 | P5 | 2025-09-30 | 12 |    |       |     | 4 |
R6 | P4 | 2025-09-30 | 12 |    | DAY01 |     |   |

2025-09 MHS604PrimDiag
ServiceRequestID | CodedDiagTimestamp
R1 | 2025-09-01T08:00:00
R1 | 2025-08-31
R2 | 2025-09-20
R2 | 2025-09-21
R2 |
R9 | 2025-09-20

2025-09 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID | StartDateHospProvSpell | EstimatedDischDateHospProvSpell |\
 DecidedToAdmitDate
H1 | R1 | 2025-09-02 | 2025-09-01 | 2025-09-03
H2 | R3 | 2025-09-02 | 2025-09-02 | 2025-09-02

2025-09 MHS201CareContact
CareContactID | ServiceRequestID | OrgIDComm | CareContTime
C1 | R1 | SITE1 | 09:00:00
C2 | R1 | PUPIL | 00:00:00
C3 | R1 |       | 00:30:00
C4 | R1 | R9998 |

2025-09 MHS002GP
LocalPatientID | GMPReg
P1             | OPEN1
P2             | GP001
P3             | V81999
"""
TEAMS = """
2025-09 MHS102OtherServiceType
ServiceRequestID | OtherCareProfTeamLocalID | ReferClosureDate | ReferRejectionDate |\
 ReferClosReason
R2 | T1 | 2025-09-09 |            | 01
R2 | T2 | 2025-09-09 | 2025-09-08 | 01

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
T1                  | A06
T2                  | Z01
"""
ORGANISATIONS = [
    ("OPEN1", "1990-04-01", None, "sub_icb"),
    ("LAST1", "1990-04-01", "2025-09-30", "sub_icb"),
    ("DAY01", None, "2025-08-31", "icb"),
    ("OLD01", None, "2025-08-30", "trust"),
    ("SITE1", "2025-09-30", None, "site"),
    ("SITE1", None, "2000-01-01", "site"),
    ("PUPIL", None, None, "school"),
    ("GP001", None, None, "gp_practice"),
]


def counted_quality(
    text: str, standard: Standard, engine: Engine, *measure_ids: str, with_files: bool = False
) -> Figures:
    """Count measures in September 2025, perhaps with reference files."""
    frames = {
        name: {**tables, "MHS000Header": header(name)} for name, tables in read_tables(text).items()
    }
    extracts = [
        extract_from_frames(tables, standard=standard, engine=engine, name=name)
        for name, tables in frames.items()
    ]
    organisations = pl.LazyFrame(
        ORGANISATIONS, ["code", "open_date", "close_date", "kind"], orient="row"
    )
    postcodes = pl.LazyFrame({"postcode": ["AB11AA"], "la_district": ["E1"], "sub_icb": ["Z1"]})
    reference = Reference(
        organisations=engine.scan(organisations), postcodes=engine.scan(postcodes)
    )
    return count(
        extracts,
        standard=standard,
        period=ReportingPeriod(2025, 9),
        reference=reference if with_files else Reference(),
        measure_ids=measure_ids,
    )


def results(figures: Figures) -> dict[str, str]:
    """Return the rows of each result of each measure, as ``of all: result rows, ...``."""
    rows = figures.frame.filter(breakdown="Provider; VODIM result (count)")
    found: dict[str, list[str]] = {}
    for measure_id, total, result, number in rows.select(
        "measure_id", "denominator", "secondary_level", "exact_value"
    ).iter_rows():
        parts = found.setdefault(measure_id, [f"of {total:.0f}:"])
        if number:
            parts.append(f"{result} {number:.0f}")
    return {measure_id: " ".join(parts) for measure_id, parts in found.items()}


def test_values_have_the_result_of_their_code_age_or_date(
    standard: Standard, engine: Engine
) -> None:
    expected = {
        "MHS-DQM01": "of 5: Valid 1 Missing 4",
        "MHS-DQM03": "of 5: Valid 3 Invalid 1 Missing 1",
        "MHS-DQM04": "of 5: Valid 1 Other 1 Default 1 Invalid 1 Missing 1",
        "MHS-DQM05": "of 5: Valid 2 Other 1 Default 1 Invalid 1",
        "MHS-DQM10": "of 5: Valid 3 Invalid 1 Missing 1",
        "MHS-DQM18": "of 6: Valid 1 Other 1 Missing 4",
        "MHS-DQM19": "of 5: Valid 3 Invalid 1 Missing 1",
        "MHS-DQM20": "of 2: Valid 1 Missing 1",
        "MHS-DQM46": "of 5: Valid 2 Invalid 2 Missing 1",
        "MHS-DQM51": "of 3: Valid 1 Missing 2",
        "MHS-DQM52": "of 2: Valid 1 Invalid 1",
        "MHS-DQM53": "of 1: Invalid 1",
        "MHS-DQM67": "of 2: Valid 1",
    }
    text = PATIENTS + REFERRALS + TEAMS
    assert results(counted_quality(text, standard, engine, *expected)) == expected


def test_organisations_and_postcodes_are_known_by_the_reference_files(
    standard: Standard, engine: Engine
) -> None:
    expected = {
        "MHS-DQM02": "of 5: Valid 2 Default 1 Missing 1",
        "MHS-DQM06": "of 3: Valid 1 Default 1 Invalid 1",
        "MHS-DQM12": "of 6: Valid 1 Other 2 Default 1 Invalid 1",
        "MHS-DQM13": "of 4: Valid 1 Default 1 Invalid 1 Missing 1",
    }
    text = PATIENTS + REFERRALS
    figures = counted_quality(text, standard, engine, *expected, with_files=True)
    assert results(figures) == expected
    without = counted_quality(text, standard, engine, *expected, "MHS-DQM57")
    assert {(one.measure_id, one.reason) for one in without.not_assessed} == {
        ("MHS-DQM02", "needs postcodes"),
        ("MHS-DQM06", "needs organisations"),
        ("MHS-DQM12", "needs organisations"),
        ("MHS-DQM13", "needs organisations"),
        ("MHS-DQM57", "needs organisations and specialised_commissioners"),
    }
    assert without.frame.is_empty()


def test_a_code_is_invalid_before_it_is_valid(standard: Standard, engine: Engine) -> None:
    genders = standard.code_lists["PersonStatedGender"]
    dated = tuple(replace(code, valid_from="2025-10-01") for code in genders.codes)
    later = replace(
        standard,
        code_lists={
            **standard.code_lists,
            "PersonStatedGender": replace(genders, codes=dated),
        },
    )
    figures = counted_quality(PATIENTS, later, engine, "MHS-DQM04")
    assert results(figures) == {"MHS-DQM04": "of 5: Invalid 4 Missing 1"}


def test_integrity_counts_times_and_rows_that_fit(standard: Standard, engine: Engine) -> None:
    text = (
        PATIENTS
        + REFERRALS
        + """
2025-08 MHS401MHActPeriod
MHActLegalStatusClassPeriodID | LocalPatientID | StartDateMHActLegalStatusClass |\
 StartTimeMHActLegalStatusClass | EndDateMHActLegalStatusClass
A1 | P1 | 2025-08-01 | 12:00:00 |
A2 | P1 | 2025-08-01 | 12:00:00 |
A3 | P1 | 2025-08-01 | 12:00:00 | 2025-08-02
A4 | P1 | 2025-08-01 |          |

2025-09 MHS401MHActPeriod
MHActLegalStatusClassPeriodID | LocalPatientID | StartDateMHActLegalStatusClass |\
 StartTimeMHActLegalStatusClass | LegalStatusCode
A1 | P1 | 2025-08-01 | 12:00:00 | 01
A5 | P4 | 2025-09-01 | 13:00:00 | 02
A6 | P5 | 2025-09-01 | 12:10:00 | 99
A7 | P9 | 2025-09-01 | 00:00:00 | 04

2025-09 MHS202CareActivity
CareActID | CareContactID | Procedure
V1        | C1            | 1833251000000107:363589002=1
V2        | C1            | 984421000000104
"""
    )
    expected = {
        "MHS-DQM07": "of 4: Valid 2 Default 1 Invalid 1",
        "MHS-DIM02": "of 3: Integrity 2",
        "MHS-DIM03": "of 2: Integrity 1",
        "MHS-DIM04": "of 3: Integrity 2",
        "MHS-DIM05": "of 3: Integrity 1",
        "MHS-DIM16": "of 3: Integrity 1",
        "MHS-DIM17": "of 4: Integrity 1",
        "MHS-DIM18": "of 4: Integrity 1",
        "MHS-DIM19": "of 4: Integrity 3",
        "MHS-DIM20": "of 2: Integrity 1",
    }
    figures = counted_quality(text, standard, engine, *expected, "MHS-DIM06")
    assert results(figures) == expected
    shown = figures.frame.filter(
        measure_id="MHS-DIM19", breakdown="Provider; VODIM result (percentage)"
    )
    assert shown.select("exact_value", "measure_value").rows() == [(75.0, "*")]


SERVICES = """
2025-09 MHS001MPI
LocalPatientID | PersonBirthDate
CHILD          | 2012-05-01
BABY           | 2024-05-01
ADULT          | 2006-09-01

2025-09 MHS101Referral
ServiceRequestID | LocalPatientID | CareProfTeamLocalID | ReferralRequestReceivedDate
TYPE   | BABY  | CYP   | 2025-09-01
MOSTLY | BABY  | MOST  | 2025-09-01
M2     | CHILD | MOST  | 2025-08-01
M3     | CHILD | MOST  | 2025-08-01
HALF   | CHILD | HALF  | 2025-09-01
H2     | ADULT | HALF  | 2025-08-01
PROF   | BABY  | OTHER | 2025-09-01
WARD   | BABY  | OTHER | 2025-09-01
LATER  | BABY  | OTHER | 2025-09-01
GROWN  | ADULT | CYP   | 2025-09-01

2025-09 MHS902ServiceTeamDetails
CareProfTeamLocalID | ServTeamTypeMH
CYP                 | C05

2025-09 MHS501HospProvSpell
HospProvSpellID | ServiceRequestID | StartDateHospProvSpell
H1              | PROF             | 2025-09-05
H2              | WARD             | 2025-09-01
H3              | LATER            | 2025-09-02

2025-09 MHS502WardStay
WardStayID | HospProvSpellID | WardCode | StartDateWardStay
S1         | H1              | ANY      | 2025-09-05
S2         | H2              | YOUNG    | 2025-09-01
S3         | H3              | YOUNG    | 2025-09-02

2025-09 MHS503AssignedCareProf
HospProvSpellID | StartDateAssCareProf | TreatFuncCodeMH
H1              | 2025-09-05           | 711
H3              | 2025-09-03           | 711

2025-09 MHS903WardDetails
WardCode | WardAge | WardSecLevel | LockedWardInd
YOUNG    | 10      | 0            | N
ANY      | 13      | 1            |

2025-08 MHS002GP
LocalPatientID | GMPReg
CHILD          | GP001
"""


def test_new_referrals_go_to_services_for_the_young_by_team_professional_or_ward(
    standard: Standard, engine: Engine
) -> None:
    figures = counted_quality(
        SERVICES, standard, engine, "MHS-DIM01", "MHS-DQM76", "MHS-DQM80", "DQ-COVERAGE"
    )
    assert results(figures) == {
        # By team type, by a mostly young team, by professional, by ward; half is not most.
        "MHS-DIM01": "of 6: Integrity 4",
        "MHS-DQM76": "of 3: Valid 3",
        "MHS-DQM80": "of 2: Valid 2",
    }
    coverage = figures.frame.filter(measure_id="DQ-COVERAGE")
    by_level = dict(coverage.select("secondary_level", "exact_value").iter_rows())
    assert by_level["NONE"] == sum(by_level.values()) - by_level["NONE"] == 25
    assert by_level["MHS101Referral"] == 10
    assert "MHS002GP" not in by_level
