"""The measures there are, the module of each, and sizes so small that they only show that it works."""

MEASURES = {
    "moves": "moves",
    "fanout": "fanout",
    "votes": "votes",
    "join": "joins",
    "page": "page",
    "memory": "memory",
    "workers": "workers",
    "growth": "growth",
    "scaling": "scaling",
    "start": "start",
    "report": "documents",
    "seating": "seats",
    "map": "map",
    "atlas": "atlas",
}
ON_POSTGRESQL = {
    "moves": "too",
    "workers": "only",
    "atlas": "too",
}  # measured over a throwaway cluster, besides SQLite or instead
QUICK_SIZES: dict[str, dict[str, object]] = {
    "moves": {"moves": 20, "phones": 4, "several": 2},
    "fanout": {"phones": 4, "many": 6, "changes": 2},
    "votes": {"people": 6},
    "join": {"people": 6},
    "memory": {"streams": 40},
    "workers": {"moves": 20, "phones": 4, "several": 2},
    "growth": {"quick": True},
    "scaling": {"quick": True},
    "page": {"requests": 10},
    "atlas": {"percents": (0.2, 0.4), "addresses": 2},
}
