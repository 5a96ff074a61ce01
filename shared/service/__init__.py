"""One service as a process: what it is made of, its roles, and the command line every service has.

python -m services.registration.main serve --roles api,consumer,relay,worker
python -m services.registration.main migrate
python -m services.registration.main replay      all facts come again, and change nothing
python -m services.registration.main rebuild     an empty database learns all facts, and does nothing about them
"""

from shared.service.command_line import command_line
from shared.service.definition import ALL_ROLES, ProcessRole, Service, Subscription
from shared.service.processes import application, database_of, parts

__all__ = [
    "ALL_ROLES",
    "ProcessRole",
    "Service",
    "Subscription",
    "application",
    "command_line",
    "database_of",
    "parts",
]
