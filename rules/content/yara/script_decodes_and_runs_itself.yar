rule script_decodes_and_runs_itself
{
    meta:
        title = "Script that decodes a long text and runs it"
        title_vi = "Tập lệnh giải mã một đoạn dài rồi chạy"
        description = "A shell script holds a long encoded text that it decodes straight into a shell."
        description_vi = "Tập lệnh shell chứa một đoạn mã hoá dài được giải mã thẳng vào shell."
        falsepositives = "Self-extracting installers of vendors"
        falsepositives_vi = "Bộ cài tự giải nén của nhà cung cấp"
        triage = "Decode the text without running it"
        triage = "Who wrote the file, and has it run?"
        triage_vi = "Giải mã đoạn đó nhưng không chạy"
        triage_vi = "Ai đã ghi tệp này, và nó đã chạy chưa?"
        level = "high"
        tags = "attack.stealth,attack.t1027.013,attack.t1140,attack.execution,attack.t1059.004"
        id = "ca6b598c-2cb5-5360-8182-13a721a5b589"
    strings:
        $start = "#!"
        $told = /\b(echo|printf)\s+(-n\s+)?["']?[A-Za-z0-9+\/]{200}/
        $kept = /\b\w{1,20}=["'][A-Za-z0-9+\/]{200}/
        $here = /<<-?\s*["']?\w{1,20}["']?[^\n]{0,80}\n[A-Za-z0-9+\/]{60}/
        $decode = /(base64\s+(-d|--decode|-D)|openssl\s+(enc\s+)?-?base64\s+-d|xxd\s+-r|openssl\s+enc\s+-d)[^\n]{0,120}\|\s*(gunzip|gzip\s+-d|zcat|xz\s+-d)?\s*\|?\s*(sudo\s+)?(ba|da|z|k)?sh\b/
        $eval = /\beval\s+["'`]?\$\([^\n]{0,300}base64\s+(-d|--decode)/
    condition:
        $start at 0 and filesize < 4MB and any of ($told, $kept, $here) and ($decode or $eval)
}
