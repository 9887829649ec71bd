rule credential_dumper
{
    meta:
        title = "Tool that takes credentials out of Windows"
        title_vi = "Công cụ lấy thông tin đăng nhập từ Windows"
        description = "A program or script has the commands of tools that read passwords and tickets out of Windows' memory."
        description_vi = "Chương trình hoặc tập lệnh có các lệnh của công cụ đọc mật khẩu và vé đăng nhập từ bộ nhớ Windows."
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives = "Signature files of security software"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        falsepositives_vi = "Tệp mẫu của phần mềm bảo vệ"
        triage = "Which accounts were logged in there? Change their passwords"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Những tài khoản nào đã đăng nhập ở đó? Đổi mật khẩu"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "critical"
        tags = "attack.credential-access,attack.t1003.001,attack.t1003.004,attack.t1558.003"
        id = "e41a520f-9377-5612-bb61-af8170fda3d5"
    strings:
        $logon = /sekurlsa(::|\x00:\x00:\x00)(logonpasswords|tickets|minidump|ekeys|pth)/ ascii wide nocase
        $lsa = /lsadump::(sam|lsa|dcsync|secrets|cache|trust)/ ascii wide nocase
        $tickets = /kerberos::(golden|ptt|list|ask)/ ascii wide nocase
        $privilege = /privilege::debug/ ascii wide nocase
        $token = /token::elevate/ ascii wide nocase
        $vault = /vault::(cred|list)|dpapi::(masterkey|cred|chrome)/ ascii wide nocase
        $rubeus = /\b(asktgt|asreproast|kerberoast|s4u|tgtdeleg)\b/ ascii wide nocase
        $roast = /\/(outfile|ticket|rc4|aes256|impersonateuser|nowrap|dc):/ ascii wide nocase
    condition:
        filesize < 64MB and
        (2 of ($logon, $lsa, $tickets, $privilege, $token, $vault) or (#rubeus >= 3 and #roast >= 3))
}
