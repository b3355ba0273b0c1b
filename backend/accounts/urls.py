from django.urls import path

from accounts import schema  # noqa: F401  (registers itself)
from accounts.views import MeView, SignInView, SignOutView

urlpatterns = [
    path("auth/signin/", SignInView.as_view()),
    path("auth/signout/", SignOutView.as_view()),
    path("me/", MeView.as_view()),
]
