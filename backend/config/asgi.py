"""The whole server as an ASGI application: `granian --interface asgi config.asgi:application`."""

from config.wsgi import application as django_application  # isort: skip  (sets Django up for the others)

from django.conf import settings

from config.bridge import Bridge
from config.edge import Edge
from config.live_gate import LiveGate
from config.process import STREAM_THREADS, WEB_THREADS
from live.consumer import LiveConsumer
from live.hub import Hub

hub = Hub()

application = Edge(
    prefix=settings.PREFIX,
    most_body=settings.MAX_BODY_BYTES,
    api=Bridge(django_application, workers=WEB_THREADS),
    streams=Bridge(django_application, workers=STREAM_THREADS),
    live=LiveGate(LiveConsumer.as_asgi(hub=hub)),
    background=hub,
)
