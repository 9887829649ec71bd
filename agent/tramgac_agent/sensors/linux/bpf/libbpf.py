"""Loads our programs through libbpf.so.1 (libbpf's C API, https://libbpf.readthedocs.io), by ctypes.

Only the functions named in `_Library` are used; all exist since libbpf 1.0.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from ctypes import c_bool, c_char_p, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import TYPE_CHECKING

from tramgac_agent.sensors.errors import KernelError, ProbeError, SensorError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

assert sys.platform == "linux"

OBJECT = Path(__file__).with_name("sensor.bpf.o")
_SETTINGS = struct.Struct("<QQiI")
_INFO_BYTES = 256
_RECURSION_MISSES = 208
"""Offset of recursion_misses in struct bpf_prog_info (uapi/linux/bpf.h), since 5.12."""


class _Library:
    """The functions of libbpf that are used, with their types."""

    def __init__(self) -> None:
        try:
            self._so = ctypes.CDLL("libbpf.so.1", use_errno=True)
        except OSError as error:
            reason = "libbpf.so.1 not found"
            raise ProbeError(reason, "apt install libbpf1 (or dnf install libbpf)") from error
        self.open = self._function("bpf_object__open_file", c_void_p, c_char_p, c_void_p)
        self.load = self._function("bpf_object__load", c_int, c_void_p)
        self.close = self._function("bpf_object__close", None, c_void_p)
        self.program = self._function("bpf_object__find_program_by_name", c_void_p, c_void_p, c_char_p)
        self.next_program = self._function("bpf_object__next_program", c_void_p, c_void_p, c_void_p)
        self.set_autoload = self._function("bpf_program__set_autoload", c_int, c_void_p, c_bool)
        self.program_fd = self._function("bpf_program__fd", c_int, c_void_p)
        self.attach = self._function("bpf_program__attach", c_void_p, c_void_p)
        self.link_fd = self._function("bpf_link__fd", c_int, c_void_p)
        self.destroy = self._function("bpf_link__destroy", c_int, c_void_p)
        self.map = self._function("bpf_object__find_map_by_name", c_void_p, c_void_p, c_char_p)
        self.next_map = self._function("bpf_object__next_map", c_void_p, c_void_p, c_void_p)
        self.map_name = self._function("bpf_map__name", c_char_p, c_void_p)
        self.map_fd = self._function("bpf_map__fd", c_int, c_void_p)
        self.set_autocreate = self._function("bpf_map__set_autocreate", c_int, c_void_p, c_bool)
        self.set_max_entries = self._function("bpf_map__set_max_entries", c_int, c_void_p, c_uint32)
        self.set_initial = self._function("bpf_map__set_initial_value", c_int, c_void_p, c_char_p, c_size_t)
        self.lookup = self._function("bpf_map_lookup_elem", c_int, c_int, c_char_p, c_void_p)
        self.update = self._function("bpf_map_update_elem", c_int, c_int, c_char_p, c_char_p, c_uint64)
        self.info = self._function("bpf_obj_get_info_by_fd", c_int, c_int, c_void_p, ctypes.POINTER(c_uint32))
        # libbpf writes to standard error by itself; what matters comes back as an error number.
        self._function("libbpf_set_print", c_void_p, c_void_p)(None)

    def _function(self, name: str, result: object, *arguments: object) -> Callable[..., int]:
        function = getattr(self._so, name)
        function.restype = result
        function.argtypes = arguments
        return function  # type: ignore[no-any-return] # ctypes functions have no static type


def _possible_processors() -> int:
    """Values that the kernel keeps for a per-processor map: one for each processor that could be plugged in."""
    last = Path("/sys/devices/system/cpu/possible").read_text("ascii").strip().split(",")[-1]
    return int(last.split("-")[-1]) + 1


class Programs:
    """Some programs of the object, loaded with the maps they need, and attached."""

    def __init__(
        self,
        programs: Sequence[str],
        *,
        without_maps: Sequence[str] = (),
        ring_bytes: int,
        scope: tuple[int, int] = (0, 0),
    ) -> None:
        """Load `programs` into the kernel; nothing runs before `attach`.

        Args:
            programs: Names of functions in sensor.bpf.c.
            without_maps: Maps that none of them uses.
            ring_bytes: Size of the ring: a power of two and a multiple of the page size.
            scope: Id and depth of the control group to look at; (0, 0) for all.

        Raises:
            ProbeError: it cannot work here; says why and what would help.
        """
        self._links: dict[str, int] = {}
        self._programs: dict[str, int] = {}
        self._lib = _Library()
        if not OBJECT.exists():
            reason = f"{OBJECT} is missing"
            raise ProbeError(reason, "build the package again (./dev run)")
        self._object = self._lib.open(os.fsencode(OBJECT), None)
        if not self._object:
            raise _refusal(f"{OBJECT} cannot be opened", ctypes.get_errno())
        try:
            self._load(programs, without_maps, ring_bytes, scope)
        except SensorError:
            self.close()
            raise
        self._processors = _possible_processors()

    def _load(
        self, programs: Sequence[str], without_maps: Sequence[str], ring_bytes: int, scope: tuple[int, int]
    ) -> None:
        """Choose programs and maps, fill in the settings, have the kernel verify it all."""
        lib = self._lib
        program = lib.next_program(self._object, None)
        while program:
            lib.set_autoload(program, False)
            program = lib.next_program(self._object, program)
        for name in programs:
            self._programs[name] = lib.program(self._object, name.encode())
            lib.set_autoload(self._programs[name], True)
        for name in without_maps:
            lib.set_autocreate(lib.map(self._object, name.encode()), False)
        lib.set_max_entries(lib.map(self._object, b"ring"), ring_bytes)
        values = _SETTINGS.pack(scope[0], ring_bytes // 4, scope[1], os.getpid())
        if lib.set_initial(self._read_only(), values, len(values)):
            message = f"{OBJECT}: its settings are not {len(values)} bytes; build the package again"
            raise KernelError(message)
        result = lib.load(self._object)
        if result:
            raise _refusal("the kernel refuses " + ", ".join(programs), -result)

    def _read_only(self) -> int:
        """The map that holds the constants."""
        item = self._lib.next_map(self._object, None)
        while item:
            name = ctypes.cast(self._lib.map_name(item), c_char_p).value or b""
            if name.endswith(b".rodata"):
                return item
            item = self._lib.next_map(self._object, item)
        message = f"{OBJECT}: no .rodata in it; build the package again"
        raise KernelError(message)

    def attach(self) -> None:
        """Let them run. Raises ProbeError."""
        for name, program in self._programs.items():
            link = self._lib.attach(program)
            if not link:
                raise _refusal(f"{name} cannot be attached", ctypes.get_errno())
            self._links[name] = link

    def map_fd(self, name: str) -> int:
        """Descriptor of a map; it belongs to this object."""
        return self._lib.map_fd(self._lib.map(self._object, name.encode()))

    def put(self, name: str, key: bytes, value: bytes) -> None:
        """Set one entry of a map. Raises KernelError."""
        if self._lib.update(self.map_fd(name), key, value, 0):
            message = f"map {name}: {os.strerror(ctypes.get_errno())}"
            raise KernelError(message)

    def counters(self, count: int) -> tuple[int, ...]:
        """The first `count` counters, summed over processors."""
        fd = self.map_fd("counters")
        values = (c_uint64 * self._processors)()
        found = []
        for index in range(count):
            if self._lib.lookup(fd, struct.pack("<I", index), ctypes.byref(values)):
                message = f"map counters: {os.strerror(ctypes.get_errno())}"
                raise KernelError(message)
            found.append(sum(values))
        return tuple(found)

    def skipped(self) -> int:
        """Runs that the kernel left out because the same program was running on that processor."""
        total = 0
        for program in self._programs.values():
            info = self._info(self._lib.program_fd(program))
            total += struct.unpack_from("<Q", info, _RECURSION_MISSES)[0]
        return total

    def check(self) -> str:
        """Whether every program is still attached; why not, or an empty text."""
        for name, link in self._links.items():
            try:
                self._info(self._lib.link_fd(link))
            except KernelError as error:
                return f"{name} is not attached any more ({error})"
        return ""

    def _info(self, fd: int) -> bytes:
        """What the kernel says about one of its objects."""
        buffer = ctypes.create_string_buffer(_INFO_BYTES)
        size = c_uint32(_INFO_BYTES)
        if self._lib.info(fd, buffer, ctypes.byref(size)):
            raise KernelError(os.strerror(ctypes.get_errno()))
        return buffer.raw

    def close(self) -> None:
        """Detach and unload; may be called twice."""
        for link in self._links.values():
            self._lib.destroy(link)
        self._links.clear()
        self._programs.clear()
        if self._object:
            self._lib.close(self._object)
        self._object = 0


def probe(programs: Sequence[str], without_maps: Sequence[str], scope: tuple[int, int] = (0, 0)) -> Mapping[str, str]:
    """Load each program by itself, attach it, take it away; reasons of those that failed.

    Raises:
        ProbeError: none can work here (no library, no right, no type information).
    """
    failed = {}
    for name in programs:
        loaded = None
        try:
            loaded = Programs([name], without_maps=without_maps, ring_bytes=1 << 16, scope=scope)
            loaded.attach()
        except ProbeError as error:
            if error.install:
                raise
            failed[name] = error.reason
        finally:
            if loaded is not None:
                loaded.close()
    return failed


def _refusal(what: str, number: int) -> ProbeError:
    """An error number as a reason and a remedy."""
    if number in {1, 13}:  # EPERM, EACCES
        return ProbeError(f"{what}: not permitted", "needs root or CAP_BPF+CAP_PERFMON")
    if not Path("/sys/kernel/btf/vmlinux").exists():
        return ProbeError("this kernel tells nothing about its types", "needs a kernel with CONFIG_DEBUG_INFO_BTF")
    return ProbeError(f"{what}: {os.strerror(number)}")
