"""The program with all loggers at DEBUG but those that it quiets itself: python -m tests.adapters.slack.loud slack."""

import logging
import sys
from typing import Any

set_up = logging.basicConfig


def loudly(**settings: Any) -> None:
    set_up(**(settings | {"level": logging.DEBUG}))
    logging.getLogger("loud").debug("Loud.")


if __name__ == "__main__":
    logging.basicConfig = loudly
    import app

    sys.exit(app.main())
