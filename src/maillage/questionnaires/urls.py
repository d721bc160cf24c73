from django.urls import path

from maillage.questionnaires import answer_views, letter_views, paper_views, question_views, result_views, views

app_name = "questionnaires"
LIST = "rencontres/<uuid:gathering_id>/questionnaires/"
ONE = f"{LIST}<uuid:questionnaire_id>/"
urlpatterns = [
    path(LIST, views.questionnaires, name="list"),
    path(ONE, views.desk, name="desk"),
    path(f"{ONE}apercu/", views.preview, name="preview"),
    path(f"{ONE}feuille.pdf", views.sheet, name="sheet"),
    path(f"{ONE}copie/", views.copy, name="copy"),
    path(f"{ONE}effacement/", views.erasure, name="erasure"),
    path(f"{ONE}questions/", question_views.questions, name="questions"),
    path(f"{ONE}questions/<uuid:question_id>/", question_views.change, name="question"),
    path(f"{ONE}questions/<uuid:question_id>/rang/", question_views.move, name="move-question"),
    path(f"{ONE}questions/<uuid:question_id>/retrait/", question_views.removal, name="remove-question"),
    path(f"{ONE}questions/<uuid:question_id>/retour/", question_views.return_, name="return-question"),
    path(f"{ONE}courriels/", letter_views.letters, name="letters"),
    path(f"{ONE}courriels/<slug:name>.eml", letter_views.letter_file, name="letter-file"),
    path(f"{ONE}papier/", paper_views.entry, name="paper"),
    path(f"{ONE}papier/<uuid:response_id>/", paper_views.correction, name="paper-sheet"),
    path(f"{ONE}papier/<uuid:response_id>/retrait/", paper_views.removal, name="remove-sheet"),
    path(f"{ONE}resultats/", result_views.results, name="results"),
    path(f"{ONE}resultats.csv", result_views.counts_file, name="counts-file"),
    path(f"{ONE}textes.csv", result_views.texts_file, name="texts-file"),
    path(f"{ONE}croisement.csv", result_views.crossed_file, name="crossed-file"),
    path(f"{ONE}textes/<uuid:answer_id>/", result_views.hiding, name="hide-text"),
    path("q/mon-lien/<str:token>/", answer_views.personal, name="personal"),
    path("q/mon-lien/<str:token>/refus/", answer_views.refusal, name="refusal"),
    path("q/mes-reponses/<str:secret>/", answer_views.own, name="own"),
    path("q/mes-reponses/<str:secret>/merci/", answer_views.thanks, name="thanks"),
    path("q/<str:code>/", answer_views.answer, name="answer"),
]
