"""One run: a day with one fault, its end without it, and what is there then."""

import os
import signal
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.soak.correspondence import FIRST, LATER, SECOND
from tests.soak.fault import AtBoundary, AtProcess, AtStep, Fault, Kind, fault_of
from tests.soak.findings import Diary, Findings, look_at_host, look_at_record, look_for_clear_words
from tests.soak.harm import kill, kill_agents
from tests.soak.world import INBOX, USERS, Place, World

_BEFORE_LATER = 7  # the step before which the last letter comes


@dataclass
class Run:
    """What came of one run, as a line of the results file."""

    seed: int
    kind: str
    point: str
    struck: bool = False
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_clear: list[str] = field(default_factory=list)
    wrongly_sent: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    uncertain: int = 0  # letters of which nobody knew, and which were settled
    said: list[str] = field(default_factory=list)  # what the therapist was told that could not be done
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.lost or self.doubled or self.in_clear or self.wrongly_sent or self.other)

    def line(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def run(world: World, seed: int) -> Run:
    """The run with this seed."""
    return run_with(world, fault_of(seed))


def run_with(world: World, fault: Fault | None) -> Run:
    """A day with this fault; None: with none."""
    began = time.monotonic()
    with world.place() as place:
        day = Day(world, place, fault)
        made = Run(fault.seed, fault.kind, str(fault.point)) if fault else Run(-1, "none", "nowhere")
        day.work()
        day.heal()
        day.end()
        day.look(made)
    made.seconds = round(time.monotonic() - began, 2)
    return made


class Day:
    """One day in `world` at `place`: `work`, `heal`, `end` and `look`, in this order."""

    def __init__(self, world: World, place: Place, fault: Fault | None) -> None:
        self._world, self._place, self._fault = world, place, fault
        self._clock = place.memory / "clock"
        self._clock.write_text("0")
        self._pid = 0
        self._struck = False
        self._acting = threading.Lock()
        self._diary, self._findings = Diary(), Findings()
        self._said: list[str] = []
        self._accounts: dict[str, dict[str, Any]] = {}
        self._taken: dict[str, list[tuple[bytes, str]]] = {}
        self._later_is_there = False
        self.steps = 0
        self.counted = (0, 0)  # boundaries, and processes of gpg

    # --- its three parts -----------------------------------------------------------------------------

    def work(self) -> None:
        """The day, until its end or until it is killed."""
        for proxy in self._world.proxies.values():
            proxy.reset()
        self._world.deliver(FIRST, SECOND)
        if self._fault:
            for proxy in self._world.proxies.values():
                proxy.arm(self._fault, self._strike)
        self._child(is_end=False)
        self._diary.close()

    def heal(self) -> None:
        """The fault is over."""
        with self._acting:  # what was begun is done
            pass
        for proxy in self._world.proxies.values():
            proxy.expire(expired=False)
            proxy.heal()
        self._world.disk.heal(self._place.practice)
        self._world.memory.heal(self._place.memory)
        if self._taken:
            self._world.put_back(self._taken)
        self._bring_later()

    def end(self) -> None:
        """What was not done is done."""
        if not self._child(is_end=True):
            self._findings.other.append("the end of the day did not come to its end")
        for proxy in self._world.proxies.values():
            proxy.heal()

    def look(self, made: Run) -> None:
        """All that can be wrong."""
        findings, self._findings = self._findings, Findings()
        clock_was_right = not self._fault or self._fault.kind is not Kind.CLOCK
        if (found := self._accounts.get("found")) is not None:
            self._diary.look(found, findings)
            self._said += [draft["obstacle"] for draft in found["drafts"] if draft["obstacle"]]
            made.uncertain = sum(draft["state"] in {"uncertain", "offered"} for draft in found["drafts"])
        if (left := self._accounts.get("left")) is not None:
            look_at_record(left, findings, clock_was_right=clock_was_right)
        look_at_host(self._world, findings, clock_was_right=clock_was_right)
        kill_agents(self._place.practice / "gnupg")
        look_for_clear_words(self._world, self._place, findings)
        for name, found_wrong in asdict(findings).items():
            setattr(made, name, found_wrong)
        made.struck = self._struck or any(proxy.struck for proxy in self._world.proxies.values())
        made.said = self._said

    # --- the child -----------------------------------------------------------------------------------

    def _child(self, *, is_end: bool) -> bool:
        is_clock = self._fault is not None and self._fault.kind is Kind.CLOCK and not is_end
        point = self._fault.point if self._fault else None
        asked = {
            "home": str(self._place.practice),
            "environment": self._place.environment,
            "log": str(self._place.log),
            "is_end": is_end,
            "boundary": point.number if isinstance(point, AtBoundary) else 0,
            "process": point.number if isinstance(point, AtProcess) else 0,
            "clock": str(self._clock) if is_clock else "",
        }
        return self._world.desk.work(asked, self._answer, self._hear)

    def _hear(self, said: dict[str, Any]) -> None:
        self._diary.hear(said)
        self._pid = said.get("pid", self._pid)
        self.counted = said.get("counted", self.counted)
        if "said" in said:
            self._said.append(said["said"])
        if "bug" in said:
            self._findings.other.append(said["bug"])
        self._accounts |= {name: said[name] for name in ("found", "left") if name in said}

    def _answer(self, asked: dict[str, Any]) -> Any:
        if "came" in asked:
            return any(asked["came"].encode() in raw for raw in self._world.mails(USERS[asked["code"]])[INBOX])
        if "boundary" in asked:
            self._strike()
        elif "gpg" in asked:
            self._kill_gpg(asked["gpg"])
        else:
            self.steps += 1
            if asked["step"] == _BEFORE_LATER:
                self._bring_later()
        if self._fault and self._fault.point == AtStep(asked.get("step", -1)):
            self._strike()
        return "go on"

    def _bring_later(self) -> None:
        if not self._later_is_there:
            self._later_is_there = True
            self._world.deliver(LATER)

    def _kill_gpg(self, pid: int) -> None:
        assert self._fault
        self._struck = True
        if self._fault.abrupt:
            kill([pid])
        else:
            threading.Timer(self._fault.size / 5_000, kill, [[pid]]).start()

    # --- what strikes --------------------------------------------------------------------------------

    def _strike(self) -> None:
        """What is done to the machine or the mail host."""
        with self._acting:
            fault, world = self._fault, self._world
            assert fault
            self._struck = True
            match fault.kind:
                case Kind.EXPIRED:
                    for proxy in [*world.proxies.values()][fault.size % 2 : None if fault.both else fault.size % 2 + 1]:
                        proxy.expire(expired=True)
                case Kind.RENUMBERED:
                    world.renumber(everything=fault.both)
                case Kind.EMPTIED:
                    self._taken = world.take_away(everything=fault.both)
                case Kind.FULL_DISK:
                    (world.memory if fault.both else world.disk).fill(fault.size, self._pid)
                case Kind.READ_ONLY:
                    world.disk.forbid_writing(self._place.practice)
                case Kind.CLOCK:
                    self._clock.write_text(str(fault.jump.total_seconds()))
                case Kind.AGENT_KILLED:
                    self._struck = kill_agents(self._place.practice / "gnupg") > 0
                case Kind.KILLED:
                    os.kill(self._pid, signal.SIGKILL)
                case _:
                    raise AssertionError(f"{fault} strikes on a wire")
