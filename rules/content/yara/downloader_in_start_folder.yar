rule downloader_in_start_folder
{
    meta:
        title = "Script that downloads and runs, in a start folder"
        title_vi = "Tập lệnh tải về và chạy, nằm trong thư mục khởi động"
        description = "A script in a folder whose files are run at login or by the clock fetches something and runs it."
        description_vi = "Một tập lệnh trong thư mục tự chạy khi đăng nhập hoặc theo giờ tải về thứ gì đó rồi chạy."
        falsepositives = "Update scripts that a vendor leaves for the clock"
        falsepositives_vi = "Tập lệnh cập nhật theo giờ của nhà cung cấp"
        triage = "Read the script: what does it fetch and run?"
        triage = "Since when does it lie there, and has it run?"
        triage_vi = "Đọc tập lệnh: nó tải và chạy gì?"
        triage_vi = "Nó nằm đó từ khi nào, và đã chạy chưa?"
        level = "high"
        tags = "attack.persistence,attack.t1053.003"
        id = "5b1f0c0e-6a0c-5a55-9d0a-4f0f3d3d8a02"
    strings:
        $start = "#!"
        $fetch = /\b(curl|wget)\b[^\n]{1,300}https?:\/\//
        $run = /\|\s*(sudo\s+)?(ba|da|z|k)?sh\b|chmod\s+(\+x|7[0-7]{2})/
    condition:
        $start at 0 and filesize < 1MB and $fetch and $run and
        filepath matches /\/(cron\.(d|hourly|daily|weekly|monthly)|autostart|profile\.d|init\.d)\//
}
