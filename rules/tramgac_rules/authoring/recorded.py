"""Fields of events that Windows itself records and that rules reach by a category: Sysmon's, and starts of processes.

As their manifests have them (Sysmon 15, Windows 10 and later). Of other events no table is kept: any field is possible.
"""

from collections.abc import Mapping
from typing import Final

SYSMON: Final = "microsoft-windows-sysmon/operational"
SECURITY: Final = "security"

_EVERY: Final = "RuleName UtcTime ProcessGuid ProcessId Image User"
_FILE: Final = f"{_EVERY} TargetFilename"
_REGISTRY: Final = f"{_EVERY} EventType TargetObject"
_VERSION: Final = "FileVersion Description Product Company OriginalFileName Hashes"
_SIGNED: Final = "Hashes Signed Signature SignatureStatus"
_PAIR: Final = (
    "RuleName UtcTime SourceProcessId SourceImage SourceUser TargetProcessId TargetImage TargetUser "
    "SourceProcessGuid TargetProcessGuid"
)
_SOURCE: Final = "SourceIsIpv6 SourceIp SourceHostname SourcePort SourcePortName"
_WMI: Final = "RuleName UtcTime EventType Operation User"

_SYSMON: Final = {
    1: f"{_EVERY} {_VERSION} CommandLine CurrentDirectory LogonGuid LogonId TerminalSessionId IntegrityLevel "
    "ParentProcessGuid ParentProcessId ParentImage ParentCommandLine ParentUser",
    2: f"{_FILE} CreationUtcTime PreviousCreationUtcTime",
    3: f"{_EVERY} Protocol Initiated {_SOURCE} {_SOURCE.replace('Source', 'Destination')}",
    4: "UtcTime State Version SchemaVersion",
    5: _EVERY,
    6: f"RuleName UtcTime ImageLoaded {_SIGNED}",
    7: f"{_EVERY} ImageLoaded {_VERSION} {_SIGNED}",
    8: f"{_PAIR} NewThreadId StartAddress StartModule StartFunction",
    9: f"{_EVERY} Device",
    10: f"{_PAIR} SourceProcessGUID TargetProcessGUID SourceThreadId GrantedAccess CallTrace",
    11: f"{_FILE} CreationUtcTime",
    12: _REGISTRY,
    13: f"{_REGISTRY} Details",
    14: f"{_REGISTRY} NewName",
    15: f"{_FILE} CreationUtcTime Hash Contents",
    16: "UtcTime Configuration ConfigurationFileHash",
    17: f"{_EVERY} EventType PipeName",
    18: f"{_EVERY} EventType PipeName",
    19: f"{_WMI} EventNamespace Name Query",
    20: f"{_WMI} Name Type Destination",
    21: f"{_WMI} Consumer Filter",
    22: f"{_EVERY} QueryName QueryStatus QueryResults",
    23: f"{_FILE} Hashes IsExecutable Archived",
    24: f"{_EVERY} Session ClientInfo Hashes Archived",
    25: f"{_EVERY} Type",
    26: f"{_FILE} Hashes IsExecutable",
    27: f"{_FILE} Hashes",
    28: f"{_FILE} Hashes IsExecutable",
    29: f"{_FILE} Hashes",
    255: "UtcTime ID Description",
}
_STARTED: Final = (
    "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId NewProcessId NewProcessName TokenElevationType "
    "ProcessId CommandLine TargetUserSid TargetUserName TargetDomainName TargetLogonId ParentProcessName MandatoryLabel"
)

FIELDS: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    (SECURITY, "4688"): frozenset(_STARTED.split()),
    **{(SYSMON, str(number)): frozenset(names.split()) for number, names in _SYSMON.items()},
}
"""Channel in lower case and event id -> names of the event's data."""

_SYSTEM: Final = (
    "Channel Computer Correlation_ActivityID Data EventID EventID_Qualifiers EventRecordID Execution_ProcessID "
    "Execution_ThreadID Keywords Level Opcode Provider_EventSourceName Provider_Guid Provider_Name Security_UserID "
    "Task TimeCreated_SystemTime Version"
)
SYSTEM: Final = frozenset(_SYSTEM.split())
"""What every event of a channel has beside its data."""
