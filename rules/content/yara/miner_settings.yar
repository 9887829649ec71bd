rule miner_settings
{
    meta:
        title = "Settings of a miner of digital money"
        title_vi = "Cấu hình chương trình đào tiền số"
        description = "A settings file names a mining pool, a wallet and what a miner needs beside."
        description_vi = "Tệp cấu hình ghi địa chỉ bể đào, ví và các mục mà chương trình đào tiền số cần."
        falsepositives = "A miner that the owner of the machine runs knowingly"
        falsepositives_vi = "Chương trình đào do chủ máy chủ động chạy"
        triage = "Which program reads the file, and who started it?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Chương trình nào đọc tệp này, ai chạy nó?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.impact,attack.t1496.001"
        id = "c9ebdc94-e8fd-50a9-811d-ade1f2a9af86"
        scan_context = "file"
    strings:
        $pools = /"pools?"\s*:\s*\[/
        $url = /"url"\s*:\s*"(stratum\+(tcp|ssl|tls):\/\/|[\w.-]{4,80}:\d{2,5}")/
        $wallet = /"user"\s*:\s*"[^"\n]{20,200}"/
        $donate = "\"donate-level\""
        $randomx = /"(randomx|cpu|opencl|cuda)"\s*:\s*\{/
        $algo = /"(algo|coin)"\s*:\s*("[\w\/-]{2,20}"|null)/
        $threads = /"(max-threads-hint|huge-pages|rig-id|keepalive|nicehash)"\s*:/
    condition:
        filesize < 128KB and uint8(0) == 0x7B and $pools and $url and $wallet and 2 of ($donate, $randomx, $algo, $threads)
}
