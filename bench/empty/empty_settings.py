"""Jobdeck's settings with the addresses of `empty_urls` beside its own."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "empty_urls"
