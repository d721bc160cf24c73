"""What a participant may come by: these pages speak all our languages, and these files hold their sentences.

A page that is not here speaks French, English and German; asked for in another language it is given in French, and
says so. `make messages` gathers the sentences of FILES for the languages that speak only these pages.
"""

# Names of addresses. A refusal (ui/refused.html) speaks whatever was asked.
PAGES = frozenset({
    "home", "room-server",
    "ui:display", "ui:language",
    "live:code", "live:join", "live:screen", "live:enter", "live:photos", "live:photo-removal",
    "live:other-phone", "live:move-here",
    "gatherings:public",
    "registrations:form", "registrations:sent", "registrations:own", "registrations:own-answers",
    "registrations:own-arrival", "registrations:own-wishes", "registrations:own-cancellation",
    "registrations:own-restoration", "registrations:own-listing", "registrations:own-listing-withdrawal",
    "registrations:badge",
    "questionnaires:answer", "questionnaires:personal", "questionnaires:refusal", "questionnaires:own",
    "questionnaires:thanks",
    "memory:sheet", "memory:own-sheet",
    "office:privacy", "office:register",
    "registrations:own-data", "registrations:own-erasure", "registrations:own-erased",
})  # fmt: skip

# Where they come in: the language of their phone is offered there.
DOORS = frozenset({
    "home", "room-server", "live:code", "live:join", "registrations:form", "registrations:own", "questionnaires:answer",
    "questionnaires:personal",
})  # fmt: skip


def _of(folder: str, names: str, suffix: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{name}{suffix}" for name in names.split())


# Below `src`: a file, or all those of a folder, with its « / ». What who leads alone reads in a method is left out
# (words_of_engines.LEADING).
FILES = (
    "facilitation/activities/",
    "facilitation/library/",
    *_of("facilitation", "boards definition forms inputs refusals rounds view vocabulary", ".py"),
    *_of("seating", "explain parts", ".py"),
    *_of("maillage/config", "bodies closed_door refusing views", ".py"),
    *_of("maillage/config/templates/config", "home room_server", ".html"),
    *_of("maillage/change", "apps processings retention", ".py"),
    "maillage/gatherings/processings.py",
    "maillage/gatherings/templatetags/",
    *_of("maillage/gatherings", "enums words", ".py"),
    *_of("maillage/gatherings/templates/gatherings", "_eyebrow _programme _workshop_facts public", ".html"),
    *_of(
        "maillage/live",
        "answering drawings entry handing_views held kept outcomes photo_views photos processings retention screens "
        "seats views",
        ".py",
    ),
    *_of(
        "maillage/live/templates/live",
        "_bars _card _cloud _deal _deck_card _entry _form _form_result _group _input _own _own_answers _people _photo "
        "_picture _poll _pot _read_aloud _rivers _round _shared _spare _table_row code join move_here other_phone "
        "photo_removal photos "
        "read_again screen sentence",
        ".html",
    ),
    *_of("maillage/memory", "apps held processings views", ".py"),
    *_of("maillage/memory/templates/memory", "_public_part sheet", ".html"),
    *_of("maillage/office", "duties_views processing processings retention", ".py"),
    *_of("maillage/office/templates/office", "_dpo privacy register", ".html"),
    *_of("maillage/people", "enums processings retention", ".py"),
    *_of("maillage/plans", "held parts ties", ".py"),
    "maillage/plans/templates/plans/_own_places.html",
    "maillage/questionnaires/library/",
    *_of(
        "maillage/questionnaires",
        "answer_fields answer_views answering held library opening processings retention",
        ".py",
    ),
    *_of("maillage/questionnaires/templates/questionnaires", "_asked _own answer answered refusal thanks", ".html"),
    *_of(
        "maillage/registrations",
        "enums erasure fields held listing_views listings needs opening own own_views places processings public_forms "
        "public_views retention signing_up",
        ".py",
    ),
    *_of(
        "maillage/registrations/templates/registrations",
        "_answers _expected _held _listing _question _question_fields _sensitive _wishes badge own own_answers "
        "own_cancellation own_data own_erased own_erasure own_listing public_form public_sent",
        ".html",
    ),
    "maillage/reports/templates/reports/_own_certificate.html",
    "maillage/ui/templatetags/",
    "maillage/ui/views.py",
    *_of(
        "maillage/ui/templates/ui",
        "_empty _field _form_errors _languages _menu _operator _steps base display failed live refused",
        ".html",
    ),
)


def is_theirs(places: list[str]) -> bool:
    """Whether a sentence of these files is one that a participant may read."""
    return any(
        place == file or (file.endswith("/") and place.startswith(file) and "#" not in place)
        for place in places
        for file in FILES
    )
