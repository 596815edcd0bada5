"""The agent: what Genba runs on a device. One file, standard library only, Python 3.8 and later.

It arrives on standard input, is checked by hash and executed from memory (see `bootstrap`), so
nothing on the device's disk can be swapped for it. Its first line of input is a JSON request with
a `role`; its answers are lines ``@<nonce> <json>`` of at most 64 KiB.

A benchmark has three processes:

front       what SSH started. Follows the journal and forwards it; ends with the link.
supervisor  its own session, so a dropped link does not touch it. Alone writes the journal, holds
            the lock, samples the sensors, starts the runner, and clears everything away.
runner      the chosen interpreter with the device half and the timing loop. Dies with the
            supervisor. Between queries, at most every 50 ms, it hands its samples to it by a pipe.

All times are nanoseconds of CLOCK_MONOTONIC, which is one clock for all processes of a device.
"""

# The file runs on Python 3.8 and starts in a few milliseconds on a small board: plain `os` calls
# instead of pathlib, no `strict=` for zip. It executes the code that the client sent, by design.
# ruff: noqa: B905, BLE001, RUF007, S101, S102, S108, UP022
# ruff: noqa: PTH101, PTH103, PTH105, PTH108, PTH110, PTH112, PTH114, PTH116, PTH117, PTH118
# ruff: noqa: PTH119, PTH120, PTH123, PTH202, PTH207

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import glob
import hashlib
import json
import math
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
import types
import zlib
from typing import Any

PROTOCOL = 1
LINE_LIMIT = 65536
TELEMETRY_PERIOD_S = 0.1
FLUSH_PERIOD_NS = 50_000_000
REHASH_BYTES_MAX = 256 << 20
"""Files up to this size are hashed before every run; larger ones when they arrive or change."""

ONE_LINER = (
    "import sys,hashlib,zlib;sys.version_info<(3,8)and sys.exit(96);I=sys.stdin.buffer;"
    "N,D=I.readline().split();SOURCE=zlib.decompress(I.read(int(N)));"
    "hashlib.sha256(SOURCE).hexdigest().encode()==D or sys.exit(97);exec(SOURCE)"
)
"""Reads size, hash and source, and executes exactly the bytes that it hashed. Free of quotes, so
that any shell passes it on unchanged."""


class Refused(Exception):
    """A request that cannot be served; `code` and the fields go to the client."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class LinkGone(Exception):
    """The client no longer reads."""


# ---------------------------------------------------------------------------------------------
# Frames


class Link:
    """The framed standard output of a front."""

    def __init__(self, nonce: str, fd: int = 1) -> None:
        self._head = b"@" + nonce.encode("ascii") + b" "
        self._fd = fd

    def send(self, **message: Any) -> None:
        """Send one message; raises LinkGone when nobody reads."""
        self.send_line(json.dumps(message, allow_nan=False, separators=(",", ":")).encode())

    def send_line(self, line: bytes) -> None:
        """Send one JSON document without its line end."""
        data = self._head + line + b"\n"
        if len(data) > LINE_LIMIT:
            raise ValueError(f"a frame of {len(data)} bytes")
        try:
            _write_all(self._fd, data)
        except OSError:
            raise LinkGone() from None


def _python_version() -> str:
    return ".".join(str(part) for part in sys.version_info[:3])


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


# ---------------------------------------------------------------------------------------------
# The folder on the device


def find_root(environ: Any = os.environ) -> str:
    """The first folder of the candidates that is ours alone and can be written."""
    home = environ.get("HOME") or ""
    uid = os.getuid()
    candidates = []
    if environ.get("XDG_CACHE_HOME"):
        candidates.append(os.path.join(environ["XDG_CACHE_HOME"], "genba"))
    if home:
        candidates.append(os.path.join(home, ".cache", "genba"))
    candidates += [f"{base}/genba-{uid}" for base in ("/var/tmp", "/dev/shm", "/tmp")]
    problems = []
    for root in candidates:
        try:
            os.makedirs(root, mode=0o700, exist_ok=True)
            state = os.lstat(root)
            if os.path.islink(root) or state.st_uid != uid:
                raise OSError(errno.EPERM, "belongs to somebody else")
            os.chmod(root, 0o700)
            probe = os.path.join(root, f".probe-{os.getpid()}")
            with open(probe, "wb") as stream:
                stream.write(b"genba")
            os.unlink(probe)
        except OSError as error:
            problems.append(f"{root}: {error.strerror}")
        else:
            return root
    raise Refused("no_folder", problems=problems)


def inside(root: str, *parts: str) -> str:
    """`parts` under `root`, refused when they lead out of it."""
    if any("\0" in part or os.path.isabs(part) for part in parts):
        raise Refused("bad_path", path="/".join(parts))
    path = os.path.join(root, *parts)
    real = os.path.realpath(path)
    if not real.startswith(os.path.realpath(root) + os.sep):
        raise Refused("bad_path", path="/".join(parts))
    return path


def artifact_file(root: str, artifact: str, name: str) -> str:
    """Where a deployed file lies: a folder per artifact, files under their own names."""
    if not (artifact.isalnum() and len(artifact) <= 64):
        raise Refused("bad_path", path=artifact)
    return inside(os.path.join(root, "artifacts", artifact), name)


def sha256_of(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _stamp(path: str) -> str:
    state = os.stat(path)
    return f"{state.st_size} {state.st_mtime_ns}"


def is_present(path: str, size: int, sha256: str) -> bool:
    """Whether the file is there, whole and unchanged since it was verified."""
    try:
        if os.path.getsize(path) != size:
            return False
        if size <= REHASH_BYTES_MAX:
            return sha256_of(path) == sha256
        with open(path + ".ok") as stream:
            return stream.read() == sha256 + " " + _stamp(path)
    except OSError:
        return False


def adopt(path: str, size: int, sha256: str) -> None:
    """Turn the arrived ``.part`` into the file, if its content is right; raises Refused."""
    part = path + ".part"
    if is_present(path, size, sha256):
        return
    if not os.path.exists(part):
        raise Refused("file_missing", name=os.path.basename(path))
    if os.path.getsize(part) != size or sha256_of(part) != sha256:
        os.unlink(part)
        raise Refused("file_corrupt", name=os.path.basename(path))
    os.chmod(part, 0o600)
    os.replace(part, path)
    with open(path + ".ok", "w") as stream:
        stream.write(sha256 + " " + _stamp(path))


# ---------------------------------------------------------------------------------------------
# What the device is


def read_text(path: str) -> str | None:
    """The first 4 KiB of a small file, stripped; None when it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.read(4096).strip(b"\0\n\t ").decode("utf-8", "replace")
    except OSError:
        return None


