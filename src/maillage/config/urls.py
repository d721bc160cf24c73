from django.urls import include, path

from maillage.config import stats_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("plan-du-site/", views.site_map, name="site-map"),
    path("stats/", stats_views.stats, name="stats"),
    path("stats.csv", stats_views.stats_csv, name="stats-csv"),
    path("salle/", views.room_server, name="room-server"),
    path("salle/wifi/", views.room_wifi, name="room-wifi"),
    path("", include("maillage.ui.urls")),
    path("", include("maillage.office.urls")),
    path("", include("maillage.people.urls")),
    path("", include("maillage.methods.urls")),
    path("", include("maillage.contracts.urls")),
    path("", include("maillage.registrations.urls")),
    path("", include("maillage.plans.urls")),
    path("", include("maillage.live.urls")),
    path("", include("maillage.memory.urls")),
    path("", include("maillage.change.urls")),
    path("", include("maillage.questionnaires.urls")),
    path("", include("maillage.trips.urls")),
    path("", include("maillage.reports.urls")),
    path("", include("maillage.atlas.urls")),
    path("", include("maillage.archives.urls")),
    # last: its public pages, rencontres/<space>/<name>/, look like any page of a gathering
    path("", include("maillage.gatherings.urls")),
]

handler400 = "maillage.ui.views.bad_request"
handler403 = "maillage.ui.views.forbidden"
handler404 = "maillage.ui.views.not_found"
handler500 = "maillage.config.refusing.say_fault"
