"""The HTTP routes for operators; every service has them."""

from shared.operations.api import dead_jobs, dead_letters, operations
from shared.operations.api.glossary import GLOSSARY as GLOSSARY

ROUTERS = (dead_letters.router, dead_jobs.router, operations.router)