def read_number(path: str) -> float | None:
    """The number in a small file; None when there is none."""
    text = read_text(path)
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def describe_device(sys_dir: str = "/sys", proc: str = "/proc") -> dict[str, Any]:
    """Facts that hold for the whole session: machine, processor, memory, kernel, boot."""
    uname = os.uname()
    fields = _cpuinfo(proc)
    memory = _meminfo(proc)
    model = read_text(proc + "/device-tree/model") or read_text(
        sys_dir + "/class/dmi/id/product_name"
    )
    return {
        "host_name": uname.nodename,
        "machine": uname.machine,
        "system": uname.sysname,
        "kernel": uname.release,
        "os_name": _os_name(),
        "device_model": model or "",
        "cpu_model": fields.get("model name") or fields.get("Model") or fields.get("CPU part", ""),
        "cpu_flags": (fields.get("flags") or fields.get("Features") or "").split()[:400],
        "cpu_count": os.cpu_count() or 0,
        "cpu_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "memory_total_bytes": memory.get("MemTotal", 0),
        "swap_total_bytes": memory.get("SwapTotal", 0),
        "boot_id": read_text(proc + "/sys/kernel/random/boot_id") or "",
        "clock_source": read_text(
            sys_dir + "/devices/system/clocksource/clocksource0/current_clocksource"
        )
        or "",
        "jetson_release": read_text("/etc/nv_tegra_release") or "",
    }


def describe_moment(sys_dir: str = "/sys", proc: str = "/proc") -> dict[str, Any]:
    """Facts that change: load, memory, governor, clock, throttling, power mode, CPU quota."""
    memory = _meminfo(proc)
    governors = sorted(
        {
            read_text(path) or ""
            for path in glob.glob(
                sys_dir + "/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor"
            )
        }
    )
    return {
        "load_1min": load_average(proc),
        "memory_available_bytes": memory.get("MemAvailable", 0),
        "swap_used_bytes": memory.get("SwapTotal", 0) - memory.get("SwapFree", 0),
        "governor": ",".join(g for g in governors if g),
        "throttle_count": throttle_count(sys_dir),
        "cpu_quota": cpu_quota(sys_dir),
        "power_mode": read_text("/var/lib/nvpmodel/status") or "",
        "uptime_s": float((read_text(proc + "/uptime") or "0").split()[0]),
        "wall_clock_s": int(time.time()),
    }


