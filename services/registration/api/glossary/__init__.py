"""What the members of requests and answers of registration mean, with an example in Lao; a file for each subject."""

from typing import Final

from services.registration.api.glossary import (
    answers,
    attendance,
    copies,
    desks,
    directory,
    documents,
    figures,
    forms,
    invitations,
    lists,
    meetings,
    open_data,
    people,
    privacy,
)
from shared.http.glossary import Glossary

_SUBJECTS: Final = (
    answers,
    attendance,
    copies,
    desks,
    directory,
    documents,
    figures,
    forms,
    invitations,
    lists,
    meetings,
    open_data,
    people,
    privacy,
)

GLOSSARY: Final[Glossary] = {name: word for subject in _SUBJECTS for name, word in subject.WORDS.items()}
