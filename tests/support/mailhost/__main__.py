"""The mail host from a shell: start, status, load, stop. Prints JSON."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.support.mailhost.host import DEFAULT_DOMAIN, MailHost
from tests.support.mailhost.processes import HostError


def main() -> int:
    """Run one command; 1 and a sentence on stderr if it fails."""
    options = _parser().parse_args()
    host = MailHost(options.dir)
    try:
        answer = _answer(host, options)
    except HostError as error:
        sys.stderr.write(f"mailhost: {error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    return 0


def _answer(host: MailHost, options: argparse.Namespace) -> dict[str, object]:
    if options.command == "start":
        users = dict(user.split(":", 1) for user in options.user) if options.user else None
        facts = host.start(users, domain=options.domain, compress=not options.no_compress, storage=options.storage)
        return {"running": True, **asdict(facts)}
    if options.command == "load":
        return {"loaded": host.load(options.user, options.maildir, options.folder)}
    if options.command == "stop":
        host.stop(wipe=options.wipe)
        return {"running": False}
    known = host.facts()
    return {"running": host.running(), **(asdict(known) if known else {})}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.support.mailhost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("start", "status", "load", "stop"):
        commands.add_parser(name).add_argument("--dir", type=Path, required=True)
    start, load, stop = commands.choices["start"], commands.choices["load"], commands.choices["stop"]
    start.add_argument("--user", action="append", metavar="NAME:PASSWORD")
    start.add_argument("--domain", default=DEFAULT_DOMAIN)
    start.add_argument("--no-compress", action="store_true", help="do not offer COMPRESS=DEFLATE")
    start.add_argument("--storage", default="maildir:~/Maildir", help="Dovecot's mail_location")
    load.add_argument("--user", required=True)
    load.add_argument("--maildir", type=Path, required=True)
    load.add_argument("--folder", default="INBOX")
    stop.add_argument("--wipe", action="store_true", help="remove the directory and its mail too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