def _cpuinfo(proc: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    try:
        with open(proc + "/cpuinfo", errors="replace") as stream:
            for line in stream:
                key, _, value = line.partition(":")
                fields.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    return fields


def _meminfo(proc: str) -> dict[str, int]:
    found: dict[str, int] = {}
    try:
        with open(proc + "/meminfo") as stream:
            for line in stream:
                key, _, value = line.partition(":")
                parts = value.split()
                if parts and parts[0].isdigit():
                    found[key] = int(parts[0]) * (1024 if parts[-1] == "kB" else 1)
    except OSError:
        pass
    return found


def _os_name() -> str:
    for line in (read_text("/etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line[12:].strip('"')
    return ""


def load_average(proc: str = "/proc") -> float | None:
    """The one-minute load average."""
    text = read_text(proc + "/loadavg")
    try:
        return float(text.split()[0]) if text else None
    except ValueError:
        return None


def cpu_quota(sys_dir: str = "/sys") -> float | None:
    """Processors that the control group grants, or None without a limit (cgroup v2, then v1)."""
    text = read_text(sys_dir + "/fs/cgroup/cpu.max")
    if text and text.split()[0] != "max":
        quota, period = text.split()[:2]
        return float(quota) / float(period)
    quota_us = read_number(sys_dir + "/fs/cgroup/cpu/cpu.cfs_quota_us")
    period_us = read_number(sys_dir + "/fs/cgroup/cpu/cpu.cfs_period_us")
    return quota_us / period_us if quota_us and period_us and quota_us > 0 else None


def throttle_count(sys_dir: str = "/sys") -> int | None:
    """Thermal throttling events so far: x86 counters, or the Raspberry Pi's "now" bits."""
    paths = glob.glob(
        sys_dir + "/devices/system/cpu/cpu[0-9]*/thermal_throttle/core_throttle_count"
    )
    counts = [n for n in (read_number(path) for path in paths) if n is not None]
    if counts:
        return int(sum(counts))
    text = read_text(sys_dir + "/devices/platform/soc/soc:firmware/get_throttled")
    try:
        # Bits 0..3 of the firmware's word: under-voltage, frequency capped, throttled, soft limit.
        return bin(int(text, 16) & 0xF).count("1") if text else None
    except ValueError:
        return None


# ---------------------------------------------------------------------------------------------
# Sensors

# Zones that are no temperature of the chip: Jetson's "PMIC-Die" reads a constant 50 or 100 degC.
_NO_CHIP_ZONES = ("pmic", "battery", "iwlwifi", "acpitz-dummy")
# Rails that carry the whole module's input, from NVIDIA's developer guides (VDD_IN, POM_5V_IN,
# VIN); without one of them the rails of all channels are added.
_TOTAL_RAILS = ("VDD_IN", "POM_5V_IN", "VIN", "VIN_SYS_5V0_TOTAL")


class Sensors:
    """The temperature, power and clock that this device lets us read, each found once.

    `sys_dir` stands for /sys, so that recorded trees can be read.
    """

    def __init__(self, sys_dir: str = "/sys") -> None:
        self._zones = _thermal_zones(sys_dir)
        self._rails = _hwmon_rails(sys_dir) or _iio_rails(sys_dir)
        self._rapl = [] if self._rails else _rapl_domains(sys_dir)
        self._rapl_last: tuple[int, list[float]] | None = None
        self._clocks = sorted(
            glob.glob(sys_dir + "/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_cur_freq")
        )
        if self._rapl:
            self.power_w(time.monotonic_ns())  # the first reading only sets the counter's start

    def describe(self) -> dict[str, Any]:
        """Which sensors there are; `power_source` names what the power covers."""
        if self._rails:
            source = "+".join(rail[0] for rail in self._rails)
        else:
            source = "+".join("rapl:" + domain[0] for domain in self._rapl)
        return {
            "temperature_zones": [name for name, _ in self._zones],
            "power_source": source,
            "cpu_clock": bool(self._clocks),
        }

    def temperature_c(self) -> float | None:
        """The hottest chip zone in degrees Celsius."""
        values = [read_number(path) for _, path in self._zones]
        # Kernel documentation (thermal/sysfs-api): millidegrees Celsius.
        known = [v / 1000.0 for v in values if v is not None and -40_000 < v < 150_000]
        return max(known) if known else None

    def power_w(self, now_ns: int) -> float | None:
        """The power at this moment (rails) or since the last reading (RAPL), in watts."""
        if self._rails:
            total = 0.0
            for _, read in self._rails:
                value = read()
                if value is None:
                    return None
                total += value
            return total
        return self._rapl_power(now_ns) if self._rapl else None

    def cpu_mhz(self) -> float | None:
        """The mean clock over all processors, in MHz."""
        values = [v for v in (read_number(path) for path in self._clocks) if v is not None]
        return sum(values) / len(values) / 1000.0 if values else None

    def _rapl_power(self, now_ns: int) -> float | None:
        readings = [read_number(path) for _, path, _ in self._rapl]
        if any(value is None for value in readings):
            return None
        energies = [float(value or 0.0) for value in readings]
        last, self._rapl_last = self._rapl_last, (now_ns, energies)
        if last is None or now_ns <= last[0]:
            return None
        joules = 0.0
        for before, after, (_, _, limit) in zip(last[1], energies, self._rapl):
            step = after - before
            joules += (step + limit if step < 0 else step) / 1e6  # the counter wraps at its range
        return joules / ((now_ns - last[0]) / 1e9)


def _thermal_zones(sys_dir: str) -> list[tuple[str, str]]:
    zones = []
    for folder in sorted(glob.glob(sys_dir + "/class/thermal/thermal_zone*")):
        name = read_text(folder + "/type") or os.path.basename(folder)
        if name.lower().startswith(_NO_CHIP_ZONES):
            continue
        if read_number(folder + "/temp") is not None:  # an off unit's zone answers an error
            zones.append((name, folder + "/temp"))
    return zones


def _hwmon_rails(sys_dir: str) -> list[tuple[str, Any]]:
    """Power rails of hwmon: INA3221 and INA219/226 by volts and amperes, others by power1_input."""
    rails = []
    for folder in sorted(glob.glob(sys_dir + "/class/hwmon/hwmon*")):
        chip = read_text(folder + "/name") or ""
        if not chip.startswith("ina"):
            continue
        for volts in sorted(glob.glob(folder + "/in[1-3]_input")):
            number = os.path.basename(volts)[2:-6]
            amperes = folder + f"/curr{number}_input"
            label = read_text(folder + f"/in{number}_label") or f"{chip}:{number}"
            disabled = read_number(folder + f"/in{number}_enable") == 0
            if label == "NC" or disabled or read_number(amperes) is None:
                continue
            rails.append((label, _volts_by_amperes(volts, amperes)))
    return _total_rail(rails)


def _iio_rails(sys_dir: str) -> list[tuple[str, Any]]:
    """Power rails of the older Jetson driver (L4T R32), in milliwatts."""
    rails = []
    for path in sorted(glob.glob(sys_dir + "/bus/iio/devices/iio:device*/in_power*_input")):
        number = "".join(c for c in os.path.basename(path) if c.isdigit())
        label = read_text(os.path.dirname(path) + "/rail_name_" + number) or "rail" + number
        if label != "NC" and read_number(path) is not None:
            rails.append((label, _milliwatts(path)))
    return _total_rail(rails)


def _total_rail(rails: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    total = [rail for rail in rails if rail[0] in _TOTAL_RAILS]
    return total[:1] or rails


def _volts_by_amperes(volts: str, amperes: str) -> Any:
    def read() -> float | None:
        millivolts, milliamperes = read_number(volts), read_number(amperes)
        if millivolts is None or milliamperes is None:
            return None
        return millivolts * milliamperes / 1e6

    return read


def _milliwatts(path: str) -> Any:
    def read() -> float | None:
        value = read_number(path)
        return None if value is None else value / 1000.0

    return read


def _rapl_domains(sys_dir: str) -> list[tuple[str, str, float]]:
    """RAPL: the platform domain if there is one, else all packages (name, counter, range in uJ)."""
    found = []
    for folder in sorted(glob.glob(sys_dir + "/class/powercap/intel-rapl:*")):
        name, counter = read_text(folder + "/name") or "", folder + "/energy_uj"
        limit = read_number(folder + "/max_energy_range_uj")
        if folder.count(":") == 1 and limit and read_number(counter) is not None:
            found.append((name, counter, limit))
    platform = [domain for domain in found if domain[0] == "psys"]
    return platform or [domain for domain in found if domain[0].startswith("package")]


def process_memory(pid: int, proc: str = "/proc") -> tuple[int | None, int | None]:
    """Resident and peak resident bytes of a process (VmRSS, VmHWM)."""
    rss = peak = None
    try:
        with open(f"{proc}/{pid}/status") as stream:
            for line in stream:
                if line.startswith("VmHWM:"):
                    peak = int(line.split()[1]) * 1024
                elif line.startswith("VmRSS:"):
                    rss = int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return rss, peak


# ---------------------------------------------------------------------------------------------
# The journal: one JSON document a line, each carrying the hash of all before it

CHAIN_START = "0" * 16


def chain(previous: str, body: bytes) -> str:
    """The link of a journal line: 16 hexadecimal digits over the link before and the body."""
    return hashlib.sha256(previous.encode("ascii") + body).hexdigest()[:16]


class Journal:
    """Appends numbered, chained lines; each call reaches the kernel before it returns."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._link = CHAIN_START
        self.lines = 0

    def write(self, kind: str, **fields: Any) -> None:
        """Append one line; raises OSError (ENOSPC) when the disk is full."""
        fields = dict(fields, n=self.lines, t=kind)
        body = json.dumps(fields, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()
        link = chain(self._link, body)
        _write_all(self._fd, body[:-1] + b',"h":"' + link.encode() + b'"}\n')
        self._link = link
        self.lines += 1

    def close(self) -> None:
        """Put everything on the disk."""
        with contextlib.suppress(OSError):
            os.fsync(self._fd)
        os.close(self._fd)


# ---------------------------------------------------------------------------------------------
# The runner: device half and timing loop in one process

_HEADER = struct.Struct("<BI")
EVENT, SAMPLES, GENERATED = 1, 2, 3
_SAMPLES_A_LINE = 1000


class Outlet:
    """The runner's end of the pipe to the supervisor."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def event(self, **fields: Any) -> None:
        """Send one JSON event."""
        self._send(EVENT, json.dumps(fields, allow_nan=False).encode())

    def numbers(self, kind: int, values: Any) -> None:
        """Send an ``array('q')`` as it lies in memory: no formatting between queries."""
        self._send(kind, values.tobytes())

    def _send(self, kind: int, payload: bytes) -> None:
        try:
            _write_all(self._fd, _HEADER.pack(kind, len(payload)) + payload)
        except OSError:
            os._exit(0)  # the supervisor is gone, and nobody wants the result


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when `parent` ends (Linux, with ctypes)."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def is_settled(latencies_ns: Any) -> bool:
    """Whether warm-up is over: the median log latency stands on a plateau.

    Compares the third and the last quarter of the (last 4,096) latencies. They agree when they
    differ by less than 2 %, or by less than twice the noise of such a median, taken from the
    median absolute deviation of both quarters.
    """
    recent = [math.log(max(1, v)) for v in latencies_ns[-4096:]]
    quarter = len(recent) // 4
    if quarter < 1:
        return False
    earlier, later = recent[-2 * quarter : -quarter], recent[-quarter:]
    a, b = _median(earlier), _median(later)
    spread = _median([abs(v - a) for v in earlier] + [abs(v - b) for v in later])
    noise = 1.4826 * spread / math.sqrt(quarter)
    return abs(a - b) < max(0.02, 2.0 * noise)


def _median(values: Any) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return float(ordered[middle - 1] + ordered[middle]) / 2.0


class Plan:
    """When warm-up and the measured phase end; asked between queries only."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        self._queries = scenario.get("queries")
        duration_s = scenario.get("duration_s")
        self._duration_ns = None if duration_s is None else int(duration_s * 1e9)
        self._minimum = max(1, int(scenario.get("warmup_queries_min", 5)))
        self._at_least_ns = int(scenario.get("warmup_s_min", 0.3) * 1e9)
        self._at_most_ns = int(scenario.get("warmup_s_max", 30.0) * 1e9)
        self._next_check = self._minimum
        self._begin: int | None = None
        self.warming = True
        self.settled = False

    def after_warmup_query(self, now_ns: int, began_ns: int, latencies_ns: Any) -> None:
        """Decide whether warm-up ends here."""
        elapsed, count = now_ns - began_ns, len(latencies_ns)
        if count >= self._next_check and elapsed >= self._at_least_ns:
            self._next_check = count + max(1, count // 4)
            self.settled = is_settled(latencies_ns)
        if self.settled or elapsed >= self._at_most_ns:
            self.warming = False

    def finished(self, now_ns: int, began_ns: int, measured: int) -> bool:
        """Whether the measured phase ends here."""
        if self._queries is not None and measured >= self._queries:
            return True
        return self._duration_ns is not None and now_ns - began_ns >= self._duration_ns


def run_queries(query: Any, plan: Plan, outlet: Outlet, kind: int) -> tuple[int, int]:
    """Warm up, measure, hand on; returns (warm-up queries, measured queries).

    ``query(values)`` runs one query and appends its numbers to ``values``, an ``array('q')``:
    start and latency, and in the generate scenario what follows them. The clock is read inside.
    """
    clock = time.perf_counter_ns
    latencies = array.array("q")
    done = [0, 0]
    for phase, warmup in (("warmup", 1), ("measure", 0)):
        outlet.event(t="phase", phase=phase, at_ns=clock())
        began = now = flushed = clock()
        values = array.array("q")
        first, count = sum(done), 0
        while plan.warming if warmup else not plan.finished(now, began, count):
            start = len(values)
            query(values)
            count += 1
            now = clock()
            if warmup:
                latencies.append(values[start + 1])
                plan.after_warmup_query(now, began, latencies)
            if now - flushed >= FLUSH_PERIOD_NS:
                outlet.numbers(kind, array.array("q", (warmup, first)) + values)
                first, values, flushed = done[0] + done[1] + count, array.array("q"), clock()
        if values:
            outlet.numbers(kind, array.array("q", (warmup, first)) + values)
        done[1 - warmup] = count
        if warmup:
            outlet.event(t="settled", settled=plan.settled, queries=count)
    return done[0], done[1]


def single_stream(handle: Any, inputs: Any) -> Any:
    """One query of the single-stream scenario: only the inference between two clock reads.

    A device half may offer ``run(inputs)``, the runtime's bare call, beside ``infer``, which makes
    a dict of the outputs: for a model of some 30 microseconds that dict is 5 % of the time.
    """
    clock, infer = time.perf_counter_ns, getattr(handle, "run", handle.infer)

    def query(values: Any) -> None:
        start = clock()
        infer(inputs)
        end = clock()
        values.append(start)
        values.append(end - start)

    return query


def generate(half: Any, handle: Any, given: Any, scenario: dict[str, Any], seed: int) -> Any:
    """One query of the generate scenario: prefill over the prompt, then greedy decoding.

    `half` is the module ``genba.runtimes.generate``; its Decoder knows the names and carries the
    cache. The prompt is ``input_ids`` of the given inputs if long enough, else random tokens.
    Numbers appended: start, latency, time to first token, tokens, one time per further token.
    """
    import numpy as np

    clock, wanted = time.perf_counter_ns, max(1, int(scenario["generate_tokens"]))
    length = max(1, int(scenario["prompt_tokens"]))
    try:
        decoder = half.Decoder(handle)
    except half.NotGenerative as error:
        raise Refused("not_generative", reason=str(error)) from None
    vocabulary = int(decoder.feed([0]).shape[-1])
    prompt = np.random.default_rng(seed).integers(0, vocabulary, length)
    if decoder.tokens_input in given and given[decoder.tokens_input].size >= length:
        prompt = given[decoder.tokens_input].reshape(-1)[:length]
    feed, argmax = decoder.feed, np.argmax

    def query(values: Any) -> None:
        times = [0] * wanted
        decoder.reset()
        start = clock()
        token = int(argmax(feed(prompt)[-1]))
        times[0] = clock()
        for step in range(1, wanted):
            token = int(argmax(feed([token])[-1]))
            times[step] = clock()
        values.extend((start, times[-1] - start, times[0] - start, wanted))
        values.extend(later - earlier for earlier, later in zip(times, times[1:]))

    return query


def make_inputs(handle: Any, given: Any, dims: dict[str, int], seed: int) -> dict[str, Any]:
    """The given arrays by input name; what is not given is drawn from the seed."""
    return {
        spec["name"]: given[spec["name"]] if spec["name"] in given else _draw(spec, dims, seed)
        for spec in handle.inputs
    }


def _draw(spec: dict[str, Any], dims: dict[str, int], seed: int) -> Any:
    """Random values for one input; open dimensions are `dims` by name, else 1.

    Integers are 0 or 1, which every vocabulary and mask can bear.
    """
    import numpy as np

    shape = [d if isinstance(d, int) and d > 0 else int(dims.get(str(d), 1)) for d in spec["shape"]]
    rng = np.random.default_rng([seed, zlib.crc32(spec["name"].encode())])
    kind = np.dtype(spec["dtype"]).kind
    if kind == "f":
        return rng.standard_normal(shape).astype(spec["dtype"])
    if kind == "b":
        return np.ones(shape, bool)
    return rng.integers(0, 2, shape).astype(spec["dtype"])


def runner_main(request: dict[str, Any]) -> None:
    """The runner process: load the model, run the scenario, say how it ended."""
    die_with(request["parent"])
    outlet = Outlet(request["fd"])
    try:
        _run(request, outlet)
    except Refused as error:
        outlet.event(t="failed", code=error.code, **error.fields)
    except MemoryError:
        outlet.event(t="failed", code="out_of_memory")
    except ModuleNotFoundError as error:
        outlet.event(
            t="failed", code="runtime_missing", package=error.name or "", reason=str(error)
        )
    except Exception as error:  # the runtime is foreign code; what it says goes to the host
        import traceback

        traceback.print_exc()
        reason = " ".join((f"{type(error).__name__}: {error}").split())
        outlet.event(t="failed", code="runner_failed", reason=reason[:2000])


def _run(request: dict[str, Any], outlet: Outlet) -> None:
    import gc

    half = _module("genba_device_half", request["device_half"])
    outlet.event(t="phase", phase="load", at_ns=time.perf_counter_ns())
    start = time.perf_counter_ns()
    handle = half.load(request["model"], request["settings"])
    load_ns = time.perf_counter_ns() - start
    outlet.event(
        t="loaded", load_ms=load_ns / 1e6, runner=handle.describe(), python=_python_version(),
        inputs=list(handle.inputs),
    )  # fmt: skip
    scenario, seed = request["scenario"], int(request["seed"])
    given = _load_npz(request["inputs"]) if request["inputs"] else {}
    if scenario["kind"] == "generate":
        decoding = _module("genba_decoding_half", request["decoding_half"])
        query, kind = generate(decoding, handle, given, scenario, seed), GENERATED
    else:
        query = single_stream(handle, make_inputs(handle, given, request["dims"], seed))
        kind = SAMPLES
    gc.collect()
    gc.freeze()  # what is loaded is never garbage: a collection in a query need not walk it
    warmup, measured = run_queries(query, Plan(scenario), outlet, kind)
    outlet.event(
        t="finished", warmup=warmup, measured=measured, peak=process_memory(os.getpid())[1]
    )


def _module(name: str, text: str) -> Any:
    """Execute source text as a module of that name."""
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(compile(text, name + ".py", "exec"), module.__dict__)
    return module


def _load_npz(path: str) -> dict[str, Any]:
    import numpy as np

    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


# ---------------------------------------------------------------------------------------------
# The supervisor


class Supervisor:
    """Runs one benchmark from the start of the runner to the last file removed."""

    def __init__(self, root: str, run_dir: str, request: dict[str, Any], lock: int) -> None:
        self._root = root
        self._dir = run_dir
        self._request = request
        self._lock = lock
        self._grace_s = float(request["grace_s"])
        limit = os.environ.get("GENBA_AGENT_GRACE_MAX_S")
        if limit:
            self._grace_s = min(self._grace_s, float(limit))
        self._journal = Journal(os.path.join(run_dir, "journal.jsonl"))
        self._sensors = Sensors()
        self._runner: subprocess.Popen[bytes] | None = None
        self._asked: str | None = None
        self._ended = False
        self._next_lease_check = 0.0

    def run(self) -> None:
        """The whole life; never raises."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._ask("terminated"))
        try:
            try:
                self._measure()
            except OSError as error:
                code = (
                    "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "agent_failed"
                )
                self._end(code, reason=str(error))
            except Exception as error:  # the host must hear how it ended, whatever it was
                self._end("agent_failed", reason=f"{type(error).__name__}: {error}")
            self._kill_runner()
            self._release_lock()
            self._wait_for_release()
        finally:
            self._kill_runner()
            self._release_lock()
            shutil.rmtree(self._dir, ignore_errors=True)

    def _measure(self) -> None:
        environment = dict(describe_device(), **describe_moment())
        environment.pop("cpu_flags")
        environment["sensors"] = self._sensors.describe()
        environment["agent_python"] = _python_version()
        self._journal.write(
            "start", protocol=PROTOCOL, run_id=self._request["run_id"], environment=environment,
            agent_sha256=self._request["agent_sha256"], at_ns=time.monotonic_ns(),
            files=self._request["files"], scenario=self._request["scenario"],
        )  # fmt: skip
        if self._sensors.describe()["power_source"]:
            self._idle(float(self._request.get("idle_s", 3.0)))
        if not self._asked:
            pipe = self._start_runner()
            self._listen(pipe)

    def _idle(self, seconds: float) -> None:
        self._journal.write("phase", phase="idle", at_ns=time.monotonic_ns())
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop_asked():
            self._telemetry()
            time.sleep(TELEMETRY_PERIOD_S)

    def _start_runner(self) -> int:
        ours, theirs = os.pipe()
        request = dict(self._request["runner"], role="runner", fd=theirs, parent=os.getpid())
        request.update(scenario=self._request["scenario"], seed=self._request["seed"])
        python = self._request.get("python") or sys.executable
        log = os.open(os.path.join(self._dir, "runner.log"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            self._runner = subprocess.Popen(
                [python, "-c", ONE_LINER, "genba-runner", self._request["run_id"]],
                stdin=subprocess.PIPE, stdout=log, stderr=log, pass_fds=(theirs,), cwd=self._dir,
            )  # fmt: skip
        finally:
            os.close(log)
            os.close(theirs)
        stdin = self._runner.stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError):
            stdin.write(opening(source(), request))
            stdin.close()
        return ours

    def _listen(self, pipe: int) -> None:
        """Take what the runner sends and sample the sensors, until the runner's pipe closes."""
        pending = b""
        os.set_blocking(pipe, False)
        next_reading = time.monotonic()
        while not self._stop_asked():
            wait = max(0.0, min(next_reading - time.monotonic(), TELEMETRY_PERIOD_S))
            ready = select.select([pipe], [], [], wait)[0]
            if time.monotonic() >= next_reading:
                self._telemetry()
                next_reading = time.monotonic() + TELEMETRY_PERIOD_S
            if not ready:
                continue
            data = os.read(pipe, 1 << 20)
            if not data:
                break
            pending = self._take(pending + data)
        os.close(pipe)
        if not self._ended:
            self._unexpected_end()

    def _take(self, pending: bytes) -> bytes:
        while len(pending) >= _HEADER.size:
            kind, length = _HEADER.unpack_from(pending)
            if len(pending) < _HEADER.size + length:
                break
            payload = pending[_HEADER.size : _HEADER.size + length]
            pending = pending[_HEADER.size + length :]
            if kind == EVENT:
                self._event(json.loads(payload.decode()))
            else:
                values = array.array("q")
                values.frombytes(payload)
                self._samples(kind, values)
        return pending

    def _event(self, event: dict[str, Any]) -> None:
        kind = event.pop("t")
        if kind == "finished":
            self._telemetry()
            after = describe_moment()
            self._end("complete", after=after, **event)
        elif kind == "failed":
            self._end(event.pop("code"), log=self._log_tail(), **event)
        else:
            self._journal.write(kind, **event)

    def _samples(self, kind: int, values: Any) -> None:
        """Write samples: ``s`` holds [start, latency] or [start, latency, first token, times…]."""
        warmup, sequence = values[0], values[1]
        rows, at = [], 2
        while at < len(values):
            if kind == SAMPLES:
                rows.append([values[at], values[at + 1]])
                at += 2
            else:
                tokens = values[at + 3]
                rows.append(list(values[at : at + 3]) + list(values[at + 4 : at + 3 + tokens]))
                at += 3 + tokens
        a_line = _SAMPLES_A_LINE if kind == SAMPLES else max(1, 4000 // max(len(r) for r in rows))
        for first in range(0, len(rows), a_line):
            self._journal.write(
                "samples", q=sequence + first, warmup=bool(warmup), s=rows[first : first + a_line]
            )

    def _telemetry(self) -> None:
        now = time.monotonic_ns()
        rss = peak = None
        if self._runner is not None:
            rss, peak = process_memory(self._runner.pid)
        self._journal.write(
            "telemetry", at_ns=now, rss=rss, peak=peak, temperature_c=self._sensors.temperature_c(),
            power_w=self._sensors.power_w(now), cpu_mhz=self._sensors.cpu_mhz(),
            load=load_average(),
        )  # fmt: skip

    def _end(self, code: str, **fields: Any) -> None:
        if not self._ended:
            self._ended = True
            with contextlib.suppress(OSError):  # a full disk: the client learns it from the front
                self._journal.write("end", code=code, at_ns=time.monotonic_ns(), **fields)

    def _unexpected_end(self) -> None:
        if self._asked:
            self._end(self._asked)
            return
        status = self._runner.wait() if self._runner else None
        if status == -signal.SIGKILL:
            # Nobody but the kernel kills a runner: it ran out of memory (cgroup or system).
            self._end("out_of_memory", log=self._log_tail())
        else:
            self._end("runner_died", status=status, log=self._log_tail())

    def _log_tail(self) -> str:
        try:
            with open(os.path.join(self._dir, "runner.log"), "rb") as stream:
                stream.seek(max(0, os.fstat(stream.fileno()).st_size - 4000))
                return stream.read().decode("utf-8", "replace")
        except OSError:
            return ""

    def _ask(self, code: str) -> None:
        self._asked = self._asked or code

    def _stop_asked(self) -> bool:
        now = time.monotonic()
        if not self._asked and now >= self._next_lease_check:
            self._next_lease_check = now + 0.1
            if os.path.exists(os.path.join(self._dir, "cancel")):
                self._ask("cancelled")
            elif os.path.exists(os.path.join(self._dir, "stop")):
                self._ask("stopped")
            elif now - self._lease() > self._grace_s:
                self._ask("abandoned")
        return self._asked is not None

    def _lease(self) -> float:
        """When the client was last heard of, in seconds of the monotonic clock."""
        return (read_number(os.path.join(self._dir, "lease")) or 0.0) / 1e9

    def _kill_runner(self) -> None:
        if self._runner is not None and self._runner.poll() is None:
            self._runner.kill()
            self._runner.wait()

    def _release_lock(self) -> None:
        if self._lock >= 0:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(self._root, "bench.lock"))
            os.close(self._lock)
            self._lock = -1

    def _wait_for_release(self) -> None:
        """Keep the journal until the client has it or is gone for longer than the grace."""
        self._journal.close()
        while self._asked not in ("terminated", "abandoned"):
            if os.path.exists(os.path.join(self._dir, "release")):
                return
            if time.monotonic() - self._lease() > self._grace_s:
                return
            time.sleep(0.05)


def acquire_lock(root: str, holder: dict[str, Any]) -> int:
    """Take the device's measuring lock; raises Refused("busy") naming who has it.

    The lock is the kernel's on an open file, so it cannot be left behind by a crash.
    """
    path = os.path.join(root, "bench.lock")
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            try:
                held = json.loads(read_text(path) or "{}")
            except ValueError:
                held = {}
            raise Refused("busy", holder=held) from None
        try:
            same = os.path.samestat(os.stat(path), os.fstat(fd))
        except OSError:
            same = False
        if same:
            os.ftruncate(fd, 0)
            _write_all(fd, json.dumps(holder).encode())
            return fd
        os.close(fd)  # its last holder removed the file between our open and our lock


# ---------------------------------------------------------------------------------------------
# Roles


def source() -> bytes:
    """This file's own text: what the one-liner left behind, or the file when imported."""
    text = globals().get("SOURCE")
    if isinstance(text, bytes):
        return text
    with open(__file__, "rb") as stream:
        return stream.read()


def opening(agent: bytes, request: dict[str, Any]) -> bytes:
    """What to send to a started `ONE_LINER`: size and hash, the packed agent, the request."""
    packed = zlib.compress(agent, 6)
    head = f"{len(packed)} {hashlib.sha256(agent).hexdigest()}\n"
    return head.encode() + packed + json.dumps(request).encode() + b"\n"


def role_probe(link: Link, request: dict[str, Any]) -> None:
    """Answer what the device is, what it can sense and which packages its Python finds."""
    sensors = Sensors()
    now = time.monotonic_ns()
    time.sleep(0.05)  # RAPL needs two readings
    link.send(
        t="probe", device=describe_device(), now=describe_moment(), sensors=sensors.describe(),
        temperature_c=sensors.temperature_c(), power_w=sensors.power_w(now + 50_000_000),
        cpu_mhz=sensors.cpu_mhz(), pythons=_pythons(),
        packages=_packages(request.get("python") or sys.executable, request.get("packages", [])),
    )  # fmt: skip


def _pythons() -> list[str]:
    names = ["python3"] + [f"python3.{minor}" for minor in range(8, 16)]
    return [path for path in (shutil.which(name) for name in names) if path]


_PACKAGES = r"""
import sys, json, importlib.util
from importlib import metadata
found = {}
for name, distributions in json.loads(sys.argv[1]):
    if importlib.util.find_spec(name) is None:
        continue
    found[name] = ""
    for distribution in distributions:
        try:
            found[name] = metadata.version(distribution)
            break
        except metadata.PackageNotFoundError:
            pass
print("\n" + json.dumps({"packages": found, "python": "%d.%d.%d" % sys.version_info[:3]}))
"""


def _packages(python: str, wanted: list[Any]) -> dict[str, Any]:
    """Which of the packages ([import name, [distributions]]) that interpreter finds, unimported."""
    try:
        done = subprocess.run(
            [python, "-c", _PACKAGES, json.dumps(wanted)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=60, check=False, cwd="/",
        )  # fmt: skip
        answer = json.loads(done.stdout.decode().strip().splitlines()[-1])
        assert isinstance(answer, dict)
    except FileNotFoundError:
        raise Refused("python_missing", python=python) from None
    except (OSError, ValueError, IndexError, AssertionError, subprocess.SubprocessError) as error:
        raise Refused("python_failed", python=python, reason=str(error)) from None
    return answer


def role_prepare(link: Link, request: dict[str, Any]) -> None:
    """Answer which files are missing, how much room there is, and which packages there are."""
    root = find_root()
    answer = []
    for entry in request["files"]:
        path = artifact_file(root, entry["artifact"], entry["name"])
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        part = path + ".part"
        answer.append(
            {
                "path": path,
                "present": is_present(path, entry["size"], entry["sha256"]),
                "part_bytes": os.path.getsize(part) if os.path.exists(part) else 0,
            }
        )
    state = os.statvfs(root)
    link.send(
        t="prepared", root=root, files=answer, free_bytes=state.f_bavail * state.f_frsize,
        packages=_packages(request.get("python") or sys.executable, request.get("packages", [])),
        device=dict(describe_device(), cpu_flags=[]),
    )  # fmt: skip


def role_receive(link: Link, request: dict[str, Any]) -> None:
    """Take a file from standard input, for devices without an SFTP server."""
    root = find_root()
    path = artifact_file(root, request["artifact"], request["name"])
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    left = request["size"] - request["offset"]
    with open(path + ".part", "r+b" if request["offset"] else "wb") as stream:
        stream.seek(request["offset"])
        stream.truncate()
        while left > 0:
            block = sys.stdin.buffer.read(min(left, 1 << 18))
            if not block:
                raise LinkGone()
            stream.write(block)
            left -= len(block)
    link.send(t="received", bytes=request["size"])


def role_bench(link: Link, request: dict[str, Any]) -> None:
    """Verify the files, start the supervisor, then follow its journal."""
    root = find_root()
    for entry in request["files"]:
        adopt(artifact_file(root, entry["artifact"], entry["name"]), entry["size"], entry["sha256"])
    runner = request["runner"]
    runner["model"] = artifact_file(root, *runner["model"])
    if runner["inputs"]:
        runner["inputs"] = artifact_file(root, *runner["inputs"])
    run_id = request["run_id"]
    if not (run_id.isalnum() and len(run_id) <= 64):
        raise Refused("bad_path", path=run_id)
    request["agent_sha256"] = hashlib.sha256(source()).hexdigest()
    holder = {"run_id": run_id, "client": request.get("client", ""), "since_s": int(time.time())}
    lock = acquire_lock(root, holder)
    run_dir = os.path.join(root, "runs", run_id)
    try:
        os.makedirs(run_dir, mode=0o700)
        _renew(run_dir)
        _detach(root, run_dir, request, lock)
    finally:
        os.close(lock)
    follow(link, run_dir, 0)


def role_attach(link: Link, request: dict[str, Any]) -> None:
    """Follow a run that another front started, from journal line `from_line` on."""
    root = find_root()
    run_dir = inside(root, "runs", request["run_id"])
    if not os.path.isdir(run_dir):
        raise Refused("run_gone", run_id=request["run_id"])
    _renew(run_dir)
    follow(link, run_dir, int(request["from_line"]))


def role_clean(link: Link, request: dict[str, Any]) -> None:
    """Remove every deployed file, unless a measurement is going on."""
    root = find_root()
    lock = acquire_lock(root, {"client": request.get("client", ""), "since_s": int(time.time())})
    freed = 0
    for folder, _, names in os.walk(root):
        freed += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
    os.close(lock)
    shutil.rmtree(root, ignore_errors=True)
    link.send(t="cleaned", freed_bytes=freed)


def _detach(root: str, run_dir: str, request: dict[str, Any], lock: int) -> None:
    """Fork the supervisor into a session of its own, and wait until its journal is there."""
    middle = os.fork()
    if middle:
        os.waitpid(middle, 0)
        deadline = time.monotonic() + 5
        while not os.path.exists(os.path.join(run_dir, "pid")) and time.monotonic() < deadline:
            time.sleep(0.005)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    errors = os.open(os.path.join(run_dir, "agent.log"), os.O_WRONLY | os.O_CREAT, 0o600)
    for fd, replaced in ((null, 0), (null, 1), (errors, 2)):
        os.dup2(fd, replaced)
    try:
        supervisor = Supervisor(root, run_dir, request, lock)
        _replace(os.path.join(run_dir, "pid"), str(os.getpid()))
        supervisor.run()
    finally:
        os._exit(0)


def _replace(path: str, text: str) -> None:
    with open(path + ".new", "w") as stream:
        stream.write(text)
    os.replace(path + ".new", path)


def _renew(run_dir: str) -> None:
    """Say that the client is there."""
    with contextlib.suppress(OSError):
        _replace(os.path.join(run_dir, "lease"), str(time.monotonic_ns()))


class Follower:
    """What the client said on standard input while a front follows a journal."""

    def __init__(self, run_dir: str) -> None:
        self._dir = run_dir
        self.gone = threading.Event()

    def read(self) -> None:
        """Turn messages into files that the supervisor sees; ends with the link."""
        for line in iter(sys.stdin.buffer.readline, b""):
            try:
                word = json.loads(line.decode()).get("say")
            except (ValueError, AttributeError):
                continue
            if word == "here":
                _renew(self._dir)
            elif word in ("cancel", "release", "stop"):
                with contextlib.suppress(OSError):
                    _replace(os.path.join(self._dir, word), "")
        self.gone.set()


def follow(link: Link, run_dir: str, line: int) -> None:
    """Forward journal lines from number `line` on; end with the run, or with the link."""
    client = Follower(run_dir)
    threading.Thread(target=client.read, daemon=True).start()
    pid = int(read_number(os.path.join(run_dir, "pid")) or 0)
    try:
        journal = open(os.path.join(run_dir, "journal.jsonl"), "rb")  # noqa: SIM115 - followed
    except OSError:
        raise Refused("run_gone", run_id=os.path.basename(run_dir)) from None
    link.send(t="following", run_id=os.path.basename(run_dir), pid=pid)
    with journal:
        for _ in range(line):
            journal.readline()
        pending, beat, ended = b"", time.monotonic(), False
        while not client.gone.is_set():
            # Both are looked at before the read: what was written last is then never missed.
            alive, kept = os.path.exists(f"/proc/{pid}"), os.path.isdir(run_dir)
            data = journal.read(1 << 16)
            *lines, pending = (pending + data).split(b"\n")
            for text in lines:
                link.send_line(text)
                ended = ended or b'"t":"end"' in text
            if not data and not kept:
                break
            if not data and not alive:
                if not ended:
                    link.send(t="agent_lost")
                shutil.rmtree(run_dir, ignore_errors=True)
                break
            if time.monotonic() - beat > 1.0:
                beat = time.monotonic()
                link.send(t="beat")
            if not data:
                time.sleep(0.02)
    link.send(t="bye")


ROLES = {
    "probe": role_probe,
    "prepare": role_prepare,
    "receive": role_receive,
    "bench": role_bench,
    "attach": role_attach,
    "clean": role_clean,
}


def main() -> None:
    """Read the request, greet, serve; always ends the process."""
    request = json.loads(sys.stdin.buffer.readline().decode())
    if request["role"] == "runner":
        runner_main(request)
        return
    link = Link(request["nonce"])
    try:
        link.send(t="hello", protocol=PROTOCOL, python=_python_version(),
                  executable=sys.executable)  # fmt: skip
        try:
            ROLES[request["role"]](link, request)
        except Refused as error:
            link.send(t="error", code=error.code, **error.fields)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            link.send(t="error", code="disk_full" if full else "agent_failed", reason=str(error))
    except LinkGone:
        pass
    # The reading thread may sit in a read of standard input, on which a normal exit would wait.
    os._exit(0)


if __name__ == "__main__":
    main()
