"""Identifiers made where a row is born."""

import uuid

from maillage.lib.identifiers import uuid7


def test_uuid7_is_the_standard_type_and_sorts_by_birth():
    born = [uuid7() for _ in range(200)]
    assert all(type(each) is uuid.UUID and each.version == 7 for each in born)
    assert born == sorted(born)
    assert len(set(born)) == len(born)
