"""Every error SnapCite raises on purpose, in one tree.

    SnapCiteError
    ├── InputError                 what the caller gave cannot be used
    │   ├── CorpusError            a corpus, a file of it or a column
    │   │   └── FieldTooLongError  one field of a document
    │   ├── ImageError             a photo
    │   │   ├── UnsupportedImageError
    │   │   ├── BrokenImageError
    │   │   └── ImageTooLargeError
    │   ├── QueryError             a question, a filter, a number
    │   ├── DocumentError          a document that was sent
    │   └── NotFoundError          a document or photo that the index does not hold
    ├── StorageError               the index
    │   ├── IndexMissingError
    │   ├── IndexBusyError         another process holds it
    │   ├── IndexMismatchError     made by another encoder, chunking or version
    │   ├── DiskFullError
    │   ├── StoreUnavailableError  the Qdrant server does not answer
    │   └── AuditError             the audit log cannot be written
    ├── ModelError                 an encoder or a reader
    │   ├── ModelMissingError
    │   ├── ModelBrokenError
    │   └── ModelUnavailableError  a model server that does not answer, or answers nonsense
    │       └── ModelRefusedError  a model server that answers others, and not this question
    ├── BusyError                  the work cannot be done now; later it may be
    │   ├── OverloadedError        too many requests wait already
    │   ├── DeadlineError          the time for it is over
    │   └── StoppingError          the server is going down
    ├── ClusterError               machines that index together cannot go on
    └── ConfigurationError         a setting

A message says what was wrong, with what, and what to do. HTTP statuses and exit codes are not
known here: `api/` gives each class its own.
"""


class SnapCiteError(Exception):
    """Base of all errors below; its text can be shown to a person."""


class InputError(SnapCiteError):
    """What the caller gave cannot be used."""


class CorpusError(InputError):
    """A corpus, one of its files or one of its columns cannot be used."""


class FieldTooLongError(CorpusError):
    """A field of a document holds more than it may.

    Attributes:
        field: its name.
    """

    def __init__(self, field: str, excess: str) -> None:
        """`excess` says how much the field holds and what to do; the name goes before it."""
        super().__init__(f"{field!r} {excess}")
        self.field = field


class ImageError(InputError):
    """A photo cannot be used."""


class UnsupportedImageError(ImageError):
    """The bytes are not an image of a supported type."""


class BrokenImageError(ImageError):
    """The image is empty, truncated or damaged."""


class ImageTooLargeError(ImageError):
    """The image has more bytes or pixels than allowed."""


class QueryError(InputError):
    """The question, a filter or a number in a query cannot be used."""


class DocumentError(InputError):
    """A document that was sent cannot be used; the message begins with the field's name."""


class NotFoundError(InputError):
    """The index holds no such document or photo."""


class StorageError(SnapCiteError):
    """The index cannot be read or written."""


class IndexMissingError(StorageError):
    """That place holds no index yet."""


class IndexBusyError(StorageError):
    """Another process holds the index."""


class IndexMismatchError(StorageError):
    """The index was made by another encoder, another chunking or another schema version."""


class DiskFullError(StorageError):
    """The disk has no room for a write."""


class StoreUnavailableError(StorageError):
    """The Qdrant server cannot be reached or refuses the work."""


class AuditError(StorageError):
    """An act must be recorded in the audit log, and cannot be."""


class ModelError(SnapCiteError):
    """An encoder or a reader cannot do its work."""


class ModelMissingError(ModelError):
    """The model's files are not here."""


class ModelBrokenError(ModelError):
    """The model's files are here and cannot be used."""


class ModelUnavailableError(ModelError):
    """A model server does not answer, or answers what cannot be used."""


class ModelRefusedError(ModelUnavailableError):
    """A model server that answers other questions refuses this one."""


class BusyError(SnapCiteError):
    """The work cannot be done now; it may be possible later.

    Attributes:
        retry_after: seconds to wait before another try.
    """

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OverloadedError(BusyError):
    """Too many requests wait already."""


class DeadlineError(BusyError):
    """The time for the work is over."""


class StoppingError(BusyError):
    """The server is going down and takes no new work."""


class ClusterError(SnapCiteError):
    """Machines that index together cannot be reached, do not fit together, or are all lost."""


class ConfigurationError(SnapCiteError):
    """A setting has a value that cannot be used."""
