from tests.live.conftest import _fresh_process, session
from tests.live.test_signals import room

__all__ = ["_fresh_process", "room", "session"]  # fixtures, shared by name
