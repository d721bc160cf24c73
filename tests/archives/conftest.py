from tests.live.conftest import _fresh_process
from tests.trips.conftest import _light_work, empty_sqlite, home, make_server, room

__all__ = ["_fresh_process", "_light_work", "empty_sqlite", "home", "make_server", "room"]  # fixtures, shared by name
