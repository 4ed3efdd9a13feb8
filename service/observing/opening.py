"""The observer that settings ask for."""

from importlib.metadata import PackageNotFoundError, version

from service.errors import TracesError
from service.observing.observer import Observer
from service.settings import Settings


def opened(settings: Settings) -> Observer:
    """Raises :class:`~service.errors.TracesError` where traces are asked for and their library is
    not installed."""
    if settings.traces is None:
        return Observer()
    try:
        from service.observing.traces import to_collector
    except ModuleNotFoundError as error:
        raise TracesError(f"{error.name} is missing: pip install 'lurewatch[otel]'") from None
    return Observer(to_collector(settings.traces, settings.traces_share, release()))


def release() -> str:
    """Of this code; empty where it is not installed."""
    try:
        return version("lurewatch")
    except PackageNotFoundError:
        return ""
