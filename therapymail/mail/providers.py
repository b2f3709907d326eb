"""Mail providers that many use: which hosts and ports they publish for IMAP and submission."""

from dataclasses import dataclass

from therapymail.config import Auth, Security


@dataclass(frozen=True, slots=True)
class Service:
    """One host as a provider publishes it; `auth` in the order of preference."""

    host: str
    port: int
    security: Security
    auth: tuple[Auth, ...] = (Auth.PASSWORD,)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider: the domains of its addresses, the endings of its mail exchangers, its two services.

    `username_is_address` is false where the part before the @ logs in. `note` is one sentence for setup.
    `files_sent`: what is submitted there appears in Sent by itself.
    """

    name: str
    domains: tuple[str, ...]
    exchangers: tuple[str, ...]
    imap: Service
    smtp: Service
    username_is_address: bool = True
    note: str = ""
    files_sent: bool = False


def _tls(host: str, *auth: Auth) -> Service:
    return Service(host, 993, Security.TLS, auth or (Auth.PASSWORD,))


def _submission(host: str, port: int, *auth: Auth) -> Service:
    security = Security.TLS if port == 465 else Security.STARTTLS
    return Service(host, port, security, auth or (Auth.PASSWORD,))


PROVIDERS = (
    Provider(
        "Gmail and Google Workspace",
        ("gmail.com", "googlemail.com"),
        ("google.com", "googlemail.com"),
        _tls("imap.gmail.com", Auth.XOAUTH2, Auth.PASSWORD),
        _submission("smtp.gmail.com", 465, Auth.XOAUTH2, Auth.PASSWORD),
        note="Google wants an app password (with two-step verification) or OAuth2.",
        files_sent=True,
    ),
    Provider(
        "Microsoft 365 and Outlook.com",
        (
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "outlook.fr",
            "hotmail.co.uk",
            "hotmail.fr",
        ),
        ("protection.outlook.com", "olc.protection.outlook.com", "mx.microsoft"),
        _tls("outlook.office365.com", Auth.XOAUTH2),
        _submission("smtp.office365.com", 587, Auth.XOAUTH2),
        note="Microsoft accepts OAuth2 only; give a --token-command.",
        files_sent=True,
    ),
    Provider(
        "Fastmail",
        ("fastmail.com", "fastmail.fm", "fastmail.net", "messagingengine.com", "sent.com"),
        ("messagingengine.com",),
        _tls("imap.fastmail.com"),
        _submission("smtp.fastmail.com", 465),
        note="Fastmail wants an app password.",
    ),
    Provider(
        "mailbox.org",
        ("mailbox.org",),
        ("mailbox.org",),
        _tls("imap.mailbox.org"),
        _submission("smtp.mailbox.org", 465),
    ),
    Provider(
        "Posteo",
        ("posteo.de", "posteo.net", "posteo.eu", "posteo.org", "posteo.at", "posteo.ch"),
        ("posteo.de",),
        _tls("posteo.de"),
        _submission("posteo.de", 465),
    ),
    Provider(
        "iCloud Mail",
        ("icloud.com", "me.com", "mac.com"),
        ("mail.icloud.com",),
        _tls("imap.mail.me.com"),
        _submission("smtp.mail.me.com", 587),
        note="Apple wants an app-specific password.",
    ),
    Provider(
        "Yahoo Mail",
        ("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com"),
        ("yahoodns.net",),
        _tls("imap.mail.yahoo.com", Auth.PASSWORD, Auth.XOAUTH2),
        _submission("smtp.mail.yahoo.com", 465, Auth.PASSWORD, Auth.XOAUTH2),
        note="Yahoo wants an app password.",
    ),
    Provider(
        "GMX (international)",
        ("gmx.com", "gmx.us", "gmx.co.uk"),
        ("gmx.com",),
        _tls("imap.gmx.com"),
        _submission("mail.gmx.com", 587),
        note="IMAP has to be switched on in the settings of the mailbox.",
    ),
    Provider(
        "GMX",
        ("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        ("gmx.net",),
        _tls("imap.gmx.net"),
        _submission("mail.gmx.net", 587),
        note="IMAP has to be switched on in the settings of the mailbox.",
    ),
    Provider(
        "WEB.DE",
        ("web.de",),
        ("web.de",),
        _tls("imap.web.de"),
        _submission("smtp.web.de", 587),
        note="IMAP has to be switched on in the settings of the mailbox.",
    ),
    Provider(
        "T-Online",
        ("t-online.de", "magenta.de"),
        ("t-online.de",),
        _tls("secureimap.t-online.de"),
        _submission("securesmtp.t-online.de", 465),
        note="T-Online wants a password of its own for mail programs.",
    ),
    Provider(
        "Migadu",
        (),
        ("migadu.com",),
        _tls("imap.migadu.com"),
        _submission("smtp.migadu.com", 465),
    ),
    Provider(
        "Runbox",
        ("runbox.com",),
        ("runbox.com",),
        _tls("mail.runbox.com"),
        _submission("mail.runbox.com", 465),
    ),
    Provider(
        "Disroot",
        ("disroot.org",),
        ("disroot.org",),
        _tls("disroot.org"),
        _submission("disroot.org", 465),
        username_is_address=False,
    ),
    Provider(
        "Riseup",
        ("riseup.net",),
        ("riseup.net",),
        _tls("mail.riseup.net"),
        _submission("mail.riseup.net", 465),
        username_is_address=False,
    ),
)


def provider_of_domain(domain: str) -> Provider | None:
    """The provider whose addresses end in `domain` (lower case); None if the table has none."""
    return next((provider for provider in PROVIDERS if domain in provider.domains), None)


def provider_of_exchanger(host: str) -> Provider | None:
    """The provider that the mail exchanger `host` belongs to: custom domains at Google, Microsoft and others."""
    name = f".{host.rstrip('.').lower()}"
    return next(
        (provider for provider in PROVIDERS if any(name.endswith(f".{ending}") for ending in provider.exchangers)), None
    )


def files_what_it_sends(submission_host: str) -> bool:
    """Whether the provider of this submission host is known to put what is submitted there into Sent by itself."""
    name = submission_host.rstrip(".").lower()
    return any(provider.files_sent for provider in PROVIDERS if provider.smtp.host == name)
