"""The web's only composition root: settings in, a FastAPI application out, or one clear error at start."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import date
from enum import Enum, auto
from importlib.metadata import version
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI

from issuer.adapters import law_files
from issuer.adapters.typesetting import Typesetting
from issuer.api import problems
from issuer.api.addresses import Addresses
from issuer.api.affected import affected_router
from issuer.api.applications import applications_router
from issuer.api.approvals import approvals_router
from issuer.api.casework import casework_router, spot_checks_router
from issuer.api.certificates import certificates_router
from issuer.api.changes import Changes
from issuer.api.documents import documents_router
from issuer.api.flat import flat
from issuer.api.guard import Guard
from issuer.api.health import health_router
from issuer.api.lifecycle import lifecycle_router
from issuer.api.log import log_router
from issuer.api.machine.bodies import roomy
from issuer.api.machine.router import machine_router
from issuer.api.mass import mass_router
from issuer.api.metrics import metrics_router
from issuer.api.observing import Observing
from issuer.api.offers import offers_router
from issuer.api.oid4vci.router import PickUp, pick_up_router
from issuer.api.openapi import describe_refusals
from issuer.api.operator import operator
from issuer.api.packs import packs_router
from issuer.api.status import status_router
from issuer.api.stopping import stopping_router
from issuer.api.sync import sync_router
from issuer.api.tracking import tracking_router
from issuer.api.verify_page import verify_page_router
from issuer.api.watchers import watcher
from issuer.api.well_known import well_known_router
from issuer.composition import Register, Services, compose
from issuer.domain.errors import KeysUnusable
from issuer.services.applications.statistics import Statistics, statistics
from issuer.services.clock import Clock, utc_now
from issuer.services.custody.authority_keys import AuthorityKeys, ask_signer, open_keys
from issuer.services.mass.affected import Affecting
from issuer.services.operating.readiness import Readiness
from issuer.services.paper.printing import Printing
from issuer.services.phone.collecting import Collecting
from issuer.services.phone.documents import Documents
from issuer.services.phone.nonces import Nonces
from issuer.services.phone.passes import PassSigning
from issuer.services.phone.redeeming import Redeeming
from issuer.services.phone.syncing import Syncing
from issuer.services.publishing.page_trust import page_trust
from issuer.services.register.browsing import Browsing
from issuer.services.register.lookup import Standing, lookup
from issuer.settings import Settings


def create_app(settings: Settings, *, keys: AuthorityKeys | None = None, clock: Clock = utc_now) -> FastAPI:
    """The service of one authority, ready to serve.

    Opens the sealed keys (unless given) and the database, which is brought to this version's schema. Raises
    `IssuerError` with what is wrong and what to do: SettingsInvalid, KeysUnusable or DatabaseUnusable.
    """
    return build(compose(settings, keys=keys or _unseal(settings), clock=clock))


class Part(Enum):
    """A part of the application, by whom it serves."""

    EVERYBODY = auto()  # phones, verifiers and ships
    OPERATORS = auto()
    APPLICATIONS = auto()
    MACHINES = auto()


WHOLE: Final = frozenset(Part)


def build(services: Services, parts: Collection[Part] = WHOLE) -> FastAPI:
    """The application over composed services, or only some parts of it."""
    settings, addresses = services.settings, Addresses(services.settings.issuer)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        services.approving.enter_force()
        services.issuer.resume()  # what a crash left between two steps of issuing
        yield
        services.database.close()

    app = FastAPI(
        title=f"Ombord issuer: {settings.authority_name}",
        version=version("ombord"),
        openapi_url=addresses.path("api", "v1", "openapi.json"),
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # an address is right or wrong; a redirect would repeat the Host header
        lifespan=lifespan,
    )
    problems.install(app)
    describe_refusals(app)
    made = [
        *(router for part, make in _ROUTERS.items() if part in parts for router in make(services, addresses)),
        *_watched(services),
    ]
    app.router.routes.extend(flat(made).routes)
    app.add_middleware(Guard, https=settings.issuer.startswith("https:"), roomy=roomy)
    app.add_middleware(Observing)  # what is added last stands first
    return app


def _everybody(services: Services, addresses: Addresses) -> list[APIRouter]:
    return [
        well_known_router(services.settings, services.keys, addresses),
        pick_up_router(_pick_up(services), addresses),
        _sync(services, addresses),
        _documents(services, addresses),
        status_router(services.publisher, addresses),
        packs_router(services.settings.packs_folder, addresses),
        log_router(services.checkpoints, addresses),
        _page(services, addresses),
        _public(services, addresses),
    ]


def _watched(services: Services) -> list[APIRouter]:
    is_watcher = watcher(services.settings)
    readiness = Readiness(services.database, services.keys, services.settings)
    return [
        health_router(readiness, is_watcher),
        metrics_router(services.database, services.clock, readiness, is_watcher),
    ]


def _unseal(settings: Settings) -> AuthorityKeys:
    if settings.signer_socket is not None:
        return ask_signer(settings)
    passphrase = settings.read_passphrase()
    if passphrase is None:
        raise KeysUnusable(
            "the passphrase of the sealed keys is not set",
            hint="set OMBORD_PASSPHRASE, or OMBORD_PASSPHRASE_FILE to the file that holds it",
        )
    return open_keys(settings, passphrase)


def _pick_up(services: Services) -> PickUp:
    parts = (services.database, services.clock, services.settings)
    return PickUp(
        clock=services.clock,
        offering=services.offering,
        redeeming=Redeeming(*parts),
        nonces=Nonces(*parts),
        collecting=Collecting(services.database, services.clock, services.issuer),
    )


def _sync(services: Services, addresses: Addresses) -> APIRouter:
    passes = PassSigning(services.keys, services.settings)
    parts = (services.database, services.clock, services.settings)
    return sync_router(
        Syncing(*parts, passes, services.offering, services.checkpoints, services.publisher.sign_changed),
        Nonces(*parts),
        services.clock,
        audience=addresses.issuer,
        path=addresses.path("api", "v1", "sync"),
    )


def _page(services: Services, addresses: Addresses) -> APIRouter:
    def trust() -> bytes:
        return page_trust(services.settings, services.keys, services.clock())

    return verify_page_router(trust, addresses)


def _documents(services: Services, addresses: Addresses) -> APIRouter:
    parts = (services.database, services.clock, services.settings)
    documents = Documents(
        services.database, services.settings, Printing(*parts, services.issuer), Typesetting()
    )
    return documents_router(
        documents,
        Nonces(*parts),
        services.clock,
        audience=addresses.issuer,
        path=addresses.path("api", "v1", "documents"),
    )


def _public(register: Register, addresses: Addresses) -> APIRouter:
    def look_up(document_number: str) -> Standing | None:
        return lookup(register.database, register.clock, register.settings, document_number)

    return tracking_router(look_up, addresses.path("api", "v1", "verify"))


def _applications(services: Services, addresses: Addresses) -> list[APIRouter]:
    token = services.settings.operator_token
    actor = operator(token.get_secret_value() if token else "")
    changes = Changes(services.repeating, actor)
    base = addresses.path("api", "v1")
    finish = services.finishing.finish_now

    def count(first: date, last: date) -> Statistics:
        return statistics(services.database, services.settings, first, last)

    parts = (services.applications, finish)
    return [
        applications_router(*parts, count, changes, actor, base),
        casework_router(*parts, changes, actor, f"{base}/applications"),
        spot_checks_router(services.applications, addresses.path("api", "v1", "spot-checks")),
    ]


def _operators(register: Register, addresses: Addresses) -> list[APIRouter]:
    token = register.settings.operator_token
    secret = token.get_secret_value() if token else ""
    actor = operator(secret)
    changes = Changes(register.repeating, actor)
    browsing = Browsing(register.database, register.clock)
    base = addresses.path("api", "v1")
    zone = ZoneInfo(register.settings.time_zone)
    return [
        certificates_router(browsing, actor, f"{base}/certificates"),
        approvals_router(register, changes, base),
        lifecycle_router(register.lifecycle, changes, base),
        stopping_router(register.stopping, changes, f"{base}/issuing"),
        affected_router(Affecting(register.database), actor, zone, f"{base}/affected"),
        mass_router(register.mass, changes, zone, f"{base}/mass"),
        offers_router(register.offering, changes, f"{base}/offers"),
    ]


_ROUTERS: Final[Mapping[Part, Callable[[Services, Addresses], list[APIRouter]]]] = {
    Part.EVERYBODY: _everybody,
    Part.OPERATORS: _operators,
    Part.APPLICATIONS: _applications,
    Part.MACHINES: lambda services, addresses: [machine_router(services, law_files.code_lists(), addresses)],
}
