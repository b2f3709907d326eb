"""Errors of the mail hosts and of logging in to them."""

from therapymail.errors.family import ExitCode, TherapymailError


class ServerUnreachable(TherapymailError):
    """A mail host does not answer; `why` is ours: unknown host, refused, timed out, dropped."""

    host: str
    port: int
    why: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "The mail host {host}:{port} cannot be reached: {why}."
    next_step = "Nothing was lost. Try again when the connection is back, or run `therapymail doctor`."


class TlsRefused(TherapymailError):
    """No trustworthy TLS with the mail host: certificate, name, STARTTLS stripped, PREAUTH, injected bytes."""

    host: str
    port: int
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "No trustworthy TLS connection with {host}:{port}: {why}."
    next_step = "No password was sent. Check the host's name and certificate; `therapymail doctor` tries again."


class LoginRefused(TherapymailError):
    """The mail host refuses the login."""

    host: str
    username: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "{host} refuses the login of {username}."
    next_step = (
        "Check user name and password (some providers want an app password); `therapymail account` takes a new one."
    )


class ServerSaidNo(TherapymailError):
    """The mail host answers a command with NO, BAD or something unreadable; `doing` says at what."""

    host: str
    doing: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "{host} failed at {doing}."
    next_step = "Nothing was lost. Try again; if it stays so, run `therapymail doctor`."


class SecretUnavailable(TherapymailError):
    """The account's password or token cannot be had; `why` is ours."""

    what: str
    why: str
    exit_code = ExitCode.CONFIGURATION
    sentence = "The {what} is not available: {why}."
    next_step = "Run its command by hand, or give it anew with `therapymail account`."


class KeyDirectoryUnreachable(TherapymailError):
    """The key directory of an address's domain cannot be asked; `why` is ours. Names neither address nor host."""

    why: str
    exit_code = ExitCode.UNREACHABLE
    sentence = "The key directory of that address cannot be asked: {why}."
    next_step = "Nothing was changed. Try again later, or ask the client for the key: `therapymail client invite`."
