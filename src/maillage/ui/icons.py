"""Our own drawings: 24 × 24, two units thick, no fill."""

ICONS = {
    "check": '<path d="M4 12.5 9.5 18 20 6.5"/>',
    "close": '<path d="M5 5 19 19M19 5 5 19"/>',
    "arrow-left": '<path d="M20 12H4M10 6 4 12l6 6"/>',
    "arrow-right": '<path d="M4 12h16M14 6l6 6-6 6"/>',
    "pause": '<path d="M8 5v14M16 5v14"/>',
    "play": '<path d="M7 4.5 19 12 7 19.5z"/>',
    "plus": '<path d="M12 4v16M4 12h16"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l4 2.5"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c0-4 3-6.5 6.5-6.5s6.5 2.5 6.5 6.5M16 5a3.5 3.5 0 0 1 0 6.5M18.5 14.5c2 1 3 3 3 5.5"/>',
    "room": '<path d="M4 20V5l9-2v18M13 6h6v14M2.5 20.5h19M9.5 12v1.5"/>',
    "table": '<path d="M3 9h18M5.5 9v11M18.5 9v11M3 5h18v4H3z"/>',
    "search": '<path d="M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13M15.5 15.5L21 21"/>',
    "print": '<path d="M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "map": '<path d="M3 6.5 9 4l6 2.5L21 4v13.5L15 20l-6-2.5L3 20zM9 4v13.5M15 6.5V20"/>',
    "download": '<path d="M12 3v12M7 10.5l5 5 5-5M4 20h16"/>',
    "upload": '<path d="M12 16V4M7 8.5l5-5 5 5M4 20h16"/>',
    "warning": '<path d="M12 3.5 22 20H2zM12 10v4.5M12 17v.5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.5"/>',
    "hand": '<path d="M7 12V6.5a1.5 1.5 0 0 1 3 0V11 4.5a1.5 1.5 0 0 1 3 0V11 5.5a1.5 1.5 0 0 1 3 0V13 8.5a1.5 1.5 0 0 1 3 0V15a6.5 6.5 0 0 1-12.2 3L4 13.5a1.6 1.6 0 0 1 3-1.5z"/>',
    "projector": '<path d="M3 4h18M4.5 4v12h15V4M12 16v3M8 21l4-2 4 2"/>',
    "phone": '<rect x="7" y="2.5" width="10" height="19" rx="2"/><path d="M11 18.5h2"/>',
    "edit": '<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM13.5 7l3.5 3.5"/>',
    "trash": '<path d="M4 6.5h16M9 6.5V4h6v2.5M6.5 6.5l1 14h9l1-14M10 10.5v6M14 10.5v6"/>',
    "move": '<path d="M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"/>',
    "lock": '<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V7.5a4 4 0 0 1 8 0V11"/>',
    "unlock": '<rect x="5" y="11" width="14" height="9.5" rx="1.5"/><path d="M8 11V7.5a4 4 0 0 1 7.6-1.8"/>',
    "eye": '<path d="M2 12c2.5-4.5 6-7 10-7s7.5 2.5 10 7c-2.5 4.5-6 7-10 7s-7.5-2.5-10-7z"/><circle cx="12" cy="12" r="3"/>',
    "copy": '<path d="M8 8h12v12H8zM16 8V4H4v12h4"/>',
    "link": '<path d="M10 14a4.5 4.5 0 0 0 6.4 0l3.2-3.2a4.5 4.5 0 0 0-6.4-6.4L12 5.6M14 10a4.5 4.5 0 0 0-6.4 0l-3.2 3.2a4.5 4.5 0 0 0 6.4 6.4L12 18.4"/>',
    "camera": '<path d="M3 8h4l2-3h6l2 3h4v12H3z"/><circle cx="12" cy="13.5" r="3.8"/>',
    "sound": '<path d="M4 9.5v5h3.5L13 19V5L7.5 9.5zM16.5 9a4.5 4.5 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11"/>',
    "key": '<circle cx="7.5" cy="16" r="4.5"/><path d="M11 13 20.5 3.5M16 8l3 3M18.5 5.5l2 2"/>',
}

SHAPES = {
    "bleu": '<circle cx="10" cy="10" r="9"/>',
    "rouge": '<rect x="1.5" y="1.5" width="17" height="17"/>',
    "jaune": '<path d="M10 1 19.5 18.5H.5z"/>',
    "vert": '<path d="M10 0 20 10 10 20 0 10z"/>',
}

LOGO = (
    '<svg class="logo" viewBox="0 0 100 100" aria-hidden="true">'
    '<g stroke="currentColor" stroke-width="5" fill="none">'
    '<path d="M14 24 50 10 86 32 70 84 24 76ZM50 10 24 76M14 24 86 32M50 10 70 84"/></g>'
    '<g fill="currentColor"><circle cx="14" cy="24" r="10"/><circle cx="50" cy="10" r="10"/><circle cx="86" cy="32" r="10"/>'
    '<circle cx="70" cy="84" r="10"/><circle cx="24" cy="76" r="10"/></g></svg>'
)
