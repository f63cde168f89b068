"""The analysis for staff: its progress, looking again, proposals, waveforms, evidence of origin, and copies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import Refusal, refusals

from api import etags
from api.accounts.caller import PasswordMustBeChanged, Producer
from api.analysis import service, waveforms
from api.analysis.rules import NothingProposed, State
from api.analysis.schemas import (
    AnalysesPage,
    AnalysisAsked,
    AnalysisOrdered,
    Proposals,
    ProposalsTaken,
    ProvenanceShown,
    SimilarPage,
)
from api.analysis.service import NoSuchPair
from api.keeping.service import EditRefused
from api.library.queries import NoSuchTrack
from api.ringing import Rung

router = APIRouter(
    prefix="/library", tags=["analysis"], responses=refusals(NotAuthenticated, NotAllowed, PasswordMustBeChanged)
)
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=500)]


class NoWaveform(Refusal):
    """It has not been drawn yet."""

    status = 404
    error_code = "no_waveform"


@router.get("/analysis", summary="How far the analysis of tracks is, and the tracks in a state")
async def list_analyses(
    caller: Producer, tx: Transaction, state: State = "failed", offset: Offset = 0, limit: Limit = 100
) -> AnalysesPage:
    return await service.show(tx, state, offset=offset, limit=limit)


@router.post("/analysis", status_code=202, summary="Have tracks looked at again, after all that is new")
async def order_analysis(asked: AnalysisAsked, rung: Rung, caller: Producer, tx: Transaction) -> AnalysisOrdered:
    return await service.order(tx, asked, caller)


@router.get(
    "/tracks/{track_id}/waveform",
    summary="Its waveform, as audiowaveform's JSON",
    responses=refusals(NoSuchTrack, NoWaveform),
    response_class=Response,
)
async def show_waveform(
    track_id: UUID,
    request: Request,
    caller: Producer,
    tx: Transaction,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    await service.found(tx, track_id)
    path = waveforms.path_of(request.app.state.settings, track_id)
    if not path.is_file():
        raise NoWaveform("Its waveform has not been drawn yet.")
    return etags.of_content(path.read_bytes(), if_none_match)


@router.get(
    "/tracks/{track_id}/provenance",
    summary="Evidence of where its file comes from; never a verdict",
    responses=refusals(NoSuchTrack),
)
async def show_provenance(track_id: UUID, caller: Producer, tx: Transaction) -> ProvenanceShown:
    return await service.show_provenance(tx, track_id)


@router.post(
    "/tracks/{track_id}/proposals/accept",
    summary="Let what analysis proposes become the track's values",
    responses=refusals(NoSuchTrack, NothingProposed, EditRefused),
)
async def accept_proposals(
    track_id: UUID, taken: ProposalsTaken, rung: Rung, caller: Producer, tx: Transaction
) -> Proposals:
    return await service.accept(tx, track_id, taken.fields, caller)


@router.post(
    "/tracks/{track_id}/proposals/dismiss",
    summary="Take no notice of what analysis proposes",
    responses=refusals(NoSuchTrack, NothingProposed),
)
async def dismiss_proposals(
    track_id: UUID, taken: ProposalsTaken, rung: Rung, caller: Producer, tx: Transaction
) -> Proposals:
    return await service.dismiss(tx, track_id, taken.fields)


@router.get("/similar", summary="Pairs of tracks that seem to be of one recording, the most certain first")
async def list_similar(
    caller: Producer,
    tx: Transaction,
    track_id: UUID | None = None,
    least: Annotated[float, Query(ge=0, le=1, description="Least confidence")] = 0.0,
    offset: Offset = 0,
    limit: Limit = 100,
) -> SimilarPage:
    return await service.show_similar(tx, track_id=track_id, least=least, offset=offset, limit=limit)


@router.delete(
    "/similar/{first_id}/{second_id}",
    status_code=204,
    summary="Two tracks are two things, although they sound alike",
    responses=refusals(NoSuchPair),
)
async def dismiss_pair(first_id: UUID, second_id: UUID, caller: Producer, tx: Transaction) -> None:
    await service.dismiss_pair(tx, first_id, second_id, caller)
