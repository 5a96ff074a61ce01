"""The simulated system's messages: each message with its facts, its attempts, and what the provider has of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.chaos.history import Attempt, Effect, Fact, Gateway, Record, Row
from tests.chaos.planted.bus import Bus

BOTH = ("sms", "email")


@dataclass(slots=True)
class Person:
    """How somebody can be reached."""

    mobile: bool = True
    email: bool = True

    def offers(self, channel: str) -> bool:
        """Whether there is an address."""
        return self.mobile if channel == "sms" else self.email


@dataclass(slots=True)
class Message:
    """A message that was ordered; `held` first where its recipient was not known."""

    identifier: str
    cause: str
    person: str
    template: str
    channel: str | None
    state: str


@dataclass(slots=True)
class Messages:
    """Everything that was sent, or was not."""

    bus: Bus
    people: dict[str, Person] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    handed_over: list[Record] = field(default_factory=list)

    def tell(self, fact: Fact, person: str, template: str, channels: tuple[str, ...] = BOTH, *, leave: bool) -> None:
        """Order one message; `leave` it where the person cannot be reached on these channels, but on another."""
        contact = self.people[person]
        channel = next((each for each in channels if contact.offers(each)), None)
        if channel is None and leave and (contact.mobile or contact.email):
            if len(self.messages) % 2:
                self._held_in_vain(fact, person, template)
            return
        message = Message(self.bus.identifier(), fact.event_id, person, template, channel or channels[0], "created")
        self.messages.append(message)
        if len(self.messages) % 4 == 0:
            self._say(message, "message-held", fact.trace)
        self._say(message, "message-created", fact.trace)
        if channel is None:
            message.state = "technical-failure"
            self._say(message, "message-failed", fact.trace, kind="technical-failure")
        else:
            self._hand_over(message, fact.trace)

    def found(self) -> Iterator[Record]:
        """Rows of notification, what registration has heard of them, attempts and providers."""
        for message in self.messages:
            columns = {"person_id": message.person, "template": message.template, "channel": message.channel}
            version = self.bus.versions["/eoffice/notification/message", message.identifier]
            yield Row(
                service="notification",
                table="message",
                id=message.identifier,
                version=version,
                state=message.state,
                columns={"cause": message.cause, **columns},
            )
            yield Effect(
                service="notification",
                what="message",
                ref=message.cause,
                id=message.identifier,
                columns={"state": message.state, **columns},
            )
            if message.channel:
                yield Effect(
                    service="registration",
                    what="message_status",
                    ref=message.identifier,
                    id=message.identifier,
                    columns={"state": message.state},
                )
        yield from self.handed_over

    def _held_in_vain(self, fact: Fact, person: str, template: str) -> None:
        """Nobody knew yet that another message tells him."""
        message = Message(self.bus.identifier(), fact.event_id, person, template, None, "cancelled")
        self.messages.append(message)
        self._say(message, "message-held", fact.trace)
        self._say(message, "message-cancelled", fact.trace)

    def _hand_over(self, message: Message, trace: str) -> None:
        """Every fifth is asked twice, as the answer to the first attempt was lost; SMS are delivered."""
        twice = len(self.messages) % 5 == 0
        key = message.identifier if message.channel == "email" else self.bus.identifier()
        for number, outcome in enumerate(("unknown", "sent") if twice else ("sent",), 1):
            self._attempt(message, key, number, outcome)
        accepted = 2 if twice and message.channel == "email" else 1
        self.handed_over.append(Gateway(channel=message.channel or "", key=key, requests=1 + twice, accepted=accepted))
        message.state = "sent"
        self._say(message, "message-sent", trace)
        if message.channel == "sms":
            message.state = "delivered"
            self._say(message, "message-delivered", self.bus.identifier())

    def _attempt(self, message: Message, key: str, number: int, outcome: str) -> None:
        self.handed_over.append(
            Attempt(
                message_id=message.identifier, number=number, key=key, channel=message.channel or "", outcome=outcome
            )
        )

    def _say(self, message: Message, word: str, trace: str, **refs: str) -> None:
        told = {"message_id": message.identifier, "cause": message.cause, "template": message.template, **refs}
        self.bus.say(word, "message", message.identifier, told, trace=trace)
