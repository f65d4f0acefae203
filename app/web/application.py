"""The web application, one in each process of the server."""

import gc
from functools import partial

from flask import Flask, redirect

from app import domains, gateways, logs, rate_card
from app.api.parts import ApiParts
from app.front.limits import AT_ONCE
from app.settings import Settings
from app.web import files, health, refusals
from app.web.mount import Mount, Wsgi
from app.web.parts import Parts, hooks_of, parts_of
from app.web.sockets import Floods, hang_up_silent, is_measured
from app.webhooks import texts, views
from app.webhooks.body_limit import BodyLimit
from app.webhooks.fast_path import WebhookFastPath
from app.webhooks.receive import CHUNKED_BYTES_MAXIMUM
from core.alarms.recorder import record_alarms
from core.db.database import Database
from core.metrics.series import WEB_THREADS
from core.people.people import identify
from core.security.keyring import Keyring
from engine.store.sessions import Store
from menus.texts import preload
from providers.contracts.webhooks import BODY_BYTES_MAXIMUM


def create_app(settings: Settings, parts: Parts | None = None, port: int = 0) -> Flask:
    """The application for these settings; connects to nothing until it is asked something. `port`
    is where its server listens, if that is not where others find it."""
    logs.set_up(demo=settings.demo)
    gateways.load()
    rate_card.load()
    web = Flask("app", static_folder=None)
    # A redirect would repeat a webhook's secret, under whatever Host was sent.
    web.url_map.merge_slashes = False
    web.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAXIMUM
    refusals.install(web)
    parts = parts or parts_of(settings)
    keys, database, directory = parts.keys, parts.database, parts.directory
    web.register_blueprint(health.blueprint(settings.database_url, settings.redis_url))
    bodies = BodyLimit(
        settings.web_threads,
        partial(hang_up_silent, port or settings.port),
        Floods(port or settings.port, CHUNKED_BYTES_MAXIMUM).end,
    )
    hooks = hooks_of(parts, database, Store(settings.redis_url), bodies)
    web.register_blueprint(views.blueprint(hooks, takes_chunks=is_measured()))
    web.register_blueprint(texts.blueprint(database, keys, bodies))
    web.register_blueprint(files.blueprint(database, keys))
    for_apis = ApiParts(settings, database)
    for domain in domains.load().all:
        if domain.api is not None:
            web.register_blueprint(domain.api(for_apis))
    for prefix, make in (("/console", _console), ("/api/v1", _api)):
        web.wsgi_app = Mount(  # type: ignore[method-assign]
            web.wsgi_app, prefix, partial(make, settings, database, keys)
        )
    web.wsgi_app = WebhookFastPath(web.wsgi_app, hooks)  # type: ignore[method-assign]
    if settings.demo and settings.fakes_url:
        from app.demo.phone.views import blueprint as phone

        def names_at(dialled: str, msisdn: str) -> list[str]:
            found = directory.find("africastalking", "ussd", dialled)
            if found is None:
                return []
            with database.transaction(found[0].tenant.id) as tx:
                return [person.shown_name for person in identify(tx, keys, msisdn)]

        web.register_blueprint(phone(settings, names_at))
        web.add_url_rule("/", "front", lambda: redirect("/phone"))
    preload()
    directory.follow()
    bodies.follow()
    return web


def _console(settings: Settings, database: Database, keys: Keyring) -> Wsgi:
    from app.console.application import create_console

    return create_console(settings, database, keys).wsgi_app


def _api(settings: Settings, database: Database, keys: Keyring) -> Wsgi:
    from app.api.application import create_api

    return create_api(settings, database, keys).wsgi_app


# What a hop makes is freed with its last reference; there are few circles. So Python looks for them
# seldom, and never among what is there from the start: that takes longer than a whole hop.
GC_THRESHOLDS = (10_000, 20, 100)


def load(port: int = 0) -> tuple[Flask, Parts]:
    """The application of a process that serves nothing else; its secrets may be forgotten then."""
    settings = Settings.load()
    logs.set_up(demo=settings.demo)
    gateways.load()
    parts = parts_of(settings)
    web = create_app(settings, parts, port)
    record_alarms(settings.database_url)
    WEB_THREADS.set(AT_ONCE if port else settings.web_threads)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    return web, parts


def __getattr__(name: str) -> Flask:
    """The attribute `app`, made when a server asks for it and not when a test imports this."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = app = load()[0]
    return app
