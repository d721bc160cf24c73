"""A walk that finds nothing proves something only if it finds what is broken: each check is taken away in turn.

Two ways. Each permission function says yes to all, and somewhere the walk must see it. Then, address by address, the
check of that one view is gone, and the walk of that one address must see it.
"""

import os

import pytest
from django.http import Http404

from maillage.config.rights import Address, addresses
from maillage.lib.needs import Need
from tests.rights.mutants import MUTANTS, Mutant, nobody_signs_in
from tests.rights.walking import Walk

WHOLE = bool(os.environ.get("MAILLAGE_LONG"))
SAMPLE = 4  # in the short suite, one address in so many is walked without its check
IN_A_SPACE = {Need.READ, Need.DESK, Need.FACILITATE, Need.DAY, Need.ORGANISE}
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}


def seen(walk: Walk, address: Address) -> bool:
    try:
        return any(True for _fault in walk.faults(address))
    except Http404:
        return False
    except Exception:  # the mutant gave the view what it never gets: it stopped there, which is not a leak seen
        return False


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_permission_function_that_says_yes_is_seen(walk: Walk, mutant: Mutant):
    asked = [address for address in addresses() if mutant.is_asked_by(address.route)]
    with mutant.in_place():
        assert any(seen(walk, address) for address in asked), f"{mutant.name} may say yes to all, unseen"


def test_needs_that_asks_nobody_to_sign_in_is_seen(walk: Walk):
    with nobody_signs_in():
        assert any(seen(walk, address) for address in addresses())


def unguarded(address: Address) -> list[Mutant]:
    """The functions that guard this one address."""
    assert address.needs is not None
    need = address.needs.get
    if need is Need.ATLAS:
        return [BY_NAME["fetch_atlas"]]
    if need in IN_A_SPACE:
        names = {
            "live:control": ["can_control"],
            "office:job": ["may_see_job"],
            "office:stop": ["may_see_job"],
        }.get(address.name, ["fetch_in_space"])
        return [BY_NAME[name] for name in names]
    return []


GUARDED = [address for address in addresses() if address.needs is not None and unguarded(address)]


def test_a_view_without_its_check_is_seen(walk: Walk):
    """Of all in `make long`, of a sample otherwise."""
    survivors = []
    for address in GUARDED if WHOLE else GUARDED[::SAMPLE]:
        (mutant,) = unguarded(address)
        with mutant.in_place():
            if not seen(walk, address):
                survivors.append(address.route)
    assert not survivors, f"{len(survivors)} of {len(GUARDED)} may lose their check unseen: {survivors}"
