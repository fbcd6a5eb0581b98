"""Find in a text what identifies a child, a family or somebody who worked with them."""

from engine.identifiers.folding import Folded, fold
from engine.identifiers.matching import (
    ADDRESS,
    BORN,
    CASE_NUMBER,
    EMAIL,
    FAMILY,
    INITIALS,
    NUMBER,
    PERSON,
    PHONE,
    PLACE,
    POSTCODE,
    SCHOOL,
    Hit,
    Identifier,
    Register,
    register,
)
from engine.identifiers.patterns import days_in
from engine.identifiers.welsh import mutations, with_h
from engine.identifiers.words import ALSO_WORDS, COMMON, OF_SCHOOLS

__all__ = [
    "ADDRESS",
    "ALSO_WORDS",
    "BORN",
    "CASE_NUMBER",
    "COMMON",
    "EMAIL",
    "FAMILY",
    "INITIALS",
    "NUMBER",
    "OF_SCHOOLS",
    "PERSON",
    "PHONE",
    "PLACE",
    "POSTCODE",
    "SCHOOL",
    "Folded",
    "Hit",
    "Identifier",
    "Register",
    "days_in",
    "fold",
    "mutations",
    "register",
    "with_h",
]
