"""Registration as a process: the only place that names its adapters."""

import sys
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

from services.registration import views
from services.registration.adapters.child_file_types import ChildFileTypes
from services.registration.adapters.child_table_files import ChildTableFiles
from services.registration.adapters.child_typesetter import ChildTypesetter
from services.registration.adapters.ed25519_tickets import Ed25519Tickets, ReadKeys
from services.registration.adapters.privacy_notice import SHIPPED, read_notice
from services.registration.api import GLOSSARY, ROUTERS
from services.registration.api.check_in.ticket_key_uses import TicketKeyUses
from services.registration.api.dependencies import Dependencies
from services.registration.api.documents.keeping import DocumentKeeping
from services.registration.api.limits import AnswerLimits
from services.registration.api.lists.participant_rows import ParticipantRows
from services.registration.api.registrations.registration_group import registration_group_commit
from services.registration.api.statistics.statistics_boards import StatisticsStreams
from services.registration.effects import effects
from services.registration.effects.files import file_effects
from services.registration.effects.imports import import_effects
from services.registration.effects.lapses import EVERY_SECONDS as LAPSES_EVERY
from services.registration.effects.lapses import lapse_unproven
from services.registration.effects.periodic import Periodic
from services.registration.effects.reminders import EVERY_SECONDS as REMINDERS_EVERY
from services.registration.effects.reminders import order_due_reminders, reminder_effects
from services.registration.effects.retention import EVERY_SECONDS as RETENTION_EVERY
from services.registration.effects.retention import erase_expired
from services.registration.seed import load_organisations
from services.registration.settings import RegistrationSettings
from services.registration.subscribers import GROUP, TOPICS, handle
from shared.adapters.stores import object_store
from shared.database import Database
from shared.messaging.jobs import Effect
from shared.runtime import Loop
from shared.sealing import Sealer
from shared.service import ProcessRole, Service, Subscription, command_line, database_of, from_file
from shared.settings import SmsSettings
from shared.succession import Succession


def build(settings: RegistrationSettings | None = None) -> Service:
    """Put registration together; settings come from the environment where none are given."""
    settings = settings or RegistrationSettings()
    database, keeping = database_of(settings), _keeping(settings)
    dependencies = _dependencies(settings, database, keeping)
    return Service(
        name="registration",
        title="Pasum registration · ລົງທະບຽນ",
        settings=settings,
        database=database,
        routers=ROUTERS,
        glossary=GLOSSARY,
        subscription=Subscription(group=GROUP, topics=TOPICS, handler=handle, projection=handle),
        effects=_effects(dependencies),
        background={ProcessRole.CONSUMER: _loops(database)},
        gauges=views.count_gauges,
        state={"dependencies": dependencies, "succession": dependencies.succession},
        needs={"documents": keeping.objects.check} if keeping else {},
    )


def _dependencies(settings: RegistrationSettings, database: Database, keeping: DocumentKeeping | None) -> Dependencies:
    return Dependencies(
        database=database,
        sealer=Sealer.of(settings.sealing_keys),
        tickets=_tickets(settings),
        ticket_key_uses=TicketKeyUses(database),
        typesetter=ChildTypesetter(),
        registrations=registration_group_commit(database),
        limits=_limits(settings),
        sms=SmsSettings(),
        streams=StatisticsStreams(database),
        keeping=keeping,
        public_url=settings.public_url.rstrip("/"),
        succession=Succession(partial(views.taken_over, database)),
        client_key=_client_key(settings),
        unproven_of_client=settings.unproven_seats_per_client,
        notice=from_file(settings.privacy_notice_file or SHIPPED, read_notice),
        notice_needed=settings.privacy_notice_required,
    )


def _loops(database: Database) -> list[Loop]:
    """What a consumer does from time to time."""
    return [
        Loop("retention", Periodic(database, erase_expired, seconds=RETENTION_EVERY).run),
        Loop("reminders", Periodic(database, order_due_reminders, seconds=REMINDERS_EVERY).run),
        Loop("lapses", Periodic(database, lapse_unproven, seconds=LAPSES_EVERY).run),
    ]


def _effects(dependencies: Dependencies) -> Mapping[str, Effect]:
    database, keeping = dependencies.database, dependencies.keeping
    rows = ParticipantRows(dependencies.sms)
    lists = import_effects(database, ChildTableFiles(), rows, new_own_link=dependencies.new_own_link)
    files = file_effects(database, keeping.objects) if keeping else {}
    return effects(database, dependencies.tickets, dependencies.sealer, others=reminder_effects() | lists | files)


def _client_key(settings: RegistrationSettings) -> bytes:
    """By which addresses of clients are hashed; the same in all processes."""
    return sha256(b"client " + settings.sealing_keys.get_secret_value().encode()).digest()


def _limits(settings: RegistrationSettings) -> AnswerLimits:
    return AnswerLimits(
        per_link=settings.answers_per_link_per_minute,
        per_meeting=settings.answers_per_meeting_per_minute,
        drafts=settings.drafts_per_organiser_per_day,
        per_contact=settings.answers_per_contact_per_day,
    )


def _keeping(settings: RegistrationSettings) -> DocumentKeeping | None:
    if settings.objects is None:
        return None
    allowed = tuple(settings.document_types.split(","))
    return DocumentKeeping(objects=object_store(settings.objects), file_types=ChildFileTypes(), allowed=allowed)


def _tickets(settings: RegistrationSettings) -> Ed25519Tickets:
    read = ReadKeys(
        coming=settings.next_ticket_key, retired=settings.retired_ticket_keys, others=settings.other_ticket_keys
    )
    return from_file(
        settings.ticket_key_file, lambda pem: Ed25519Tickets.from_pem(pem, key_id=settings.ticket_key_id, read=read)
    )


if __name__ == "__main__":
    sys.exit(
        command_line("registration", build, migrations=Path(__file__).parent / "migrations", seed=load_organisations)
    )
