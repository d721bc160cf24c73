"""Identifiers that can be made anywhere and sort by time of birth."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562) as the standard library's type."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)
