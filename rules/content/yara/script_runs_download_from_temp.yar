rule script_runs_download_from_temp
{
    meta:
        title = "Script that runs a download from a temporary folder"
        title_vi = "Tập lệnh chạy tệp tải về từ thư mục tạm"
        description = "A shell script fetches a file into a folder that everyone may write to, makes it executable and runs it."
        description_vi = "Một tập lệnh shell tải tệp vào thư mục ai cũng ghi được, cho quyền thực thi rồi chạy."
        falsepositives = "Installation scripts of administrators"
        falsepositives_vi = "Tập lệnh cài đặt của người quản trị"
        triage = "Read the script: what does it fetch, and from where?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Đọc tập lệnh: nó tải gì, từ đâu?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.command-and-control,attack.t1105,attack.execution,attack.t1059.004"
        id = "c4e2b4f8-1cdc-5d58-9669-5bbe1eaa5219"
    strings:
        $start = "#!"
        $fetch = /\b(curl|wget|tftp|ftpget)\b[^\n]{1,300}\/(tmp|var\/tmp|dev\/shm|run\/user)\//
        $into = /\bcd\s+\/(tmp|var\/tmp|dev\/shm)\b[^\n]{0,200}[;&\n][^\n]{0,200}\b(curl|wget|tftp|ftpget)\b/
        $mode = /\bchmod\s+(\+x|a\+x|u\+x|0?7[0-7]{2})\s/
        $run = /(^|[;&|\n]\s*|nohup\s+|setsid\s+)(\.\/|\/(tmp|var\/tmp|dev\/shm)\/)[\w.$\{\}-]{1,60}/
    condition:
        $start at 0 and filesize < 256KB and ($fetch or $into) and $mode and $run
}
