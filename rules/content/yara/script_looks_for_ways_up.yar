rule script_looks_for_ways_up
{
    meta:
        title = "Script that looks for ways to become root"
        title_vi = "Tập lệnh dò đường leo thang đặc quyền"
        description = "A script asks for many of the things at once by which an ordinary user may become root."
        description_vi = "Tập lệnh dò cùng lúc nhiều thứ giúp người dùng thường trở thành root."
        falsepositives = "Audit scripts of administrators"
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives_vi = "Tập lệnh kiểm tra của người quản trị"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        triage = "What did the same user do next?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Sau đó người dùng này làm gì?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.discovery,attack.t1082,attack.t1083,attack.privilege-escalation,attack.t1548.001"
        id = "e28a487a-d9b6-5da1-b919-9ecb27631d45"
        scan_context = "file"
    strings:
        $suid = /-perm\s+[-\/]?(u=s|g=s|[2467]000)/
        $capabilities = /\bgetcap\s+-r/
        $sudo = /\bsudo\s+-(n\s+-?l|l|ln|nl)\b/
        $shadow = /\/etc\/(shadow|gshadow|master\.passwd)/
        $docker = /docker\.sock|\/\.dockerenv|in a container/
        $writable = /-(writable|perm\s+-?(o\+w|2|222|0?777))\b/
        $keys = /id_(rsa|dsa|ed25519)|authorized_keys|\.aws\/credentials|\.kube\/config/
        $kernel = /uname\s+-(a|r)|\/proc\/version/
        $history = /\.(bash|zsh|mysql|python|psql)_history/
        $cron = /\/etc\/cron|\/var\/spool\/cron/
        $exploit = /CVE-20[12]\d-\d{4,5}|dirty\s?(cow|pipe)|pwnkit|overlayfs|gtfobins/ nocase
    condition:
        filesize < 2MB and uint32(0) != 0x464C457F and $suid and $sudo and $shadow and 7 of them and #exploit > 0
}
