from django.urls import include, path

urlpatterns = [
    path("", include("maillage.live.urls")),
]
