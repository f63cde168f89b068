"""All routes of the accounts."""

from api.accounts import guest_routes, invitation_routes, me_routes, router, staff_routes

ROUTERS = (router.router, me_routes.router, staff_routes.router, invitation_routes.router, guest_routes.router)
