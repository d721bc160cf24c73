from tests.gatherings.conftest import places

__all__ = ["places"]  # the fixture, shared by name
