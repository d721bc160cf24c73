from django.urls import path

from maillage.change import (
    entrust_views,
    member_views,
    noting_views,
    observe_views,
    path_views,
    review_views,
    room_views,
    staff_views,
    views,
    vision_views,
)

app_name = "change"
OWN = "noyau/<str:token>/"
urlpatterns = [
    path("noyaux/", staff_views.groups, name="groups"),
    path("noyaux/<uuid:group_id>/", staff_views.group, name="shared"),
    path("noyaux/<uuid:group_id>/lien/", staff_views.first_link, name="first-link"),
    path("noyaux/<uuid:group_id>/ateliers/", room_views.offer, name="offer"),
    path("fiche/<str:token>/noyau/", entrust_views.entrust, name="entrust"),
    path(OWN, views.home, name="home"),
    path(f"{OWN}observer/", observe_views.observe, name="observe"),
    path(f"{OWN}observations/", observe_views.observations, name="observations"),
    path(f"{OWN}observations/<uuid:observation_id>/photo.jpg", observe_views.photo, name="photo"),
    path(f"{OWN}chemin/", path_views.path, name="path"),
    path(f"{OWN}vision/", vision_views.vision, name="vision"),
    path(f"{OWN}conditions/", noting_views.conditions, name="conditions"),
    path(f"{OWN}contexte/", noting_views.context, name="context"),
    path(f"{OWN}actions/", noting_views.commitments, name="commitments"),
    path(f"{OWN}revues/", review_views.reviews, name="reviews"),
    path(f"{OWN}revues.ics", review_views.calendar, name="calendar"),
    path(f"{OWN}revues/<uuid:review_id>/", review_views.review, name="review"),
    path(f"{OWN}membres/", member_views.members, name="members"),
    path(f"{OWN}ateliers/", room_views.welcome, name="rooms"),
    path(f"{OWN}<slug:kind>/<uuid:row_id>/", views.edit, name="edit"),
]
