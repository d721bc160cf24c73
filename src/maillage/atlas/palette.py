"""The colours of a map that stands alone, on white paper: those of the light screen (ui base.css, atlas.css)."""

from maillage.atlas.drawing import HATCHES, drawn_shape, hatch_lines

FILLS = ("#eef1ee", "#dcebe6", "#b4d6d0", "#82bab6", "#4f9a9c")
SHEET = "".join(
    (
        "text{font-family:'Atkinson Hyperlegible Next',system-ui,sans-serif;font-size:15px;fill:#14262b;"
        "text-anchor:middle;"
        "paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}",
        "text.department{fill:#4d6167;font-size:14px;letter-spacing:1px;font-style:italic}",
        "text.commune{fill:#4d6167;font-size:13px}",
        "text.quarter-name{fill:#083f46;font-weight:700}text.n tspan:last-child{font-weight:700}",
        "text[text-anchor=start]{text-anchor:start}text[text-anchor=end]{text-anchor:end}",
        ".ground{fill:#eef2f1}.context{fill:#f4f6f4;stroke:#b9c4c1}.land{fill:#fff;stroke:#6f8287}",
        ".frame{fill:#fff;stroke:none}.k{stroke:#fff}.border{fill:none;stroke:#4d6167}",
        ".quarter{fill:#4f9a9c;stroke:#083f46}.here{fill:#b4d6d0}text.town{font-size:17px;letter-spacing:2px;fill:#4d6167;font-weight:600}.hatch{fill:none;stroke:#0c3a42;stroke-opacity:.45;stroke-width:1;stroke-linecap:round}path,circle{vector-effect:non-scaling-stroke}",
        ".qpv{fill:#9d1c26;stroke:#fff;stroke-width:1.2px}.dots .s-commune{fill:#4d6167}",
        ".narrow{display:none}.s-commune{fill:#4d6167}.s-france-services{fill:#1d58b3;stroke:#fff}.s-cites-educatives{fill:#f0b90b;stroke:#14262b}",
        ".s-cites-emploi{fill:#fff;stroke:#14262b;stroke-width:2}.spot circle{fill:none;stroke:#9d1c26;stroke-width:3}",
        ".scale path{fill:none;stroke:#14262b;stroke-width:1.5}.scale text{font-size:13px}",
        *(f".k{shade}{{fill:{fill}}}" for shade, fill in enumerate(FILLS)),
    )
)


def swatch_file(shade: int) -> str:
    lines = f'<path class="hatch" clip-path="url(#h)" d="{hatch_lines(shade, 36, 24)}"/>' if HATCHES[shade] else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="36" height="24" viewBox="0 0 36 24"><style>{SHEET}</style>'
        f'<clipPath id="h"><path d="M1 1h34v22H1z"/></clipPath><path class="k{shade}" d="M1 1h34v22H1z"/>{lines}'
        '<path fill="none" stroke="#6f8287" d="M1 1h34v22H1z"/></svg>'
    )


def shape_file(kind: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="24" viewBox="-18 -12 36 24">'
        f"<style>{SHEET}</style>{drawn_shape(kind)}</svg>"
    )
