from django.urls import path

from maillage.memory import action_views, desk_views, experience_views, follow_up_views, letter_views, views

app_name = "memory"
urlpatterns = [
    path("rencontres/<uuid:gathering_id>/a-retenir/", desk_views.takeaways, name="takeaways"),
    path(
        "rencontres/<uuid:gathering_id>/repetition/a-retenir/",
        desk_views.takeaways,
        {"rehearsal": True},
        name="rehearsed-takeaways",
    ),
    path(
        "rencontres/<uuid:gathering_id>/repetition/suivi/",
        action_views.follow_up,
        {"rehearsal": True},
        name="rehearsed-follow-up",
    ),
    path(
        "rencontres/<uuid:gathering_id>/repetition/suivi/<uuid:action_id>/",
        action_views.action,
        {"rehearsal": True},
        name="rehearsed-action",
    ),
    path("rencontres/<uuid:gathering_id>/a-retenir/publication/", desk_views.publication, name="publication"),
    path("rencontres/<uuid:gathering_id>/a-retenir/courriel/", letter_views.letter, name="letter"),
    path("rencontres/<uuid:gathering_id>/a-retenir/courriel.eml", letter_views.letter_file, name="letter-file"),
    path("rencontres/<uuid:gathering_id>/suivi/", action_views.follow_up, name="follow-up"),
    path("rencontres/<uuid:gathering_id>/suivi/<uuid:action_id>/", action_views.action, name="action"),
    path("rencontres/<slug:space>/<slug:slug>/suites/", action_views.public, name="public-follow-up"),
    path("action/<str:token>/", action_views.own, name="own-action"),
    path("ou-en-etes-vous/<str:token>/", follow_up_views.answer, name="follow-up-answer"),
    path("seance/<uuid:session_id>/fiche/", views.own_sheet, name="own-sheet"),
    path("seance/<uuid:session_id>/a-retenir/", views.room_takeaways, name="room-takeaways"),
    path("fiche/<str:token>/", views.sheet, name="sheet"),
    path("fiche/<str:token>/suivi/", follow_up_views.ask, name="ask-follow-up"),
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
