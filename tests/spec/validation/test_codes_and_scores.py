"""SNOMED CT structure, coding schemes and assessment scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_identifier_has_a_check_digit_and_a_kind(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS01411",
        MHS014="""
            FitNoteCond
            195967001
            195967002
            22298006
            22298007
            1034351000000101
            999000041000000102
            73211009
            7321109
            10006
            1234567890123456789
            ١٩٥٩٦٧٠٠١
            " 195967001"
            -
            " "
            """,
    )
    assert rows == [2, 4, 8, 9, 10, 11, 12]


def test_an_expression_is_for_the_elements_named_so(
    failing_rows: Callable[..., list[int]],
) -> None:
    expressions = """
        {element}
        22298006
        22298006:408730004=73211009
        22298006:363589002=73211009
        22298006:408730005=73211009
        22298006:408730004=73211008
        22298007:408730004=73211009
        22298006:408730004=73211009,408730004=73211009
        """
    procedures = expressions.format(element="Procedure")
    conditions = expressions.format(element="FitNoteCond")
    assert failing_rows("MHS20230", MHS202=procedures) == [4, 5, 6, 7]
    assert failing_rows("MHS01411", MHS014=conditions) == [2, 3, 4, 5, 6, 7]


def test_a_code_fits_the_scheme_beside_it(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS60414",
        MHS604="""
            PrimDiag  | DiagSchemeInUse
            F200      | 02
            F20       | 02
            F20.121   | 02
            éé+é      | 02
            195967001 | 06
            195967002 | 06
            F200      | 06
            F         | 03
            F         | -
            -         | 02
            " "       | 06
            """,
    )
    assert rows == [2, 3, 6, 7]


def test_a_score_lies_in_the_range_of_its_tool(failing_rows: Callable[..., list[int]]) -> None:
    rows = failing_rows(
        "MHS60607",
        MHS606="""
            CodedAssToolType | PersScore
            445455005        | 0
            445455005        | 21
            445455005        | 21.0
            445455005        | 0.5
            445455005        | 22
            445455005        | 1.55
            445455005        | 01
            445455005        | .5
            445455005        | 5.
            445455005        | -1
            445455005        | 99999999999999999999
            445455005        | NA
            445455005        | -
            445455005        | " "
            """,
    )
    assert rows == [5, 6, 7, 8, 9, 10, 11, 12]


def test_some_tools_have_other_values_and_some_no_scale(
    failing_rows: Callable[..., list[int]],
) -> None:
    rows = failing_rows(
        "MHS60607",
        MHS606="""
            CodedAssToolType | PersScore
            979661000000102  | 4
            979661000000102  | 9
            979661000000102  | 5
            979661000000102  | 0.5
            000000           | 5
            -                | 5
            """,
    )
    assert rows == [3, 4]
