"""discord.py's log lines without their values: these hold ids, addresses with tokens, and at times a member's words."""

import logging

import structlog

log = structlog.get_logger("worker_voice")


class Quiet(logging.Handler):
    """Passes on the template of a line, and the kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        log.warning("discord_library", said=str(record.msg)[:200], error=error)


def quieten() -> None:
    for name in ("discord",):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [Quiet(logging.WARNING)], False
        logger.setLevel(logging.WARNING)
