"""The routes for operators, the same in each service."""

from shared.operations.api import dead_jobs, dead_letters, operations

ROUTERS = (dead_letters.router, dead_jobs.router, operations.router)
