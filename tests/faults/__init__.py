"""Faults to survive: parts of the system die under load; nothing acknowledged is lost, all screens agree again soon.

The servers, the relay and the database are processes of their own, and really killed. Phones keep their own records;
the checker reads the log with no code of the application's, and compares. Short in `make test`, whole by `make faults`.
"""

import os

WHOLE = os.environ.get("MAILLAGE_FAULTS") == "whole"
# seconds from the recovery until every screen is right: the goal, where faults are played alone on the machine
RIGHT_WITHIN = 5.0 if WHOLE else 30.0
