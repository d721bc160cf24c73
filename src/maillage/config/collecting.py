"""When Python looks for garbage: the server at its start, and what is measured as a server would be."""

import gc

COLLECT_AFTER = 10_000  # new objects between two collections, where Python says 700: a page makes thousands


def spare_collections() -> None:
    """What was built to start lasts as long as the process: Python looks for garbage in the rest, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)
