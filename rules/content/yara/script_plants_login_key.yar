rule script_plants_login_key
{
    meta:
        title = "Script that plants a log-in key and locks it"
        title_vi = "Tập lệnh cài khoá đăng nhập rồi khoá lại"
        description = "A script adds a public key to those that may log in and makes the file unchangeable or opens the door in sshd as well."
        description_vi = "Tập lệnh thêm khoá công khai vào danh sách được đăng nhập rồi khoá tệp hoặc mở thêm cửa trong sshd."
        falsepositives = "Set-up scripts that bring administrators' keys"
        falsepositives_vi = "Tập lệnh thiết lập mang khoá của quản trị"
        triage = "Whose key is it? Look for it on other hosts"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Khoá của ai? Tìm nó trên các máy khác"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.persistence,attack.t1098.004"
        id = "1ed365a4-2c17-5417-adfe-8dfb170809af"
        scan_context = "file"
    strings:
        $start = "#!"
        $key = /(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp256)\s+AAAA[A-Za-z0-9+\/]{30}/
        $file = /authorized_keys2?\b/
        $lock = /\bchattr\s+[-+][aiAeI]{1,4}\b/
        $door = /(PermitRootLogin|PubkeyAuthentication|AuthorizedKeysFile)[^\n]{0,40}(yes|prohibit|\.ssh)|systemctl\s+(re)?start\s+sshd?/
    condition:
        $start at 0 and filesize < 512KB and $key and $file and ($lock or $door)
}
