from django.urls import path

from maillage.plans import moving_views, pairs_views, sheets_views, ties_views, versions_views, views, waiting_views

app_name = "plans"
PLANS = "rencontres/<uuid:gathering>/repartition/"

urlpatterns = [
    path(f"{PLANS}versions/", versions_views.versions, name="versions"),
    path(f"{PLANS}issue/", views.way_out, name="way-out"),
    path(f"{PLANS}<uuid:plan>/verrous/", views.lock_many, name="lock-many"),
    path(f"{PLANS}defaire/", views.undo, name="undo"),
    path(f"{PLANS}places/<int:placement>/deplacement/", moving_views.move, name="move"),
    path(f"{PLANS}import/", sheets_views.upload, name="import"),
    path(f"{PLANS}<uuid:plan>/places.<str:form>", sheets_views.export, name="export"),
    path(f"{PLANS}<uuid:plan>/comparaison/", versions_views.comparison, name="comparison"),
    path(f"{PLANS}<uuid:plan>/reprise/", versions_views.taking_up, name="take-up"),
    path(f"{PLANS}<uuid:plan>/abandon/", versions_views.setting_aside, name="set-aside"),
    path(f"{PLANS}consignes/", pairs_views.pairs, name="pairs"),
    path(f"{PLANS}consignes/<int:pair>/retrait/", pairs_views.removal, name="remove-pair"),
    path(f"{PLANS}structures/", ties_views.ties, name="ties"),
    path(f"{PLANS}structures/liste/", ties_views.pasted, name="paste-ties"),
    path(f"{PLANS}structures/<int:tie>/retrait/", ties_views.removal, name="remove-tie"),
    path(f"{PLANS}attente/", waiting_views.waiting, name="waiting"),
    path("inscription/<str:token>/autre-atelier/", waiting_views.ask, name="own-ask"),
    path("rencontres/<uuid:gathering>/repartition/", views.plan, name="plan"),
    path("rencontres/<uuid:gathering>/repartition/personnes/", views.people, name="people"),
    path("rencontres/<uuid:gathering>/repartition/calcul/", views.run, name="run"),
    path("rencontres/<uuid:gathering>/repartition/<uuid:plan>/publication/", views.publication, name="publication"),
    path("rencontres/<uuid:gathering>/repartition/places/<int:placement>/", views.place, name="place"),
    path("rencontres/<uuid:gathering>/repartition/places/<int:placement>/verrou/", views.lock, name="lock"),
]
