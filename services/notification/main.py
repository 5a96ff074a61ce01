"""Notification as a process: the only place that names its adapters."""

import ssl
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from services.notification import views
from services.notification.adapters.already_sent import read_references
from services.notification.adapters.http_sms import HttpSmsGateway, HttpSmsRoute, SignedReceipts
from services.notification.adapters.smtp_mailer import SmtpMailer, SmtpRelay
from services.notification.adapters.template_files import read_templates
from services.notification.api import GLOSSARY, ROUTERS
from services.notification.api.receipts import RECEIPTS_LIMIT
from services.notification.domain.completeness import check_texts
from services.notification.effects import effects
from services.notification.ports import Allowance, Dependencies, SenderIdentity, SendingLimits
from services.notification.settings import NotificationSettings
from services.notification.subscribers import GROUP, TOPICS, handler, learn
from shared.sealing import Sealer
from shared.service import Service, Subscription, command_line, database_of, from_file
from shared.settings import SmsSettings
from shared.succession import Succession

CONCURRENCY = 16


def build(settings: NotificationSettings | None = None) -> Service:
    """Put notification together; settings come from the environment where none are given."""
    settings = settings or NotificationSettings()
    secret = settings.sms_secret.get_secret_value()
    gateway, mailer = HttpSmsGateway(HttpSmsRoute(url=settings.sms_url, secret=secret)), SmtpMailer(_relay(settings))
    dependencies = Dependencies(
        database=database_of(settings),
        sms=gateway,
        mailer=mailer,
        receipts=SignedReceipts(secret),
        sealer=Sealer.of(settings.sealing_keys),
        sender=_sender(settings),
        templates=check_texts(read_templates()),
        limits=_limits(settings),
        already_sent=read_references(settings.already_sent_file) if settings.already_sent_file else frozenset(),
    )
    hear = handler(timedelta(seconds=settings.quiet_seconds))
    return Service(
        name="notification",
        title="Pasum notification · ແຈ້ງເຕືອນ",
        settings=settings,
        database=dependencies.database,
        routers=ROUTERS,
        glossary=GLOSSARY,
        subscription=Subscription(group=GROUP, topics=TOPICS, handler=hear, projection=learn),
        effects=effects(dependencies),
        gauges=views.count_gauges,
        limits={RECEIPTS_LIMIT: settings.receipts_per_minute},
        state=_state(dependencies),
        concurrency=CONCURRENCY,
        closing=(gateway.close, mailer.close),
    )


def _state(dependencies: Dependencies) -> dict[str, Any]:
    succession = Succession(partial(views.taken_over, dependencies.database))
    return {"dependencies": dependencies, "succession": succession}


def _sender(settings: NotificationSettings) -> SenderIdentity:
    return SenderIdentity(
        public_url=settings.public_url.rstrip("/"),
        minutes_url=(settings.minutes_url or settings.public_url).rstrip("/"),
        sms_sender=settings.sms_sender,
        sender_address=settings.sender_address,
        domain=settings.sender_domain,
    )


def _limits(settings: NotificationSettings) -> SendingLimits:
    sms = Allowance(hour=settings.sms_per_hour, day=settings.sms_per_day, meeting=settings.sms_per_meeting)
    email = Allowance(hour=settings.emails_per_hour, day=settings.emails_per_day, meeting=settings.emails_per_meeting)
    return SendingLimits(destinations=SmsSettings(), allowances={"sms": sms, "email": email})


def _relay(settings: NotificationSettings) -> SmtpRelay:
    password = settings.smtp_password
    return SmtpRelay(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender_name=settings.sender_name,
        sender_address=settings.sender_address,
        domain=settings.sender_domain,
        security=settings.smtp_security,
        tls=_tls(settings),
        username=settings.smtp_username,
        password=password.get_secret_value() if password else None,
        connections=settings.smtp_connections,
    )


def _tls(settings: NotificationSettings) -> ssl.SSLContext | None:
    if settings.smtp_security == "none":
        return None
    if settings.smtp_ca_file is None:
        return ssl.create_default_context()
    return from_file(settings.smtp_ca_file, lambda pem: ssl.create_default_context(cadata=pem.decode("ascii")))


if __name__ == "__main__":
    sys.exit(command_line("notification", build, migrations=Path(__file__).parent / "migrations"))
