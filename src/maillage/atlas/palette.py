"""The colours of a map that stands alone, on white paper: those of the light screen (ui base.css, atlas.css)."""

from maillage.atlas.drawing import HATCHES, drawn_shape

FILLS = ("#f1f4f1", "#dcebe6", "#b4d6d0", "#82bab6", "#4f9a9c")
# usvg, which draws for typst, knows no vector-effect: widths are kept by `outline_style`, in steps of each drawing.
SHEET = "".join(
    (
        "text{font-family:'Atkinson Hyperlegible Next',system-ui,sans-serif;font-size:15px;fill:#14262b;text-anchor:middle;"
        "paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}",
        "text.department{fill:#4d6167;font-size:14px;letter-spacing:1px;font-style:italic}",
        "text.commune{fill:#4d6167;font-size:13px}",
        "text.quarter-name{fill:#083f46;font-weight:700}text.n tspan:last-child{font-weight:700}",
        "text[text-anchor=start]{text-anchor:start}text[text-anchor=end]{text-anchor:end}",
        ".ground{fill:#fff}.context{fill:#f4f6f4;stroke:#b9c4c1}.land{fill:#eef3f0;stroke:#6f8287}",
        ".frame{fill:#f6f8f6;stroke:none}.k{stroke:#fff}.border{fill:none;stroke:#4d6167}",
        ".quarter{fill:#4f9a9c;stroke:#083f46}.hatch{fill:none;stroke:#0c3a42;stroke-opacity:.45;stroke-width:1;stroke-linecap:round}",
        ".qpv{fill:#9d1c26;stroke:#fff;stroke-width:1.2px}.dots .s-commune{fill:#4d6167}",
        ".s-commune{fill:#4d6167}.s-france-services{fill:#1d58b3;stroke:#fff}.s-cites-educatives{fill:#f0b90b;stroke:#14262b}",
        ".s-cites-emploi{fill:#fff;stroke:#14262b;stroke-width:2}.spot circle{fill:none;stroke:#9d1c26;stroke-width:3}",
        ".scale path{fill:none;stroke:#14262b;stroke-width:1.5}.scale text{font-size:13px}",
        *(f".k{shade}{{fill:{fill}}}" for shade, fill in enumerate(FILLS)),
    )
)


def swatch_file(shade: int) -> str:
    hatch = f'<path class="hatch" d="{HATCHES[shade]}"/>' if HATCHES[shade] else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="36" height="24" viewBox="0 0 36 24"><style>{SHEET}</style><defs>'
        f'<pattern id="s" width="12" height="12" patternUnits="userSpaceOnUse"><rect class="k{shade}" width="12" '
        f'height="12"/>{hatch}</pattern></defs><path fill="url(#s)" stroke="#6f8287" d="M1 1h34v22H1z"/></svg>'
    )


def shape_file(kind: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="24" viewBox="-18 -12 36 24">'
        f"<style>{SHEET}</style>{drawn_shape(kind)}</svg>"
    )
