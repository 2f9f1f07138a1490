"""What can go wrong, one tree:

WorkerVoiceError
├── ContentError        content that the bot cannot start with: file, line, what to write instead
├── SettingsError       a setting that cannot be used (exit status 3)
├── StoreError
│   ├── StoreAway       the database does not answer; try again
│   ├── SchemaError     the database's schema is older or newer than this code (exit status 3)
│   └── Changed         somebody else changed the conversation meanwhile: compute again
├── NotAllowed          a member asked for what only staff may do
└── Refused             a request that cannot be carried out; the message says why, in one sentence
"""


class WorkerVoiceError(Exception):
    """Its text is one sentence fit to be shown to staff; it never holds a member's words."""


class ContentError(WorkerVoiceError):
    """Content that the bot cannot start with."""


class SettingsError(WorkerVoiceError):
    """A setting that cannot be used."""


class StoreError(WorkerVoiceError):
    """The store did not do what was asked."""


class StoreAway(StoreError):
    """The database does not answer; nothing was stored."""


class SchemaError(StoreError):
    """The database's schema is not the one this code works with."""


class Changed(StoreError):
    """Somebody else changed the conversation meanwhile."""


class NotAllowed(WorkerVoiceError):
    """Only staff may do this."""


class Refused(WorkerVoiceError):
    """A request that cannot be carried out."""
