rule miner_installer
{
    meta:
        title = "Script that installs a miner and drives others out"
        title_vi = "Tập lệnh cài chương trình đào và diệt đối thủ"
        description = "A shell script ends other miners and security software, then fetches a miner and makes it start again by itself."
        description_vi = "Tập lệnh shell diệt các chương trình đào khác và phần mềm bảo vệ, rồi tải chương trình đào và cài tự chạy lại."
        falsepositives = "Scripts of an authorised penetration test"
        falsepositives_vi = "Tập lệnh của một cuộc kiểm thử xâm nhập được phép"
        triage = "Which account did it run under, and how did it get in?"
        triage = "Read the script: what does it fetch, and from where?"
        triage_vi = "Nó chạy bằng tài khoản nào, vào bằng cách nào?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        level = "critical"
        tags = "attack.impact,attack.t1496.001,attack.persistence,attack.t1053.003,attack.defense-impairment,attack.t1685"
        id = "983177c0-8778-5637-adc9-880ef020fa3d"
        scan_context = "file"
    strings:
        $start = "#!"
        $kill = /\b(pkill|killall|kill)\b[^\n]{0,60}(-9|-f)?[^\n]{0,60}(xmrig|kdevtmpfsi|kinsing|minerd|cryptonight|stratum|ddgs|sysupdate|watchbog|xmr)/ nocase
        $pools = /\b(netstat|ss|lsof)\b[^\n]{0,120}\b(3333|4444|5555|7777|14444|45700)\b[^\n]{0,120}\bkill\b/
        $fetch = /\b(curl|wget)\b[^\n]{1,300}https?:\/\//
        $again = /crontab\s|\/etc\/cron|systemctl\s+(enable|start)|\/etc\/rc\.local|\/etc\/ld\.so\.preload/
        $blind = /(aliyun|aegis|YunJing|qcloud|cloudmonitor|setenforce\s+0|ufw\s+disable|iptables\s+-F|nmi_watchdog)/ nocase
        $miner = /xmrig|moneroocean|nanopool|supportxmr|minexmr|hashvault|stratum\+|--donate-level/ nocase
    condition:
        $start at 0 and filesize < 512KB and $fetch and $again and ($miner or $blind) and ($kill or $pools)
}
