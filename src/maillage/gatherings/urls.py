from django.urls import path

from maillage.gatherings import log_views, programme_views, team_views, views

app_name = "gatherings"

GATHERING = "rencontres/<uuid:gathering_id>/"
PROGRAMME = f"{GATHERING}programme/"

urlpatterns = [
    path("journal/<slug:slug>/", log_views.log, name="log"),
    path("journal/<slug:slug>/journal.csv", log_views.log_file, name="log-file"),
    path("rencontres/", views.gatherings, name="list"),
    path("rencontres/nouvelle/", views.new, name="new"),
    path(GATHERING, views.detail, name="detail"),
    path(f"{GATHERING}modifier/", views.edit, name="edit"),
    path(f"{GATHERING}suppression/", views.remove, name="remove"),
    path(f"{GATHERING}equipe/", team_views.team, name="team"),
    path(f"{GATHERING}copie/", views.copy, name="copy"),
    path(PROGRAMME, programme_views.programme, name="programme"),
    path(f"{PROGRAMME}moments/nouveau/", programme_views.new_slot, name="new-slot"),
    path(f"{PROGRAMME}moments/<uuid:slot_id>/", programme_views.slot, name="slot"),
    path(f"{PROGRAMME}moments/<uuid:slot_id>/ordre/", programme_views.move_slot, name="move-slot"),
    path(f"{PROGRAMME}moments/<uuid:slot_id>/retrait/", programme_views.remove_slot, name="remove-slot"),
    path(f"{PROGRAMME}moments/<uuid:slot_id>/nouvel-atelier/", programme_views.new_workshop, name="new-workshop"),
    path(f"{PROGRAMME}ateliers/<uuid:workshop_id>/", programme_views.workshop, name="workshop"),
    path(f"{PROGRAMME}ateliers/<uuid:workshop_id>/ordre/", programme_views.move_workshop, name="move-workshop"),
    path(f"{PROGRAMME}ateliers/<uuid:workshop_id>/retrait/", programme_views.remove_workshop, name="remove-workshop"),
    path(f"{PROGRAMME}salles/nouvelle/", programme_views.new_room, name="new-room"),
    path(f"{PROGRAMME}salles/<int:room_id>/", programme_views.room, name="room"),
    path(f"{PROGRAMME}salles/<int:room_id>/retrait/", programme_views.remove_room, name="remove-room"),
    # last: a space and a short name look like anything
    path("rencontres/<slug:space>/<slug:slug>/", views.public, name="public"),
]
