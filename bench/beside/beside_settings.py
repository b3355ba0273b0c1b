"""Jobdeck's settings with the addresses of `beside_urls` beside its own."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "beside_urls"
