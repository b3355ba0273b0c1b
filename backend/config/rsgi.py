"""The whole server as an RSGI application: `granian --interface rsgi config.rsgi:application`."""

from config.wsgi import application as django_application  # isort: skip  (sets Django up for the others)

from django.conf import settings
from django.urls import get_resolver

from accounts.known import CHANGED, known
from config.process import PAGE_THREADS, STREAM_THREADS, WEB_THREADS
from live.consumer import LiveConsumer
from live.hub import Hub
from live.listener import Ear
from web.circuit_breaker import breaker
from web.gateway import Gateway
from web.host_origin import WebSocketGate
from web.wsgi_pool import WSGIPool

# Importing every view takes a second or more, which no request shall have to wait for.
_ = get_resolver().url_patterns

hub = Hub()
hub.listener.ears[CHANGED] = Ear(lambda _: known.drop(), on_return=known.trust, on_loss=known.distrust)

application = Gateway(
    prefix=settings.PREFIX,
    most_body=settings.MAX_BODY_BYTES,
    api=WSGIPool(django_application, workers=WEB_THREADS),
    streams=WSGIPool(django_application, workers=STREAM_THREADS),
    pages=WSGIPool(django_application, workers=PAGE_THREADS),
    breaker=breaker,
    live=WebSocketGate(lambda headers, protocol: LiveConsumer(hub, headers, protocol).run()),
    background=hub,
    most_bulk=settings.MAX_BULK_BYTES,
)
