"""`/ready`: for supervisors and dashboards inside; the front door refuses it."""

from fastapi import APIRouter, Request, Response

from api.monitor.schemas import Readiness

router = APIRouter(tags=["health"])


@router.get("/ready", summary="Whether the service can do its work", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    answer: Readiness = await request.app.state.parts.readiness()
    response.status_code = 200 if answer.ready else 503
    return answer
