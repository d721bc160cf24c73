"""The measures there are, the module of each, and sizes so small that they only show that it works."""

MEASURES = {
    "moves": "moves",
    "fanout": "fanout",
    "votes": "votes",
    "page": "page",
    "start": "start",
    "report": "documents",
    "seating": "seats",
}
QUICK_SIZES: dict[str, dict[str, object]] = {
    "moves": {"moves": 20, "phones": 4, "several": 2},
    "fanout": {"phones": 4, "many": 6, "changes": 2},
    "votes": {"people": 6},
    "page": {"requests": 10},
}
