"""The HTTP endpoints that tell whether the service lives and can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from qa.errors import NotReady
from qa.records_articles import Readiness
from qa.service_guard import ParsedRoute
from qa.service_opening import OpeningFailed
from qa.service_shared import problems, running


class Alive(BaseModel):
    """The process is alive; whether it can answer is another question."""

    status: str = Field(examples=["ok"])


router = APIRouter(route_class=ParsedRoute)


@router.get("/health", responses=problems())
async def health() -> Alive:
    """Whether the process is alive."""
    return Alive(status="ok")


@router.get("/health/ready", responses=problems(503))
async def health_ready(request: Request) -> Readiness:
    """Whether questions can be answered now."""
    shared = running(request)
    failure = shared.opening.failure()
    if failure is not None:
        raise OpeningFailed(failure)
    readiness = await shared.probes.run(shared.desk().ready)
    if not readiness.is_ready:
        raise NotReady(readiness.detail)
    return readiness
