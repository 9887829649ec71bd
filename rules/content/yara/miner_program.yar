rule miner_program
{
    meta:
        title = "Program that mines digital money"
        title_vi = "Chương trình đào tiền số"
        description = "A program speaks the protocol of mining pools and has the words of a miner's settings."
        description_vi = "Chương trình dùng giao thức của bể đào và có các từ trong cấu hình đào tiền số."
        falsepositives = "A miner that the owner of the machine runs knowingly"
        falsepositives_vi = "Chương trình đào do chủ máy chủ động chạy"
        triage = "Which pool does it talk to, and since when?"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Nó kết nối bể đào nào, từ khi nào?"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.impact,attack.t1496.001"
        id = "189df0e2-5df2-5483-8cf6-7d3f1ee74ddd"
        scan_context = "file"
    strings:
        $stratum = /stratum\+(tcp|ssl|tls|udp):\/\//
        $login = /"method":\s?"(login|mining\.(subscribe|authorize|submit))"|mining\.(subscribe|authorize|submit)/
        $share = /(accepted|rejected) \(%|"shares_good"|new job from/
        $randomx = /\brandomx_(init|create|alloc)_|rx\/(0|wow|arq)|cryptonight|kawpow|ghostrider|ethash/ nocase
        $settings = /donate-level|donate\.v2\.|max-cpu-usage|cpu-max-threads-hint|randomx-1gb-pages/
    condition:
        (uint32(0) == 0x464C457F or uint16(0) == 0x5A4D) and filesize < 64MB and 3 of them
}
