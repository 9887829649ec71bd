"""What can go wrong in a sensor.

SensorError             a sensor could not do its work
├── ProbeError          a rung does not work on this system; says what to install
├── KernelError         the kernel refused a program, a mark or a map
└── RecordError         a record from the kernel does not have the shape that was agreed
"""


class SensorError(Exception):
    """A sensor could not do its work. The message says what, where and how to mend."""


class ProbeError(SensorError):
    """A rung does not work on this system.

    `install` names what would help (`apt install libbpf1`); empty if nothing can be installed.
    """

    def __init__(self, reason: str, install: str = "") -> None:
        """Keep the reason and the remedy apart, so that a page can show both."""
        super().__init__(f"{reason}; {install}" if install else reason)
        self.reason = reason
        self.install = install


class KernelError(SensorError):
    """The kernel refused a program, a mark or a map."""


class RecordError(SensorError):
    """A record from the kernel does not have the shape that was agreed."""
