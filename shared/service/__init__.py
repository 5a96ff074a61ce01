"""A service as processes: its definition, the parts that a process runs, and the command line that all services have.

python -m services.registration.main serve --roles api,consumer,relay,worker
python -m services.registration.main migrate
python -m services.registration.main wait-for-schema  end when the schema is new enough
python -m services.registration.main replay      read all events again, which changes nothing
python -m services.registration.main rebuild     fill the projections of an empty database from all events
"""

from shared.service.command_line import command_line
from shared.service.definition import ALL_ROLES, ProcessRole, Service, Subscription
from shared.service.files import from_file
from shared.service.processes import application, database_of, parts

__all__ = [
    "ALL_ROLES",
    "ProcessRole",
    "Service",
    "Subscription",
    "application",
    "command_line",
    "database_of",
    "from_file",
    "parts",
]
