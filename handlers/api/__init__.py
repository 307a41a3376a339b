"""The HTTP API: what pipelines and services ask, and what machines watch."""

from aiohttp import web

from handlers.api import errors
from handlers.api.asking.asks import AskReader
from handlers.api.asking.reports import ReportReader
from handlers.api.asking.revisions import RevisionReader
from handlers.api.events import Events
from handlers.api.evidence import Evidence
from handlers.api.health import HealthCalls
from handlers.api.meters import CallMeters, Meters
from handlers.api.openapi import Documents
from handlers.api.requests import Requests
from handlers.api.roof import Roof, register_roof
from handlers.api.waiting import WaitingRoom
from handlers.api.wiring import ApiWiring, Health
from handlers.door.admission import Door

__all__ = ["ApiWiring", "CallMeters", "Health", "Meters", "Roof", "register", "register_roof"]


def register(app: web.Application, api: ApiWiring) -> None:
    """Put the whole API onto *app*. It closes itself with the application: nobody is left waiting."""
    door, room, reports = Door(api.door()), WaitingRoom(api.desk), ReportReader(api.read_report)
    errors.register(app, errors.Frame(meters=api.meters, new_id=api.new_id, mount=api.mount))
    api.desk.on_ask(api.meters.count_submission)
    api.desk.on_end(api.meters.count_end)
    Requests(api, door, room, AskReader(reports, api.pasts)).register(app)
    Evidence(api, door, RevisionReader(reports, api.pasts)).register(app)
    Events(api, door, room).register(app)
    HealthCalls(api).register(app)
    Documents(api).register(app)
    app.on_shutdown.append(room.close)
    app.on_cleanup.append(reports.close)
