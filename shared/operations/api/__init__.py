"""The HTTP routes for operators; every service has them."""

from shared.operations.api import dead_jobs, dead_letters, operations

ROUTERS = (dead_letters.router, dead_jobs.router, operations.router)
