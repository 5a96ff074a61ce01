"""Load and save of registration's aggregates, in SQL over asyncpg; a violated uniqueness becomes a Refusal here."""

from services.registration.domain import meeting as meetings
from services.registration.domain import organisation as organisations
from services.registration.domain import person as persons
from services.registration.domain.meeting import Meeting, MeetingCommand
from services.registration.domain.organisation import Organisation, OrganisationCommands
from services.registration.domain.person import Person, PersonCommands
from services.registration.observability import count_fact
from services.registration.store.meeting import load_meeting, save_meeting
from services.registration.store.organisation import load_organisation, save_organisation
from services.registration.store.person import load_person, save_person
from services.registration.store.projection import project
from shared.application import Aggregate, no_jobs

MEETINGS: Aggregate[Meeting, MeetingCommand] = Aggregate(
    name="meeting",
    decide=meetings.decide,
    evolve=meetings.evolve,
    plan=meetings.plan,
    load=load_meeting,
    save=save_meeting,
    keep_private=meetings.keep_private,
    count=count_fact,
)
PERSONS: Aggregate[Person, PersonCommands] = Aggregate(
    name="person",
    decide=persons.decide,
    evolve=persons.evolve,
    plan=no_jobs,
    load=load_person,
    save=save_person,
)
ORGANISATIONS: Aggregate[Organisation, OrganisationCommands] = Aggregate(
    name="organisation",
    decide=organisations.decide,
    evolve=organisations.evolve,
    plan=no_jobs,
    load=load_organisation,
    save=save_organisation,
    keep_private=organisations.keep_private,
)

__all__ = ["MEETINGS", "ORGANISATIONS", "PERSONS", "project"]
