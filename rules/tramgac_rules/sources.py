"""Log sources: which events a rule looks at. One table for Windows channels, one for our own kinds.

The Windows part is the public map (SigmaHQ, tests/thor.yml) with the services that rules name and it lacks;
FURTHER is ours, on by default.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tramgac_rules.record import Record
from tramgac_rules.rule import LogSource
from tramgac_rules.tree import Atom


@dataclass(frozen=True, slots=True)
class Route:
    """One place where events of a log source come from.

    None stands for any. Channels are lower-cased; of log lines they are services. `conditions` must hold
    besides; `names`: pairs of a rule's field and the name under which it is read there.
    """

    product: str | None = None
    kinds: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    event_ids: frozenset[str] | None = None
    conditions: tuple[Atom, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    def takes(self, record: Record) -> bool:
        """Tell whether a record comes from here; `conditions` are not looked at."""
        return (
            (self.product is None or self.product == record.product)
            and (self.kinds is None or record.kind in self.kinds)
            and (self.channels is None or record.channel.lower() in self.channels)
            and (self.event_ids is None or record.event_id in self.event_ids)
        )


_SYSMON = ("Microsoft-Windows-Sysmon/Operational",)
_SECURITY = ("Security",)
_POWERSHELL = ("Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational")
_CLASSIC = ("Windows PowerShell",)
_DEFENDER = ("Microsoft-Windows-Windows Defender/Operational",)

# The systems of the hosts that we watch: no event has another product.
PRODUCTS = ("linux", "windows")

# Sigma's service of product windows -> channels.
SERVICES: Mapping[str, tuple[str, ...]] = {
    "application": ("Application",),
    "security": _SECURITY,
    "system": ("System",),
    "ntlm": ("Microsoft-Windows-NTLM/Operational",),
    "sysmon": _SYSMON,
    "powershell": _POWERSHELL,
    "powershell-classic": _CLASSIC,
    "taskscheduler": ("Microsoft-Windows-TaskScheduler/Operational",),
    "wmi": ("Microsoft-Windows-WMI-Activity/Operational",),
    "dhcp": ("Microsoft-Windows-DHCP-Server/Operational",),
    "printservice-admin": ("Microsoft-Windows-PrintService/Admin",),
    "printservice-operational": ("Microsoft-Windows-PrintService/Operational",),
    "smbclient-security": ("Microsoft-Windows-SmbClient/Security",),
    "smbclient-connectivity": ("Microsoft-Windows-SmbClient/Connectivity",),
    "smbserver-connectivity": ("Microsoft-Windows-SMBServer/Connectivity",),
    "terminalservices-localsessionmanager": ("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",),
    "codeintegrity-operational": ("Microsoft-Windows-CodeIntegrity/Operational",),
    "applocker": (
        "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ),
    "msexchange-management": ("MSExchange Management",),
    "windefend": _DEFENDER,
    "firewall-as": ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",),
    "bits-client": ("Microsoft-Windows-Bits-Client/Operational",),
    "security-mitigations": (
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
        "Microsoft-Windows-Security-Mitigations/User Mode",
    ),
    "diagnosis-scripted": ("Microsoft-Windows-Diagnosis-Scripted/Operational",),
    "shell-core": ("Microsoft-Windows-Shell-Core/Operational",),
    "openssh": ("OpenSSH/Operational",),
    "ldap": ("Microsoft-Windows-LDAP-Client/Debug",),
    "bitlocker": ("Microsoft-Windows-BitLocker/BitLocker Management",),
    "vhdmp": ("Microsoft-Windows-VHDMP/Operational",),
    "appxdeployment-server": ("Microsoft-Windows-AppXDeploymentServer/Operational",),
    "lsa-server": ("Microsoft-Windows-LSA/Operational",),
    "appxpackaging-om": ("Microsoft-Windows-AppxPackaging/Operational",),
    "dns-client": ("Microsoft-Windows-DNS Client Events/Operational",),
    "appmodel-runtime": ("Microsoft-Windows-AppModel-Runtime/Admin",),
    "capi2": ("Microsoft-Windows-CAPI2/Operational",),
    "certificateservicesclient-lifecycle-system": (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    ),
    "kernel-shimengine": (
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
    ),
    "application-experience": (
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
    ),
    "ntfs": ("Microsoft-Windows-Ntfs/Operational",),
    "hyper-v-worker": ("Microsoft-Windows-Hyper-V-Worker",),
    "kernel-event-tracing": ("Microsoft-Windows-Kernel-EventTracing",),
    "sense": ("Microsoft-Windows-SENSE/Operational",),
    "servicebus-client": ("Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"),
    "iis-configuration": ("Microsoft-IIS-Configuration/Operational",),
    # Named by public rules, absent from the public map:
    "dns-server": ("DNS Server",),
    "dns-server-analytic": ("Microsoft-Windows-DNS-Server/Analytical",),
    "driver-framework": ("Microsoft-Windows-DriverFrameworks-UserMode/Operational",),
    "microsoft-servicebus-client": ("Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"),
}

# The names under which these channels really stand in Windows.
FURTHER: Mapping[str, tuple[str, ...]] = {
    "dns-client": ("Microsoft-Windows-DNS-Client/Operational",),
    "hyper-v-worker": ("Microsoft-Windows-Hyper-V-Worker-Admin", "Microsoft-Windows-Hyper-V-Worker-Operational"),
    "kernel-event-tracing": ("Microsoft-Windows-Kernel-EventTracing/Admin",),
}


def _on(channels: tuple[str, ...], *ids: int, names: tuple[tuple[str, str], ...] = (), event_type: str = "") -> Route:
    """Return the route of some channels, with these event ids if any are given."""
    conditions = (Atom("EventType", "eq", event_type),) if event_type else ()
    lower = frozenset(channel.lower() for channel in channels)
    event_ids = frozenset(map(str, ids)) if ids else None
    return Route("windows", frozenset(["event_log"]), lower, event_ids, conditions, names)


# Sigma's category -> channels and event ids of product windows.
CATEGORIES: Mapping[str, tuple[Route, ...]] = {
    "process_creation": (
        _on(_SYSMON, 1),
        _on(_SECURITY, 4688, names=(("Image", "NewProcessName"), ("ParentImage", "ParentProcessName"))),
    ),
    "file_change": (_on(_SYSMON, 2),),
    "network_connection": (_on(_SYSMON, 3),),
    "sysmon_status": (_on(_SYSMON, 4, 16),),
    "process_termination": (_on(_SYSMON, 5),),
    "driver_load": (_on(_SYSMON, 6),),
    "image_load": (_on(_SYSMON, 7),),
    "create_remote_thread": (_on(_SYSMON, 8),),
    "raw_access_thread": (_on(_SYSMON, 9),),
    "process_access": (_on(_SYSMON, 10),),
    "file_event": (_on(_SYSMON, 11),),
    "registry_event": (_on(_SYSMON, 12, 13, 14),),
    "registry_add": (_on(_SYSMON, 12, event_type="CreateKey"),),
    "registry_delete": (
        _on(_SYSMON, 12, event_type="DeleteKey"),
        _on(_SYSMON, 12, event_type="DeleteValue"),
    ),
    "registry_set": (_on(_SYSMON, 13),),
    "registry_rename": (_on(_SYSMON, 14),),
    "create_stream_hash": (_on(_SYSMON, 15),),
    "pipe_created": (_on(_SYSMON, 17, 18),),
    "wmi_event": (_on(_SYSMON, 19, 20, 21),),
    "dns_query": (_on(_SYSMON, 22),),
    "file_delete": (_on(_SYSMON, 23),),
    "clipboard_change": (_on(_SYSMON, 24),),
    "process_tampering": (_on(_SYSMON, 25),),
    "file_delete_detected": (_on(_SYSMON, 26),),
    "file_block_executable": (_on(_SYSMON, 27),),
    "file_block_shredding": (_on(_SYSMON, 28),),
    "file_executable_detected": (_on(_SYSMON, 29),),
    "sysmon_error": (_on(_SYSMON, 255),),
    "ps_module": (_on(_POWERSHELL, 4103),),
    "ps_script": (_on(_POWERSHELL, 4104),),
    "ps_classic_start": (_on(_CLASSIC, 400),),
    "ps_classic_provider_start": (_on(_CLASSIC, 600),),
    "ps_classic_script": (_on(_CLASSIC, 800),),
    "antivirus": (
        _on(
            _DEFENDER,
            *(1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116),
            names=(("Signature", "ThreatName"), ("Filename", "Path")),
        ),
    ),
}

# Sigma's category -> our own kinds, on any system. A write whose creation was reported is no second file_event.
KINDS: Mapping[str, tuple[str, ...]] = {
    "process_creation": ("process_start",),
    "process_termination": ("process_exit",),
    "file_event": ("file_create", "file_write"),
    "file_delete": ("file_delete",),
    "file_rename": ("file_rename",),
    "network_connection": ("network_connection",),
    "antivirus": ("scan_hit",),
}

# Sigma's service of product linux -> services of log lines; None: all of them, as syslog itself has them.
LOG_LINES: Mapping[str, tuple[str, ...] | None] = {
    "auth": ("auth", "sshd", "sudo", "su", "login"),
    "syslog": None,
    "sshd": ("sshd",),
    "sudo": ("sudo",),
    "cron": ("cron",),
    "clamav": ("clamav",),
    "vsftpd": ("vsftpd",),
    "guacamole": ("guacamole",),
}


@lru_cache(maxsize=1_000)  # thousands of rules have a hundred log sources
def routes(source: LogSource, *, further: bool = True) -> tuple[Route, ...]:
    """Return where the events of a log source come from; none if nothing we know of has them.

    A rule with a category and a service looks at what both have. `further`: with FURTHER and our own kinds;
    otherwise the public map alone.
    """
    if not source.category and not source.service:
        return (Route(source.product or None),)
    found = list(_windows(source, further=further)) if source.product in ("", "windows") else []
    if further:
        found += _own(source)
    return tuple(found)


def _windows(source: LogSource, *, further: bool) -> Iterator[Route]:
    if source.service and source.product != "windows":
        return  # a service's name means nothing without its product
    channels: tuple[str, ...] = ()
    if source.service:
        channels = SERVICES.get(source.service, ()) + (FURTHER.get(source.service, ()) if further else ())
        if not source.category and channels:
            yield _on(channels)
    both = frozenset(channel.lower() for channel in channels)
    for route in CATEGORIES.get(source.category, ()):
        if not source.service:
            yield route
        elif route.channels and route.channels & both:
            yield replace(route, channels=route.channels & both)


def _own(source: LogSource) -> Iterator[Route]:
    product = source.product or None
    if source.category and not source.service and source.category in KINDS:
        yield Route(product, frozenset(KINDS[source.category]))
    if source.product == "linux" and not source.category and source.service in LOG_LINES:
        services = LOG_LINES[source.service]
        yield Route("linux", frozenset(["log_line"]), None if services is None else frozenset(services))
