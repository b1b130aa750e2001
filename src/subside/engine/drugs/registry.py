"""The named sets, built from the evidence on first use, and which one stands in when none is named."""

from __future__ import annotations

from functools import cache
from typing import Final

from subside.engine.drugs import (
    domino_1984,
    flint_2017,
    herd_2007,
    kamp_2020,
    otto_2021,
    perez_ruixo_2021,
    simons_2022,
)
from subside.engine.drugs.kinds import PkSet
from subside.errors import unknown_name

__all__ = ["DRUG_FORMS", "PK_SETS", "default_set", "pk_set"]

_BUILDERS: Final = {
    "kamp_2020_norketamine": kamp_2020.with_norketamine,
    "kamp_2020": kamp_2020.core,
    "domino_1984": domino_1984.build,
    "simons_2022": simons_2022.build,
    "otto_2021": otto_2021.build,
    "perez_ruixo_2021": perez_ruixo_2021.build,
    "flint_2017": flint_2017.build,
    "herd_2007": herd_2007.build,
}
PK_SETS: Final = tuple(_BUILDERS)
DRUG_FORMS: Final = ("esketamine", "racemic_ketamine")

_FROM_CHILDHOOD: Final = "kamp_2020_norketamine"
_INFANT: Final = "flint_2017"
_INFANT_UNTIL_YEARS: Final = 2.0  # allometry alone, without maturation, is not trusted below


@cache
def pk_set(name: str) -> PkSet:
    """Return the set of this name.

    Raises:
        UnknownNameError: If there is none; suggests the nearest.

    >>> pk_set("simons_2022").site
    'arterial'
    """
    if name not in _BUILDERS:
        raise unknown_name("PK set", name, PK_SETS)
    return _BUILDERS[name]()


def default_set(drug_form: str, age_years: float | None) -> str:
    """Return the name of the set used when none is named, argued in the docs on pharmacokinetics.

    Args:
        drug_form: ``"esketamine"`` or ``"racemic_ketamine"``.
        age_years: Age; None (unknown) is taken as an adult.

    Raises:
        UnknownNameError: If the drug form is not known.
    """
    if drug_form not in DRUG_FORMS:
        raise unknown_name("drug form", drug_form, DRUG_FORMS)
    if age_years is not None and age_years < _INFANT_UNTIL_YEARS:
        return _INFANT
    return _FROM_CHILDHOOD
