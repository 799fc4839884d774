"""The exceptions of the package. All of them have the message and the code of the library's error."""


class Error(Exception):
    """Something went wrong. Its text is one line: the thing, what was expected and what was found.

    `code` is the kind of the error for programs, such as `"unknown_model"`. It stays the same from one version to the
    next.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, code)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return self.message


class InputError(Error, ValueError):
    """An argument that cannot be used: an unknown network, an image of the wrong shape, a task of another network."""


class WeightsError(Error):
    """Weights or a model file that are missing, cannot be read, or belong to another network."""


class DeviceError(Error, RuntimeError):
    """No such GPU, too little memory, a device that failed, or a process that was forked."""


class AccessError(Error, OSError):
    """A file that cannot be read or written, or a server that does not answer."""

    # OSError takes the arguments of a constructor apart in its own way.
    def __new__(cls, message: str, code: str) -> "AccessError":
        return super().__new__(cls, message)

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        return type(self), (self.message, self.code)
