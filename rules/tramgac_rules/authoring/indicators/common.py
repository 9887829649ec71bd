"""What stands in lists by mistake: values that harmless machines have every day. An entry of these is warned of."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EMPTY: Final = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)
"""MD5, SHA-1 and SHA-256 of no bytes."""

EXTENSIONS: Final = _words(
    "exe dll sys scr cpl ocx drv ps1 psm1 vbs vbe jse wsf hta bat cmd msi lnk docm xlsm jar elf ko"
)
"""Endings of files that are no ends of domains."""

NAMES: Final = _words(
    """
    cmd.exe powershell.exe pwsh.exe explorer.exe svchost.exe rundll32.exe regsvr32.exe mshta.exe wscript.exe
    cscript.exe conhost.exe lsass.exe services.exe winlogon.exe csrss.exe smss.exe spoolsv.exe taskhostw.exe
    dllhost.exe msiexec.exe notepad.exe chrome.exe msedge.exe firefox.exe winword.exe excel.exe outlook.exe
    powerpnt.exe acrord32.exe java.exe javaw.exe python.exe node.exe update.exe setup.exe install.exe
    installer.exe uninstall.exe autorun.inf desktop.ini kernel32.dll ntdll.dll user32.dll version.dll sh bash
    dash zsh sudo su ssh sshd curl wget python python3 perl cron crond systemd init ls cat cp mv rm ps nc
    busybox index.html index.php readme.txt config.json update.sh install.sh run.sh setup.py a.out test.exe
    1.exe
    """
)
"""Names that ordinary files have, in lower case."""

PATHS: Final = _words(
    """
    c:/windows/system32/cmd.exe c:/windows/system32/windowspowershell/v1.0/powershell.exe
    c:/windows/explorer.exe c:/windows/system32/svchost.exe c:/windows/system32/rundll32.exe
    c:/windows/system32/mshta.exe c:/windows/system32/regsvr32.exe /bin/sh /bin/bash /usr/bin/bash /usr/bin/sh
    /usr/bin/curl /usr/bin/wget /usr/bin/python3 /usr/bin/perl /usr/bin/ssh /usr/bin/sudo
    """
)
"""Paths that ordinary machines have, as values.path writes them."""

REGISTRY: Final = _words(
    """
    com net org gov edu mil co ac go or ne info biz name int health
    """
)
"""Labels below which registries of countries give names: com.vn, co.uk."""

SHARED: Final = _words(
    """
    github.io githubusercontent.com gitlab.io pages.dev workers.dev web.app firebaseapp.com herokuapp.com
    netlify.app vercel.app azurewebsites.net blob.core.windows.net cloudapp.net cloudfront.net amazonaws.com
    s3.amazonaws.com appspot.com blogspot.com wordpress.com weebly.com wixsite.com duckdns.org dyndns.org
    ddns.net no-ip.org hopto.org zapto.org ngrok.io ngrok-free.app trycloudflare.com sharepoint.com
    """
)
"""Domains whose names belong to many."""

VISITED: Final = _words(
    """
    google.com www.google.com microsoft.com www.microsoft.com windowsupdate.com bing.com office.com live.com
    github.com raw.githubusercontent.com facebook.com youtube.com zalo.me vnexpress.net chinhphu.vn dropbox.com
    drive.google.com onedrive.live.com mediafire.com pastebin.com telegram.org api.telegram.org t.me discord.com
    cdn.discordapp.com cloudflare.com akamai.net wikipedia.org apple.com amazon.com
    """
)
"""Names that people visit every day."""

RESOLVERS: Final = _words(
    """
    8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 208.67.222.222 208.67.220.220
    """
)
"""Addresses of public resolvers, which lists take from sandboxes' reports."""
