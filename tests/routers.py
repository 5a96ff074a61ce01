"""The routes of every service and what their members mean, found by the list of services."""

from collections.abc import Sequence
from importlib import import_module

from fastapi import APIRouter

from shared.http.glossary import Glossary


def routers(service: str) -> Sequence[APIRouter]:
    """`ROUTERS` of the service's `api`; raises `ImportError` where the list names a service that is not there."""
    found: Sequence[APIRouter] = import_module(f"services.{service}.api").ROUTERS
    return found


def glossary(service: str) -> Glossary:
    """`GLOSSARY` of the service's `api`."""
    found: Glossary = import_module(f"services.{service}.api").GLOSSARY
    return found
