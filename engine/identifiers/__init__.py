"""Find in a text what identifies a child, a family or somebody who worked with them."""

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
    POSTCODE,
    SCHOOL,
    Hit,
    Identifier,
    Register,
    register,
)
from engine.identifiers.welsh import mutations, with_h
from engine.identifiers.words import COMMON, OF_SCHOOLS

__all__ = [
    "ADDRESS",
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
    "POSTCODE",
    "SCHOOL",
    "Hit",
    "Identifier",
    "Register",
    "mutations",
    "register",
    "with_h",
]
