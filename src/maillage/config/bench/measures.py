"""The measures there are, and the module of each."""

MEASURES = {
    "moves": "moves",
    "fanout": "fanout",
    "page": "page",
    "start": "start",
    "report": "documents",
    "seating": "seats",
}
