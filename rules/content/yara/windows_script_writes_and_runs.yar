rule windows_script_writes_and_runs
{
    meta:
        title = "Windows script that downloads, saves and runs"
        title_vi = "Tập lệnh Windows tải về, lưu và chạy"
        description = "A script for Windows Script Host or an HTML application fetches bytes, saves them and starts the result."
        description_vi = "Tập lệnh Windows Script Host hoặc ứng dụng HTML tải dữ liệu, lưu lại rồi chạy."
        falsepositives = "Old log-in scripts of administrators"
        falsepositives_vi = "Tập lệnh đăng nhập cũ của người quản trị"
        triage = "Read the script: what does it fetch, and from where?"
        triage = "Did it come by mail or out of an archive?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        triage_vi = "Nó đến qua thư hay từ tệp nén?"
        level = "high"
        tags = "attack.execution,attack.t1059.005,attack.t1059.007,attack.command-and-control,attack.t1105"
        id = "cff76eef-7321-5c11-8ec1-81d50244cac6"
    strings:
        $shell = /WScript\.Shell|Shell\.Application|Win32_Process/ nocase
        $fetch = /MSXML2\.(Server)?XMLHTTP|WinHttp\.WinHttpRequest|Microsoft\.XMLHTTP/ nocase
        $stream = "ADODB.Stream" nocase
        $save = /\.SaveToFile\b/ nocase
        $run = /\.(Run|Exec|ShellExecute|Create)\b/ nocase
    condition:
        filesize < 2MB and all of them
}
