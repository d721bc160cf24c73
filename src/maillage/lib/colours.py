"""Colours as « #0c5a63 »: read, and how well one is read on another (WCAG 2.2, relative luminance)."""

import re

_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
READABLE = 4.5  # contrast of a text of usual size (WCAG 1.4.3)
SEEN = 3.0  # of a large text, of what a drawing needs to be understood (1.4.11)


def read_colour(text: str) -> str | None:
    """« #0c5a63 », in six small digits; None when it is no colour."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return None
    digits = match[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def luminance(colour: str) -> float:
    """From 0, black, to 1, white."""
    red, green, blue = (
        value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """`share` of the other in the one."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def readable_on(colour: str, ground: str, *, least: float = READABLE) -> str:
    """The colour itself, or the nearest towards black or white that is read on this ground."""
    far = "#000000" if luminance(ground) > 0.5 else "#ffffff"
    for step in range(21):
        found = mixed(colour, far, step / 20)
        if contrast(found, ground) >= least:
            return found
    return far
