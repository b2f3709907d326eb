"""The configuration of one Dovecot 2.3 that lives in one directory and touches no system service."""

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
_SPECIAL_FOLDERS = ("Drafts", "Sent", "Trash", "Junk", "Archive")


@dataclass(frozen=True)
class Owners:
    """The system users that Dovecot's parts run as: its own as root, else the one user we are."""

    internal: str
    login: str
    mail: str
    as_root: bool

    @property
    def group(self) -> str:
        """The group of the internal user."""
        return grp.getgrgid(pwd.getpwnam(self.internal).pw_gid).gr_name

    @property
    def mail_group_id(self) -> int:
        """The group id that mail is kept under."""
        return pwd.getpwnam(self.mail).pw_gid


def owners() -> Owners:
    """Whom Dovecot's parts run as. Dovecot refuses to keep mail as uid 0, so as root it is `mail`."""
    if os.geteuid() == 0:
        return Owners("dovecot", "dovenull", "mail", as_root=True)
    me = pwd.getpwuid(os.geteuid()).pw_name
    return Owners(me, me, me, as_root=False)


@dataclass(frozen=True)
class Layout:
    """Where one instance keeps its things, and the ports it listens on by service name."""

    run: Path
    data: Path
    certificates: Path
    ports: dict[str, int]
    relay_port: int
    token_port: int
    storage: str
    compress: bool


def configuration(layout: Layout, who: Owners) -> str:
    """dovecot.conf."""
    return "\n".join(
        (_general(layout, who), _authentication(layout), _mail(layout, who), _logins(layout, who), _services(layout))
    )


def token_configuration(layout: Layout) -> str:
    """dovecot-oauth2.conf.ext: tokens are introspected (RFC 7662) at our own server on loopback."""
    return f"""
introspection_mode = post
introspection_url = http://{HOST}:{layout.token_port}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


def _general(layout: Layout, who: Owners) -> str:
    return f"""
base_dir = {layout.run}/d
state_dir = {layout.run}/d
log_path = {layout.run}/dovecot.log
protocols = imap lmtp submission
listen = {HOST}
hostname = localhost
default_internal_user = {who.internal}
default_internal_group = {who.group}
default_login_user = {who.login}
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {who.mail}
mail_gid = {who.mail_group_id}
shutdown_clients = yes

ssl = required
ssl_cert = <{layout.certificates}/server.pem
ssl_key = <{layout.certificates}/server.key
ssl_min_protocol = TLSv1.2
"""


def _authentication(layout: Layout) -> str:
    return f"""
auth_mechanisms = plain login xoauth2 oauthbearer
auth_username_format = %Ln
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {layout.run}/dovecot-oauth2.conf.ext
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%n {layout.data}/passwd
}}
userdb {{
  driver = static
  args = home={layout.data}/home/%n allow_all_users=yes
}}
"""


def _mail(layout: Layout, who: Owners) -> str:
    folders = "\n".join(
        f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}" for name in _SPECIAL_FOLDERS
    )
    return f"""
mail_location = {layout.storage}
mailbox_list_index = yes
mail_max_userip_connections = 100
mail_fsync = never
mailbox_idle_check_interval = 5 secs
namespace inbox {{
  inbox = yes
  separator = /
{folders}
}}
protocol imap {{
  mail_plugins ={" imap_zlib" if layout.compress else ""}
  imap_idle_notify_interval = 29 mins
}}
protocol lmtp {{
  postmaster_address = postmaster@localhost
}}
protocol submission {{
  submission_relay_host = {HOST}
  submission_relay_port = {layout.relay_port}
  submission_relay_ssl = no
  submission_max_mail_size = 64M
}}
service lmtp {{
  chroot =
  unix_listener {layout.run}/lmtp {{
    mode = 0600
    user = {"root" if who.as_root else who.mail}
  }}
}}
"""


def _logins(layout: Layout, who: Owners) -> str:
    blocks = []
    for service, clear, implicit in (("imap", "imap", "imaps"), ("submission", "submission", "submissions")):
        listeners = "\n".join(
            f"  inet_listener {name} {{\n    address = {HOST}\n    port = {layout.ports[name]}\n    {ssl}\n  }}"
            for name, ssl in ((clear, ""), (implicit, "ssl = yes"))
        )
        chroot = " login" if who.as_root else ""
        blocks.append(
            f"service {service}-login {{\n  chroot ={chroot}\n  service_count = 0\n  process_min_avail = 1\n"
            f"  client_limit = 500\n{listeners}\n}}"
        )
    return "\n".join(blocks)


def _services(layout: Layout) -> str:
    del layout
    return """
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""
