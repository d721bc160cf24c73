from django.urls import path

from maillage.people import account_views, directory_views, openid_views, style_views, team_views, views

app_name = "people"
urlpatterns = [
    path("connexion/", views.sign_in, name="sign-in"),
    path("connexion/lien/", views.sign_in_link, name="sign-in-link"),
    path("connexion/code/", views.second_step, name="second-step"),
    path("connexion/fournisseur/", openid_views.leave, name="openid-leave"),
    path("connexion/retour/", openid_views.come_back, name="openid-return"),
    path("deconnexion/", views.sign_out, name="sign-out"),
    path("compte/", account_views.account, name="account"),
    path("compte/deconnexion-partout/", account_views.sessions_end, name="sessions-end"),
    path("compte/appareils/", account_views.presences, name="presences"),
    path("compte/adresse/", account_views.address_change, name="address-change"),
    path("adresse/<str:token>/", account_views.address, name="address"),
    path("compte/liaisons/", account_views.identities, name="identities"),
    path("compte/second-facteur/", account_views.second_factor, name="second-factor"),
    path("equipe/", team_views.teams, name="teams"),
    path("equipe/<slug:slug>/", team_views.team, name="team"),
    path("invitation/<str:token>/", team_views.invitation, name="invitation"),
    path("apparence/<slug:slug>/", style_views.style, name="style"),
    path("apparence/<slug:slug>/logo/retrait/", style_views.logo_removal, name="style-logo-removal"),
    path("structures/", directory_views.spaces, name="directories"),
    path("structures/<slug:slug>/", directory_views.listing, name="directory"),
    path("structures/<slug:slug>/publication/", directory_views.publication, name="list-organisations"),
    path("structures/<slug:slug>/nouvelle/", directory_views.new, name="new-organisation"),
    path("structures/<slug:slug>/doublons/", directory_views.doubles, name="doubles"),
    path("structures/<slug:slug>/doublons/differentes/", directory_views.apart, name="tell-apart"),
    path("structures/<slug:slug>/doublons/<int:told_id>/a-proposer/", directory_views.doubt_again, name="doubt-again"),
    path("structures/<slug:slug>/importer/", directory_views.upload, name="import-organisations"),
    path("structures/<slug:slug>/importer/<uuid:import_id>/", directory_views.preview, name="import-preview"),
    path("structures/<slug:slug>/structures.<str:form>", directory_views.export, name="export-organisations"),
    path("structures/<slug:slug>/reunions/<uuid:merge_id>/defaire/", directory_views.parting, name="undo-merge"),
    path("structures/<slug:slug>/<uuid:organisation_id>/", directory_views.edit, name="organisation"),
    path("structures/<slug:slug>/<uuid:organisation_id>/reunir/", directory_views.merge, name="merge-organisation"),
]
