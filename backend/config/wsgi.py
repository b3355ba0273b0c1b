"""Django as a WSGI application: what the thread pools run."""

import os
from typing import cast

from a2wsgi.wsgi_typing import WSGIApp
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = cast(WSGIApp, get_wsgi_application())
