from django.urls import path

from maillage.memory import experience_views, views

app_name = "memory"
urlpatterns = [
    path("rencontres/<uuid:gathering_id>/a-retenir/", views.takeaways, name="takeaways"),
    path("seance/<uuid:session_id>/fiche/", views.own_sheet, name="own-sheet"),
    path("seance/<uuid:session_id>/a-retenir/", views.room_takeaways, name="room-takeaways"),
    path("fiche/<str:token>/", views.sheet, name="sheet"),
    path("experiences/", experience_views.experiences, name="experiences"),
    path("experiences/appel/<slug:slug>/", experience_views.call, name="experience-call"),
    path("experiences/nouvelle/<slug:slug>/", experience_views.new, name="new-experience"),
    path("experiences/proposer/<str:token>/", experience_views.propose, name="propose-experience"),
    path("experiences/mienne/<str:token>/", experience_views.own, name="own-experience"),
    path("experiences/<uuid:experience_id>/", experience_views.experience, name="experience"),
    path("experiences/<uuid:experience_id>/modifier/", experience_views.edit, name="edit-experience"),
    path("experiences/<uuid:experience_id>/etat/", experience_views.state, name="experience-state"),
    path("atlas/<slug:slug>/experiences/", experience_views.public_list, name="public-experiences"),
    path("atlas/<slug:slug>/experiences/<uuid:experience_id>/", experience_views.public, name="public-experience"),
]
