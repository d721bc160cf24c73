from django.urls import URLPattern, path

from maillage.atlas import (
    change_views,
    contract_views,
    downloads,
    embedding,
    network_views,
    organisation_views,
    people_views,
    search_views,
    views,
)
from maillage.atlas.opendata import api, feeds
from maillage.atlas.opendata import views as opendata
from maillage.atlas.places import FRANCE
from maillage.atlas.there import SECTIONS
from maillage.territories.enums import Level

app_name = "atlas"

PLACES = (  # name, level, what follows the space
    ("home", Level.REGION, ""),
    (FRANCE, FRANCE, "france/"),
    ("region", Level.REGION, "regions/<str:code>/"),
    ("department", Level.DEPARTMENT, "departements/<str:code>/"),
    ("epci", Level.EPCI, "intercommunalites/<str:code>/"),
    ("qpv", Level.QPV, "quartiers/<str:code>/"),
    ("commune", Level.COMMUNE, "communes/<str:code>/"),
)
ATLAS = "atlas/<slug:slug>/"


def _of_place(name: str, level: str, tail: str) -> list[URLPattern]:
    said = {"level": str(level)}
    return [
        path(f"{ATLAS}{tail}", views.place, said, name=name),
        path(f"{ATLAS}integrer/{tail}", embedding.embedded, said, name=f"embedded-{name}"),
        path(f"{ATLAS}{tail}carte.<str:kind>", downloads.picture, said, name=f"picture-{name}"),
        *(
            path(f"{ATLAS}{tail}{what}/", views.whole_list, said | {"what": what}, name=f"{what}-{name}")
            for what, section in SECTIONS.items()
            if tail and level in section.levels  # the space's own région: at its code, as any other
        ),
    ]


urlpatterns = [
    path(f"{ATLAS}ouverture/", views.opening, name="opening"),
    *(pattern for place in PLACES for pattern in _of_place(*place)),
    path(f"{ATLAS}contrats/<uuid:contract_id>/", contract_views.contract, name="contract"),
    path(f"{ATLAS}noyaux/<slug:group>/", change_views.core_group, name="core-group"),
    path(f"{ATLAS}noyaux/<slug:group>/observations.<str:kind>", change_views.observations, name="core-group-data"),
    path(f"{ATLAS}quartiers/<str:code>/histoire/", change_views.quarter_story, name="quarter-story"),
    path(f"{ATLAS}recherche/", search_views.search, name="search"),
    path(f"{ATLAS}structures/", organisation_views.organisations, name="organisations"),
    path(f"{ATLAS}structures/<uuid:organisation_id>/", organisation_views.organisation, name="organisation"),
    path(f"{ATLAS}personnes/", people_views.people, name="people"),
    path(f"{ATLAS}cooperation/", network_views.public_network, name="network"),
    path(f"{ATLAS}cooperation/reseau.<str:form>", network_views.public_export, name="network-export"),
    path("cooperation/<slug:slug>/", network_views.own_network, name="own-network"),
    path("cooperation/<slug:slug>/reseau.<str:form>", network_views.own_export, name="own-network-export"),
    path(f"{ATLAS}donnees/", opendata.page, name="open-data"),
    path(f"{ATLAS}donnees/<slug:name>.schema.json", opendata.schema, name="open-schema"),
    path(f"{ATLAS}donnees/<slug:name>.<str:kind>", opendata.taken, name="open-file"),
    path("rencontres/<slug:slug>/<slug:gathering>/agenda.ics", feeds.gathering_calendar, name="gathering-calendar"),
    path(f"{ATLAS}rencontres.ics", feeds.calendar, name="calendar"),
    path(f"{ATLAS}rencontres.atom", feeds.gatherings, name="gatherings-atom"),
    path(f"{ATLAS}experiences.atom", feeds.experiences, name="experiences-atom"),
    path("api/v1/", api.explained, name="api"),
    path("api/v1/openapi.json", api.openapi, name="openapi"),
    path("api/v1/<str:slug>/", api.index, name="api-lists"),
    path("api/v1/<str:slug>/<str:name>", api.rows, name="api-list"),
    path("api/v1/<path:rest>", api.nowhere),
    path("glossaire/", search_views.words, name="glossary"),
    path("oembed", embedding.oembed, name="oembed"),
]
