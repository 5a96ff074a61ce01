"""The meetings of the own body, for those who organise them: listed, drafted, changed, opened, moved, cancelled."""

from fastapi import APIRouter

from services.portal.pages.meetings import drafting, inviting, listing, moving, showing, steps

router = APIRouter()
for _part in (listing, drafting, showing, steps, moving, inviting):
    router.routes.extend(_part.router.routes)
