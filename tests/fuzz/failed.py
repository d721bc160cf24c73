"""Inputs that once broke a reader, by target: played first, for ever."""

FAILED: dict[str, list[bytes]] = {
    "settings": [b"~+x", b"~nobody/x", b"9" * 5_000, b"/" + b"x" * 5_000],
    "cells": [b"x" * 5_000, "v\u00e9g\u0629t".encode() + b"9" * 5_000],  # seconds, for one cell of a file
    "sealed": [
        b'{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": {}, "spaces": ["x"]}\n{"end": 0}\n',
        b'{"backup": 1, "at": "2026-11-29T10:00:00+00:00", "heads": [], "version": "1", "spaces": []}\n{"end": 0}\n',
        b'{"backup": ' + b"[" * 100_000,
    ],
    "territories": [],
}
